-- Until when a person ($2) or account ($3) is suspended at $4 by all that was decided since the last lift and not taken back.
SELECT max(until) AS until
FROM sanctions
WHERE bot_id = $1 AND (person_id = $2 OR subject_hash = $3) AND overturned_at IS NULL AND until > $4
    AND id > coalesce(
        (SELECT max(id) FROM sanctions WHERE bot_id = $1 AND (person_id = $2 OR subject_hash = $3) AND kind = 'lift'), 0
    )
