-- Freezes the last messages of a chat with the report about it: by their pairs, or, of somebody who left, by what was kept of
-- the other side.
INSERT INTO report_messages (bot_id, report_id, place, is_by_reported, reporter_message_id, reported_message_id)
SELECT $1, $2, row_number() OVER (ORDER BY last.id), last.from_telegram_id <> reporter.telegram_id,
    CASE WHEN last.from_telegram_id = reporter.telegram_id THEN last.source_id ELSE last.copy_id END,
    CASE WHEN last.from_telegram_id = reporter.telegram_id THEN last.copy_id ELSE last.source_id END
FROM (
    SELECT id, from_telegram_id, source_id, copy_id
    FROM message_map
    WHERE bot_id = $1 AND chat_id = $3
    ORDER BY id DESC
    LIMIT 25
) AS last
JOIN people AS reporter ON reporter.bot_id = $1 AND reporter.id = $4
UNION ALL
SELECT $1, $2, kept.place, NULL, kept.id, NULL
FROM reports
CROSS JOIN unnest(reports.message_ids) WITH ORDINALITY AS kept (id, place)
WHERE reports.bot_id = $1 AND reports.id = $2 AND reports.reported_id IS NULL
