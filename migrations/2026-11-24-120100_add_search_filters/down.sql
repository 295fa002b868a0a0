UPDATE seats SET widened = array_remove(array_remove(widened, 'city'), 'interest');
ALTER TABLE seats
    DROP CONSTRAINT seats_widened_check,
    ADD CONSTRAINT seats_widened_check CHECK (widened <@ ARRAY['age', 'country', 'language', 'verified', 'gender']);
ALTER TABLE preferences
    DROP COLUMN requires_same_city,
    DROP COLUMN requires_common_interest;
