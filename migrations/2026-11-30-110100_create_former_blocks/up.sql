-- Blocks of which at least one side has left: they hold for whoever comes back with the account.
-- Blocks that were removed with an erasure before this table was made are not known any more.
CREATE TABLE former_blocks (
    bot_id BIGINT NOT NULL,
    blocker BYTEA NOT NULL,
    blocked BYTEA NOT NULL,
    blocked_at TIMESTAMPTZ NOT NULL,
    left_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT former_blocks_bot_id_blocker_blocked_pkey PRIMARY KEY (bot_id, blocker, blocked),
    CONSTRAINT former_blocks_blocker_check CHECK (octet_length(blocker) IN (8, 32)),
    CONSTRAINT former_blocks_blocked_check CHECK (octet_length(blocked) IN (8, 32)),
    CONSTRAINT former_blocks_blocker_blocked_check CHECK (octet_length(blocker) = 32 OR octet_length(blocked) = 32)
);
CREATE INDEX former_blocks_bot_id_blocked_idx ON former_blocks (bot_id, blocked);
CREATE INDEX former_blocks_bot_id_left_at_idx ON former_blocks (bot_id, left_at);
COMMENT ON TABLE former_blocks IS 'Blocks by or of people who left; rows of blocks again when both are back.';
-- Without foreign keys: the release before erases people without knowing this table, and numbers are never used twice.
COMMENT ON COLUMN former_blocks.blocker IS 'The number of a person (8 bytes, as int8send gives them) or the hash of an account that was left (32 bytes).';
COMMENT ON COLUMN former_blocks.blocked IS 'In the same form as blocker.';
COMMENT ON COLUMN former_blocks.left_at IS 'When the last of the two to leave did so; kept for 24 months from then.';
