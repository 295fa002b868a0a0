-- What the reporter says in their own words, where none of the reasons fits. Reports of before have none, and so have those of
-- the release before. There is no clear column: without a data key no words are kept.
ALTER TABLE reports ADD COLUMN words_sealed BYTEA;
COMMENT ON COLUMN reports.words_sealed IS 'What the reporter said in their own words, encrypted as people.bio_sealed is; NULL = nothing.';
