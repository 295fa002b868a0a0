-- A change to a message that was passed on names that message: its copy may not be made yet, and is found when the change
-- is sent. The previous release sets such a row aside as unreadable.
ALTER TABLE outbox DROP CONSTRAINT outbox_relay_check;
ALTER TABLE outbox ADD CONSTRAINT outbox_relay_check CHECK (
    CASE WHEN body IS NULL
        THEN chat_id IS NOT NULL AND from_telegram_id IS NOT NULL AND source_id IS NOT NULL AND version IS NULL
        ELSE version IS NOT NULL AND reply_to_id IS NULL AND (from_telegram_id IS NULL) = (source_id IS NULL)
            AND (source_id IS NULL OR chat_id IS NOT NULL)
    END
);
COMMENT ON TABLE outbox IS 'What is still to be sent: ids of a message to copy, a call of ours, or a change to a message.';
COMMENT ON COLUMN outbox.source_id IS 'In the sender''s private chat: the message to copy, or the one whose copy the call changes.';
