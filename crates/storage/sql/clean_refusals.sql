-- Forgets some refusals of minors that have had their time at $2, with the consents given before: 24 months, and the 18th
-- birthday by the typed date. A registered person who was found to be a minor stays refused for as long as they are registered.
WITH over AS (
    SELECT telegram_id FROM visitors AS refused
    WHERE bot_id = $1
        AND refused_at <= $2 - INTERVAL '24 months'
        AND (refused_born_on IS NULL OR refused_born_on <= ($2 AT TIME ZONE 'UTC')::date - INTERVAL '18 years')
        AND NOT EXISTS (SELECT FROM people WHERE people.bot_id = $1 AND people.telegram_id = refused.telegram_id)
    ORDER BY refused_at, telegram_id LIMIT $3
), consents_gone AS (
    DELETE FROM consents WHERE bot_id = $1 AND telegram_id = ANY (ARRAY(SELECT telegram_id FROM over))
)
DELETE FROM visitors WHERE bot_id = $1 AND telegram_id = ANY (ARRAY(SELECT telegram_id FROM over))
