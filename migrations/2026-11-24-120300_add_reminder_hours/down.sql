ALTER TABLE preferences
    DROP COLUMN is_reminded,
    DROP COLUMN time_zone,
    DROP COLUMN quiet_from,
    DROP COLUMN quiet_until;
