-- Names indexes that another index of the table serves as well: the same columns (or, for one that is not unique, their
-- beginning), order, operators and condition. Of two equal ones the younger is named.
SELECT a.indexrelid::regclass::text
FROM pg_index AS a
JOIN pg_class AS c ON c.oid = a.indexrelid
JOIN pg_class AS t ON t.oid = a.indrelid
WHERE t.relnamespace = 'public'::regnamespace AND a.indexprs IS NULL AND EXISTS (
    SELECT FROM pg_index AS b
    JOIN pg_class AS d ON d.oid = b.indexrelid
    WHERE b.indrelid = a.indrelid AND b.indexrelid <> a.indexrelid AND b.indisvalid AND b.indexprs IS NULL
        AND d.relam = c.relam
        AND coalesce(pg_get_expr(b.indpred, b.indrelid), '') = coalesce(pg_get_expr(a.indpred, a.indrelid), '')
        AND starts_with(b.indkey::text || ' ', a.indkey::text || ' ')
        AND starts_with(b.indclass::text || ' ', a.indclass::text || ' ')
        AND starts_with(b.indoption::text || ' ', a.indoption::text || ' ')
        AND (
            (NOT a.indisunique AND (b.indnatts > a.indnatts OR b.indisunique))
            OR (b.indkey::text = a.indkey::text AND a.indisunique = b.indisunique AND b.indexrelid < a.indexrelid)
        )
)
ORDER BY 1
