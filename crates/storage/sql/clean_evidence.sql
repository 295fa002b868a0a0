-- Destroys what reports froze: once they were decided by $2, and at the latest once they were made by $4; those for one of the
-- reasons $5, which child safety works on, then and not before.
WITH words AS (
    UPDATE reports SET words_sealed = NULL
    WHERE bot_id = $1 AND words_sealed IS NOT NULL
        AND (reported_at <= $4 OR closed_at <= $2 AND reason <> ALL ($5))
)
DELETE FROM report_messages
WHERE ctid = ANY (ARRAY(
    SELECT frozen.ctid
    FROM report_messages AS frozen
    JOIN reports ON reports.bot_id = frozen.bot_id AND reports.id = frozen.report_id
    WHERE frozen.bot_id = $1
        AND (reports.reported_at <= $4 OR reports.closed_at <= $2 AND reports.reason <> ALL ($5))
    LIMIT $3
))
