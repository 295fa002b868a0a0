//! Brings a database to the schema this program was built with, and tells when it is of a newer one.
//! The migrations are compiled in; they run on one direct connection under an advisory lock.

use std::collections::BTreeSet;

use diesel::migration::{Migration, MigrationSource, MigrationVersion};
use diesel::pg::Pg;
use diesel_async::{AsyncMigrationHarness, AsyncPgConnection, SimpleAsyncConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use luvhive_core::error::Cause;

use crate::advisory;
use crate::database::{Database, DatabaseError};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations");

/// A hash of every name and byte of the SQL below `migrations/`, 16 hexadecimal digits; it names the tests' template database.
pub const MIGRATIONS_HASH: &str = env!("LUVHIVE_MIGRATIONS_HASH");

/// What the sessions that migrate this database do: at work, or in line behind others.
const AT_WORK: &str = "SELECT pg_blocking_pids(pid) FROM pg_stat_activity WHERE datname = current_database() \
    AND application_name = $1 AND state = 'active' AND pid <> pg_backend_pid()";

/// The name of sessions that migrate.
const MIGRATES: &str = "luvhive-migrate";

/// Whether anything was ever migrated here.
const HAS_VERSIONS: &str = "SELECT to_regclass('public.__diesel_schema_migrations') IS NOT NULL";

/// How many tables there are, and whether Diesel's is one of them.
const COUNT_TABLES: &str = "SELECT count(*), to_regclass('public.__diesel_schema_migrations') IS NOT NULL FROM pg_class \
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')";

/// Why migrations did not run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MigrateError {
    /// The database cannot be reached.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The database was migrated by a newer program; running on it could do harm.
    #[error(
        "the database has a newer schema than this program (it knows no migration {}); install the newer LuvHive or \
         restore a backup made before the upgrade",
        unknown.join(", ")
    )]
    Newer {
        /// The applied versions unknown to this program, oldest first.
        unknown: Vec<String>,
    },
    /// A migration failed; those before it stay, it itself left nothing behind.
    #[error("a migration failed")]
    Failed(#[source] Cause),
}

/// What a database's schema is compared with this program's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaState {
    /// Names of the migrations that are known and not applied, in the order they would run.
    pub pending: Vec<String>,
    /// Applied versions that this program does not know: the database is newer.
    pub unknown: Vec<String>,
}

/// Compares a database's schema with this program's; changes nothing.
///
/// # Errors
/// [`MigrateError::Database`], [`MigrateError::Failed`].
pub async fn state(database: &Database) -> Result<SchemaState, MigrateError> {
    let fail = |error: tokio_postgres::Error| MigrateError::Failed(error.into());
    let client = database.clone().for_writing().client().await?;
    let row = client.query_one(HAS_VERSIONS, &[]).await.map_err(fail)?;
    // Diesel would make the table, and a database that was only looked at would not be empty any more.
    if !row.try_get::<_, bool>(0).map_err(fail)? {
        return Ok(SchemaState { pending: known()?.iter().map(|known| known.name().to_string()).collect(), unknown: Vec::new() });
    }
    let database = database.clone();
    apart(async move { compare(&mut AsyncMigrationHarness::new(connect(&database).await?)) }).await
}

/// Makes a database ready to take a copy, if it holds no table of anybody's, and reports whether it does not. A table of
/// versions without a row, which older programs left where they only looked, counts for nothing and is dropped.
///
/// # Errors
/// [`MigrateError::Database`], [`MigrateError::Failed`].
pub async fn clear_if_empty(database: &Database) -> Result<bool, MigrateError> {
    let fail = |error: tokio_postgres::Error| MigrateError::Failed(error.into());
    let client = database.clone().for_writing().client().await?;
    let row = client.query_one(COUNT_TABLES, &[]).await.map_err(fail)?;
    let (tables, has_versions): (i64, bool) = (row.try_get(0).map_err(fail)?, row.try_get(1).map_err(fail)?);
    if tables > i64::from(has_versions) {
        return Ok(false);
    }
    if has_versions {
        let row = client.query_one("SELECT count(*) FROM public.__diesel_schema_migrations", &[]).await.map_err(fail)?;
        if row.try_get::<_, i64>(0).map_err(fail)? > 0 {
            return Ok(false);
        }
        client.batch_execute("DROP TABLE public.__diesel_schema_migrations").await.map_err(fail)?;
    }
    Ok(true)
}

/// Names the migrations that have not run yet, in their order.
///
/// # Errors
/// [`MigrateError::Newer`] and as [`state`].
pub async fn pending(database: &Database) -> Result<Vec<String>, MigrateError> {
    let state = state(database).await?;
    refuse_newer(state).map(|state| state.pending)
}

/// Runs the pending migrations and names them; several processes may call it at once, one of them does the work.
///
/// Needs a direct connection: not one through a pooler of transactions.
///
/// # Errors
/// [`MigrateError::Newer`] before anything is changed, [`MigrateError::Failed`], [`MigrateError::Database`].
pub async fn run(database: &Database) -> Result<Vec<String>, MigrateError> {
    let database = database.clone();
    apart(async move {
        let mut harness = AsyncMigrationHarness::new(lock(&database).await?);
        let state = refuse_newer(compare(&mut harness)?)?;
        if !state.pending.is_empty() {
            harness.run_pending_migrations(MIGRATIONS).map_err(MigrateError::Failed)?;
        }
        Ok(state.pending)
    })
    .await
}

/// Looks from beside how migrations go that run now: `None` = no session migrates, otherwise the server's processes that one
/// of them waits for.
///
/// # Errors
/// [`MigrateError::Database`], [`MigrateError::Failed`].
pub async fn progress(database: &Database) -> Result<Option<Vec<i32>>, MigrateError> {
    let fail = |error: tokio_postgres::Error| MigrateError::Failed(error.into());
    let client = database.clone().named("luvhive-watch").for_writing().client().await?;
    let rows = client.query(AT_WORK, &[&MIGRATES]).await.map_err(fail)?;
    let blocking: Vec<Vec<i32>> = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>().map_err(fail)?;
    Ok(if blocking.is_empty() { None } else { Some(blocking.concat()) })
}

/// Reverts every migration, newest first: all data is lost. For tests of the migrations themselves.
///
/// # Errors
/// As [`run`].
pub async fn revert_all(database: &Database) -> Result<(), MigrateError> {
    let database = database.clone();
    apart(async move {
        let mut harness = AsyncMigrationHarness::new(lock(&database).await?);
        refuse_newer(compare(&mut harness)?)?;
        harness.revert_all_migrations(MIGRATIONS).map(drop).map_err(MigrateError::Failed)
    })
    .await
}

/// Runs `work` on a thread with a runtime of its own.
///
/// Diesel's migrations are synchronous and block inside the future that runs them. On the caller's runtime that panics
/// (one thread) or swallows the wake-ups of everything the caller awaits beside it (`join!`, `select!`).
async fn apart<R: Send + 'static>(
    work: impl Future<Output = Result<R, MigrateError>> + Send + 'static,
) -> Result<R, MigrateError> {
    let thread = tokio::task::spawn_blocking(move || {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(|error| MigrateError::Failed(error.into()))?
            .block_on(work)
    });
    thread.await.map_err(|error| MigrateError::Failed(error.into()))?
}

fn compare(harness: &mut AsyncMigrationHarness<AsyncPgConnection>) -> Result<SchemaState, MigrateError> {
    let applied: BTreeSet<MigrationVersion<'static>> =
        harness.applied_migrations().map_err(MigrateError::Failed)?.into_iter().collect();
    let known = known()?;
    let versions: BTreeSet<MigrationVersion<'static>> =
        known.iter().map(|migration| migration.name().version().as_owned()).collect();
    Ok(SchemaState {
        pending: known
            .iter()
            .filter(|migration| !applied.contains(&migration.name().version()))
            .map(|migration| migration.name().to_string())
            .collect(),
        unknown: applied.difference(&versions).map(ToString::to_string).collect(),
    })
}

/// The migrations of this program, in their order.
fn known() -> Result<Vec<Box<dyn Migration<Pg>>>, MigrateError> {
    let mut known: Vec<Box<dyn Migration<Pg>>> = MIGRATIONS.migrations().map_err(MigrateError::Failed)?;
    known.sort_by_key(|migration| migration.name().version().as_owned());
    Ok(known)
}

fn refuse_newer(state: SchemaState) -> Result<SchemaState, MigrateError> {
    if state.unknown.is_empty() { Ok(state) } else { Err(MigrateError::Newer { unknown: state.unknown }) }
}

/// Connects and waits for the migrations' lock, which ends with the connection.
async fn lock(database: &Database) -> Result<AsyncPgConnection, MigrateError> {
    let mut connection = connect(database).await?;
    connection
        .batch_execute(&format!("SELECT pg_advisory_lock({})", advisory::MIGRATIONS))
        .await
        .map_err(DatabaseError::unavailable)?;
    Ok(connection)
}

async fn connect(database: &Database) -> Result<AsyncPgConnection, DatabaseError> {
    // Where several hosts are named, one of them may be a standby.
    database.clone().named(MIGRATES).for_writing().connect(0).await
}
