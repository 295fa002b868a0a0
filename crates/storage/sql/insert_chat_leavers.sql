-- Keeps for the chats of a person that can still be reported, who sat on their side, and the ids of the last messages ($6)
-- on the other one: the pairs go with the person.
INSERT INTO chat_leavers (bot_id, chat_id, side, subject_hash, pseudonym, message_ids)
SELECT bot_id, id, CASE WHEN first_person_id = $2 THEN 0 ELSE 1 END, $3, $4, ARRAY(
    SELECT newest.message_id
    FROM (
        SELECT pair.id, CASE WHEN pair.from_telegram_id = $5 THEN pair.copy_id ELSE pair.source_id END AS message_id
        FROM message_map AS pair
        WHERE pair.bot_id = chats.bot_id AND pair.chat_id = chats.id
        ORDER BY pair.id DESC
        LIMIT $6
    ) AS newest
    ORDER BY newest.id
)
FROM chats
WHERE bot_id = $1 AND NOT is_cleared AND (first_person_id = $2 OR second_person_id = $2)
ON CONFLICT DO NOTHING
