-- Keeps for the chats of a person that can still be reported, who sat on their side, and of the last messages ($6) the ids
-- on the other one, and what a report freezes of them: the pairs go with the person.
INSERT INTO chat_leavers (
    bot_id, chat_id, side, subject_hash, pseudonym, message_ids, pair_ids, are_by_leaver, contents, written_at
)
SELECT chats.bot_id, chats.id, CASE WHEN first_person_id = $2 THEN 0 ELSE 1 END, $3, $4, kept.*
FROM chats
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(newest.message_id ORDER BY newest.id), '{}'), coalesce(array_agg(newest.id ORDER BY newest.id), '{}'),
        coalesce(array_agg(newest.is_by_leaver ORDER BY newest.id), '{}'),
        coalesce(array_agg(newest.content ORDER BY newest.id), '{}'),
        coalesce(array_agg(newest.written_at ORDER BY newest.id), '{}')
    FROM (
        SELECT pair.id, pair.from_telegram_id = $5 AS is_by_leaver, pair.content, pair.written_at,
            CASE WHEN pair.from_telegram_id = $5 THEN pair.copy_id ELSE pair.source_id END AS message_id
        FROM message_map AS pair
        WHERE pair.bot_id = chats.bot_id AND pair.chat_id = chats.id
        ORDER BY pair.id DESC
        LIMIT $6
    ) AS newest
) AS kept
WHERE chats.bot_id = $1 AND NOT is_cleared AND (first_person_id = $2 OR second_person_id = $2)
ON CONFLICT DO NOTHING
