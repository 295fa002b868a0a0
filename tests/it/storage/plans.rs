//! Seeded people in bulk: that a start reads them all, and how the journal's statements are planned.

use luvhive_core::id::{ChatId, TelegramId};
use luvhive_core::ports::journal::Journal;
use luvhive_core::ports::{ChatStore, PeopleStore};
use luvhive_core::testing::{BOT, MAIN, timestamp};
use luvhive_storage::{PgJournal, PgStore, seed};
use luvhive_tests::TestDatabase;
use luvhive_tests::contract::{LENGTH, telegram};

const PEOPLE: u32 = 3000;
const PAIRS: u32 = 500;
const FIRST: TelegramId = TelegramId::new(1_000_000);

async fn seeded() -> TestDatabase {
    let database = TestDatabase::new().await;
    let address = database.database();
    assert_eq!(
        seed::seed_people(&address, BOT, seed::MadeUp::new(PEOPLE, FIRST, timestamp(0))).await.unwrap(),
        u64::from(PEOPLE)
    );
    assert_eq!(
        seed::seed_chats(&address, BOT, seed::MadeUp::new(PAIRS, FIRST, timestamp(0))).await.unwrap(),
        u64::from(PAIRS) * 2
    );
    database
}

#[tokio::test]
async fn seeded_people_are_whole() {
    let database = seeded().await;
    let pool = database.pool().await;
    let journal = PgJournal::new(&database.database(), pool.clone(), BOT, MAIN);
    let lease = journal.acquire("first", LENGTH).await.unwrap();
    let loaded = journal.load(&lease, timestamp(0)).await.unwrap();
    assert_eq!((loaded.people.len(), loaded.seats.len()), (3000, 1000));
    assert!(loaded.people.iter().all(|facts| facts.age(timestamp(0)).years() >= 18));
    let people = PgStore::new(pool.clone(), BOT);
    for account in [FIRST, telegram(FIRST.get() + 2999)] {
        let visitor = people.get_visitor(account).await.unwrap();
        assert!(visitor.consent.is_some() && visitor.person.is_some());
    }
    let first = people.get_visitor(FIRST).await.unwrap().person.unwrap().facts.person;
    let chat = PgStore::new(pool, BOT).find_last_chat(first).await.unwrap().unwrap();
    let number = ChatId::new(i64::try_from(seed::SEEDED_CHATS_FROM).unwrap());
    assert_eq!((chat.chat, chat.people[0]), (number, first.into()));
    // The same accounts again are refused whole.
    assert!(seed::seed_people(&database.database(), BOT, seed::MadeUp::new(10, FIRST, timestamp(0))).await.is_err());
}

#[tokio::test]
async fn the_same_numbers_give_the_same_people_on_any_day() {
    let mut seen = Vec::new();
    for day in [0, 400] {
        let database = TestDatabase::new().await;
        seed::seed_people(&database.database(), BOT, seed::MadeUp::new(300, FIRST, timestamp(day * 86_400))).await.unwrap();
        let sql = "SELECT md5(string_agg((to_jsonb(p) - 'registered_at')::text, ' ' ORDER BY p.id)) FROM people p";
        seen.push(database.client().await.query_one(sql, &[]).await.unwrap().get::<_, String>(0));
    }
    assert_eq!(seen[0], seen[1]);
}

async fn plan(client: &tokio_postgres::Client, statement: &str) -> String {
    let rows = client.query(&format!("EXPLAIN {statement}"), &[]).await.unwrap();
    rows.iter().map(|row| row.get::<_, String>(0)).collect::<Vec<_>>().join("\n")
}

/// The journal's two hot statements, with how many parameters each takes.
const HOT_STATEMENTS: [(&str, usize, &str); 2] = [
    ("commit_batch", 93, include_str!("../../../crates/storage/sql/commit_batch.sql")),
    ("settle", 8, include_str!("../../../crates/storage/sql/settle.sql")),
];

/// Plans as the journal's own sessions make them.
async fn journal_plan(client: &tokio_postgres::Client, parameters: usize, sql: &str) -> String {
    let setup = "SET enable_seqscan = off; SET enable_bitmapscan = off; SET plan_cache_mode = force_generic_plan; DEALLOCATE ALL";
    client.batch_execute(&format!("{setup}; PREPARE hot AS {sql}")).await.unwrap();
    plan(client, &format!("EXECUTE hot ({})", vec!["NULL"; parameters].join(", "))).await
}

#[tokio::test]
async fn the_journals_statements_go_by_index_only() {
    let database = seeded().await;
    let client = database.client().await;
    for (name, parameters, sql) in HOT_STATEMENTS {
        let plan = journal_plan(&client, parameters, sql).await;
        assert!(!plan.contains("Seq Scan"), "{name}: {plan}");
    }
}

/// A queue is empty when its statistics are taken and full of dead entries an hour later; the plan is the first one's.
#[tokio::test]
async fn rows_of_an_empty_queue_are_found_by_their_whole_key() {
    let database = TestDatabase::new().await;
    let client = database.client().await;
    client.batch_execute("ANALYZE outbox, inbox, commands, holds").await.unwrap();
    let mut scans = 0;
    for (name, parameters, sql) in HOT_STATEMENTS {
        let plan = journal_plan(&client, parameters, sql).await;
        let lines: Vec<_> = plan.lines().map(str::trim).collect();
        for pair in lines.windows(2) {
            let is_queue =
                ["outbox", "inbox", "commands", "holds"].iter().any(|queue| pair[0].contains(&format!(" on {queue} ")));
            if !is_queue || !pair[0].contains("Scan") || pair[0].contains("Tid Scan") {
                continue;
            }
            scans += 1;
            let is_whole = pair[1].contains("(id = d") || pair[1].contains("(receiver_telegram_id = p.receiver_id)");
            assert!(pair[1].starts_with("Index Cond:") && is_whole, "{name}: {pair:?}");
        }
    }
    assert_eq!(scans, 5, "outbox twice, inbox, commands, holds");
}
