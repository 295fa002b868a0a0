-- What is encrypted goes: stop the bot and let the queues run empty first.
COMMENT ON COLUMN inbox.payload IS 'The update''s raw JSON, opaque here, gone with the work.';
COMMENT ON COLUMN commands.body IS 'JSON in the form that version names.';
COMMENT ON COLUMN outbox.body IS 'A call of ours in the form that version names; opaque here.';
ALTER TABLE inbox DROP COLUMN payload_sealed;
ALTER TABLE commands DROP COLUMN body_sealed;
ALTER TABLE outbox DROP COLUMN body_sealed;
