-- What a buyer has searched with cannot be had back.
ALTER TABLE people ADD COLUMN premium_used_at TIMESTAMPTZ;
COMMENT ON COLUMN people.premium_used_at IS 'When they last searched with what premium gives; NULL = never.';
