//! Rules for the database's schema, read from the catalogue of a migrated database.

use luvhive_storage::migrate;
use luvhive_tests::TestDatabase;
use tokio_postgres::Client;

/// Tables that are not ours: Diesel's list of applied migrations.
const FOREIGN: &str = "'__diesel_schema_migrations'";

/// PostgreSQL cuts longer names off.
const LONGEST_NAME: usize = 63;

/// Runs a query whose rows are one text each.
async fn lines(client: &Client, query: &str) -> Vec<String> {
    let query = query.replace("$foreign", FOREIGN);
    let rows = client.query(&query, &[]).await.unwrap_or_else(|error| panic!("{query}: {error:?}"));
    rows.iter().map(|row| row.get(0)).collect()
}

#[track_caller]
fn none(wrong: &[String], what: &str) {
    assert!(wrong.is_empty(), "{what}: {wrong:#?}");
}

#[tokio::test]
async fn constraints_are_named_after_table_and_columns() {
    let database = TestDatabase::new().await;
    let client = database.client().await;
    let rows = client
        .query(
            "SELECT t.relname::text, c.conname::text, c.contype::text, \
                 ARRAY(SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY k(n, place) \
                       JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.n ORDER BY place) \
             FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid \
             WHERE t.relnamespace = 'public'::regnamespace AND c.contype IN ('p', 'u', 'f', 'c', 'x') \
               AND t.relname <> '__diesel_schema_migrations'",
            &[],
        )
        .await
        .unwrap();
    let wrong: Vec<String> = rows
        .iter()
        .filter_map(|row| {
            let (table, name): (String, String) = (row.get(0), row.get(1));
            let (kind, columns): (String, Vec<String>) = (row.get(2), row.get(3));
            let suffix = match kind.as_str() {
                "p" => "pkey",
                "u" => "key",
                "f" => "fkey",
                "x" => "excl",
                _ => "check",
            };
            let full = format!("{table}_{}_{suffix}", columns.join("_"));
            // What a check is about may be said in a word of its own; the others name their columns.
            let fits = if suffix == "check" || full.len() > LONGEST_NAME {
                name.starts_with(&format!("{table}_")) && name.ends_with(&format!("_{suffix}"))
            } else {
                name == full
            };
            (!fits).then(|| format!("{name}, better {full}"))
        })
        .collect();
    none(&wrong, "name these constraints");
}

#[tokio::test]
async fn indexes_are_named_after_their_table() {
    let database = TestDatabase::new().await;
    let wrong = lines(
        &database.client().await,
        "SELECT i.relname::text FROM pg_index x \
         JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid \
         WHERE t.relnamespace = 'public'::regnamespace AND t.relname NOT IN ($foreign) \
           AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = x.indexrelid AND c.contype IN ('p', 'u', 'x')) \
           AND NOT (starts_with(i.relname, t.relname || '_') AND i.relname LIKE '%\\_idx')",
    )
    .await;
    none(&wrong, "name these indexes <table>_<columns>_idx");
}

#[tokio::test]
async fn foreign_keys_are_indexed_and_say_what_a_delete_does() {
    let database = TestDatabase::new().await;
    let client = database.client().await;
    let unindexed = lines(
        &client,
        "SELECT c.conname::text FROM pg_constraint c \
         WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace AND NOT EXISTS ( \
             SELECT FROM pg_index x WHERE x.indrelid = c.conrelid AND x.indpred IS NULL \
               AND (SELECT array_agg(n ORDER BY n) FROM unnest(c.conkey) n) = \
                   (SELECT array_agg(n ORDER BY n) \
                    FROM unnest((x.indkey::int2[])[0:cardinality(c.conkey) - 1]) n))",
    )
    .await;
    // A partial index serves where the key is null elsewhere.
    let partial = lines(
        &client,
        "SELECT DISTINCT c.conname::text FROM pg_constraint c JOIN pg_index x ON x.indrelid = c.conrelid \
         WHERE c.contype = 'f' AND pg_get_expr(x.indpred, x.indrelid) ~ 'IS NOT NULL' \
           AND (SELECT array_agg(n ORDER BY n) FROM unnest(c.conkey) n) = \
               (SELECT array_agg(n ORDER BY n) \
                FROM unnest((x.indkey::int2[])[0:cardinality(c.conkey) - 1]) n)",
    )
    .await;
    let wrong: Vec<String> = unindexed.into_iter().filter(|name| !partial.contains(name)).collect();
    none(&wrong, "index the columns of these foreign keys");
    let silent = lines(
        &client,
        "SELECT conname::text FROM pg_constraint \
         WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND confdeltype = 'a'",
    )
    .await;
    none(&silent, "write ON DELETE for these foreign keys");
}

#[tokio::test]
async fn every_table_says_what_it_is() {
    let database = TestDatabase::new().await;
    let wrong = lines(
        &database.client().await,
        "SELECT relname::text FROM pg_class \
         WHERE relkind IN ('r', 'p', 'v', 'm') AND relnamespace = 'public'::regnamespace \
           AND relname NOT IN ($foreign) AND obj_description(oid, 'pg_class') IS NULL",
    )
    .await;
    none(&wrong, "COMMENT ON these tables");
}

#[tokio::test]
async fn every_key_begins_with_the_bot() {
    let database = TestDatabase::new().await;
    let wrong = lines(
        &database.client().await,
        "SELECT c.conname::text FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid \
         JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = c.conkey[1] \
         WHERE c.contype IN ('p', 'u') AND t.relnamespace = 'public'::regnamespace \
           AND t.relname NOT IN ($foreign) AND a.attname <> 'bot_id'",
    )
    .await;
    none(&wrong, "let these keys begin with bot_id");
}

#[tokio::test]
async fn times_carry_their_zone() {
    let database = TestDatabase::new().await;
    let wrong = lines(
        &database.client().await,
        "SELECT table_name || '.' || column_name FROM information_schema.columns \
         WHERE table_schema = 'public' AND table_name NOT IN ($foreign) \
           AND data_type IN ('timestamp without time zone', 'time without time zone', 'character varying')",
    )
    .await;
    none(&wrong, "TIMESTAMPTZ and TEXT only");
}

/// Writes down everything the migrations can make: one line a thing, sorted.
async fn dump(client: &Client) -> Vec<String> {
    let mut all = lines(
        client,
        "SELECT 'column ' || t.relname || '.' || a.attnum || ' ' || a.attname || ' ' \
                || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull || ' ' || a.attidentity::text || ' ' \
                || coalesce(pg_get_expr(d.adbin, d.adrelid), '') || ' ' \
                || coalesce(col_description(t.oid, a.attnum), '') \
         FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped \
         LEFT JOIN pg_attrdef d ON d.adrelid = t.oid AND d.adnum = a.attnum \
         WHERE t.relnamespace = 'public'::regnamespace AND t.relkind IN ('r', 'p', 'v', 'm') \
           AND t.relname NOT IN ($foreign) \
         UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) \
         FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text NOT IN ($foreign) \
         UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public' \
           AND tablename NOT IN ($foreign) \
         UNION ALL SELECT 'relation ' || relkind::text || ' ' || relname || ' ' \
                || coalesce(array_to_string(reloptions, ','), '') || ' ' || coalesce(obj_description(oid, 'pg_class'), '') \
         FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname NOT IN ($foreign) \
           AND relname <> '__diesel_schema_migrations_pkey' \
         UNION ALL SELECT 'function ' || pg_get_functiondef(oid) FROM pg_proc \
         WHERE pronamespace = 'public'::regnamespace AND prokind IN ('f', 'p') \
         UNION ALL SELECT 'trigger ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal \
         UNION ALL SELECT 'type ' || typname || ' ' || typtype::text FROM pg_type \
         WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd', 'r') \
         UNION ALL SELECT 'extension ' || extname FROM pg_extension",
    )
    .await;
    all.sort();
    all
}

#[tokio::test]
async fn migrations_run_revert_and_run_again() {
    let database = TestDatabase::empty().await;
    let address = database.database();
    let client = database.client().await;
    let empty = dump(&client).await;
    assert!(!migrate::run(&address).await.unwrap().is_empty());
    let first = dump(&client).await;
    assert!(first.len() > empty.len() + 10, "the dump sees the tables: {first:?}");
    migrate::revert_all(&address).await.unwrap();
    assert_eq!(dump(&client).await, empty, "down.sql leaves something behind");
    migrate::run(&address).await.unwrap();
    assert_eq!(dump(&client).await, first);
}
