-- Forgets some invitations whose time was over long ago; the engine removes those it knows at once.
DELETE FROM invitations
WHERE bot_id = $1 AND (inviter_id, invited_id) IN (
    SELECT inviter_id, invited_id FROM invitations WHERE bot_id = $1 AND expires_at <= $2 ORDER BY expires_at LIMIT $3
)
