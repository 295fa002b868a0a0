-- Moves on every number that this program gives out: the owner's epoch, from which numbers of chats and rows come, and the
-- counters of the tables.
WITH raised AS (UPDATE shard_leases SET epoch = epoch + 1000 RETURNING 1)
SELECT count(*) + (SELECT count(*) FROM raised) FROM (
    SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, coalesce(last_value, 1) + 1000000)
    FROM pg_sequences WHERE schemaname = 'public'
) AS moved
