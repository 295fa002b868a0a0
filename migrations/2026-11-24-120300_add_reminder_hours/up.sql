-- Whether and when people want to hear from us unasked.
ALTER TABLE preferences
    ADD COLUMN is_reminded BOOLEAN NOT NULL DEFAULT true,
    ADD COLUMN time_zone TEXT,
    ADD COLUMN quiet_from SMALLINT DEFAULT 22,
    ADD COLUMN quiet_until SMALLINT DEFAULT 8,
    ADD CONSTRAINT preferences_time_zone_check CHECK (time_zone ~ '^[A-Za-z0-9_+/-]{1,40}$'),
    ADD CONSTRAINT preferences_quiet_from_quiet_until_check CHECK (
        (quiet_from IS NULL) = (quiet_until IS NULL)
        AND quiet_from BETWEEN 0 AND 23 AND quiet_until BETWEEN 0 AND 23 AND quiet_from <> quiet_until
    );
COMMENT ON COLUMN preferences.is_reminded IS 'Whether they want to hear from us unasked.';
COMMENT ON COLUMN preferences.time_zone IS 'A zone of the IANA database; NULL = the first one of their country.';
COMMENT ON COLUMN preferences.quiet_from IS 'The first hour of the day in which they are left alone; NULL = none.';
COMMENT ON COLUMN preferences.quiet_until IS 'The hour with which quiet ends.';
