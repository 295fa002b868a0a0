-- Which of these people ($4) are a member of the staff ($2) or close to them: a friend, or a partner of a chat that ended after
-- $3 or goes on. Members decide nothing about them.
WITH me AS (
    SELECT DISTINCT people.id
    FROM staff_members
    JOIN people ON people.bot_id = $1 AND people.pseudonym = staff_members.pseudonym
    WHERE staff_members.bot_id = $1 AND staff_members.name = $2
)
SELECT id FROM me WHERE id = ANY ($4)
UNION
SELECT friend_id FROM me JOIN friendships ON friendships.bot_id = $1 AND friendships.person_id = me.id WHERE friend_id = ANY ($4)
UNION
SELECT second_person_id
FROM me JOIN chats ON chats.bot_id = $1 AND chats.first_person_id = me.id
WHERE second_person_id = ANY ($4) AND NOT is_meeting AND coalesce(ended_at, 'infinity') > $3
UNION
SELECT first_person_id
FROM me JOIN chats ON chats.bot_id = $1 AND chats.second_person_id = me.id
WHERE first_person_id = ANY ($4) AND NOT is_meeting AND coalesce(ended_at, 'infinity') > $3
