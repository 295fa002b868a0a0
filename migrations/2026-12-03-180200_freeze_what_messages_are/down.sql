ALTER TABLE report_messages DROP COLUMN written_at, DROP COLUMN content, DROP COLUMN pair_id;
