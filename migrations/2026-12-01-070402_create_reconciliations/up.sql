-- How far Telegram's list of Star transactions is known to the ledger: every one before that is booked.
-- Without a row the list is read from its beginning, as it was before.
CREATE TABLE reconciliations (
    bot_id BIGINT NOT NULL,
    known_count BIGINT NOT NULL,
    read_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT reconciliations_bot_id_pkey PRIMARY KEY (bot_id),
    CONSTRAINT reconciliations_known_count_check CHECK (known_count >= 0)
);
COMMENT ON TABLE reconciliations IS 'How many of the first transactions in Telegram''s list the ledger knows, one row a bot.';
COMMENT ON COLUMN reconciliations.known_count IS 'Transactions of every kind, as Telegram counts an offset.';
