-- The decision about an account ($2, or one that left under a hash of $3) against which it can appeal: this one ($4), or the last
-- one that suspends it at $5. The gate for minors stands behind none.
SELECT decided.id, appeal.sanction_id IS NOT NULL AS is_appealed
FROM sanctions AS decided
LEFT JOIN appeals AS appeal ON appeal.bot_id = decided.bot_id AND appeal.sanction_id = decided.id
WHERE decided.bot_id = $1 AND decided.kind <> 'lift' AND decided.overturned_at IS NULL
    AND (decided.person_id = (SELECT id FROM people WHERE bot_id = $1 AND telegram_id = $2) OR decided.subject_hash = ANY ($3))
    AND (decided.id = $4 OR ($4 IS NULL AND decided.until > $5))
    AND NOT EXISTS (SELECT FROM visitors WHERE bot_id = $1 AND telegram_id = $2 AND refused_at IS NOT NULL)
ORDER BY decided.id DESC
LIMIT 1
