-- What people write about themselves, their photo, and what their match card shows.
ALTER TABLE people
    ADD COLUMN bio TEXT,
    ADD COLUMN photo_file_id TEXT,
    ADD COLUMN card_parts TEXT[] NOT NULL DEFAULT '{age,country,interests,bio,rating}',
    ADD CONSTRAINT people_bio_check CHECK (octet_length(bio) BETWEEN 1 AND 2000),
    ADD CONSTRAINT people_photo_file_id_check CHECK (photo_file_id ~ '^[!-~]{1,255}$'),
    ADD CONSTRAINT people_card_parts_check
        CHECK (card_parts <@ ARRAY['age', 'country', 'city', 'interests', 'bio', 'rating']);
COMMENT ON COLUMN people.bio IS 'What they write about themselves; at most 200 grapheme clusters, checked before it comes here.';
COMMENT ON COLUMN people.photo_file_id IS 'The id under which the bot can send their photo again; no partner sees it.';
COMMENT ON COLUMN people.card_parts IS 'The parts of their match card that partners see.';
