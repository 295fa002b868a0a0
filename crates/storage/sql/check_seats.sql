-- Counts what breaks the rules of seats and chats, a rule a row. $1 now.
-- One statement sees one moment, so a chat that begins or ends meanwhile breaks nothing.
SELECT 'a seat in a chat or a meeting that has ended or is not there' AS rule, count(*) AS broken
FROM seats AS s
LEFT JOIN chats AS c ON c.bot_id = s.bot_id AND c.id = s.chat_id
WHERE s.chat_id IS NOT NULL AND (c.id IS NULL OR c.ended_at IS NOT NULL OR c.is_meeting <> (s.kind = 'meeting'))
UNION ALL
SELECT 'somebody on a side that is another''s', count(*)
FROM seats AS s
JOIN chats AS c ON c.bot_id = s.bot_id AND c.id = s.chat_id
WHERE s.person_id IS DISTINCT FROM CASE s.side WHEN 0 THEN c.first_person_id ELSE c.second_person_id END
UNION ALL
SELECT 'a live chat or meeting without both people in it', count(*)
FROM chats AS c
WHERE c.ended_at IS NULL AND (SELECT count(*) FROM seats AS s WHERE s.bot_id = c.bot_id AND s.chat_id = c.id) <> 2
UNION ALL
SELECT 'a live chat between people of whom one blocked the other', count(*)
FROM chats AS c
WHERE c.ended_at IS NULL AND EXISTS (
    SELECT FROM blocks AS b
    WHERE b.bot_id = c.bot_id AND (
        (b.blocker_id = c.first_person_id AND b.blocked_id = c.second_person_id)
        OR (b.blocker_id = c.second_person_id AND b.blocked_id = c.first_person_id)
    )
)
UNION ALL
-- A sanction reaches the engine as a command; until it is taken up, the seat is still there.
SELECT 'a seat of somebody who is suspended', count(*)
FROM seats AS s
JOIN people AS p ON p.bot_id = s.bot_id AND p.id = s.person_id
WHERE p.suspended_until > $1::timestamptz
    AND NOT EXISTS (SELECT FROM commands AS w WHERE w.bot_id = s.bot_id AND NOT w.is_dead)
UNION ALL
SELECT 'somebody registered before the age of 18', count(*)
FROM people
WHERE born_on > (registered_at AT TIME ZONE 'UTC')::date - INTERVAL '18 years'
