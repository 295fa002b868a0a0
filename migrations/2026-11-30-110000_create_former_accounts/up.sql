-- One row for each account that was left, however often: a ban is found by one step into one index, and what can be had
-- once is had once. former_people keeps the pseudonyms; the release before writes there alone, and the hourly upkeep takes
-- over what it left.
CREATE TABLE former_accounts (
    bot_id BIGINT NOT NULL,
    subject_hash BYTEA NOT NULL,
    person_id BIGINT,
    suspended_until TIMESTAMPTZ,
    daily_at TIMESTAMPTZ,
    spun_at TIMESTAMPTZ,
    left_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT former_accounts_bot_id_subject_hash_pkey PRIMARY KEY (bot_id, subject_hash),
    CONSTRAINT former_accounts_subject_hash_check CHECK (octet_length(subject_hash) = 32)
);
CREATE INDEX former_accounts_bot_id_person_id_idx ON former_accounts (bot_id, person_id) WHERE person_id IS NOT NULL;
CREATE INDEX former_accounts_bot_id_left_at_idx ON former_accounts (bot_id, left_at);
COMMENT ON TABLE former_accounts IS 'Accounts that were left, known by a keyed hash; kept for 24 months, longer while suspended.';
COMMENT ON COLUMN former_accounts.subject_hash IS 'A keyed hash of the account; the key is not in the database.';
-- No foreign key: the release before erases people without knowing this table, and numbers are never used twice.
COMMENT ON COLUMN former_accounts.person_id IS 'The person it is again; NULL = nobody.';
COMMENT ON COLUMN former_accounts.suspended_until IS 'Until when it may not come back: infinity for a ban; NULL = it may.';
COMMENT ON COLUMN former_accounts.daily_at IS 'When daily coins were last taken, by whoever left last.';
COMMENT ON COLUMN former_accounts.spun_at IS 'When they last spun.';
COMMENT ON COLUMN former_accounts.left_at IS 'When it was last left; for accounts left before this was kept, when the table was made.';
-- Of several erasures of one account the longest suspension counts. NULLs are no suspension.
INSERT INTO former_accounts (bot_id, subject_hash, suspended_until, left_at)
SELECT bot_id, subject_hash, max(suspended_until), now() FROM former_people GROUP BY bot_id, subject_hash;
COMMENT ON COLUMN former_people.suspended_until IS 'As in former_accounts, for the release before.';
ALTER TABLE former_people ADD COLUMN is_adopted BOOLEAN NOT NULL DEFAULT false;
UPDATE former_people SET is_adopted = true;
CREATE INDEX former_people_bot_id_subject_hash_is_adopted_idx ON former_people (bot_id, subject_hash) WHERE NOT is_adopted;
COMMENT ON COLUMN former_people.is_adopted IS 'Whether former_accounts has it; rows of the release before have not.';
-- Hashes of decisions are moved and removed with their account.
CREATE INDEX sanctions_bot_id_subject_hash_idx ON sanctions (bot_id, subject_hash) WHERE subject_hash IS NOT NULL;
