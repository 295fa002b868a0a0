-- Reports about one person are one case, decided by a member of the staff who has it for themselves.
-- The reasons are new ones. Those of before stay as they are, in rows and from the release before, and are read as new ones:
-- 'harassment' as 'hate', 'spam' as 'scam'. Open reports from before are cases like others, without frozen messages.
ALTER TABLE reports
    DROP CONSTRAINT reports_reason_check,
    ADD CONSTRAINT reports_reason_check CHECK (reason IN
        ('minor', 'threat', 'explicit', 'image', 'scam', 'hate', 'pretend', 'other', 'harassment', 'spam'));

CREATE TABLE report_messages (
    bot_id BIGINT NOT NULL,
    report_id BIGINT NOT NULL,
    place SMALLINT NOT NULL,
    is_by_reported BOOLEAN,
    reporter_message_id INTEGER,
    reported_message_id INTEGER,
    CONSTRAINT report_messages_bot_id_report_id_place_pkey PRIMARY KEY (bot_id, report_id, place),
    CONSTRAINT report_messages_bot_id_report_id_fkey
        FOREIGN KEY (bot_id, report_id) REFERENCES reports (bot_id, id) ON DELETE RESTRICT,
    CONSTRAINT report_messages_place_check CHECK (place BETWEEN 1 AND 25)
);
COMMENT ON TABLE report_messages IS 'The last messages of a reported chat, frozen with the report: ids and sides, no content.';
COMMENT ON COLUMN report_messages.place IS 'The order in the chat, the oldest is 1.';
COMMENT ON COLUMN report_messages.is_by_reported IS 'Whether the reported person wrote it; NULL = they had left, and nobody knows.';
COMMENT ON COLUMN report_messages.reporter_message_id IS 'The message in the reporter''s private chat; NULL = they left since.';
COMMENT ON COLUMN report_messages.reported_message_id IS 'The message in the private chat of the reported person; NULL = they had left.';

CREATE TABLE case_claims (
    bot_id BIGINT NOT NULL,
    report_id BIGINT NOT NULL,
    claimed_by TEXT NOT NULL,
    claimed_until TIMESTAMPTZ NOT NULL,
    CONSTRAINT case_claims_bot_id_report_id_pkey PRIMARY KEY (bot_id, report_id),
    CONSTRAINT case_claims_bot_id_report_id_fkey
        FOREIGN KEY (bot_id, report_id) REFERENCES reports (bot_id, id) ON DELETE RESTRICT,
    CONSTRAINT case_claims_claimed_by_check CHECK (char_length(claimed_by) BETWEEN 1 AND 100)
);
COMMENT ON TABLE case_claims IS 'Who has a case for themselves. A case has the number of its first open report.';

ALTER TABLE staff_members
    ADD COLUMN pseudonym TEXT,
    ADD CONSTRAINT staff_members_pseudonym_check CHECK (char_length(pseudonym) = 10);
COMMENT ON COLUMN staff_members.pseudonym IS 'Who they are with the bot, so that they decide nothing about themselves and people close to them.';
