use std::sync::atomic::{AtomicU32, Ordering};

use super::*;
use crate::local::{ClusterSettings, LocalCluster};

/// A server of its own with one pool on it; gone with the value.
struct Bench {
    pool: Pool,
    _cluster: LocalCluster,
}

#[expect(clippy::unwrap_used, reason = "a helper that fails has to fail its test")]
async fn bench(change: impl FnOnce(&mut PoolSettings)) -> Bench {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    let number = COUNTER.fetch_add(1, Ordering::Relaxed);
    let name = format!("luvhive-pool-test-{}-{number}", std::process::id());
    let settings = ClusterSettings::throwaway(std::env::temp_dir().join(name));
    let cluster = tokio::task::spawn_blocking(move || LocalCluster::start(&settings, &|_| ())).await.unwrap().unwrap();
    let mut settings = PoolSettings {
        max_connections: 1,
        min_idle_connections: 0,
        checkout_timeout_ms: 200,
        statement_timeout_ms: 0,
        application_name: "pool-test".to_owned(),
    };
    change(&mut settings);
    let database = Database::parse(&cluster.url("postgres"), None).unwrap();
    let pool = Pool::open(&database, &settings).await.unwrap();
    Bench { pool, _cluster: cluster }
}

#[tokio::test]
async fn a_caller_who_waits_too_long_is_told() {
    let bench = bench(|_| ()).await;
    let held = bench.pool.get().await.unwrap();
    let error = bench.pool.get().await.map(drop).unwrap_err();
    assert!(matches!(error, DatabaseError::Busy { waited_ms: 200 }), "{error:?}");
    drop(held);
    bench.pool.ping().await.unwrap();
}

#[tokio::test]
async fn a_statement_beyond_its_time_is_cancelled() {
    let bench = bench(|settings| settings.statement_timeout_ms = 50).await;
    let mut connection = bench.pool.get().await.unwrap();
    let error = connection.batch_execute("SELECT pg_sleep(20)").await.unwrap_err();
    assert!(error.to_string().contains("statement timeout"), "{error}");
    connection.batch_execute("SELECT 1").await.unwrap();
}

#[tokio::test]
async fn an_operation_on_a_closed_connection_is_repeated_once() {
    let bench = bench(|_| ()).await;
    let tries = std::sync::Arc::new(AtomicU32::new(0));
    let (pool, counter) = (bench.pool.clone(), tries.clone());
    // Spawned, so that it is also proved to be fit for tasks that move between threads.
    let outcome = tokio::spawn(async move {
        pool.run(async |connection: &mut AsyncPgConnection| {
            if counter.fetch_add(1, Ordering::Relaxed) == 0 {
                // The server hangs up in the middle of the first try.
                connection.batch_execute("SELECT pg_terminate_backend(pg_backend_pid())").await
            } else {
                connection.batch_execute("SELECT 1").await
            }
        })
        .await
    });
    outcome.await.unwrap().unwrap();
    assert_eq!(tries.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn a_refused_statement_is_not_repeated() {
    let bench = bench(|_| ()).await;
    let tries = AtomicU32::new(0);
    let outcome = bench
        .pool
        .run(async |connection: &mut AsyncPgConnection| {
            tries.fetch_add(1, Ordering::Relaxed);
            connection.batch_execute("SELECT * FROM nothing").await
        })
        .await;
    assert!(matches!(outcome, Err(RunFailure::Query(_))));
    assert_eq!(tries.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_newcomer_does_not_pass_whoever_waits() {
    let bench = bench(|settings| settings.checkout_timeout_ms = 10_000).await;
    let held = bench.pool.get().await.unwrap();
    let mut waiting = Box::pin(bench.pool.get());
    assert!((&mut waiting).now_or_never().is_none());
    drop(held);
    let mut newcomer = Box::pin(bench.pool.get());
    assert!((&mut newcomer).now_or_never().is_none(), "it took the connection from the one who waited");
    drop(waiting.await.unwrap());
    newcomer.await.unwrap();
}
