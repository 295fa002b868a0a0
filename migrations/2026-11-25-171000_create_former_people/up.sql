-- Who was here before and left. A row knows the account by a keyed hash alone: the key is not in the database.
CREATE TABLE former_people (
    bot_id BIGINT NOT NULL,
    pseudonym TEXT NOT NULL,
    subject_hash BYTEA NOT NULL,
    suspended_until TIMESTAMPTZ,
    CONSTRAINT former_people_bot_id_pseudonym_pkey PRIMARY KEY (bot_id, pseudonym),
    CONSTRAINT former_people_subject_hash_check CHECK (octet_length(subject_hash) = 32)
);
CREATE INDEX former_people_bot_id_subject_hash_idx ON former_people (bot_id, subject_hash);
COMMENT ON TABLE former_people IS 'People who were erased, so that a ban outlives the account and nobody is new twice.';
COMMENT ON COLUMN former_people.pseudonym IS 'The name under which staff knew them.';
COMMENT ON COLUMN former_people.subject_hash IS 'A keyed hash of the account, as in sanctions.';
COMMENT ON COLUMN former_people.suspended_until IS 'Until when they may not come back: infinity for a ban; NULL = they may.';
