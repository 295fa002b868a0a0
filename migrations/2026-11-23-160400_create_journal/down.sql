DROP TABLE seen_updates;
DROP TABLE dead_updates;
DROP TABLE outbox;
DROP TABLE commands;
DROP TABLE inbox;
DROP TABLE shard_leases;
