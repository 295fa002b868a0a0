-- Keeps an account that was banned for the sake of children for ten years after it was left.
UPDATE former_accounts
SET kept_until = greatest(kept_until, left_at + interval '10 years')
WHERE bot_id = $1 AND subject_hash = $2
    AND EXISTS (
        SELECT FROM sanctions
        WHERE sanctions.bot_id = $1 AND sanctions.subject_hash = $2 AND kind = 'ban' AND rule = 'minor' AND overturned_at IS NULL
    )
