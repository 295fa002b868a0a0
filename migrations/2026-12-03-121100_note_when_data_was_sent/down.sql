ALTER TABLE visitors DROP COLUMN data_sent_at;
