-- Names foreign keys whose columns begin no index of their table; a partial index over the rows that have a key serves.
-- Its condition ("IS NOT NULL") is read as it is stored: pg_get_expr would wait for somebody who locks the table.
SELECT c.conname::text
FROM pg_constraint AS c
WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace AND NOT EXISTS (
    SELECT FROM pg_index AS x
    WHERE x.indrelid = c.conrelid AND x.indisvalid
        AND (x.indpred IS NULL OR x.indpred::text ~ ':nulltesttype 1')
        AND (SELECT array_agg(n ORDER BY n) FROM unnest(c.conkey) AS n) = (
            SELECT array_agg(n ORDER BY n) FROM unnest((x.indkey::int2[])[0:cardinality(c.conkey) - 1]) AS n
        )
)
ORDER BY 1
