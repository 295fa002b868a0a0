-- People who asked each other to stay in touch, and those who agreed.
CREATE TABLE friend_requests (
    bot_id BIGINT NOT NULL,
    asker_id BIGINT NOT NULL,
    asked_id BIGINT NOT NULL,
    chat_id BIGINT NOT NULL,
    asked_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT friend_requests_bot_id_asker_id_asked_id_pkey PRIMARY KEY (bot_id, asker_id, asked_id),
    CONSTRAINT friend_requests_bot_id_asker_id_fkey
        FOREIGN KEY (bot_id, asker_id) REFERENCES people (bot_id, id) ON DELETE RESTRICT,
    CONSTRAINT friend_requests_bot_id_asked_id_fkey
        FOREIGN KEY (bot_id, asked_id) REFERENCES people (bot_id, id) ON DELETE RESTRICT,
    CONSTRAINT friend_requests_bot_id_chat_id_fkey
        FOREIGN KEY (bot_id, chat_id) REFERENCES chats (bot_id, id) ON DELETE RESTRICT,
    CONSTRAINT friend_requests_asker_id_asked_id_check CHECK (asker_id <> asked_id)
);
CREATE INDEX friend_requests_bot_id_asked_id_idx ON friend_requests (bot_id, asked_id);
CREATE INDEX friend_requests_bot_id_chat_id_idx ON friend_requests (bot_id, chat_id);
COMMENT ON TABLE friend_requests IS 'Open requests to become friends, one a pair and direction.';
COMMENT ON COLUMN friend_requests.chat_id IS 'The chat in or after which it was asked.';

CREATE TABLE friendships (
    bot_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    friend_id BIGINT NOT NULL,
    chat_id BIGINT NOT NULL,
    number SMALLINT NOT NULL,
    since TIMESTAMPTZ NOT NULL,
    CONSTRAINT friendships_bot_id_person_id_friend_id_pkey PRIMARY KEY (bot_id, person_id, friend_id),
    CONSTRAINT friendships_bot_id_person_id_number_key UNIQUE (bot_id, person_id, number),
    CONSTRAINT friendships_bot_id_person_id_fkey
        FOREIGN KEY (bot_id, person_id) REFERENCES people (bot_id, id) ON DELETE RESTRICT,
    CONSTRAINT friendships_bot_id_friend_id_fkey
        FOREIGN KEY (bot_id, friend_id) REFERENCES people (bot_id, id) ON DELETE RESTRICT,
    CONSTRAINT friendships_bot_id_chat_id_fkey
        FOREIGN KEY (bot_id, chat_id) REFERENCES chats (bot_id, id) ON DELETE RESTRICT,
    CONSTRAINT friendships_person_id_friend_id_check CHECK (person_id <> friend_id),
    CONSTRAINT friendships_number_check CHECK (number >= 1)
);
CREATE INDEX friendships_bot_id_friend_id_idx ON friendships (bot_id, friend_id);
CREATE INDEX friendships_bot_id_chat_id_idx ON friendships (bot_id, chat_id);
COMMENT ON TABLE friendships IS 'Friends, one row a side.';
COMMENT ON COLUMN friendships.chat_id IS 'The chat they met in, by which buttons name the friend.';
COMMENT ON COLUMN friendships.number IS 'By which person_id tells this friend from others.';
