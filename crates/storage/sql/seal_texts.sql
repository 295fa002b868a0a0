-- Puts encrypted texts in the place of what was read before, unless somebody changed it meanwhile.
UPDATE {table} AS t
SET {emptying}{text}_sealed = new.sealed
FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::bytea[], $5::bytea[]) AS new (bot_id, row_id, text, before, sealed)
WHERE t.bot_id = new.bot_id AND t.{row} = new.row_id
    AND {clear} IS NOT DISTINCT FROM new.text AND t.{text}_sealed IS NOT DISTINCT FROM new.before
