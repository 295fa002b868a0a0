-- Removes what stood in messages before a change once nobody can report them any more, unless a report has frozen them.
DELETE FROM former_words
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM former_words AS former
    WHERE bot_id = $1 AND changed_at <= $2
        AND NOT EXISTS (SELECT FROM report_messages WHERE bot_id = $1 AND pair_id = former.pair_id)
    ORDER BY changed_at
    LIMIT $3
))
