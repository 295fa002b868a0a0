-- Takes over what the release before wrote about any account.
WITH adopted AS (
    UPDATE former_people SET is_adopted = true
    WHERE bot_id = $1 AND NOT is_adopted
    RETURNING bot_id, subject_hash, suspended_until
)
INSERT INTO former_accounts (bot_id, subject_hash, suspended_until, left_at)
SELECT bot_id, subject_hash, max(suspended_until), $2 FROM adopted GROUP BY bot_id, subject_hash
ON CONFLICT (bot_id, subject_hash) DO UPDATE SET
    suspended_until = greatest(former_accounts.suspended_until, excluded.suspended_until)
