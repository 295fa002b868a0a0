-- Who sat on a side of a chat that is empty since its person was erased, so that they can still be reported and blocked.
-- Of sides that were emptied before this table was made nobody knows it.
CREATE TABLE chat_leavers (
    bot_id BIGINT NOT NULL,
    chat_id BIGINT NOT NULL,
    side SMALLINT NOT NULL,
    subject_hash BYTEA NOT NULL,
    pseudonym TEXT NOT NULL,
    message_ids INTEGER[] NOT NULL,
    CONSTRAINT chat_leavers_bot_id_chat_id_side_pkey PRIMARY KEY (bot_id, chat_id, side),
    CONSTRAINT chat_leavers_bot_id_chat_id_fkey
        FOREIGN KEY (bot_id, chat_id) REFERENCES chats (bot_id, id) ON DELETE RESTRICT,
    CONSTRAINT chat_leavers_message_ids_check CHECK (cardinality(message_ids) <= 25),
    CONSTRAINT chat_leavers_side_check CHECK (side IN (0, 1)),
    CONSTRAINT chat_leavers_subject_hash_check CHECK (octet_length(subject_hash) = 32)
);
CREATE INDEX chat_leavers_bot_id_subject_hash_idx ON chat_leavers (bot_id, subject_hash);
COMMENT ON TABLE chat_leavers IS 'People who left after a chat, for the 48 hours in which it can be reported.';
COMMENT ON COLUMN chat_leavers.subject_hash IS 'The hash of their account, as in former_accounts.';
COMMENT ON COLUMN chat_leavers.pseudonym IS 'The name under which staff knew them.';
COMMENT ON COLUMN chat_leavers.message_ids IS 'The last messages of the chat, as they lie in the private chat of the other one, oldest first.';
