-- Open reports that a member of the staff ($2) decides nothing about: they are about or by themselves, a friend, or a partner
-- of a chat that ended after $3 or goes on.
SELECT reports.id
FROM (SELECT DISTINCT pseudonym FROM staff_members WHERE bot_id = $1 AND name = $2) AS member
JOIN people AS me ON me.bot_id = $1 AND me.pseudonym = member.pseudonym
JOIN reports ON reports.bot_id = $1 AND reports.closed_at IS NULL
WHERE me.id IN (reports.reported_id, reports.reporter_id)
    OR EXISTS (
        SELECT FROM friendships
        WHERE friendships.bot_id = $1 AND friendships.person_id = me.id
            AND friendships.friend_id IN (reports.reported_id, reports.reporter_id)
    )
    OR EXISTS (
        SELECT FROM chats
        WHERE chats.bot_id = $1 AND NOT chats.is_meeting AND coalesce(chats.ended_at, 'infinity') > $3
            AND ((chats.first_person_id = me.id AND chats.second_person_id IN (reports.reported_id, reports.reporter_id))
                OR (chats.second_person_id = me.id AND chats.first_person_id IN (reports.reported_id, reports.reporter_id)))
    )
