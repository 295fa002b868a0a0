-- The next rows of a table with one of its texts, in clear or encrypted, after the row ($1, $2), in the order of a key.
SELECT bot_id, {row} AS row_id, {clear} AS text, {text}_sealed AS sealed
FROM {table}
WHERE (bot_id, {row}) > ($1, $2)
ORDER BY bot_id, {row}
LIMIT $3
