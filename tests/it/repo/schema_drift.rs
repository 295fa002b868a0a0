//! `schema.rs` is what Diesel believes; here it is compared with what the migrations make.

use std::collections::BTreeMap;

use luvhive_tests::TestDatabase;

use super::root;

/// Tables with their primary key and columns: name, type without `Nullable`, may be null.
type Tables = BTreeMap<String, (Vec<String>, Vec<(String, String, bool)>)>;

/// Reads the `table!` blocks of a schema file.
fn parse(text: &str) -> Tables {
    let mut tables = Tables::new();
    let mut current: Option<String> = None;
    for line in text.lines().map(str::trim) {
        if let Some((head, "{")) = line.rsplit_once(' ').filter(|(head, _)| head.ends_with(')')) {
            let (name, key) = head.split_once('(').unwrap();
            let key = key.trim_end_matches(')').split(',').map(|column| column.trim().to_owned());
            let name = name.trim().to_owned();
            tables.insert(name.clone(), (key.collect(), Vec::new()));
            current = Some(name);
        } else if line == "}" {
            current = None;
        } else if let (Some(table), Some((column, kind))) = (&current, line.split_once(" -> ")) {
            let kind = kind.trim_end_matches(',');
            let inner = kind.strip_prefix("Nullable<").and_then(|kind| kind.strip_suffix('>'));
            let column = (column.to_owned(), canonical(inner.unwrap_or(kind)), inner.is_some());
            tables.get_mut(table).unwrap().1.push(column);
        }
    }
    tables
}

/// Gives Diesel's two names of a type one form; elements of arrays count as never null.
fn canonical(kind: &str) -> String {
    if let Some(element) = kind.strip_prefix("Array<").and_then(|kind| kind.strip_suffix('>')) {
        let element = element.strip_prefix("Nullable<").map_or(element, |kind| kind.trim_end_matches('>'));
        return format!("Array<{}>", canonical(element));
    }
    match kind {
        "Int8" => "BigInt",
        "Int4" => "Integer",
        "Int2" => "SmallInt",
        "Varchar" => "Text",
        "Float8" => "Double",
        "Float4" => "Float",
        "Bytea" => "Binary",
        other => other,
    }
    .to_owned()
}

/// Names the Diesel type of a PostgreSQL type.
fn diesel_type(kind: &str) -> String {
    if let Some(element) = kind.strip_prefix('_') {
        return format!("Array<{}>", diesel_type(element));
    }
    match kind {
        "int8" => "BigInt",
        "int4" => "Integer",
        "int2" => "SmallInt",
        "text" => "Text",
        "bool" => "Bool",
        "timestamptz" => "Timestamptz",
        "date" => "Date",
        "time" => "Time",
        "float8" => "Double",
        "float4" => "Float",
        "bytea" => "Binary",
        "json" => "Json",
        "jsonb" => "Jsonb",
        "uuid" => "Uuid",
        "numeric" => "Numeric",
        other => panic!("add {other} to this list"),
    }
    .to_owned()
}

async fn catalogue() -> Tables {
    let database = TestDatabase::new().await;
    let rows = database
        .client()
        .await
        .query(
            "SELECT c.table_name::text, c.column_name::text, c.udt_name::text, c.is_nullable = 'YES', \
                 ARRAY(SELECT k.column_name::text FROM information_schema.table_constraints t \
                       JOIN information_schema.key_column_usage k USING (constraint_schema, constraint_name, table_name) \
                       WHERE t.constraint_type = 'PRIMARY KEY' AND t.table_schema = 'public' \
                         AND t.table_name = c.table_name ORDER BY k.ordinal_position) \
             FROM information_schema.columns c \
             WHERE c.table_schema = 'public' AND c.table_name <> '__diesel_schema_migrations' \
             ORDER BY c.table_name, c.ordinal_position",
            &[],
        )
        .await
        .unwrap();
    let mut tables = Tables::new();
    for row in rows {
        let (table, column, kind): (String, String, String) = (row.get(0), row.get(1), row.get(2));
        let entry = tables.entry(table).or_insert_with(|| (row.get(4), Vec::new()));
        entry.1.push((column, diesel_type(&kind), row.get(3)));
    }
    tables
}

#[tokio::test]
async fn schema_rs_is_what_the_migrations_make() {
    let text = std::fs::read_to_string(root().join("crates/storage/src/schema.rs")).unwrap();
    let (written, made) = (parse(&text), catalogue().await);
    for (table, wanted) in &made {
        assert_eq!(written.get(table), Some(wanted), "schema.rs is behind at {table}");
    }
    let gone: Vec<_> = written.keys().filter(|table| !made.contains_key(*table)).collect();
    assert!(gone.is_empty(), "schema.rs has tables that no migration makes: {gone:?}");
}

#[test]
fn the_parser_reads_diesels_form() {
    let text = "//! head\n\ndiesel::table! {\n    /// Why (not).\n    people (bot_id, id) {\n        bot_id -> Int8,\n        \
                id -> BigInt,\n        city -> Nullable<Text>,\n        languages -> Array<Nullable<Text>>,\n    }\n}\n";
    let column = |name: &str, kind: &str, may_be_null| (name.to_owned(), kind.to_owned(), may_be_null);
    let expected = Tables::from([(
        "people".to_owned(),
        (
            vec!["bot_id".to_owned(), "id".to_owned()],
            vec![
                column("bot_id", "BigInt", false),
                column("id", "BigInt", false),
                column("city", "Text", true),
                column("languages", "Array<Text>", false),
            ],
        ),
    )]);
    assert_eq!(parse(text), expected);
}
