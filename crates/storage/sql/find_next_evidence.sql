-- The next post: the head of the oldest open report that has none, or its next message. Nothing is copied of a chat in which,
-- or of a person about whom, somebody has made a report for one of the reasons $2.
SELECT report.id AS report_id, report.case_id, report.reason, report.reported_at, reporter.telegram_id, wanted.place, wanted.message_id
FROM (
    SELECT *, min(id) OVER (PARTITION BY reported_id, reported_pseudonym) AS case_id
    FROM reports
    WHERE bot_id = $1 AND closed_at IS NULL
) AS report
JOIN people AS reporter ON reporter.bot_id = $1 AND reporter.id = report.reporter_id
CROSS JOIN LATERAL (
    SELECT place, reporter_message_id AS message_id
    FROM report_messages
    WHERE bot_id = $1 AND report_id = report.id AND reporter_message_id IS NOT NULL
    UNION ALL
    SELECT 0::smallint, NULL::integer
) AS wanted
WHERE report.reason <> ALL ($2)
    AND EXISTS (
        SELECT FROM report_messages
        WHERE bot_id = $1 AND report_id = report.id AND reporter_message_id IS NOT NULL
    )
    AND NOT EXISTS (
        SELECT FROM evidence_posts AS post
        WHERE post.bot_id = $1 AND post.report_id = report.id AND post.place = wanted.place
    )
    AND NOT EXISTS (
        SELECT FROM reports AS child
        WHERE child.bot_id = $1 AND child.reason = ANY ($2)
            AND (child.chat_id = report.chat_id OR child.reported_id = report.reported_id
                OR child.reported_pseudonym = report.reported_pseudonym)
    )
ORDER BY report.id, wanted.place
LIMIT 1
