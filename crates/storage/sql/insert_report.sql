-- Stores a report, once per chat and reporter, if these two were the people of that chat and it ended at most $9
-- microseconds before.
INSERT INTO reports (
    bot_id, chat_id, reporter_id, reporter_pseudonym, reported_id, reason, message_id, message_ids, reported_at
)
SELECT chats.bot_id, chats.id, reporter.id, reporter.pseudonym, $4, $5, $6, $7, $8
FROM chats
JOIN people AS reporter ON reporter.bot_id = chats.bot_id AND reporter.id = $3
WHERE chats.bot_id = $1 AND chats.id = $2
    AND ((first_person_id = $3 AND second_person_id = $4) OR (first_person_id = $4 AND second_person_id = $3))
    AND (ended_at IS NULL OR ended_at >= $8 - $9 * interval '1 microsecond')
ON CONFLICT DO NOTHING
