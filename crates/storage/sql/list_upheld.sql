-- Reports about people that led to a sanction, one row per sanction however many people reported. One that was lifted before
-- its end, or taken back, counts for nothing.
SELECT DISTINCT reports.reported_id AS person_id, sanctions.decided_at, coalesce(sanctions.until, sanctions.decided_at) AS until
FROM reports
JOIN sanctions ON sanctions.bot_id = reports.bot_id AND sanctions.id = reports.sanction_id
WHERE reports.bot_id = $1
    AND reports.reported_id IS NOT NULL
    AND sanctions.overturned_at IS NULL
    AND NOT EXISTS (
        SELECT FROM sanctions AS lift
        WHERE lift.bot_id = reports.bot_id AND lift.person_id = reports.reported_id AND lift.kind = 'lift'
            AND lift.id > sanctions.id AND lift.decided_at < sanctions.until
    )
ORDER BY person_id, decided_at, until
