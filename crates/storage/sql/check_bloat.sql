-- Names tables of 64 MB or more that are four times as large as the rows in them, by the planner's statistics.
-- A row takes its columns' mean widths, 24 bytes of head and 4 of pointer; fillfactor leaves room on purpose.
SELECT format('%s (%s MB for %s rows)', c.relname, pg_relation_size(c.oid) / 1048576, c.reltuples::bigint)
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
    SELECT coalesce(sum(s.avg_width * (1 - s.null_frac)), 0) + 28 AS width
    FROM pg_stats AS s
    WHERE s.schemaname = n.nspname AND s.tablename = c.relname
) AS row_size
CROSS JOIN LATERAL (
    SELECT coalesce((
        SELECT option_value::numeric FROM pg_options_to_table(c.reloptions) WHERE option_name = 'fillfactor'
    ), 100) / 100 AS share
) AS fill
WHERE c.relkind = 'r' AND n.nspname = 'public' AND c.reltuples >= 0
    AND pg_relation_size(c.oid) >= 64 * 1048576
    AND pg_relation_size(c.oid) * fill.share > 4 * greatest(c.reltuples, 1000)::numeric * row_size.width::numeric
ORDER BY pg_relation_size(c.oid) DESC, c.relname
LIMIT 20
