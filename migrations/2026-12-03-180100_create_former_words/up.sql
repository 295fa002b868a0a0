-- What stood in a message before it was changed or taken back. Nothing was kept before; the release before writes none, and
-- its rows need none. There is no clear column: without a data key no words are kept.
CREATE TABLE former_words (
    bot_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    pair_id BIGINT NOT NULL,
    words_sealed BYTEA,
    changed_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT former_words_bot_id_id_pkey PRIMARY KEY (bot_id, id)
);
COMMENT ON TABLE former_words IS 'What stood in messages before they were changed or taken back, for a report: 48 hours, and as long as a report needs it.';
COMMENT ON COLUMN former_words.id IS 'Epoch and counter, as of chats: the order of the changes.';
COMMENT ON COLUMN former_words.pair_id IS 'The number of the message''s pair in message_map, which says nothing of its people; it may be gone.';
COMMENT ON COLUMN former_words.words_sealed IS 'The words, encrypted as people.bio_sealed is; NULL = they were not in memory, or there is no data key.';
CREATE INDEX former_words_bot_id_pair_id_idx ON former_words (bot_id, pair_id);
CREATE INDEX former_words_bot_id_changed_at_idx ON former_words (bot_id, changed_at);
