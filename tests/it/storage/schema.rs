//! What the program believes of the tables, compared with the tables: `schema.rs` and the codes in CHECKs.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use luvhive_core::chat::{Content, EndReason};
use luvhive_core::coins::House;
use luvhive_core::conduct::{ReportReason, SanctionKind};
use luvhive_core::evidence::PostOutcome;
use luvhive_core::filter::Filter;
use luvhive_core::person::{CardPart, Country, Gender, Interest, SpokenLanguage, UiLanguage};
use luvhive_core::premium::{GrantSource, Plan, RefundCause};
use luvhive_core::staff::Role;
use luvhive_storage::retention;
use luvhive_tests::TestDatabase;

const SCHEMA: &str = include_str!("../../../crates/storage/src/schema.rs");

/// Writes the `table!` blocks of a migrated database.
async fn generate(database: &TestDatabase) -> BTreeMap<String, String> {
    let client = database.client().await;
    let rows = client
        .query(
            "SELECT c.table_name::text, c.column_name::text, c.udt_name::text, c.is_nullable = 'YES', \
                 (SELECT string_agg(a.attname, ', ' ORDER BY k.place) \
                  FROM pg_index i CROSS JOIN unnest(i.indkey::int2[]) WITH ORDINALITY AS k (number, place) \
                  JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number \
                  WHERE i.indisprimary AND i.indrelid = c.table_name::regclass) \
             FROM information_schema.columns c \
             WHERE c.table_schema = 'public' AND c.table_name <> '__diesel_schema_migrations' \
             ORDER BY c.table_name, c.ordinal_position",
            &[],
        )
        .await
        .unwrap();
    let mut blocks: BTreeMap<String, String> = BTreeMap::new();
    for row in rows {
        let (table, column, kind): (String, String, String) = (row.get(0), row.get(1), row.get(2));
        let key: String = row.get(4);
        let kind = match kind.as_str() {
            "int2" => "SmallInt",
            "int4" => "Integer",
            "int8" => "BigInt",
            "text" => "Text",
            "bool" => "Bool",
            "date" => "Date",
            "bytea" => "Bytea",
            "timestamptz" => "Timestamptz",
            "_text" => "Array<Text>",
            "_int4" => "Array<Integer>",
            "_int8" => "Array<BigInt>",
            "_bool" => "Array<Bool>",
            "_timestamptz" => "Array<Timestamptz>",
            other => panic!("teach this test the type {other} of {table}.{column}"),
        };
        let kind = if row.get(3) { format!("Nullable<{kind}>") } else { kind.to_owned() };
        let block = blocks.entry(table.clone()).or_insert_with(|| format!("    {table} ({key}) {{\n"));
        writeln!(block, "        {column} -> {kind},").unwrap();
    }
    for block in blocks.values_mut() {
        block.push_str("    }");
    }
    blocks
}

/// Tables of which nobody says how long they are kept, and rows about tables that are not there.
async fn unsaid(database: &TestDatabase) -> Vec<String> {
    let tables: BTreeSet<String> = generate(database).await.into_keys().collect();
    let said: BTreeSet<String> = retention::list().flat_map(|row| row.tables).map(|&table| table.to_owned()).collect();
    tables.symmetric_difference(&said).cloned().collect()
}

#[tokio::test]
async fn of_every_table_it_is_said_how_long_it_is_kept() {
    let database = TestDatabase::new().await;
    assert_eq!(unsaid(&database).await, Vec::<String>::new());
    let planted = "CREATE TABLE planted (bot_id bigint, person_id bigint, PRIMARY KEY (bot_id, person_id))";
    database.client().await.batch_execute(planted).await.unwrap();
    assert_eq!(unsaid(&database).await, ["planted"]);
}

#[tokio::test]
async fn schema_rs_is_what_the_migrations_make() {
    let expected = generate(&TestDatabase::new().await).await;
    for (table, block) in &expected {
        assert!(SCHEMA.contains(&format!("diesel::table! {{\n{block}\n}}")), "{table} should be:\n{block}");
    }
    assert_eq!(SCHEMA.matches("diesel::table! {").count(), expected.len(), "a table that is not there");
}

/// Reads the quoted codes of a CHECK.
async fn codes(database: &TestDatabase, constraint: &str) -> BTreeSet<String> {
    let sql = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = $1";
    let definition: String = database.client().await.query_one(sql, &[&constraint]).await.unwrap().get(0);
    definition.split('\'').skip(1).step_by(2).map(str::to_owned).collect()
}

#[tokio::test]
async fn checks_list_the_codes_that_core_knows() {
    let database = TestDatabase::new().await;
    let listed = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect::<BTreeSet<_>>();
    let genders: Vec<_> = Gender::ALL.iter().map(|value| value.code()).collect();
    let interests: Vec<_> = Interest::ALL.iter().map(|value| value.code()).collect();
    let ends: Vec<_> = EndReason::ALL.iter().map(|value| value.code()).collect();
    let parts: Vec<_> = CardPart::ALL.iter().map(|value| value.code()).collect();
    let filters: Vec<_> = Filter::ALL.iter().map(|value| value.code()).collect();
    let former = ReportReason::FORMER.iter().map(|(code, _)| *code);
    let reasons: Vec<_> = ReportReason::ALL.iter().map(|value| value.code()).chain(former).collect();
    let kinds: Vec<_> = SanctionKind::ALL.iter().map(|value| value.code()).collect();
    let outcomes: Vec<_> = PostOutcome::ALL.iter().map(|value| value.code()).collect();
    let roles: Vec<_> = Role::ALL.iter().filter(|role| **role != Role::Owner).map(|value| value.code()).collect();
    let plans: Vec<_> = Plan::ALL.iter().map(|value| value.code()).collect();
    let causes: Vec<_> = RefundCause::ALL.iter().map(|value| value.code()).collect();
    let sources: Vec<_> = GrantSource::ALL.iter().map(|value| value.code()).collect();
    let withheld: Vec<_> = Content::WITHHOLDABLE.iter().map(|value| value.code()).collect();
    let houses: Vec<_> = House::ALL.iter().map(|value| value.code()).collect();
    for (constraint, expected) in [
        ("people_gender_check", &genders),
        ("preferences_genders_check", &genders),
        ("people_interests_check", &interests),
        ("chats_end_reason_check", &ends),
        ("seats_widened_check", &filters),
        ("people_card_parts_check", &parts),
        ("preferences_withheld_check", &withheld),
        ("reports_reason_check", &reasons),
        ("sanctions_kind_check", &kinds),
        ("staff_members_role_check", &roles),
        ("evidence_posts_outcome_check", &outcomes),
        ("payments_plan_check", &plans),
        ("refunds_cause_check", &causes),
        ("entitlement_grants_source_check", &sources),
        ("coin_accounts_house_check", &houses),
    ] {
        assert_eq!(codes(&database, constraint).await, listed(expected), "{constraint}");
    }
}

#[test]
fn codes_under_a_pattern_fit_it() {
    let languages = SpokenLanguage::ALL.iter().map(|value| value.code()).chain(UiLanguage::ALL.iter().map(|value| value.code()));
    for code in languages {
        assert!(code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_lowercase()), "{code}");
    }
    for country in Country::all() {
        assert!(country.code().len() == 2 && country.code().bytes().all(|byte| byte.is_ascii_uppercase()), "{country}");
    }
}
