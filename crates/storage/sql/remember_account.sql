-- Notes that an account is left. Of several times the longest suspension and the latest claims count.
INSERT INTO former_accounts (bot_id, subject_hash, suspended_until, daily_at, spun_at, left_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (bot_id, subject_hash) DO UPDATE SET
    person_id = NULL,
    suspended_until = greatest(former_accounts.suspended_until, excluded.suspended_until),
    daily_at = greatest(former_accounts.daily_at, excluded.daily_at),
    spun_at = greatest(former_accounts.spun_at, excluded.spun_at),
    left_at = greatest(former_accounts.left_at, excluded.left_at)
