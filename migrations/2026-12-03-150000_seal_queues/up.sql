-- Bodies of the queues lie encrypted beside the columns that held them in clear, which are then empty. Rows of before are
-- encrypted in portions by the bot. To the previous release a row with an empty body is not readable: it sets it aside.
ALTER TABLE inbox ADD COLUMN payload_sealed BYTEA;
ALTER TABLE commands ADD COLUMN body_sealed BYTEA;
ALTER TABLE outbox ADD COLUMN body_sealed BYTEA;
COMMENT ON COLUMN inbox.payload IS 'The update''s raw JSON, opaque here, gone with the work; empty where it is encrypted.';
COMMENT ON COLUMN inbox.payload_sealed IS 'The same, encrypted as people.bio_sealed is.';
COMMENT ON COLUMN commands.body IS 'JSON in the form that version names; empty where it is encrypted, as what lanes leave is.';
COMMENT ON COLUMN commands.body_sealed IS 'The same, encrypted as people.bio_sealed is.';
COMMENT ON COLUMN outbox.body IS 'A call of ours in the form that version names; opaque here, and empty where it is encrypted.';
COMMENT ON COLUMN outbox.body_sealed IS 'The same, encrypted as people.bio_sealed is.';
