-- A friend invites another to chat. The invitation stands beside the seats and takes none, until its time is over.
-- Nobody could be invited before, so there is nothing to fill in. Only the engine writes these rows. Like other work under
-- way they hold ids without foreign keys: the release before this one, which does not know them, can still erase people.
CREATE TABLE invitations (
    bot_id BIGINT NOT NULL,
    inviter_id BIGINT NOT NULL,
    invited_id BIGINT NOT NULL,
    chat_id BIGINT NOT NULL,
    inviter_number SMALLINT NOT NULL,
    invited_number SMALLINT NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    state TEXT NOT NULL,
    CONSTRAINT invitations_bot_id_inviter_id_invited_id_pkey PRIMARY KEY (bot_id, inviter_id, invited_id),
    CONSTRAINT invitations_inviter_id_invited_id_check CHECK (inviter_id <> invited_id),
    CONSTRAINT invitations_inviter_number_check CHECK (inviter_number >= 1),
    CONSTRAINT invitations_invited_number_check CHECK (invited_number >= 1),
    CONSTRAINT invitations_made_at_expires_at_check CHECK (expires_at > made_at),
    CONSTRAINT invitations_state_check CHECK (state IN ('open', 'told', 'accepted', 'declined'))
);
COMMENT ON TABLE invitations IS 'Friends who were invited to chat, until the time of that is over.';
COMMENT ON COLUMN invitations.chat_id IS 'The chat in which the two met, by which buttons name the friend.';
COMMENT ON COLUMN invitations.inviter_number IS 'By which the invited person knows the inviter.';
COMMENT ON COLUMN invitations.invited_number IS 'By which the inviter knows the invited person.';
COMMENT ON COLUMN invitations.state IS 'Not read yet, read, accepted while the inviter was not free, or leading to nothing.';
CREATE INDEX invitations_bot_id_invited_id_idx ON invitations (bot_id, invited_id);
CREATE INDEX invitations_bot_id_expires_at_idx ON invitations (bot_id, expires_at);
