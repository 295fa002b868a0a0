-- What is known about a Telegram account whether or not its owner is registered.
CREATE TABLE visitors (
    bot_id BIGINT NOT NULL,
    telegram_id BIGINT NOT NULL,
    ui_language TEXT,
    refused_at TIMESTAMPTZ,
    CONSTRAINT visitors_bot_id_telegram_id_pkey PRIMARY KEY (bot_id, telegram_id),
    CONSTRAINT visitors_ui_language_check CHECK (ui_language ~ '^[a-z]{2}$')
);
COMMENT ON TABLE visitors IS 'Accounts that wrote to the bot and chose a language or were refused.';
COMMENT ON COLUMN visitors.ui_language IS 'The language of the bot''s texts they chose; NULL = not chosen.';
COMMENT ON COLUMN visitors.refused_at IS 'When the account was refused as a minor; outlives everything else about it.';

CREATE TABLE dialogs (
    bot_id BIGINT NOT NULL,
    telegram_id BIGINT NOT NULL,
    version SMALLINT NOT NULL,
    state TEXT NOT NULL,
    CONSTRAINT dialogs_bot_id_telegram_id_pkey PRIMARY KEY (bot_id, telegram_id),
    CONSTRAINT dialogs_state_check CHECK (octet_length(state) <= 4000)
);
COMMENT ON TABLE dialogs IS 'Unfinished conversations such as a registration.';
COMMENT ON COLUMN dialogs.state IS 'Written and read by the dialog alone, in the form that version names.';

CREATE TABLE consents (
    bot_id BIGINT NOT NULL,
    telegram_id BIGINT NOT NULL,
    version SMALLINT NOT NULL,
    documents_at TIMESTAMPTZ NOT NULL,
    orientation_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT consents_bot_id_telegram_id_version_pkey PRIMARY KEY (bot_id, telegram_id, version),
    CONSTRAINT consents_version_check CHECK (version >= 1)
);
COMMENT ON TABLE consents IS 'What people agreed to, one row for each version of the documents.';
COMMENT ON COLUMN consents.documents_at IS 'When terms and privacy notice were accepted.';
COMMENT ON COLUMN consents.orientation_at IS 'When the handling of orientation was agreed to, explicitly and separately.';
