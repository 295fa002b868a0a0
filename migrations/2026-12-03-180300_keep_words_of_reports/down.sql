ALTER TABLE reports DROP COLUMN words_sealed;
