-- Open reports, oldest first, under the pseudonyms that staff see.
SELECT reports.id, reports.reporter_pseudonym AS reporter, coalesce(reported.pseudonym, reports.reported_pseudonym) AS reported, reports.reason,
    cardinality(reports.message_ids)::bigint AS messages_count, reports.reported_at,
    (
        SELECT count(*) FROM reports AS same
        WHERE same.bot_id = reports.bot_id AND same.closed_at IS NULL
            AND (same.reported_id = reports.reported_id OR same.reported_pseudonym = reports.reported_pseudonym)
    ) AS open_about_same
FROM reports
LEFT JOIN people AS reported ON reported.bot_id = reports.bot_id AND reported.id = reports.reported_id
WHERE reports.bot_id = $1 AND reports.closed_at IS NULL
ORDER BY reports.reported_at, reports.id
LIMIT $2
