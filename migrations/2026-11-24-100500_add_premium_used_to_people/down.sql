ALTER TABLE people DROP COLUMN premium_used_at;
