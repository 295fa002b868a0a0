-- Open reports, the oldest $2 of them, with what was decided since $3 about the same people, with the number of their case, what is known of whom they came from and about whom
-- they are. A case has the number of its first open report.
WITH open AS (
    SELECT *, min(id) OVER (PARTITION BY reported_id, reported_pseudonym) AS case_id
    FROM (
        SELECT id, reporter_id, reported_id, reported_pseudonym, reason, message_id, reported_at
        FROM reports
        WHERE bot_id = $1 AND closed_at IS NULL
        ORDER BY reported_at, id
        LIMIT $2
    ) AS oldest
), records AS (
    -- One whose decision was taken back counts as neither.
    SELECT reporter_id, count(*) FILTER (WHERE sanction_id IS NOT NULL AND overturned_at IS NULL) AS upheld,
        count(*) FILTER (WHERE sanction_id IS NULL) AS dismissed
    FROM reports
    LEFT JOIN sanctions ON sanctions.bot_id = reports.bot_id AND sanctions.id = reports.sanction_id
    WHERE reports.bot_id = $1 AND closed_at IS NOT NULL AND reporter_id IN (SELECT reporter_id FROM open)
    GROUP BY reporter_id
), pasts AS (
    SELECT person_id, count(*) AS sanctions
    FROM sanctions
    WHERE bot_id = $1 AND kind <> 'lift' AND overturned_at IS NULL AND decided_at > $3
        AND person_id IN (SELECT reported_id FROM open)
    GROUP BY person_id
)
SELECT open.id, open.case_id, open.reporter_id, open.reported_id, coalesce(reported.pseudonym, open.reported_pseudonym) AS about, open.reason,
    open.message_id IS NOT NULL AS is_about_one, open.reported_at, reporter.registered_at, coalesce(reporter.chats_count, 0)::BIGINT AS chats,
    coalesce(records.upheld, 0) AS upheld, coalesce(records.dismissed, 0) AS dismissed, coalesce(pasts.sanctions, 0) AS sanctions,
    claim.claimed_by, claim.claimed_until
FROM open
LEFT JOIN people AS reported ON reported.bot_id = $1 AND reported.id = open.reported_id
LEFT JOIN people AS reporter ON reporter.bot_id = $1 AND reporter.id = open.reporter_id
LEFT JOIN records ON records.reporter_id = open.reporter_id
LEFT JOIN pasts ON pasts.person_id = open.reported_id
LEFT JOIN case_claims AS claim ON claim.bot_id = $1 AND claim.report_id = open.case_id
ORDER BY open.id
