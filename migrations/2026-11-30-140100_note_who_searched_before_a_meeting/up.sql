-- An invitation can bring somebody to a meeting who did not search: if it fails, they do not search afterwards either.
-- Everybody who is in a meeting already came from a search.
ALTER TABLE seats
    ADD COLUMN was_searching BOOLEAN NOT NULL DEFAULT true,
    ADD CONSTRAINT seats_kind_was_searching_check CHECK (kind = 'meeting' OR was_searching);
COMMENT ON COLUMN seats.was_searching IS
    'Whether the person searched before the meeting, and does again if it fails; true in any other seat.';
