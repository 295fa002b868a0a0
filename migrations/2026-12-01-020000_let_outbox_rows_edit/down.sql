-- What the older form has no room for is not sent.
DELETE FROM outbox WHERE body IS NOT NULL AND source_id IS NOT NULL;
ALTER TABLE outbox DROP CONSTRAINT outbox_relay_check;
ALTER TABLE outbox ADD CONSTRAINT outbox_relay_check CHECK (
    CASE WHEN body IS NULL
        THEN chat_id IS NOT NULL AND from_telegram_id IS NOT NULL AND source_id IS NOT NULL AND version IS NULL
        ELSE version IS NOT NULL AND from_telegram_id IS NULL AND source_id IS NULL AND reply_to_id IS NULL
    END
);
COMMENT ON TABLE outbox IS 'What is still to be sent: ids of a message to copy, or a call of ours.';
COMMENT ON COLUMN outbox.source_id IS 'A relay: the message to copy, in the sender''s private chat.';
