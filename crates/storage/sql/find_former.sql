-- What is known of an account under its hash of today ($2) and under the one before ($3), one step into an index each.
-- Rows of former_people are read as well: the release before writes there alone.
SELECT count(*) AS found, max(suspended_until) AS suspended_until, coalesce(bool_or(subject_hash = $3), false) AS is_older
FROM (
    SELECT subject_hash, suspended_until FROM former_accounts WHERE bot_id = $1 AND subject_hash IN ($2, $3)
    UNION ALL
    SELECT subject_hash, suspended_until FROM former_people WHERE bot_id = $1 AND subject_hash IN ($2, $3)
) AS known
