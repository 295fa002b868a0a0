-- Stores a report about the other one of a chat, there ($4) or left since, once per chat and reporter, if the reporter was in
-- the chat and it ended at most $9 microseconds before.
INSERT INTO reports (
    bot_id, chat_id, reporter_id, reporter_pseudonym, reported_id, reported_pseudonym, reason, message_id, message_ids, reported_at
)
SELECT chats.bot_id, chats.id, reporter.id, reporter.pseudonym, $4, CASE WHEN $4 IS NULL THEN leaver.pseudonym END,
    $5, $6, CASE WHEN $4 IS NULL THEN leaver.message_ids ELSE $7 END, $8
FROM chats
JOIN people AS reporter ON reporter.bot_id = chats.bot_id AND reporter.id = $3
LEFT JOIN chat_leavers AS leaver
    ON leaver.bot_id = chats.bot_id AND leaver.chat_id = chats.id
    AND leaver.side = CASE WHEN chats.first_person_id = $3 THEN 1 ELSE 0 END
WHERE chats.bot_id = $1 AND chats.id = $2
    AND ((first_person_id = $3 AND second_person_id IS NOT DISTINCT FROM $4)
        OR (second_person_id = $3 AND first_person_id IS NOT DISTINCT FROM $4))
    AND ($4 IS NOT NULL OR leaver.pseudonym IS NOT NULL)
    AND (ended_at IS NULL OR ended_at >= $8 - $9 * interval '1 microsecond')
ON CONFLICT DO NOTHING
RETURNING id
