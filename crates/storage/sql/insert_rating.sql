-- Counts a rating, once per chat and rater, if the rated person wrote to the rater in that chat.
WITH rated AS (
    INSERT INTO ratings (bot_id, chat_id, rater_id, rated_id, is_good, rated_at)
    SELECT bot_id, id, $3, $4, $5, $6
    FROM chats
    WHERE bot_id = $1 AND id = $2
        AND NOT is_meeting
        AND ((first_person_id = $3 AND second_person_id = $4 AND has_second_written)
            OR (first_person_id = $4 AND second_person_id = $3 AND has_first_written))
    ON CONFLICT DO NOTHING
    RETURNING bot_id, rated_id, is_good
)
UPDATE people
SET ratings_up = ratings_up + rated.is_good::integer, ratings_down = ratings_down + (NOT rated.is_good)::integer
FROM rated
WHERE people.bot_id = rated.bot_id AND people.id = rated.rated_id
