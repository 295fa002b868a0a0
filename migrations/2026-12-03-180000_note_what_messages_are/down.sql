ALTER TABLE chat_leavers DROP COLUMN written_at, DROP COLUMN contents, DROP COLUMN are_by_leaver, DROP COLUMN pair_ids;
ALTER TABLE message_map DROP COLUMN written_at, DROP COLUMN content;
ALTER TABLE outbox DROP COLUMN written_at, DROP COLUMN content;
