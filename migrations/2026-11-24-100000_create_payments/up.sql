-- What was paid with Telegram Stars and what was given back. Rows are Telegram's word: nothing here refuses a payment that
-- was made. Until when somebody is premium follows from these rows and those of entitlement_grants; it is stored nowhere.
CREATE TABLE payments (
    bot_id BIGINT NOT NULL,
    telegram_payment_charge_id TEXT NOT NULL,
    payer_id BIGINT,
    receiver_id BIGINT,
    plan TEXT NOT NULL,
    stars INTEGER NOT NULL,
    days INTEGER NOT NULL,
    paid_at TIMESTAMPTZ NOT NULL,
    is_recurring BOOLEAN NOT NULL,
    subscription_until TIMESTAMPTZ,
    canceled_at TIMESTAMPTZ,
    subscription_changes INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT payments_bot_id_telegram_payment_charge_id_pkey PRIMARY KEY (bot_id, telegram_payment_charge_id),
    CONSTRAINT payments_bot_id_payer_id_fkey
        FOREIGN KEY (bot_id, payer_id) REFERENCES people (bot_id, id) ON DELETE RESTRICT,
    CONSTRAINT payments_bot_id_receiver_id_fkey
        FOREIGN KEY (bot_id, receiver_id) REFERENCES people (bot_id, id) ON DELETE RESTRICT,
    CONSTRAINT payments_telegram_payment_charge_id_check CHECK (octet_length(telegram_payment_charge_id) BETWEEN 1 AND 255),
    CONSTRAINT payments_plan_check CHECK (
        plan IN ('week', 'month', 'half_year', 'year', 'monthly', 'gift_week', 'gift_month', 'rating_reset')
    ),
    CONSTRAINT payments_stars_check CHECK (stars >= 0),
    CONSTRAINT payments_days_check CHECK (days BETWEEN 0 AND 10000),
    CONSTRAINT payments_subscription_changes_check CHECK (subscription_changes >= 0)
);
CREATE INDEX payments_bot_id_payer_id_idx ON payments (bot_id, payer_id);
CREATE INDEX payments_bot_id_receiver_id_idx ON payments (bot_id, receiver_id);
COMMENT ON TABLE payments IS 'Payments in Telegram Stars, one row a charge; kept after an erasure, then without the people.';
COMMENT ON COLUMN payments.telegram_payment_charge_id IS 'Telegram''s identifier: what a refund and Telegram''s own list name.';
COMMENT ON COLUMN payments.payer_id IS 'Who paid; NULL = erased since.';
COMMENT ON COLUMN payments.receiver_id IS 'Who gets it: for a gift somebody else than the payer; NULL = erased since.';
COMMENT ON COLUMN payments.paid_at IS 'The date of Telegram''s message, the same in every duplicate.';
COMMENT ON COLUMN payments.subscription_until IS 'Until when this payment keeps a subscription running; NULL = no subscription.';
COMMENT ON COLUMN payments.canceled_at IS 'When the subscription was cancelled; NULL = it goes on.';
COMMENT ON COLUMN payments.subscription_changes IS 'How often it was cancelled or resumed: lets the engine tell newer facts from older.';

-- No foreign key to payments: word of a refund may come before word of its payment.
CREATE TABLE refunds (
    bot_id BIGINT NOT NULL,
    telegram_payment_charge_id TEXT NOT NULL,
    cause TEXT NOT NULL,
    reason TEXT NOT NULL,
    requested_at TIMESTAMPTZ,
    refunded_at TIMESTAMPTZ,
    CONSTRAINT refunds_bot_id_telegram_payment_charge_id_pkey PRIMARY KEY (bot_id, telegram_payment_charge_id),
    CONSTRAINT refunds_telegram_payment_charge_id_check CHECK (octet_length(telegram_payment_charge_id) BETWEEN 1 AND 255),
    CONSTRAINT refunds_cause_check CHECK (cause IN ('buyer', 'operator', 'telegram')),
    CONSTRAINT refunds_reason_check CHECK (char_length(reason) <= 500),
    CONSTRAINT refunds_requested_at_refunded_at_check CHECK (requested_at IS NOT NULL OR refunded_at IS NOT NULL)
);
COMMENT ON TABLE refunds IS 'Refunds asked for and carried out, at most one a charge.';
COMMENT ON COLUMN refunds.requested_at IS 'When somebody here asked for it; NULL = Telegram told of it by itself.';
COMMENT ON COLUMN refunds.refunded_at IS 'When Telegram gave the Stars back; NULL = not yet.';

CREATE TABLE rating_resets (
    bot_id BIGINT NOT NULL,
    telegram_payment_charge_id TEXT NOT NULL,
    person_id BIGINT NOT NULL,
    ratings_up INTEGER NOT NULL,
    ratings_down INTEGER NOT NULL,
    CONSTRAINT rating_resets_bot_id_telegram_payment_charge_id_pkey PRIMARY KEY (bot_id, telegram_payment_charge_id),
    CONSTRAINT rating_resets_bot_id_telegram_payment_charge_id_fkey
        FOREIGN KEY (bot_id, telegram_payment_charge_id) REFERENCES payments (bot_id, telegram_payment_charge_id)
        ON DELETE RESTRICT,
    CONSTRAINT rating_resets_bot_id_person_id_fkey
        FOREIGN KEY (bot_id, person_id) REFERENCES people (bot_id, id) ON DELETE RESTRICT,
    CONSTRAINT rating_resets_ratings_up_check CHECK (ratings_up >= 0),
    CONSTRAINT rating_resets_ratings_down_check CHECK (ratings_down >= 0)
);
CREATE INDEX rating_resets_bot_id_person_id_idx ON rating_resets (bot_id, person_id);
COMMENT ON TABLE rating_resets IS 'What paid resets of a rating wiped out, so that a refund can bring it back.';
