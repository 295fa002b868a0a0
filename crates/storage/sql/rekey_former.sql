-- Moves what is stored of an account under the hash before ($2) to today's ($3).
WITH moved AS (
    DELETE FROM former_accounts WHERE bot_id = $1 AND subject_hash = $2 RETURNING *
), names AS (
    UPDATE former_people SET subject_hash = $3 WHERE bot_id = $1 AND subject_hash = $2
), leavers AS (
    UPDATE chat_leavers SET subject_hash = $3 WHERE bot_id = $1 AND subject_hash = $2
), decisions AS (
    UPDATE sanctions SET subject_hash = $3 WHERE bot_id = $1 AND subject_hash = $2
)
INSERT INTO former_accounts (bot_id, subject_hash, person_id, suspended_until, daily_at, spun_at, left_at, kept_until)
SELECT bot_id, $3, person_id, suspended_until, daily_at, spun_at, left_at, kept_until FROM moved
ON CONFLICT (bot_id, subject_hash) DO UPDATE SET
    person_id = coalesce(former_accounts.person_id, excluded.person_id),
    suspended_until = greatest(former_accounts.suspended_until, excluded.suspended_until),
    daily_at = greatest(former_accounts.daily_at, excluded.daily_at),
    spun_at = greatest(former_accounts.spun_at, excluded.spun_at),
    left_at = greatest(former_accounts.left_at, excluded.left_at),
    kept_until = greatest(former_accounts.kept_until, excluded.kept_until)
