-- Asks somebody to be friends, if both are still there, the asker has not blocked the other, and they are no friends yet.
-- A request to somebody who blocked the asker is kept too, so that asking twice is answered as always; it can never be
-- accepted.
INSERT INTO friend_requests (bot_id, asker_id, asked_id, chat_id, asked_at)
SELECT asker.bot_id, asker.id, asked.id, $4, $5
FROM people AS asker
JOIN people AS asked ON asked.bot_id = asker.bot_id AND asked.id = $3
WHERE asker.bot_id = $1 AND asker.id = $2
    AND NOT EXISTS (SELECT FROM blocks WHERE bot_id = $1 AND blocker_id = $2 AND blocked_id = $3)
    AND NOT EXISTS (SELECT FROM friendships WHERE bot_id = $1 AND person_id = $2 AND friend_id = $3)
ON CONFLICT (bot_id, asker_id, asked_id) DO UPDATE SET chat_id = excluded.chat_id, asked_at = excluded.asked_at
