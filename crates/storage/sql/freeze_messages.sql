-- Freezes the last messages of a chat with the report about it: by their pairs, or, of somebody who left, by what was kept of
-- them. What stood in a message before a change has its pair's number, and is kept as long as a row here has that too.
INSERT INTO report_messages (
    bot_id, report_id, place, is_by_reported, reporter_message_id, reported_message_id, pair_id, content, written_at
)
SELECT $1, $2, row_number() OVER (ORDER BY last.id), last.from_telegram_id <> reporter.telegram_id,
    CASE WHEN last.from_telegram_id = reporter.telegram_id THEN last.source_id ELSE last.copy_id END,
    CASE WHEN last.from_telegram_id = reporter.telegram_id THEN last.copy_id ELSE last.source_id END,
    last.id, last.content, last.written_at
FROM (
    SELECT id, from_telegram_id, source_id, copy_id, content, written_at
    FROM message_map
    WHERE bot_id = $1 AND chat_id = $3
    ORDER BY id DESC
    LIMIT 25
) AS last
JOIN people AS reporter ON reporter.bot_id = $1 AND reporter.id = $4
UNION ALL
SELECT $1, $2, kept.place, kept.is_by_leaver, kept.id, NULL, kept.pair_id, kept.content, kept.written_at
FROM reports
JOIN chats ON chats.bot_id = $1 AND chats.id = $3
JOIN chat_leavers AS leaver
    ON leaver.bot_id = $1 AND leaver.chat_id = $3 AND leaver.side = CASE WHEN chats.first_person_id = $4 THEN 1 ELSE 0 END
CROSS JOIN unnest(leaver.message_ids, leaver.pair_ids, leaver.are_by_leaver, leaver.contents, leaver.written_at)
    WITH ORDINALITY AS kept (id, pair_id, is_by_leaver, content, written_at, place)
WHERE reports.bot_id = $1 AND reports.id = $2 AND reports.reported_id IS NULL
