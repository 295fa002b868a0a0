ALTER TABLE people
    DROP COLUMN bio,
    DROP COLUMN photo_file_id,
    DROP COLUMN card_parts;
