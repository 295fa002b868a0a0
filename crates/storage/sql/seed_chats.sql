-- Puts people into chats, two by two by account: $3 and $3 + 1, $3 + 2 and $3 + 3 and so on.
-- $1 bot, $2 how many pairs, $3 the first Telegram id, $4 now. $5 the number of the first chat.
WITH pairs AS (
    SELECT $5::bigint + i AS chat_id, a.id AS first_id, b.id AS second_id
    FROM generate_series(0, $2::bigint - 1) AS i
    JOIN people AS a ON a.bot_id = $1::bigint AND a.telegram_id = $3::bigint + 2 * i
    JOIN people AS b ON b.bot_id = $1 AND b.telegram_id = $3 + 2 * i + 1
), opened AS (
    INSERT INTO chats (bot_id, id, first_person_id, second_person_id, started_at)
    SELECT $1, chat_id, first_id, second_id, $4::timestamptz FROM pairs
)
INSERT INTO seats (bot_id, person_id, kind, chat_id, side, since)
SELECT $1, s.person_id, 'chatting', chat_id, s.side, $4
FROM pairs CROSS JOIN LATERAL (VALUES (first_id, 0::smallint), (second_id, 1::smallint)) AS s (person_id, side)
