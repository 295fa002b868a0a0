//! The pool and the migrations on a real server: lost connections, time limits, newer schemas.

use std::time::Duration;

use luvhive_storage::migrate::{self, MigrateError};
use luvhive_storage::{Database, DatabaseError, Pool, PoolSettings};
use luvhive_tests::TestDatabase;

#[tokio::test]
async fn two_test_databases_see_nothing_of_each_other() {
    let (one, other) = (TestDatabase::new().await, TestDatabase::new().await);
    assert_ne!(one.name(), other.name());
    one.client().await.batch_execute("CREATE TABLE mine (id BIGINT)").await.unwrap();
    let seen = other.client().await.batch_execute("SELECT * FROM mine").await;
    assert!(seen.is_err());
}

#[tokio::test]
async fn a_test_database_is_gone_with_its_value() {
    let keeper = TestDatabase::new().await;
    let gone = TestDatabase::new().await;
    let name = gone.name().to_owned();
    // An open pool must not hold it back.
    let _pool = gone.pool().await;
    drop(gone);
    let found = keeper.client().await.query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&name]).await.unwrap();
    assert!(found.is_none());
}

#[tokio::test]
async fn a_connection_closed_in_the_pool_is_replaced() {
    let database = TestDatabase::new().await;
    let pool = database.pool().await;
    pool.ping().await.unwrap();
    let killed = database
        .client()
        .await
        .execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
            &[],
        )
        .await
        .unwrap();
    assert!(killed >= 1);
    // No wait: even if the driver has not noticed yet, the second try is on a fresh connection.
    pool.ping().await.unwrap();
}

#[tokio::test]
async fn connections_carry_the_settings_name() {
    let database = TestDatabase::new().await;
    let _pool = {
        let pool = database.pool().await;
        pool.ping().await.unwrap();
        pool
    };
    let client = database.client().await;
    // The one with which the pool was opened may take a moment to go.
    luvhive_tests::eventually("one connection carries the name", Duration::from_secs(10), async || {
        client
            .query(
                "SELECT 1 FROM pg_stat_activity \
                 WHERE datname = current_database() AND application_name = 'luvhive-tests'",
                &[],
            )
            .await
            .unwrap()
            .len()
            == 1
    })
    .await;
}

#[tokio::test]
async fn an_address_where_nothing_listens_is_told_at_once() {
    let database = Database::parse("postgres://x@127.0.0.1:1/x?connect_timeout=2", None).unwrap();
    let settings = PoolSettings {
        max_connections: 1,
        min_idle_connections: 0,
        checkout_timeout_ms: 2_000,
        statement_timeout_ms: 1_000,
        application_name: "luvhive-tests".to_owned(),
    };
    let error = Pool::open(&database, &settings).await.unwrap_err();
    assert!(matches!(error, DatabaseError::Unavailable(_)), "{error:?}");
}

#[tokio::test]
async fn migrations_run_once_however_many_processes_start() {
    let database = TestDatabase::empty().await;
    let address = database.database();
    let expected = migrate::pending(&address).await.unwrap();
    let outcomes = tokio::join!(migrate::run(&address), migrate::run(&address), migrate::run(&address));
    let mut ran: Vec<String> = Vec::new();
    for outcome in [outcomes.0, outcomes.1, outcomes.2] {
        ran.extend(outcome.unwrap());
    }
    assert_eq!(ran, expected);
    assert!(migrate::pending(&address).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_database_of_a_newer_schema_is_refused_unchanged() {
    let database = TestDatabase::new().await;
    let address = database.database();
    migrate::run(&address).await.unwrap();
    let client = database.client().await;
    let future = "INSERT INTO __diesel_schema_migrations (version) VALUES ('99990101000000')";
    client.batch_execute(future).await.unwrap();
    let error = migrate::run(&address).await.unwrap_err();
    let MigrateError::Newer { unknown } = &error else {
        panic!("{error:?}");
    };
    assert_eq!(unknown, &["99990101000000"]);
    assert!(error.to_string().contains("install the newer LuvHive"), "{error}");
}

/// The kernel takes connections for a listener that never looks at them.
#[tokio::test]
async fn a_host_that_never_answers_does_not_keep_the_next_from_being_asked() {
    let database = TestDatabase::new().await;
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let (start, rest) = database.url().split_once('@').unwrap();
    let (host, name) = rest.split_once('/').unwrap();
    let end = "connect_timeout=1&sslmode=disable";
    let both = Database::parse(&format!("{start}@127.0.0.1:{port},{host}:5432/{name}?{end}"), None).unwrap();
    both.for_writing().require_sessions().await.unwrap();
    let alone = Database::parse(&format!("{start}@127.0.0.1:{port}/{name}?{end}"), None).unwrap();
    let refused = alone.require_sessions().await;
    assert!(matches!(refused, Err(DatabaseError::Unavailable(_))), "{refused:?}");
}
