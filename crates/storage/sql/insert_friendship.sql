-- One side of a friendship, under the person's next number.
INSERT INTO friendships (bot_id, person_id, friend_id, chat_id, number, since)
SELECT $1, $2, $3, $4, (coalesce(max(number), 0) + 1)::smallint, $5
FROM friendships
WHERE bot_id = $1 AND person_id = $2
ON CONFLICT (bot_id, person_id, friend_id) DO NOTHING
