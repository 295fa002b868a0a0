-- What is encrypted goes: take a copy first.
COMMENT ON COLUMN people.bio IS 'What they write about themselves; at most 200 grapheme clusters, checked before it comes here.';
ALTER TABLE people DROP COLUMN bio_sealed, DROP COLUMN city_sealed;
