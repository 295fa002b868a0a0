-- Without the bot in front: while a queue is empty, an index that begins with a value which every row has looks as good as
-- the key, and is then read from end to end when the queue is full of dead entries.
DROP INDEX outbox_bot_id_receiver_telegram_id_idx;
CREATE INDEX outbox_receiver_telegram_id_idx ON outbox (receiver_telegram_id);
DROP INDEX commands_bot_id_inbox_id_idx;
CREATE INDEX commands_inbox_id_idx ON commands (inbox_id);
