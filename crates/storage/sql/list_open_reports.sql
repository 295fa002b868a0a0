-- Open reports, oldest first, under the pseudonyms that staff see.
-- Each is counted with the others about the same person in one pass, not by a look through all of them.
SELECT page.id, coalesce(reported.pseudonym, page.reported_pseudonym) AS reported, page.reason,
    cardinality(page.message_ids)::bigint AS messages_count, page.reported_at, page.open_about_same
FROM (
    SELECT *, count(*) OVER (PARTITION BY reported_id, reported_pseudonym) AS open_about_same
    FROM reports
    WHERE bot_id = $1 AND closed_at IS NULL
    ORDER BY reported_at, id
    LIMIT $2
) AS page
LEFT JOIN people AS reported ON reported.bot_id = page.bot_id AND reported.id = page.reported_id
ORDER BY page.reported_at, page.id
