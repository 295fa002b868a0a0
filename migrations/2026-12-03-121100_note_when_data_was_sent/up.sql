-- When an account was sent the file of its data, which it can have once a day. Nobody had one before.
ALTER TABLE visitors ADD COLUMN data_sent_at TIMESTAMPTZ;
COMMENT ON COLUMN visitors.data_sent_at IS 'When the account was last sent the file of everything that is stored about it.';
