-- Bio and city lie encrypted beside the column that held them in clear. Rows of before are encrypted in portions by the bot,
-- once it runs with a data key, and their clear columns are emptied. The previous release reads clear columns alone: to it,
-- what is encrypted is not there; what it writes in clear counts before what is encrypted, and is encrypted later.
ALTER TABLE people ADD COLUMN bio_sealed BYTEA, ADD COLUMN city_sealed BYTEA;
COMMENT ON COLUMN people.bio IS 'What they write about themselves, in clear as long as there is no data key; at most 200 grapheme clusters, checked before it comes here.';
COMMENT ON COLUMN people.bio_sealed IS 'The same, encrypted: form (1 byte), number of the key (4), nonce (12), AES-256-GCM; an empty bio is NULL.';
COMMENT ON COLUMN people.city_sealed IS 'The city, encrypted as the bio is; city holds it in clear as long as there is no data key.';
