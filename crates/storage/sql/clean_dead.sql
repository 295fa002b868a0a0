-- Forgets some updates that were set aside long ago.
DELETE FROM dead_updates
WHERE bot_id = $1 AND update_id = ANY (ARRAY(
    SELECT update_id FROM dead_updates WHERE bot_id = $1 AND died_at <= $2 ORDER BY died_at LIMIT $3
))
