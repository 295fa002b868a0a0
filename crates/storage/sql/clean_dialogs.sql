-- Forgets some conversations in which nobody has answered since $2, most of them registrations, with the consents and the
-- language of those who did not register. What a minor's refusal rests on stays with it. Only where the conversation itself
-- goes: who answers at this very moment keeps everything.
WITH gone AS (
    DELETE FROM dialogs
    WHERE bot_id = $1 AND changed_at <= $2 AND telegram_id = ANY (ARRAY(
        SELECT telegram_id FROM dialogs WHERE bot_id = $1 AND changed_at <= $2 ORDER BY changed_at, telegram_id LIMIT $3
    ))
    RETURNING telegram_id
), strangers AS (
    SELECT telegram_id FROM gone
    WHERE NOT EXISTS (SELECT FROM people WHERE people.bot_id = $1 AND people.telegram_id = gone.telegram_id)
        AND NOT EXISTS (
            SELECT FROM visitors
            WHERE visitors.bot_id = $1 AND visitors.telegram_id = gone.telegram_id AND visitors.refused_at IS NOT NULL
        )
), consents_gone AS (
    DELETE FROM consents WHERE bot_id = $1 AND telegram_id = ANY (ARRAY(SELECT telegram_id FROM strangers))
), visitors_gone AS (
    DELETE FROM visitors WHERE bot_id = $1 AND telegram_id = ANY (ARRAY(SELECT telegram_id FROM strangers))
)
SELECT telegram_id FROM gone
