ALTER TABLE seats
    DROP COLUMN is_media_asked,
    DROP COLUMN passes;
