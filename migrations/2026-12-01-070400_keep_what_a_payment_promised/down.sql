ALTER TABLE payments
    DROP CONSTRAINT payments_refund_days_check,
    DROP COLUMN refund_days,
    DROP COLUMN is_first_recurring;
