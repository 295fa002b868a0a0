ALTER TABLE people DROP COLUMN leaves_at;
