-- Open reports for one of the reasons $2 of which the evidence chat was not told yet, the first $3 of them.
SELECT report.id AS report_id, report.case_id, report.reason
FROM (
    SELECT *, min(id) OVER (PARTITION BY reported_id, reported_pseudonym) AS case_id
    FROM reports
    WHERE bot_id = $1 AND closed_at IS NULL
) AS report
WHERE report.reason = ANY ($2)
    AND NOT EXISTS (
        SELECT FROM evidence_posts AS post
        WHERE post.bot_id = $1 AND post.report_id = report.id AND post.place = -1
    )
ORDER BY report.id
LIMIT $3
