-- Decisions that somebody looks at again: this one ($2), or of all of them those with an open appeal ($3), or the bans that
-- nobody has confirmed and that have not run out at $4, the oldest first.
SELECT decided.id, decided.person_id, coalesce(person.pseudonym, former.pseudonym) AS about, decided.kind, decided.until,
    decided.reason, decided.rule, decided.profile_text, decided.decided_by, decided.decided_at,
    appeal.telegram_id, appeal.ui_language, appeal.words_sealed, appeal.written_at
FROM sanctions AS decided
LEFT JOIN appeals AS appeal ON appeal.bot_id = decided.bot_id AND appeal.sanction_id = decided.id AND appeal.closed_at IS NULL
LEFT JOIN people AS person ON person.bot_id = decided.bot_id AND person.id = decided.person_id
LEFT JOIN LATERAL (
    SELECT pseudonym FROM former_people
    WHERE former_people.bot_id = decided.bot_id AND former_people.subject_hash = decided.subject_hash
    ORDER BY pseudonym LIMIT 1
) AS former ON TRUE
WHERE decided.bot_id = $1 AND decided.overturned_at IS NULL AND coalesce(person.pseudonym, former.pseudonym) IS NOT NULL
    AND decided.id = ANY (
        SELECT $2 WHERE $2 IS NOT NULL
        UNION ALL
        SELECT sanction_id FROM appeals WHERE bot_id = $1 AND telegram_id IS NOT NULL AND $2 IS NULL AND $3
        UNION ALL
        SELECT id FROM sanctions
        WHERE bot_id = $1 AND kind = 'ban' AND until < 'infinity' AND until > $4 AND $2 IS NULL AND NOT $3
    )
ORDER BY coalesce(appeal.written_at, decided.decided_at), decided.id
LIMIT 1000
