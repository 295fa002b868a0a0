-- Who may invite under which code, and who came by an invitation.
CREATE TABLE invite_codes (
    bot_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    code TEXT NOT NULL,
    CONSTRAINT invite_codes_bot_id_person_id_pkey PRIMARY KEY (bot_id, person_id),
    CONSTRAINT invite_codes_bot_id_code_key UNIQUE (bot_id, code),
    CONSTRAINT invite_codes_bot_id_person_id_fkey
        FOREIGN KEY (bot_id, person_id) REFERENCES people (bot_id, id) ON DELETE RESTRICT,
    CONSTRAINT invite_codes_code_check CHECK (code ~ '^[a-hjkmnp-z02-9]{10}$')
);
COMMENT ON TABLE invite_codes IS 'The random code in each person''s invitation link; it tells nothing about its owner.';

CREATE TABLE invites (
    bot_id BIGINT NOT NULL,
    invited_id BIGINT NOT NULL,
    inviter_id BIGINT,
    invited_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT invites_bot_id_invited_id_pkey PRIMARY KEY (bot_id, invited_id),
    CONSTRAINT invites_bot_id_invited_id_fkey
        FOREIGN KEY (bot_id, invited_id) REFERENCES people (bot_id, id) ON DELETE RESTRICT,
    CONSTRAINT invites_bot_id_inviter_id_fkey
        FOREIGN KEY (bot_id, inviter_id) REFERENCES people (bot_id, id) ON DELETE RESTRICT,
    CONSTRAINT invites_invited_id_inviter_id_check CHECK (invited_id <> inviter_id)
);
CREATE INDEX invites_bot_id_inviter_id_idx ON invites (bot_id, inviter_id);
COMMENT ON TABLE invites IS 'People who registered by an invitation.';
COMMENT ON COLUMN invites.inviter_id IS 'Who invited; NULL = erased since.';
