-- Names indexes that another index of the table serves as well: the same columns (or, for one that is not unique, their
-- beginning), order, operators and condition. Of two equal ones the younger is named.
-- Conditions are compared as they are stored: pg_get_expr opens the table, and would wait for somebody who locks it.
SELECT a.indexrelid::regclass::text
FROM pg_index AS a
JOIN pg_class AS c ON c.oid = a.indexrelid
JOIN pg_class AS t ON t.oid = a.indrelid
WHERE t.relnamespace = 'public'::regnamespace AND a.indexprs IS NULL AND EXISTS (
    SELECT FROM pg_index AS b
    JOIN pg_class AS d ON d.oid = b.indexrelid
    WHERE b.indrelid = a.indrelid AND b.indexrelid <> a.indexrelid AND b.indisvalid AND b.indexprs IS NULL
        AND d.relam = c.relam
        AND regexp_replace(coalesce(b.indpred::text, ''), ':location -?[0-9]+', '', 'g')
            = regexp_replace(coalesce(a.indpred::text, ''), ':location -?[0-9]+', '', 'g')
        AND starts_with(b.indkey::text || ' ', a.indkey::text || ' ')
        AND starts_with(b.indclass::text || ' ', a.indclass::text || ' ')
        AND starts_with(b.indoption::text || ' ', a.indoption::text || ' ')
        AND (
            (NOT a.indisunique AND (b.indnatts > a.indnatts OR b.indisunique))
            OR (b.indkey::text = a.indkey::text AND a.indisunique = b.indisunique AND b.indexrelid < a.indexrelid)
        )
)
ORDER BY 1
