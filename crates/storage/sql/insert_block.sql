-- Keeps two people apart, if both are still there.
INSERT INTO blocks (bot_id, blocker_id, blocked_id, blocked_at)
SELECT blocker.bot_id, blocker.id, blocked.id, $4
FROM people AS blocker
JOIN people AS blocked ON blocked.bot_id = blocker.bot_id AND blocked.id = $3
WHERE blocker.bot_id = $1 AND blocker.id = $2
ON CONFLICT DO NOTHING
