-- Forgets some webhook ids that have had their time.
DELETE FROM seen_updates
WHERE bot_id = $1 AND update_id = ANY (ARRAY(
    SELECT update_id FROM seen_updates WHERE bot_id = $1 AND seen_at <= $2 ORDER BY seen_at LIMIT $3
))
