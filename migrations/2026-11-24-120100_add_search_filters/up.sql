-- Two more filters, each of which can be dropped for one search.
ALTER TABLE preferences
    ADD COLUMN requires_same_city BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN requires_common_interest BOOLEAN NOT NULL DEFAULT false;
COMMENT ON COLUMN preferences.requires_same_city IS 'Only people of one''s own city; without a city of one''s own it asks for nothing.';
COMMENT ON COLUMN preferences.requires_common_interest IS 'Only people with at least one interest in common.';
ALTER TABLE seats
    DROP CONSTRAINT seats_widened_check,
    ADD CONSTRAINT seats_widened_check
        CHECK (widened <@ ARRAY['age', 'country', 'language', 'verified', 'gender', 'city', 'interest']);
