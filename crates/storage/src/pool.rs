//! The pool of database connections: bounded, quick to give up, never silent about a lost connection.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

use bb8::{ErrorSink, RunError};
use diesel::QueryResult;
use diesel::result::{DatabaseErrorKind, Error as QueryError};
use diesel_async::pooled_connection::bb8::PooledConnection;
use diesel_async::pooled_connection::{
    AsyncDieselConnectionManager, ManagerConfig, PoolError, PoolableConnection, RecyclingMethod,
};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use futures_util::FutureExt;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

use crate::database::{Database, DatabaseError};

/// Sizes and time limits of a pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolSettings {
    /// The most connections, at least 1; PostgreSQL's own limit is 100 unless raised.
    pub max_connections: u32,
    /// How many connections are kept ready, at most `max_connections`.
    pub min_idle_connections: u32,
    /// How long a caller waits for a free connection, in ms; 2000 is a good value.
    pub checkout_timeout_ms: u64,
    /// How long one statement may take, in ms; 0 means no limit.
    pub statement_timeout_ms: u64,
    /// What `pg_stat_activity` shows, at most 63 bytes.
    pub application_name: String,
}

/// Reports whether a session's prepared statement fits the tables no more, which only a new session changes.
pub(crate) fn is_stale_plan(message: &str) -> bool {
    message.contains("cached plan must not change result type")
}

/// Connections to one database, shared by cloning.
#[derive(Clone)]
pub struct Pool {
    inner: diesel_async::pooled_connection::bb8::Pool<AsyncPgConnection>,
    /// One turn a connection, in the order of asking. bb8 alone lets a newcomer take a connection from under somebody it
    /// has just woken, who then waits behind everybody: of 200 people at once some waited for longer than the check-out
    /// time (measured with 8 connections and 32 lanes).
    turns: Arc<Semaphore>,
    checkout_timeout_ms: u64,
    max_connections: u32,
}

/// A connection that is checked out; it goes back when dropped.
pub(crate) struct Checkout<'a> {
    // Given back in this order, so that a turn always finds a free connection.
    connection: PooledConnection<'a, AsyncPgConnection>,
    _turn: SemaphorePermit<'a>,
}

impl Deref for Checkout<'_> {
    type Target = AsyncPgConnection;

    fn deref(&self) -> &AsyncPgConnection {
        &self.connection
    }
}

impl DerefMut for Checkout<'_> {
    fn deref_mut(&mut self) -> &mut AsyncPgConnection {
        &mut self.connection
    }
}

impl Pool {
    /// Connects once, so that a wrong address is told now, and opens the pool.
    ///
    /// # Errors
    /// As [`Database::reach`], when the first connection cannot be made.
    pub async fn open(database: &Database, settings: &PoolSettings) -> Result<Self, DatabaseError> {
        let database = database.clone().named(&settings.application_name).for_writing();
        let statement_timeout_ms = settings.statement_timeout_ms;
        drop(database.connect(statement_timeout_ms).await?);
        let mut config = ManagerConfig::default();
        // Asks the driver, not the server, whether the connection still stands: no round trip a check-out.
        config.recycling_method = RecyclingMethod::CustomFunction(Box::new(|connection: &mut AsyncPgConnection| {
            let is_broken = connection.is_broken();
            async move { if is_broken { Err(closed()) } else { Ok(()) } }.boxed()
        }));
        config.custom_setup = Box::new(move |_| {
            let database = database.clone();
            async move {
                let bad = |error: DatabaseError| diesel::ConnectionError::BadConnection(luvhive_core::error::chain(&error));
                database.connect(statement_timeout_ms).await.map_err(bad)
            }
            .boxed()
        });
        let manager = AsyncDieselConnectionManager::new_with_config("", config);
        let inner = bb8::Pool::builder()
            .max_size(settings.max_connections.max(1))
            .min_idle(settings.min_idle_connections.min(settings.max_connections))
            .connection_timeout(Duration::from_millis(settings.checkout_timeout_ms.max(1)))
            .test_on_check_out(true)
            .error_sink(Box::new(LogSink))
            .build_unchecked(manager);
        let turns = Arc::new(Semaphore::new(usize::try_from(settings.max_connections.max(1)).unwrap_or(1)));
        let max_connections = settings.max_connections.max(1);
        Ok(Self { inner, turns, checkout_timeout_ms: settings.checkout_timeout_ms, max_connections })
    }

    /// Checks a connection out, in the order of asking.
    ///
    /// # Errors
    /// [`DatabaseError::Busy`] after the check-out time, [`DatabaseError::Unavailable`] when connecting fails.
    pub(crate) async fn get(&self) -> Result<Checkout<'_>, DatabaseError> {
        let busy = || DatabaseError::Busy { waited_ms: self.checkout_timeout_ms };
        let patience = Duration::from_millis(self.checkout_timeout_ms.max(1));
        let turn = timeout(patience, self.turns.acquire()).await.map_err(|_elapsed| busy())?;
        let turn = turn.map_err(DatabaseError::unavailable)?;
        let connection = self.inner.get().await.map_err(|error| match error {
            RunError::TimedOut => busy(),
            RunError::User(error) => DatabaseError::unavailable(error),
        })?;
        Ok(Checkout { connection, _turn: turn })
    }

    /// Hands its connections to the metrics facade, as they are now.
    pub fn publish(&self) {
        let state = self.inner.state();
        let in_use = state.connections.saturating_sub(state.idle_connections);
        metrics::gauge!("luvhive_pool_connections", "state" => "idle").set(state.idle_connections);
        metrics::gauge!("luvhive_pool_connections", "state" => "in_use").set(in_use);
        metrics::gauge!("luvhive_pool_max_connections").set(self.max_connections);
    }

    /// Asks the database for a sign of life.
    ///
    /// # Errors
    /// [`DatabaseError::Busy`] after the check-out time, [`DatabaseError::Unavailable`] when it does not answer.
    pub async fn ping(&self) -> Result<(), DatabaseError> {
        self.run(async |connection: &mut AsyncPgConnection| connection.batch_execute("SELECT 1").await).await.map_err(|error| {
            match error {
                RunFailure::Database(error) => error,
                RunFailure::Query(error) => DatabaseError::unavailable(error),
            }
        })
    }

    /// Runs an operation on a connection, and once more if the connection turns out to be closed.
    ///
    /// The operation must be safe to repeat: a read, or one transaction that is idempotent, since a connection may
    /// break after the server has committed and before it has said so.
    #[expect(clippy::manual_async_fn, reason = "an async fn could not promise that its future is Send")]
    pub(crate) fn run<'a, R, F>(&'a self, operation: F) -> impl Future<Output = Result<R, RunFailure>> + Send + 'a
    where
        for<'c> F: AsyncFnOnce(&'c mut AsyncPgConnection) -> QueryResult<R>
            + Operation<&'c mut AsyncPgConnection, QueryResult<R>, Fut: Send>
            + Clone
            + Send
            + 'a,
        R: Send + 'a,
    {
        async move {
            let mut connection = self.get().await?;
            let once_more = operation.clone();
            let outcome = operation(&mut connection).await;
            match outcome {
                Err(error) if is_gone(&error, &mut connection).await => {
                    drop(connection);
                    tracing::warn!("a closed database connection was replaced");
                    let mut connection = self.get().await?;
                    once_more(&mut connection).await.map_err(RunFailure::Query)
                }
                other => other.map_err(RunFailure::Query),
            }
        }
    }
}

/// An async closure whose future has a name, so that it can be asked to be [`Send`]: tasks move between threads.
///
/// The same trick as diesel-async's for `transaction`; the language cannot say it otherwise yet.
pub(crate) trait Operation<T, R>: AsyncFnOnce(T) -> R + FnOnce(T) -> <Self as Operation<T, R>>::Fut {
    /// The closure's future.
    type Fut: Future<Output = R>;
}

impl<F, T, Fut, R> Operation<T, R> for F
where
    F: AsyncFnOnce(T) -> R + FnOnce(T) -> Fut,
    Fut: Future<Output = R>,
{
    type Fut = Fut;
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("state", &self.inner.state()).finish_non_exhaustive()
    }
}

/// Why [`Pool::run`] failed: no connection was to be had, or the operation itself failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RunFailure {
    /// No connection.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The operation's own error, of its second try if there was one.
    #[error(transparent)]
    Query(QueryError),
}

/// Reports whether an error came from a connection that is gone or of no use, and says nothing about the statement. One
/// that is read-only or whose statements are stale is ended here.
///
/// A server that hangs up sends a last error of no special kind, before the driver sees the end of the connection;
/// asking again tells it from a plain error, and costs a round trip only there.
pub(crate) async fn is_gone(error: &QueryError, connection: &mut AsyncPgConnection) -> bool {
    match error {
        QueryError::DatabaseError(DatabaseErrorKind::ClosedConnection, _) | QueryError::BrokenTransactionManager => true,
        _ if connection.is_broken() => true,
        QueryError::DatabaseError(DatabaseErrorKind::ReadOnlyTransaction, _) => end_session(connection).await,
        QueryError::DatabaseError(DatabaseErrorKind::Unknown, told) if is_bad_session(told.message()) => {
            end_session(connection).await
        }
        QueryError::DatabaseError(DatabaseErrorKind::Unknown, _) => connection.batch_execute("SELECT 1").await.is_err(),
        _ => false,
    }
}

/// Reports whether the server complains of the session and not of the statement.
fn is_bad_session(message: &str) -> bool {
    is_stale_plan(message) || (message.starts_with("prepared statement") && message.ends_with("does not exist"))
}

/// Ends a session that is of no use any more, so that the pool lets go of it and makes a new one. Always true.
async fn end_session(connection: &mut AsyncPgConnection) -> bool {
    // The first answer is that the session ends; the second comes once the driver knows.
    for statement in ["ROLLBACK", "SELECT pg_terminate_backend(pg_backend_pid())", "SELECT 1"] {
        let _ = connection.batch_execute(statement).await;
    }
    true
}

fn closed() -> QueryError {
    QueryError::DatabaseError(
        DatabaseErrorKind::ClosedConnection,
        Box::new("the connection was closed while it lay in the pool".to_owned()),
    )
}

/// Logs what the pool would keep to itself.
#[derive(Debug, Clone, Copy)]
struct LogSink;

impl ErrorSink<PoolError> for LogSink {
    fn sink(&self, error: PoolError) {
        tracing::warn!(%error, "a database connection was lost or could not be made");
    }

    fn boxed_clone(&self) -> Box<dyn ErrorSink<PoolError>> {
        Box::new(*self)
    }
}

#[cfg(all(test, feature = "local"))]
mod tests;
