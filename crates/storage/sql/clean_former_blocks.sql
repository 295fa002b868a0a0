-- Forgets blocks whose people left 24 months before $2.
DELETE FROM former_blocks
WHERE (bot_id, blocker, blocked) IN (
    SELECT bot_id, blocker, blocked FROM former_blocks WHERE bot_id = $1 AND left_at <= $2 - INTERVAL '24 months' ORDER BY left_at LIMIT $3
)
