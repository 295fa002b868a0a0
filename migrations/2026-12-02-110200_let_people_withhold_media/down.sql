COMMENT ON COLUMN preferences.accepts_media IS 'Whether pictures and videos of partners are passed on.';
ALTER TABLE preferences
    DROP CONSTRAINT preferences_withheld_check,
    DROP COLUMN withheld;
