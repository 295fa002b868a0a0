//! Every statement that the store ports send, as it is really sent, among 25,000 people: no table is read from end to end
//! but where everybody is wanted, and each index serves one of them or a foreign key.
//!
//! The contract suite does everything the ports can; the server's own `auto_explain` writes down the plan of each
//! statement, of foreign keys' checks too. So no statement is left out, and none is a copy that grows old.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};

use luvhive_core::conduct::SubjectHash;
use luvhive_core::id::TelegramId;
use luvhive_core::ports::PeopleStore as _;
use luvhive_core::ports::journal::Journal as _;
use luvhive_core::testing::{BOT, MAIN, timestamp};
use luvhive_storage::evidence::PgEvidence;
use luvhive_storage::local::{ClusterSettings, LocalCluster};
use luvhive_storage::retention::Kept;
use luvhive_storage::{Database, PgJournal, PgStore, migrate, seed};
use luvhive_tests::contract::{CROWD_FROM, LENGTH, Stores};
use luvhive_tests::{TestDatabase, TestFolder, require_or_skip};
use tokio_postgres::{Client, NoTls};

const PEOPLE: u32 = 25_000;
const PAIRS: u32 = 1_250;

/// Makes the server write down every plan; nothing may change plans on the way.
const EXPLAIN: [&str; 7] = [
    "LOAD 'auto_explain'",
    "ALTER SYSTEM SET auto_explain.log_min_duration = 0",
    "ALTER SYSTEM SET auto_explain.log_nested_statements = on",
    "ALTER SYSTEM SET session_preload_libraries = 'auto_explain'",
    "ALTER SYSTEM SET autovacuum = off",
    "ALTER SYSTEM SET log_timezone = 'UTC'",
    "SELECT pg_reload_conf()",
];

/// Tables of more than a few pages: smaller ones are read at once, which is right.
const LARGE: &str = "SELECT relname::text FROM pg_class \
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relpages > 4";

/// Indexes that are neither unique nor begin with the columns of a foreign key.
const PLAIN: &str = "SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid \
    WHERE t.relnamespace = 'public'::regnamespace AND NOT i.indisunique AND NOT EXISTS ( \
        SELECT FROM pg_constraint f WHERE f.contype = 'f' AND f.conrelid = i.indrelid \
            AND (i.indkey::int2[])[0:cardinality(f.conkey) - 1] @> f.conkey)";

/// The plans of each statement.
type Plans = BTreeMap<String, BTreeSet<String>>;

type Doing = Pin<Box<dyn Future<Output = ()>>>;
type Contract = fn(Stores) -> Doing;

/// Gives a contract the type of all.
fn listed(name: &'static str, contract: Contract) -> (&'static str, Contract) {
    (name, contract)
}

macro_rules! list {
    ($($area:ident: $($name:ident),+ ;)+) => {
        [$($(listed(stringify!($name), |stores| Box::pin(luvhive_tests::contract::$area::$name(stores)))),+),+]
    };
}

/// A server with a crowd, which explains what it does.
struct Crowded {
    cluster: LocalCluster,
    _folder: TestFolder,
}

impl Crowded {
    async fn start() -> Result<Self, String> {
        let folder = TestFolder::new();
        let settings = ClusterSettings::throwaway(folder.path().join("crowd"));
        let cluster = tokio::task::spawn_blocking(move || LocalCluster::start(&settings, &|_| {})).await.unwrap().unwrap();
        cluster.ensure_database("crowd").await.unwrap();
        let database = Database::parse(&cluster.url("crowd"), None).unwrap();
        migrate::run(&database).await.unwrap();
        seed::seed_people(&database, BOT, seed::MadeUp::new(PEOPLE, CROWD_FROM, timestamp(0))).await.unwrap();
        seed::seed_chats(&database, BOT, seed::MadeUp::new(PAIRS, CROWD_FROM, timestamp(0))).await.unwrap();
        let client = connect(&cluster.url("crowd")).await;
        client.batch_execute(include_str!("crowd.sql")).await.unwrap();
        client.batch_execute("VACUUM ANALYZE").await.unwrap();
        for statement in EXPLAIN {
            client.batch_execute(statement).await.map_err(|error| format!("{statement}: {error:?}"))?;
        }
        drop(client);
        Ok(Self { cluster, _folder: folder })
    }

    /// Runs the contracts, each in a copy of its own, on two threads: one for every core of a small machine.
    fn run_contracts(&self) {
        let contracts = luvhive_tests::contracts!(list);
        let next = AtomicUsize::new(0);
        let work = || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            while let Some((name, contract)) = contracts.get(next.fetch_add(1, Ordering::Relaxed)) {
                if !LEFT_OUT.contains(name) {
                    runtime.block_on(async {
                        contract(Stores::over(TestDatabase::clone_in(&self.cluster, "crowd").await).await).await;
                    });
                }
            }
        };
        std::thread::scope(|threads| {
            threads.spawn(work);
            threads.spawn(work);
        });
    }

    fn log(&self) -> PathBuf {
        self.cluster.dir().join("log/server.log")
    }

    fn log_length(&self) -> usize {
        usize::try_from(std::fs::metadata(self.log()).unwrap().len()).unwrap()
    }

    fn plans(&self, from: usize) -> Plans {
        let log = std::fs::read(self.log()).unwrap();
        let log = String::from_utf8_lossy(&log[from..]).replace("\n\t", "\u{1}");
        let mut plans = Plans::new();
        for entry in log.lines() {
            let Some((_, entry)) = entry.split_once("Query Text: ") else { continue };
            // The plan begins where the first line names its cost.
            let lines: Vec<&str> = entry.split('\u{1}').collect();
            let at = lines.iter().position(|line| line.contains("  (cost=")).unwrap();
            plans.entry(lines[..at].join(" ")).or_default().insert(lines[at..].join("\n"));
        }
        plans
    }
}

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

async fn names(client: &Client, query: &str) -> BTreeSet<String> {
    client.query(query, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

/// The words behind this one in a plan.
fn after<'a>(plan: &'a str, word: &str) -> BTreeSet<&'a str> {
    let ends = |letter: char| letter.is_whitespace() || letter == ',' || letter == ':';
    plan.match_indices(word).filter_map(|(at, _)| plan[at + word.len()..].split(ends).next()).collect()
}

/// Contracts that read everybody again and again, which takes long with so many, and send nothing that the others do not.
const LEFT_OUT: [&str; 11] = [
    "a_batch_of_another_epoch_is_fenced",
    "a_batch_after_another_watermark_is_fenced",
    "batches_without_updates_leave_the_watermark",
    "a_refused_batch_leaves_nothing",
    "a_purge_drops_earlier_rows_only",
    "done_work_goes_with_its_batch",
    "a_thawed_owners_lane_is_fenced",
    "a_refused_lane_leaves_its_work",
    "a_gift_entitles_its_receiver",
    "a_refund_counts_once_and_may_come_first",
    "premium_use_and_tasks_are_read_back",
];

/// How the statements begin and end that read everybody when the bot starts, and only then: what is wanted whole is read
/// best from end to end.
const AT_START: [(&str, &str); 5] = [
    ("-- Reports about people that led to a sanction", "ORDER BY person_id, decided_at, until "),
    ("SELECT \"commands\".\"id\"", "(\"commands\".\"is_dead\" = $2)) ORDER BY \"commands\".\"id\""),
    ("SELECT \"consents\".\"telegram_id\" FROM", "(\"consents\".\"version\" = $2))"),
    ("SELECT \"entitlement_grants\".\"person_id\"", "WHERE (\"entitlement_grants\".\"bot_id\" = $1)"),
    ("SELECT \"payments\".\"receiver_id\"", "WHERE (\"payments\".\"bot_id\" = $1)"),
];

/// Statements with a plan that reads one of these tables from end to end.
fn scans(plans: &Plans, large: &BTreeSet<String>) -> Vec<String> {
    let is_scan = |plan: &String| after(plan, "Seq Scan on ").into_iter().any(|table| large.contains(table));
    let of_one = |(statement, plans): (&String, &BTreeSet<String>)| {
        let plan = plans.iter().find(|plan| is_scan(plan))?;
        Some(format!("{statement}\n{plan}"))
    };
    plans.iter().filter_map(of_one).collect()
}

/// Indexes of a list that no plan uses.
fn idle(plans: &Plans, indexes: BTreeSet<String>) -> Vec<String> {
    let read = [" using ", "Bitmap Index Scan on "];
    let used: BTreeSet<&str> = plans.values().flatten().flat_map(|plan| read.iter().flat_map(|word| after(plan, word))).collect();
    indexes.into_iter().filter(|index| !used.contains(index.as_str())).collect()
}

/// What no contract does: cleaning up, the list of reports, subscriptions of the suspended, and what an account left behind.
async fn do_the_rest(server: &Crowded) {
    let database = TestDatabase::clone_in(&server.cluster, "crowd").await;
    let pool = database.pool().await;
    let journal = PgJournal::new(&database.database(), pool.clone(), BOT, MAIN);
    journal.acquire("cleaner", LENGTH).await.unwrap();
    assert_ne!(journal.clean(timestamp(0), Kept::default()).await.unwrap().seen, 0);
    assert_eq!(journal.take_up_subscriptions(timestamp(0)).await.unwrap(), 0);
    PgEvidence::new(pool.clone(), BOT).begin(TelegramId::new(-1001), timestamp(0)).await.unwrap();
    let subject = SubjectHash::new([7; 32]);
    assert_eq!(PgStore::new(pool, BOT).find_former(&subject.into()).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_statement_of_the_ports_scans_a_table_and_no_index_is_idle() {
    let Some(server) = require_or_skip("auto_explain", Crowded::start().await) else { return };
    let from = server.log_length();
    tokio::task::block_in_place(|| server.run_contracts());
    do_the_rest(&server).await;
    let client = connect(&server.cluster.url("crowd")).await;
    let (large, plain) = (names(&client, LARGE).await, names(&client, PLAIN).await);
    assert!(large.len() >= 29 && plain.len() >= 5, "{large:?} {plain:?}");
    let mut plans = server.plans(from);
    // A statement that is missing here is one that no contract sends any more.
    assert!(plans.len() > 170, "{} statements are few", plans.len());
    let at_start =
        |statement: &str| AT_START.iter().any(|(first, last)| statement.starts_with(first) && statement.ends_with(last));
    let before = plans.len();
    plans.retain(|statement, _| !at_start(statement));
    assert_eq!(before - plans.len(), AT_START.len());
    let scans = scans(&plans, &large);
    assert!(scans.is_empty(), "{}", scans.join("\n\n"));
    assert_eq!(idle(&plans, plain), Vec::<String>::new(), "no statement is served by these indexes");

    // The test sees a scan and an idle index where there is one.
    let from = server.log_length();
    client.batch_execute("CREATE INDEX people_city_idx ON people (city)").await.unwrap();
    client.query("SELECT id FROM people WHERE bio = 'x'", &[]).await.unwrap();
    let plans = server.plans(from);
    assert_eq!(self::scans(&plans, &large).len(), 1, "{plans:?}");
    assert!(idle(&plans, names(&client, PLAIN).await).contains(&"people_city_idx".to_owned()));
}
