-- Forgets some messages whose time to wait was over long ago; the engine removes those it knows at once.
DELETE FROM holds
WHERE bot_id = $1 AND id IN (SELECT id FROM holds WHERE bot_id = $1 AND expires_at <= $2 ORDER BY expires_at LIMIT $3)
