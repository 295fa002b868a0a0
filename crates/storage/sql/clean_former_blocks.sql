-- Forgets blocks whose people left long ago.
DELETE FROM former_blocks
WHERE (bot_id, blocker, blocked) IN (
    SELECT bot_id, blocker, blocked FROM former_blocks WHERE bot_id = $1 AND left_at <= $2 ORDER BY left_at LIMIT $3
)
