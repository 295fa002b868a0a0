-- Abandoned registrations end some days after the last answer. Rows from before begin to age today; the default also serves
-- the previous release, under which a changed row keeps the time at which it began.
ALTER TABLE dialogs ADD COLUMN changed_at TIMESTAMPTZ NOT NULL DEFAULT now();
CREATE INDEX dialogs_bot_id_changed_at_idx ON dialogs (bot_id, changed_at);
-- What older releases left of accounts that neither registered, nor are about to, nor were refused.
DELETE FROM consents AS c
WHERE NOT EXISTS (SELECT FROM people AS p WHERE p.bot_id = c.bot_id AND p.telegram_id = c.telegram_id)
    AND NOT EXISTS (SELECT FROM dialogs AS d WHERE d.bot_id = c.bot_id AND d.telegram_id = c.telegram_id)
    AND NOT EXISTS (
        SELECT FROM visitors AS v WHERE v.bot_id = c.bot_id AND v.telegram_id = c.telegram_id AND v.refused_at IS NOT NULL
    );
DELETE FROM visitors AS v
WHERE refused_at IS NULL
    AND NOT EXISTS (SELECT FROM people AS p WHERE p.bot_id = v.bot_id AND p.telegram_id = v.telegram_id)
    AND NOT EXISTS (SELECT FROM dialogs AS d WHERE d.bot_id = v.bot_id AND d.telegram_id = v.telegram_id);
COMMENT ON COLUMN dialogs.changed_at IS 'When the last answer was given.';
