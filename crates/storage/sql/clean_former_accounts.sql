-- Forgets accounts that were left 24 months before $2, are not suspended any more, and have no longer term of their own.
WITH old AS (
    DELETE FROM former_accounts
    WHERE (bot_id, subject_hash) IN (
        SELECT bot_id, subject_hash
        FROM former_accounts
        WHERE bot_id = $1 AND left_at <= $2 - INTERVAL '24 months' AND greatest(suspended_until, kept_until, '-infinity') <= $2
        ORDER BY left_at
        LIMIT $3
    )
    RETURNING bot_id, subject_hash
), names AS (
    DELETE FROM former_people USING old
    WHERE former_people.bot_id = old.bot_id AND former_people.subject_hash = old.subject_hash
), decisions AS (
    UPDATE sanctions SET subject_hash = NULL
    FROM old
    WHERE sanctions.bot_id = old.bot_id AND sanctions.subject_hash = old.subject_hash
)
SELECT FROM old
