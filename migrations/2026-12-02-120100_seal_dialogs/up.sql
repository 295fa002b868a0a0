-- What somebody has answered so far lies encrypted beside the column that held it in clear, which is then empty. Rows of before
-- are encrypted in portions by the bot. To the previous release an empty state is one of an unknown form: it asks again.
ALTER TABLE dialogs ADD COLUMN state_sealed BYTEA;
COMMENT ON COLUMN dialogs.state IS 'Written and read by the dialog alone, in the form that version names; empty once it is encrypted.';
COMMENT ON COLUMN dialogs.state_sealed IS 'The same, encrypted as people.bio_sealed is.';
