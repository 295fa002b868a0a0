-- How many texts of a column are encrypted by which key; NULL counts those that lie in clear.
SELECT CASE WHEN {clear} <> '' THEN NULL ELSE substr({text}_sealed, 2, 4) END AS key_id, count(*)
FROM {table}
WHERE {clear} <> '' OR {text}_sealed IS NOT NULL
GROUP BY 1
