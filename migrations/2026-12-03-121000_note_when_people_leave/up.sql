-- When a person who asked to leave is erased. Nobody had a time for that before: who had asked was erased at once.
ALTER TABLE people ADD COLUMN leaves_at TIMESTAMPTZ;
COMMENT ON COLUMN people.leaves_at IS 'When the person is erased, who is hidden until then; NULL = they stay.';
