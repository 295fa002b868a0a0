-- A report freezes kind and time of each message as well, and refers to what stood in it before a change. Of those that were
-- frozen before, or by the release before, neither is known.
ALTER TABLE report_messages
    ADD COLUMN pair_id BIGINT, ADD COLUMN content TEXT, ADD COLUMN written_at TIMESTAMPTZ;
COMMENT ON COLUMN report_messages.pair_id IS 'The number that the message''s pair had, which rows of former_words have too; NULL = not known.';
COMMENT ON COLUMN report_messages.content IS 'The kind of the message; NULL = not known.';
COMMENT ON COLUMN report_messages.written_at IS 'When it was written, as in message_map; NULL = not known.';
CREATE INDEX report_messages_bot_id_pair_id_idx ON report_messages (bot_id, pair_id);
