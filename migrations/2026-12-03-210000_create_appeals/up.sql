-- The staff decides more than bans and suspensions: warnings, pauses, and texts that go; each can be appealed once.
-- Decisions of before name no rule, and can be appealed like others while they hold. A ban with an end is one that nobody has
-- confirmed yet; those of before have none, and hold as they are. The previous release reads none of the new kinds.
ALTER TABLE sanctions
    ADD COLUMN rule TEXT,
    ADD COLUMN profile_text TEXT,
    ADD COLUMN overturned_at TIMESTAMPTZ,
    DROP CONSTRAINT sanctions_kind_check,
    DROP CONSTRAINT sanctions_kind_until_check,
    ADD CONSTRAINT sanctions_kind_check CHECK (kind IN ('ban', 'suspend', 'lift', 'cooldown', 'warn', 'remove')),
    ADD CONSTRAINT sanctions_kind_until_check CHECK ((kind IN ('lift', 'warn', 'remove')) = (until IS NULL)),
    ADD CONSTRAINT sanctions_rule_check
        CHECK (rule IN ('minor', 'threat', 'explicit', 'image', 'scam', 'hate', 'pretend', 'other')),
    ADD CONSTRAINT sanctions_profile_text_check CHECK ((kind = 'remove') = (profile_text IS NOT NULL) AND profile_text IN ('bio', 'city'));
COMMENT ON COLUMN sanctions.rule IS 'Which rule was broken; NULL = it is not said.';
COMMENT ON COLUMN sanctions.profile_text IS 'Which text of the profile went.';
COMMENT ON COLUMN sanctions.overturned_at IS 'When an appeal took the decision back; it counts for nothing since.';

CREATE TABLE appeals (
    bot_id BIGINT NOT NULL,
    sanction_id BIGINT NOT NULL,
    telegram_id BIGINT,
    ui_language TEXT,
    words_sealed BYTEA,
    written_at TIMESTAMPTZ NOT NULL,
    closed_at TIMESTAMPTZ,
    closed_by TEXT,
    is_overturned BOOLEAN,
    CONSTRAINT appeals_bot_id_sanction_id_pkey PRIMARY KEY (bot_id, sanction_id),
    CONSTRAINT appeals_bot_id_sanction_id_fkey
        FOREIGN KEY (bot_id, sanction_id) REFERENCES sanctions (bot_id, id) ON DELETE RESTRICT,
    CONSTRAINT appeals_telegram_id_check CHECK ((telegram_id IS NULL) = (closed_at IS NOT NULL)),
    CONSTRAINT appeals_closed_at_check
        CHECK ((closed_at IS NULL) = (is_overturned IS NULL) AND (closed_at IS NULL) = (closed_by IS NULL)),
    CONSTRAINT appeals_closed_by_check CHECK (char_length(closed_by) BETWEEN 1 AND 100)
);
CREATE INDEX sanctions_bot_id_until_idx ON sanctions (bot_id, until) WHERE kind = 'ban' AND until < 'infinity';
-- What the clean-up, the gate for newcomers and the evidence chat ask for.
CREATE INDEX reports_bot_id_reason_idx ON reports (bot_id, reason);
CREATE INDEX evidence_posts_bot_id_unclear_idx ON evidence_posts (bot_id, tried_at) WHERE outcome IS NULL;
CREATE INDEX reports_bot_id_words_idx ON reports (bot_id) WHERE words_sealed IS NOT NULL;
CREATE INDEX staff_members_bot_id_role_idx ON staff_members (bot_id, role);
CREATE INDEX appeals_telegram_id_idx ON appeals (bot_id, telegram_id) WHERE telegram_id IS NOT NULL;
COMMENT ON TABLE appeals IS 'What people say against decisions about them, once each; words and account go when it is decided.';
COMMENT ON COLUMN appeals.words_sealed IS 'Their words, encrypted as people.bio_sealed is; NULL = there was no key, or they are decided.';
COMMENT ON COLUMN appeals.ui_language IS 'The language in which they are answered if they are not registered.';
