-- Telegram says of each payment whether a subscription began with it. The rows of before, and those that the previous
-- release writes, do not know: for them the beginning follows from times, refunds and cancellations, as it did.
-- Their buyers were told that they can have a payment back within a day.
ALTER TABLE payments
    ADD COLUMN is_first_recurring BOOLEAN,
    ADD COLUMN refund_days INTEGER,
    ADD CONSTRAINT payments_refund_days_check CHECK (refund_days BETWEEN 0 AND 365);
COMMENT ON COLUMN payments.is_first_recurring IS 'Whether a subscription began with it; NULL = Telegram did not say.';
COMMENT ON COLUMN payments.refund_days IS 'Within how many days its buyer was told they can have it back; NULL = one.';
