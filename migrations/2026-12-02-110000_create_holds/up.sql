-- A message that waits for an answer before it is passed on: ids and the question, never content.
-- Nothing was held before, so there is nothing to fill in. Only the engine writes these rows. Like other work under way
-- they hold ids without foreign keys: the release before this one, which does not know them, can still erase people.
CREATE TABLE holds (
    bot_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    chat_id BIGINT NOT NULL,
    writer_id BIGINT NOT NULL,
    message_ids INTEGER[] NOT NULL,
    album BIGINT,
    content TEXT NOT NULL,
    reply_to_id INTEGER,
    questions TEXT[] NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT holds_bot_id_id_pkey PRIMARY KEY (bot_id, id),
    CONSTRAINT holds_message_ids_check CHECK (cardinality(message_ids) >= 1),
    CONSTRAINT holds_questions_check CHECK (cardinality(questions) >= 1)
);
COMMENT ON TABLE holds IS 'Messages that wait for an answer before they are passed on, until it comes, its time is over, or the chat is.';
COMMENT ON COLUMN holds.id IS 'Epoch and counter, as of chats; those of one chat are released in this order.';
COMMENT ON COLUMN holds.message_ids IS 'The message in the private chat of its writer; more than one of an album, in their order.';
COMMENT ON COLUMN holds.album IS 'A hash of the name that Telegram gives the album.';
COMMENT ON COLUMN holds.content IS 'The kind of what the first one holds.';
COMMENT ON COLUMN holds.reply_to_id IS 'The message that it replies to, in the private chat of its writer.';
COMMENT ON COLUMN holds.questions IS 'What has to be answered first.';
COMMENT ON COLUMN holds.expires_at IS 'When it is dropped and its writer told.';
-- These do not begin with the bot, so that a plan made while the table was empty cannot find a row by them instead of its key.
CREATE INDEX holds_writer_id_idx ON holds (writer_id);
CREATE INDEX holds_expires_at_idx ON holds (expires_at);
