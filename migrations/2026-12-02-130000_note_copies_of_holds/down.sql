ALTER TABLE holds DROP COLUMN has_copy;
