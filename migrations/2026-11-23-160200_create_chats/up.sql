-- Chats, the seats of people in them or in the queue, and the pairs of messages that were relayed.
CREATE TABLE chats (
    bot_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    first_person_id BIGINT,
    second_person_id BIGINT,
    started_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ,
    end_reason TEXT,
    ended_by_side SMALLINT,
    is_cleared BOOLEAN NOT NULL DEFAULT false,
    CONSTRAINT chats_bot_id_id_pkey PRIMARY KEY (bot_id, id),
    CONSTRAINT chats_bot_id_first_person_id_fkey
        FOREIGN KEY (bot_id, first_person_id) REFERENCES people (bot_id, id) ON DELETE RESTRICT,
    CONSTRAINT chats_bot_id_second_person_id_fkey
        FOREIGN KEY (bot_id, second_person_id) REFERENCES people (bot_id, id) ON DELETE RESTRICT,
    CONSTRAINT chats_first_person_id_second_person_id_check CHECK (first_person_id <> second_person_id),
    CONSTRAINT chats_end_reason_check CHECK (
        end_reason IN ('stopped', 'next', 'blocked', 'reported', 'gone', 'sanctioned', 'deleted')
    ),
    CONSTRAINT chats_ended_at_end_reason_check CHECK ((ended_at IS NULL) = (end_reason IS NULL)),
    CONSTRAINT chats_ended_by_side_check CHECK (ended_by_side IN (0, 1)),
    CONSTRAINT chats_is_cleared_ended_at_check CHECK (NOT is_cleared OR ended_at IS NOT NULL)
) WITH (fillfactor = 85);
CREATE INDEX chats_bot_id_first_person_id_id_idx ON chats (bot_id, first_person_id, id);
CREATE INDEX chats_bot_id_second_person_id_id_idx ON chats (bot_id, second_person_id, id);
-- Serves both the partners of the last 24 h at start and the clean-up 48 h after the end, and stays small for ever.
CREATE INDEX chats_bot_id_ended_at_idx ON chats (bot_id, ended_at) WHERE ended_at IS NOT NULL AND NOT is_cleared;
COMMENT ON TABLE chats IS 'Two people, from match to end.';
COMMENT ON COLUMN chats.id IS 'Numbered by the engine: epoch << 32 | counter; grows for ever.';
COMMENT ON COLUMN chats.first_person_id IS 'The person on side 0; NULL = erased since.';
COMMENT ON COLUMN chats.second_person_id IS 'The person on side 1; NULL = erased since.';
COMMENT ON COLUMN chats.ended_by_side IS 'The side that ended it; NULL = nobody did or it goes on.';
COMMENT ON COLUMN chats.is_cleared IS 'Whether its rows of message_map were removed, 48 h after the end.';

CREATE TABLE seats (
    bot_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    chat_id BIGINT,
    side SMALLINT,
    since TIMESTAMPTZ NOT NULL,
    widened TEXT[] NOT NULL DEFAULT '{}',
    CONSTRAINT seats_bot_id_person_id_pkey PRIMARY KEY (bot_id, person_id),
    CONSTRAINT seats_bot_id_chat_id_side_key UNIQUE (bot_id, chat_id, side),
    CONSTRAINT seats_bot_id_person_id_fkey
        FOREIGN KEY (bot_id, person_id) REFERENCES people (bot_id, id) ON DELETE RESTRICT,
    CONSTRAINT seats_bot_id_chat_id_fkey
        FOREIGN KEY (bot_id, chat_id) REFERENCES chats (bot_id, id) ON DELETE RESTRICT,
    CONSTRAINT seats_kind_check CHECK (kind IN ('waiting', 'chatting')),
    CONSTRAINT seats_side_check CHECK (side IN (0, 1)),
    CONSTRAINT seats_kind_chat_id_side_check
        CHECK ((kind = 'chatting') = (chat_id IS NOT NULL AND side IS NOT NULL)),
    CONSTRAINT seats_kind_chat_id_check CHECK (kind = 'chatting' OR (chat_id IS NULL AND side IS NULL)),
    CONSTRAINT seats_widened_check CHECK (widened <@ ARRAY['age', 'country', 'language', 'verified', 'gender'])
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
COMMENT ON TABLE seats IS 'A person''s one search or one chat; people without a row are idle.';
COMMENT ON COLUMN seats.since IS 'Since when; a wait is kept across restarts.';
COMMENT ON COLUMN seats.widened IS 'Filters that the person dropped for this search.';

-- No foreign key: this is the hottest table beside the outbox, and a check of the chat's row for each message would
-- write to that row. Rows go 48 h after the end of their chat.
CREATE TABLE message_map (
    bot_id BIGINT NOT NULL,
    chat_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    from_telegram_id BIGINT NOT NULL,
    source_id INTEGER NOT NULL,
    to_telegram_id BIGINT NOT NULL,
    copy_id INTEGER NOT NULL,
    CONSTRAINT message_map_bot_id_chat_id_id_pkey PRIMARY KEY (bot_id, chat_id, id)
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.1);
CREATE INDEX message_map_bot_id_from_telegram_id_source_id_idx ON message_map (bot_id, from_telegram_id, source_id);
CREATE INDEX message_map_bot_id_to_telegram_id_copy_id_idx ON message_map (bot_id, to_telegram_id, copy_id);
COMMENT ON TABLE message_map IS 'Relayed messages and their copies: ids only, never content.';
COMMENT ON COLUMN message_map.id IS 'The number of the outbox row that made the copy: the order of the chat.';
COMMENT ON COLUMN message_map.source_id IS 'The message in the sender''s private chat.';
COMMENT ON COLUMN message_map.copy_id IS 'The message in the receiver''s private chat.';
