-- Kind and time of each message, for a report that freezes it. Of rows from before, and of those that the release before
-- writes, neither is known. What somebody who left wrote in a chat is kept beside its ids.
ALTER TABLE outbox ADD COLUMN content TEXT, ADD COLUMN written_at TIMESTAMPTZ;
ALTER TABLE message_map ADD COLUMN content TEXT, ADD COLUMN written_at TIMESTAMPTZ;
ALTER TABLE chat_leavers
    ADD COLUMN pair_ids BIGINT[] NOT NULL DEFAULT '{}',
    ADD COLUMN are_by_leaver BOOLEAN[] NOT NULL DEFAULT '{}',
    ADD COLUMN contents TEXT[] NOT NULL DEFAULT '{}',
    ADD COLUMN written_at TIMESTAMPTZ[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN outbox.content IS 'The kind of a message that is passed on; NULL = not known, or no such message.';
COMMENT ON COLUMN outbox.written_at IS 'When it was written, by Telegram''s clock, or passed on if it had waited for an answer.';
COMMENT ON COLUMN message_map.content IS 'The kind of the message; NULL = not known.';
COMMENT ON COLUMN message_map.written_at IS 'When it was written, as in outbox; NULL = not known.';
COMMENT ON COLUMN chat_leavers.pair_ids IS 'Of each of message_ids, the number of its pair in message_map.';
COMMENT ON COLUMN chat_leavers.are_by_leaver IS 'Of each, whether the person who left wrote it.';
COMMENT ON COLUMN chat_leavers.contents IS 'Of each, its kind; NULL = not known.';
COMMENT ON COLUMN chat_leavers.written_at IS 'Of each, when it was written; NULL = not known.';
