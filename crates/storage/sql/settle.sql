-- Removes rows that left the sender and remembers the pairs they made. Safe to repeat.
-- Each row is found by its whole key, whatever the statistics say: a plan made while the outbox was empty would otherwise
-- read the index from end to end, dead entries and all.
WITH gone AS (
    DELETE FROM outbox
    WHERE ctid = ANY (ARRAY(
        SELECT o.ctid
        FROM unnest($2::bigint[]) AS d (id)
        CROSS JOIN LATERAL (SELECT ctid FROM outbox WHERE bot_id = $1::bigint AND id = d.id LIMIT 1) AS o
    ))
    RETURNING id, content, written_at
)
INSERT INTO message_map (bot_id, chat_id, id, from_telegram_id, source_id, to_telegram_id, copy_id, content, written_at)
SELECT $1, p.*, gone.content, gone.written_at
FROM unnest($3::bigint[], $4::bigint[], $5::bigint[], $6::integer[], $7::bigint[], $8::integer[])
    AS p (chat_id, id, from_id, source_id, to_id, copy_id)
LEFT JOIN gone ON gone.id = p.id
ON CONFLICT DO NOTHING
