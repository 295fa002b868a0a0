//! What `luvhive doctor` finds in a real database: nothing in a sound one, each planted fault under its name.

use std::time::Duration;

use luvhive_app::system::SystemClock;
use luvhive_core::check::{Check, Status};
use luvhive_core::id::TelegramId;
use luvhive_core::ports::Clock as _;
use luvhive_core::ports::journal::Journal as _;
use luvhive_core::testing::{BOT, MAIN};
use luvhive_core::time::Timestamp;
use luvhive_storage::checks::{self, Limits, Subject};
use luvhive_storage::local::{ClusterSettings, Lifetime, LocalCluster};
use luvhive_storage::tuning::{self, VERSIONS, Weight};
use luvhive_storage::{Database, PgJournal, seed};
use luvhive_tests::{TestDatabase, TestFolder, eventually, require_or_skip, test_cluster};
use tokio_postgres::NoTls;

const PATIENCE: Duration = Duration::from_secs(30);

async fn examine(database: &Database, limits: Limits) -> Vec<Check> {
    checks::examine(&Subject { database, is_private: false, bot: Some(BOT), clock: &SystemClock, limits }).await
}

/// Finds one check of a look with the usual limits.
async fn look(database: &TestDatabase, name: &str) -> Check {
    find(examine(&database.database(), Limits::default()).await, name)
}

#[track_caller]
fn find(checks: Vec<Check>, name: &str) -> Check {
    checks.into_iter().find(|check| check.name == name).unwrap_or_else(|| panic!("no check is named {name}"))
}

/// Expects a finding that tells all of this, with a remedy.
#[track_caller]
fn expect(check: &Check, status: Status, parts: &[&str]) {
    assert_eq!(check.status, status, "{check:?}");
    assert!(!check.remedy.is_empty(), "{check:?}");
    for part in parts {
        assert!(check.found.contains(part), "{part:?} is missing in {check:?}");
    }
}

#[tokio::test]
async fn a_sound_database_gives_no_failure_but_the_tests_own_settings() {
    let database = TestDatabase::new().await;
    let found = examine(&database.database(), Limits::default()).await;
    assert!(found.len() >= 25, "{found:#?}");
    for check in &found {
        // The tests' cluster goes without fsync, which is what this check is for.
        let is_known = ["server_settings", "disk", "connections", "long_transactions", "wal_archive"].contains(&check.name);
        assert!(is_known || check.status <= Status::Skipped, "{check:?}");
    }
    expect(&find(found, "server_settings"), Status::Fail, &["fsync is off"]);
}

#[tokio::test]
async fn a_database_out_of_reach_fails_once_and_skips_the_rest() {
    let database = Database::parse("postgres://x:hunter2@127.0.0.1:1/x?connect_timeout=2", None).unwrap();
    let found = examine(&database, Limits::default()).await;
    let failed: Vec<_> = found.iter().filter(|check| check.status != Status::Skipped).collect();
    assert!(failed.len() == 1 && failed[0].name == "database", "{found:#?}");
    assert!(!format!("{found:?}").contains("hunter2"));
}

#[tokio::test]
async fn pending_migrations_are_told_and_missing_tables_are_skipped() {
    let database = TestDatabase::empty().await;
    let found = examine(&database.database(), Limits::default()).await;
    expect(&find(found.clone(), "schema"), Status::Warn, &["migrations are pending"]);
    assert_eq!(find(found, "seats").status, Status::Skipped);
}

#[tokio::test]
async fn transactions_and_locks_that_last_are_seen() {
    let database = TestDatabase::new().await;
    let (idle, waiting) = (database.client().await, database.client().await);
    idle.batch_execute("BEGIN; LOCK TABLE visitors IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let wait = tokio::spawn(async move { waiting.query("SELECT * FROM visitors", &[]).await });
    let limits = Limits {
        transaction: Duration::from_millis(1),
        idle_transaction: Duration::from_millis(1),
        lock_wait: Duration::from_millis(1),
        ..Limits::default()
    };
    let address = database.database();
    let is_seen = async || {
        let found = examine(&address, limits).await;
        ["idle_transactions", "locks", "long_transactions"].iter().all(|name| find(found.clone(), name).status == Status::Fail)
    };
    eventually("an idle transaction, a wait and a long statement are seen", PATIENCE, is_seen).await;
    // None of them has lasted for long by the usual limits.
    assert_eq!(look(&database, "idle_transactions").await.status, Status::Ok);
    idle.batch_execute("ROLLBACK").await.unwrap();
    wait.await.unwrap().unwrap();
}

/// After an upgrade of the system's C library the server notes nothing, and indexes miss rows.
#[tokio::test]
async fn another_order_of_text_than_the_indexes_were_built_with_is_told() {
    let database = TestDatabase::new().await;
    let client = database.client().await;
    assert_eq!(look(&database, "collation").await.status, Status::Ok);
    client.batch_execute("UPDATE pg_database SET datcollversion = '0.1' WHERE datname = current_database()").await.unwrap();
    let found = look(&database, "collation").await;
    expect(&found, Status::Warn, &["0.1", "an index may miss rows"]);
    assert!(found.remedy.contains("REINDEX DATABASE") && found.remedy.contains("REFRESH COLLATION VERSION"), "{found:?}");
}

#[tokio::test]
async fn broken_seats_are_counted_by_rule() {
    let database = TestDatabase::new().await;
    let (address, client) = (database.database(), database.client().await);
    seed::seed_people(&address, BOT, seed::MadeUp::new(20, TelegramId::new(1000), SystemClock.now())).await.unwrap();
    seed::seed_chats(&address, BOT, seed::MadeUp::new(5, TelegramId::new(1000), SystemClock.now())).await.unwrap();
    let sound = look(&database, "seats").await;
    assert!(sound.status == Status::Ok && sound.found.contains("rules hold"), "{sound:?}");
    client.batch_execute("DELETE FROM seats WHERE person_id = (SELECT min(person_id) FROM seats)").await.unwrap();
    expect(&look(&database, "seats").await, Status::Fail, &["1 × a live chat or meeting without both people"]);
    let ended = "UPDATE chats SET ended_at = now(), end_reason = 'gone' WHERE id = (SELECT max(id) FROM chats)";
    client.batch_execute(ended).await.unwrap();
    expect(&look(&database, "seats").await, Status::Fail, &["2 × a seat in a chat or a meeting that has ended"]);
    let suspended = "UPDATE people SET suspended_until = 'infinity' \
                     WHERE id = (SELECT first_person_id FROM chats WHERE ended_at IS NULL ORDER BY id DESC LIMIT 1)";
    client.batch_execute(suspended).await.unwrap();
    expect(&look(&database, "seats").await, Status::Fail, &["1 × a seat of somebody who is suspended"]);
}

#[tokio::test]
async fn old_work_is_told_with_its_age_and_whether_anybody_works() {
    let database = TestDatabase::new().await;
    let client = database.client().await;
    assert_eq!(look(&database, "lease").await.status, Status::Skipped);
    let journal = PgJournal::new(&database.database(), database.pool().await, BOT, MAIN);
    let length = Duration::from_mins(10);
    journal.acquire("process 1 on test", length).await.unwrap();
    let held = look(&database, "lease").await;
    assert!(held.status == Status::Ok && held.found.contains("process 1 on test"), "{held:?}");
    let bot = BOT.get();
    let plant = format!(
        "INSERT INTO inbox (bot_id, id, telegram_id, kind, update_id, payload, received_at) \
             VALUES ({bot}, 1, 7, 'update', 1, '{{}}', now() - interval '2 min'); \
         INSERT INTO outbox (bot_id, id, receiver_telegram_id, version, body) VALUES ({bot}, 1, 7, 1, '{{}}'); \
         INSERT INTO commands (bot_id, version, body, is_dead, created_at) VALUES ({bot}, 9, '{{}}', true, now()); \
         INSERT INTO dead_updates (bot_id, update_id, reason, died_at) \
             SELECT {bot}, n, 'not JSON', now() FROM generate_series(1, 100) n; \
         UPDATE shard_leases SET watermark = 5, watermark_at = now() - interval '2 days'"
    );
    client.batch_execute(&plant).await.unwrap();
    let found = examine(&database.database(), Limits::default()).await;
    expect(&find(found.clone(), "inbox"), Status::Warn, &["1 rows", "min ago"]);
    expect(&find(found.clone(), "outbox"), Status::Warn, &["1 of them since before this bot's start"]);
    expect(&find(found.clone(), "commands"), Status::Warn, &["1 commands were set aside"]);
    expect(&find(found.clone(), "dead_updates"), Status::Fail, &["100 in the last day"]);
    expect(&find(found, "watermark"), Status::Warn, &["48 h ago"]);
    client.batch_execute("UPDATE shard_leases SET expires_at = now() - interval '1 min'").await.unwrap();
    let found = examine(&database.database(), Limits::default()).await;
    expect(&find(found.clone(), "lease"), Status::Warn, &["died or hangs"]);
    expect(&find(found, "outbox"), Status::Warn, &["no bot is running"]);
}

#[tokio::test]
async fn indexes_that_are_broken_double_or_missing_are_named() {
    let database = TestDatabase::new().await;
    let client = database.client().await;
    client.batch_execute("CREATE INDEX chats_again_idx ON chats (bot_id, first_person_id, id)").await.unwrap();
    expect(&look(&database, "duplicate_indexes").await, Status::Warn, &["chats_again_idx"]);
    client.batch_execute("DROP INDEX chats_again_idx; DROP INDEX ratings_bot_id_rated_id_idx").await.unwrap();
    expect(&look(&database, "missing_indexes").await, Status::Warn, &["ratings_bot_id_rated_id_fkey"]);
    // A unique index over rows that are not unique fails half-way and stays behind.
    client.batch_execute("CREATE TABLE twice (id BIGINT); INSERT INTO twice VALUES (1), (1)").await.unwrap();
    client.batch_execute("CREATE UNIQUE INDEX CONCURRENTLY twice_id_idx ON twice (id)").await.unwrap_err();
    expect(&look(&database, "invalid_indexes").await, Status::Fail, &["twice_id_idx"]);
}

#[tokio::test]
async fn dead_rows_are_told() {
    let database = TestDatabase::new().await;
    let client = database.client().await;
    let plant = "CREATE TABLE rewritten (id BIGINT) WITH (autovacuum_enabled = off); \
                 INSERT INTO rewritten SELECT n FROM generate_series(1, 50000) n; DELETE FROM rewritten";
    client.batch_execute(plant).await.unwrap();
    let is_seen = async || look(&database, "vacuum").await.found.contains("rewritten (50000 dead, 0 alive)");
    eventually("the dead rows are counted", PATIENCE, is_seen).await;
    expect(&look(&database, "vacuum").await, Status::Warn, &["rewritten"]);
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_told() {
    struct Behind;
    impl luvhive_core::ports::Clock for Behind {
        fn now(&self) -> Timestamp {
            SystemClock.now().minus(Duration::from_mins(2))
        }
    }
    let database = TestDatabase::new().await;
    let (address, limits) = (database.database(), Limits::default());
    let subject = Subject { database: &address, is_private: false, bot: None, clock: &Behind, limits };
    expect(&find(checks::examine(&subject).await, "clock"), Status::Fail, &["ms apart"]);
}

/// Settings that came and went after 15, by major version: release notes of PostgreSQL 16, 17 and 18, appendix E.
const CAME: [(u32, &[&str]); 3] = [
    (
        16,
        &[
            "vacuum_buffer_usage_limit",
            "reserved_connections",
            "createrole_self_grant",
            "debug_io_direct",
            "debug_logical_replication_streaming",
            "debug_parallel_query",
            "enable_presorted_aggregate",
            "gss_accept_delegation",
            "icu_validation_level",
            "max_parallel_apply_workers_per_subscription",
            "restrict_nonsystem_relation_kind",
            "scram_iterations",
            "send_abort_for_crash",
            "send_abort_for_kill",
        ],
    ),
    (
        17,
        &[
            "transaction_timeout",
            "allow_alter_system",
            "commit_timestamp_buffers",
            "enable_group_by_reordering",
            "event_triggers",
            "io_combine_limit",
            "multixact_member_buffers",
            "multixact_offset_buffers",
            "notify_buffers",
            "serializable_buffers",
            "subtransaction_buffers",
            "summarize_wal",
            "sync_replication_slots",
            "synchronized_standby_slots",
            "trace_connection_negotiation",
            "transaction_buffers",
            "wal_summary_keep_time",
        ],
    ),
    (
        18,
        &[
            "autovacuum_vacuum_max_threshold",
            "autovacuum_worker_slots",
            "enable_distinct_reordering",
            "enable_self_join_elimination",
            "extension_control_path",
            "file_copy_method",
            "idle_replication_slot_timeout",
            "io_max_combine_limit",
            "io_max_concurrency",
            "io_method",
            "io_workers",
            "log_lock_failures",
            "max_active_replication_origins",
            "md5_password_warnings",
            "oauth_validator_libraries",
            "ssl_groups",
            "ssl_tls13_ciphers",
            "track_cost_delay_timing",
            "vacuum_max_eager_freeze_failure_rate",
            "vacuum_truncate",
        ],
    ),
];
const WENT: [(u32, &[&str]); 2] = [
    (16, &["promote_trigger_file", "vacuum_defer_cleanup_age", "force_parallel_mode"]),
    (17, &["old_snapshot_threshold", "db_user_namespace", "trace_recovery_messages"]),
];

#[tokio::test]
async fn no_version_gets_a_setting_that_it_does_not_know() {
    let database = TestDatabase::new().await;
    let client = database.client().await;
    let major = test_cluster().await.binaries().major();
    let known: Vec<String> =
        client.query("SELECT name FROM pg_settings", &[]).await.unwrap().iter().map(|row| row.get(0)).collect();
    for version in VERSIONS.filter(|version| *version >= major) {
        for tuned in tuning::settings(4096, version).unwrap() {
            let between = |of: &u32| *of > major && *of <= version;
            let came = CAME.iter().any(|(of, names)| between(of) && names.contains(&tuned.name));
            let went = WENT.iter().any(|(of, names)| between(of) && names.contains(&tuned.name));
            let is_known = (known.iter().any(|name| name == tuned.name) || came) && !went;
            assert!(is_known, "PostgreSQL {version} knows no {}", tuned.name);
        }
    }
}

#[tokio::test]
async fn a_server_loads_the_tuned_file() {
    let major = test_cluster().await.binaries().major();
    let known = VERSIONS.contains(&major).then_some(()).ok_or_else(|| format!("no file is written for PostgreSQL {major}"));
    if require_or_skip("tuned-file", known).is_none() {
        return;
    }
    let folder = TestFolder::new();
    let dir = folder.path().join("postgres");
    std::fs::create_dir(&dir).unwrap();
    std::fs::write(dir.join("tuned.conf"), tuning::file(512, major).unwrap()).unwrap();
    let settings = ClusterSettings { lifetime: Lifetime::Throwaway, linger: Duration::ZERO, ..ClusterSettings::durable(dir) };
    let cluster = tokio::task::spawn_blocking(move || LocalCluster::start(&settings, &|_| {})).await.unwrap().unwrap();
    let (client, connection) = tokio_postgres::connect(&cluster.url("postgres"), NoTls).await.unwrap();
    tokio::spawn(connection);
    let faults = client.query("SELECT sourcefile, error FROM pg_file_settings WHERE error IS NOT NULL", &[]).await.unwrap();
    assert!(faults.is_empty(), "{faults:?}");
    for tuned in tuning::settings(512, major).unwrap() {
        let sql = "SELECT setting, unit, (SELECT count(*) FROM pg_file_settings f WHERE f.name = s.name AND sourcefile LIKE '%/tuned.conf') \
                   FROM pg_settings s WHERE name = $1";
        let row = client.query_one(sql, &[&tuned.name]).await.unwrap();
        let (setting, unit, count): (String, Option<String>, i64) = (row.get(0), row.get(1), row.get(2));
        assert_eq!(count, 1, "{} does not come from the file", tuned.name);
        if tuned.weight != Weight::Unseen {
            assert_eq!(tuning::difference(&tuned, &setting, unit.as_deref()), None);
        }
    }
    let listens: String = client.query_one("SHOW listen_addresses", &[]).await.unwrap().get(0);
    assert_eq!(listens, "", "the private cluster stays private");
    let address = Database::parse(&cluster.url("postgres"), None).unwrap();
    let subject = Subject { database: &address, is_private: true, bot: None, clock: &SystemClock, limits: Limits::default() };
    assert_eq!(find(checks::examine(&subject).await, "server_settings").status, Status::Ok);
    tokio::task::spawn_blocking(move || drop(cluster)).await.unwrap();
}
