//! What the database and the matcher do with so many people: bulk insert, lookups, matches, the widest query of an
//! operator, the state of indexes, and how soon the pool is back after a crash.

use std::time::Duration;

use luvhive_core::id::{BotId, TelegramId};
use luvhive_core::ports::{ConductStore, PeopleStore};
use luvhive_matching::sim::{Mix, Population, Random};
use luvhive_matching::{Config, Fairness, Matcher};
use luvhive_storage::{MadeUp, PgConductStore, PgStore, Pool, PoolSettings, Vault, migrate, seed_chats, seed_people};
use tokio::time::{Instant, sleep};
use tokio_postgres::{Client, NoTls};

use super::row::{Claim, Row, float, percentile};
use super::{Args, Scratch};
use crate::load::LoadError;
use crate::load::database::LoadDatabase;
use crate::load::run::now;

const BOT: BotId = BotId::new(7_000_000_001);
const FIRST: i64 = 1_000_000_000;
/// How many lookups and matches are timed.
const TIMED: u32 = 20_000;
/// How many open reports the operator's list reads.
const REPORTS: u16 = 1_000;

/// Pairs of indexes of which one says nothing that the other does not, keys of other tables without an index, and
/// indexes or constraints that do not hold.
const UNSOUND: &str = "SELECT (SELECT count(*) FROM pg_index a JOIN pg_index b ON a.indrelid = b.indrelid AND a.indexrelid <> b.indexrelid \
    AND a.indkey::text = b.indkey::text AND a.indpred IS NOT DISTINCT FROM b.indpred AND a.indexprs IS NOT DISTINCT FROM b.indexprs \
    JOIN pg_class c ON c.oid = a.indrelid WHERE c.relnamespace = 'public'::regnamespace) \
    + (SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid \
       WHERE c.relnamespace = 'public'::regnamespace AND NOT i.indisvalid) \
    + (SELECT count(*) FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND NOT convalidated) \
    + (SELECT count(*) FROM pg_constraint f WHERE f.contype = 'f' AND f.connamespace = 'public'::regnamespace AND NOT EXISTS ( \
       SELECT 1 FROM pg_index i WHERE i.indrelid = f.conrelid AND i.indisvalid \
       AND (i.indkey::int2[])[0:cardinality(f.conkey) - 1] @> f.conkey))";

/// Tables whose settings for autovacuum stand in a migration.
const VACUUMED: &str = "SELECT count(*) FROM pg_class \
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND reloptions::text LIKE '%autovacuum%'";

/// Tables of more than a few pages: smaller ones are read at once, which is right.
const LARGE: &str = "SELECT relname::text FROM pg_class \
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relpages > 4";

/// The statements that run for every update or lane.
fn hot(account: i64) -> Vec<String> {
    let bot = BOT.get();
    vec![
        format!(
            "SELECT * FROM people JOIN preferences ON preferences.bot_id = people.bot_id \
             AND preferences.person_id = people.id WHERE people.bot_id = {bot} AND telegram_id = {account}"
        ),
        format!("SELECT id FROM people WHERE bot_id = {bot} AND pseudonym = 'aaaaaaaaaa'"),
        format!("SELECT id FROM chats WHERE bot_id = {bot} AND first_person_id = 7 ORDER BY id DESC LIMIT 1"),
        format!("SELECT id FROM chats WHERE bot_id = {bot} AND second_person_id = 7 ORDER BY id DESC LIMIT 1"),
        format!("UPDATE people SET is_reachable = false WHERE bot_id = {bot} AND id = 7"),
        format!("DELETE FROM seats WHERE bot_id = {bot} AND person_id = 7"),
        format!("SELECT * FROM reports WHERE bot_id = {bot} AND reported_id = 7 AND closed_at IS NULL"),
    ]
}

/// Measures it all on one cluster.
pub(super) async fn measure(args: &Args) -> Result<Vec<Row>, LoadError> {
    let scratch = Scratch::new("stores")?;
    let mut database = LoadDatabase::start(&scratch.0.join("postgres")).await?;
    let mut rows = vec![fill(&database, args.people).await?];
    let settings = PoolSettings {
        max_connections: 16,
        min_idle_connections: 2,
        checkout_timeout_ms: 2_000,
        statement_timeout_ms: 10_000,
        application_name: "luvhive-report".to_owned(),
    };
    let pool = Pool::open(&database.database()?, &settings).await?;
    rows.push(lookups(&pool, args.people).await?);
    rows.push(matches(args.people)?);
    rows.push(widest(&database, &pool, args.people).await?);
    let client = connect(&database).await?;
    let scans = count_scans(&client).await?;
    let hot = float(i64::try_from(hot(FIRST).len())?);
    rows.push(Claim::new(&format!("hot queries, {hot} of them, that scan a table"), "16 indexes").at_most(scans, 0.0, "queries"));
    let unsound: i64 = client.query_one(UNSOUND, &[]).await?.get(0);
    let claim = "duplicate or invalid indexes, constraints that do not hold, foreign keys without an index";
    rows.push(Claim::new(claim, "UNIQUE, foreign keys, cascades").at_most(float(unsound), 0.0, "faults"));
    let tables: i64 = client.query_one(VACUUMED, &[]).await?.get(0);
    rows.push(Claim::new("tables with autovacuum settings of their own", "autovacuum").at_least(float(tables), 10.0, "tables"));
    let told = Box::pin(busy(&database, &client, &settings)).await;
    rows.push(told.unwrap_or_else(|error| Row::missing("busy", &error.to_string())));
    let migrated = Box::pin(migrated_at_once(&database)).await;
    rows.push(migrated.unwrap_or_else(|error| Row::missing("migrations at once", &error.to_string())));
    drop(client);
    rows.push(reconnect(&mut database, &pool).await?);
    Ok(rows)
}

async fn connect(database: &LoadDatabase) -> Result<Client, LoadError> {
    let (client, connection) = tokio_postgres::connect(&database.url(), NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

/// Registers everybody, with all constraints on, and counts the rows of all tables.
async fn fill(database: &LoadDatabase, people: u32) -> Result<Row, LoadError> {
    let begun = Instant::now();
    seed_people(&database.database()?, BOT, MadeUp::new(people, TelegramId::new(FIRST), now())).await?;
    let took = begun.elapsed().as_secs_f64();
    let client = connect(database).await?;
    client.batch_execute("ANALYZE").await?;
    let count = "SELECT coalesce(sum((xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %I', relname), \
                 false, true, '')))[1]::text::bigint), 0)::bigint FROM pg_class \
                 WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> '__diesel_schema_migrations'";
    let rows: i64 = client.query_one(count, &[]).await?.get(0);
    let claim = format!("bulk insert of {people} people, all tables and constraints");
    Ok(Claim::new(&claim, "~1,000 rows/s").at_least(float(rows) / took, 50_000.0, "rows/s"))
}

/// Reads accounts at random, one after the other, each with profile, preferences and dialog.
async fn lookups(pool: &Pool, people: u32) -> Result<Row, LoadError> {
    let store = PgStore::new(pool.clone(), BOT);
    let mut random = Random(3);
    let mut times = Vec::new();
    for round in 0..TIMED + 500 {
        let account = TelegramId::new(FIRST + i64::try_from(random.below(u64::from(people)))?);
        let begun = Instant::now();
        let visitor = store.get_visitor(account).await?;
        let took = begun.elapsed();
        if visitor.person.is_none() {
            return Err("a seeded person is not found".into());
        }
        // The first ones make the connection and its statements.
        if round >= 500 {
            times.push(took.as_secs_f64() * 1e3);
        }
    }
    let claim = format!("lookup by Telegram id, p99, {people} people");
    Ok(Claim::new(&claim, "< 5 ms").at_most(percentile(times, 99), 1.0, "ms"))
}

/// Lets people arrive until as many wait as may, then times further arrivals: search, claim and insert.
fn matches(people: u32) -> Result<Row, LoadError> {
    let population = Population::new(Mix::Skew, 42).map_err(|error| error.to_string())?;
    // The population has two classes of priority.
    let config = Config::default().fairness(Fairness::off().classes(2).class_bonus(0));
    let mut matcher: Matcher<u32> = Matcher::new(population.schema().clone(), population.weights(), config)?;
    let waiting = usize::try_from(people / 10)?;
    let mut key = 0_u32;
    while matcher.len() < waiting && key < people.saturating_mul(5) {
        matcher.offer(&population.ticket(key), u64::from(key) / 4)?;
        key += 1;
    }
    let mut times = Vec::new();
    for _ in 0..TIMED {
        let ticket = population.ticket(key);
        let begun = Instant::now();
        matcher.offer(&ticket, u64::from(key) / 4)?;
        times.push(begun.elapsed().as_secs_f64() * 1e3);
        key += 1;
    }
    let claim = format!("match, p99, {} waiting, in memory", matcher.len());
    Ok(Claim::new(&claim, "< 20 ms").at_most(percentile(times, 99), 1.0, "ms"))
}

/// The widest thing an operator asks: the list of open reports among all chats, with how many there are about the same person.
async fn widest(database: &LoadDatabase, pool: &Pool, people: u32) -> Result<Row, LoadError> {
    let pairs = (people / 20).max(u32::from(REPORTS));
    seed_chats(&database.database()?, BOT, MadeUp::new(pairs, TelegramId::new(FIRST), now())).await?;
    let client = connect(database).await?;
    client
        .batch_execute(&format!(
            "INSERT INTO reports (bot_id, chat_id, reporter_id, reporter_pseudonym, reported_id, reason, message_ids, reported_at) \
             SELECT c.bot_id, c.id, c.first_person_id, p.pseudonym, c.second_person_id, 'spam', '{{1,2,3}}', now() \
             FROM chats c JOIN people p ON p.bot_id = c.bot_id AND p.id = c.first_person_id ORDER BY c.id LIMIT {REPORTS}; ANALYZE",
        ))
        .await?;
    let store = PgConductStore::new(pool.clone(), Vault::default());
    let mut times = Vec::new();
    for _ in 0..100 {
        let begun = Instant::now();
        let reports = store.list_open_reports(BOT, REPORTS).await?;
        times.push(begun.elapsed().as_secs_f64() * 1e3);
        if reports.len() != usize::from(REPORTS) {
            return Err(format!("{} of {REPORTS} reports are listed", reports.len()).into());
        }
    }
    let claim = format!("widest query of an operator ({REPORTS} open reports), p99");
    Ok(Claim::new(&claim, "complex join < 50 ms").at_most(percentile(times, 99), 50.0, "ms"))
}

async fn count_scans(client: &Client) -> Result<f64, LoadError> {
    let mut scans: i64 = 0;
    let large: Vec<String> = client.query(LARGE, &[]).await?.iter().map(|row| row.get(0)).collect();
    for statement in hot(FIRST + 7) {
        let plan = client.query(&format!("EXPLAIN {statement}"), &[]).await?;
        if plan.iter().any(|row| is_scan(row.get(0), &large)) {
            tracing::error!(statement, "a hot query scans a table");
            scans += 1;
        }
    }
    Ok(float(scans))
}

/// Reports whether a line of a plan reads one of these tables from end to end.
pub(super) fn is_scan(line: &str, large: &[String]) -> bool {
    let table = line.split_once("Seq Scan on ").and_then(|(_, rest)| rest.split_whitespace().next());
    table.is_some_and(|table| large.iter().any(|name| name == table))
}

/// Takes the only connection of a pool away and asks for another, as a lane does before it says that it is busy.
async fn busy(database: &LoadDatabase, client: &Client, settings: &PoolSettings) -> Result<Row, LoadError> {
    let one = PoolSettings { max_connections: 1, min_idle_connections: 1, ..settings.clone() };
    let store = PgStore::new(Pool::open(&database.database()?, &one).await?, BOT);
    client.batch_execute("BEGIN; LOCK TABLE people, visitors IN ACCESS EXCLUSIVE MODE").await?;
    let account = TelegramId::new(FIRST);
    let (_, (took, answer)) = tokio::join!(store.get_visitor(account), async {
        sleep(Duration::from_millis(200)).await;
        let begun = Instant::now();
        let answer = store.get_visitor(account).await.map(drop);
        // The first one's statement goes on, and the connection comes back.
        let freed = client.batch_execute("ROLLBACK").await;
        (begun.elapsed().as_secs_f64() * 1e3, answer.is_err() && freed.is_ok())
    });
    if !answer {
        return Err("a pool without a free connection answered all the same".into());
    }
    let claim = "wait for a connection while all are taken, until the person is told that the bot is busy";
    Ok(Claim::new(claim, "pool 10 to 100").at_most(took, 2_200.0, "ms"))
}

/// Has four processes' worth of migrations start at once on an empty database: one does the work, three wait for its lock.
async fn migrated_at_once(database: &LoadDatabase) -> Result<Row, LoadError> {
    let bare = database.bare("bare").await?;
    let (first, second, third, fourth) =
        tokio::join!(migrate::run(&bare), migrate::run(&bare), migrate::run(&bare), migrate::run(&bare));
    let ran = [first?.len(), second?.len(), third?.len(), fourth?.len()];
    let workers = ran.iter().filter(|&&count| count > 0).count();
    let claim = "processes, of 4 that migrate at the same time, that find the work already done (advisory lock)";
    Ok(Claim::new(claim, "advisory locks").at_least(float(i64::try_from(4 - workers)?), 3.0, "processes"))
}

/// Crashes the server and asks the pool until it answers, from the moment that the server is back.
async fn reconnect(database: &mut LoadDatabase, pool: &Pool) -> Result<Row, LoadError> {
    pool.ping().await?;
    database.crash().await?;
    let back = Instant::now();
    while pool.ping().await.is_err() {
        if back.elapsed() > Duration::from_secs(30) {
            return Err("the pool did not come back within 30 s".into());
        }
        sleep(Duration::from_millis(5)).await;
    }
    let took = back.elapsed().as_secs_f64() * 1e3;
    Ok(Claim::new("time until the pool recovers from a database crash", "retry, connect timeout 10 s")
        .at_most(took, 1_000.0, "ms"))
}
