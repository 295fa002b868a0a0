//! A look at a database in use: server, tables, indexes, the bot's own rows. It changes nothing.
//!
//! Each check is one or two statements; what cannot be asked, for want of rights or of a table, is skipped with the reason.

mod activity;
mod collation;
mod indexes;
mod invariants;
mod journal;
mod server;
mod tables;

use std::time::Duration;

use luvhive_core::check::{Check, Status};
use luvhive_core::error::chain;
use luvhive_core::id::BotId;
use luvhive_core::ports::Clock;
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;

use crate::database::{Database, DatabaseError};
use crate::migrate::{self, MigrateError};

/// How long one statement of a check may run, in ms.
const STATEMENT_TIMEOUT_MS: u32 = 10_000;

/// From when on something counts as too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// A transaction that works: it holds back vacuum.
    pub transaction: Duration,
    /// A transaction that waits for its client.
    pub idle_transaction: Duration,
    /// Waiting for a lock.
    pub lock_wait: Duration,
    /// Work in the inbox or a command, while somebody works.
    pub work: Duration,
    /// How old statistics must be before an index counts as unused.
    pub statistics: Duration,
}

impl Default for Limits {
    /// A minute for a transaction, ten seconds for an idle one, a second for a lock, half a minute for work, a week of
    /// statistics.
    fn default() -> Self {
        Self {
            transaction: Duration::from_mins(1),
            idle_transaction: Duration::from_secs(10),
            lock_wait: Duration::from_secs(1),
            work: Duration::from_secs(30),
            statistics: Duration::from_hours(24 * 7),
        }
    }
}

/// What is looked at.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// The database.
    pub database: &'a Database,
    /// Whether it is the private cluster's, which LuvHive migrates and tunes automatically.
    pub is_private: bool,
    /// Whose rows; `None` = no bot is known here.
    pub bot: Option<BotId>,
    /// Our clock.
    pub clock: &'a dyn Clock,
    /// When something counts as too long.
    pub limits: Limits,
}

/// What a check needs.
struct Look<'a> {
    client: &'a Client,
    subject: &'a Subject<'a>,
}

/// What a check found: how it is, what was seen, what to do.
struct Finding(Status, String, String);

impl Finding {
    fn ok(found: impl Into<String>) -> Self {
        Self(Status::Ok, found.into(), String::new())
    }

    fn skipped(why: impl Into<String>) -> Self {
        Self(Status::Skipped, why.into(), String::new())
    }

    fn warn(found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self(Status::Warn, found.into(), remedy.into())
    }

    fn fail(found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self(Status::Fail, found.into(), remedy.into())
    }

    fn named(self, name: &'static str) -> Check {
        Check { name, status: self.0, found: self.1, remedy: self.2 }
    }
}

type Found = Result<Finding, tokio_postgres::Error>;

/// Declares the checks once: their names for a database out of reach, their functions for one that answers.
macro_rules! checks {
    ($($name:literal => $check:path),+ $(,)?) => {
        /// The names of everything that is asked of a database that answers, in order.
        const NAMES: &[&str] = &[$($name),+];

        async fn ask_all(look: &Look<'_>, checks: &mut Vec<Check>) {
            $(checks.push(settle($check(look).await).named($name));)+
        }
    };
}

checks! {
    "server_settings" => server::settings,
    "connections" => server::connections,
    "clock" => server::clock,
    "collation" => collation::version,
    "disk" => server::disk,
    "cache_hit" => server::cache_hit,
    "wal_archive" => server::wal_archive,
    "long_transactions" => activity::long_transactions,
    "idle_transactions" => activity::idle_transactions,
    "prepared_transactions" => activity::prepared_transactions,
    "locks" => activity::locks,
    "slow_statements" => activity::slow_statements,
    "vacuum" => tables::vacuum,
    "bloat" => tables::bloat,
    "transaction_numbers" => tables::transaction_numbers,
    "invalid_indexes" => indexes::invalid,
    "duplicate_indexes" => indexes::duplicate,
    "unused_indexes" => indexes::unused,
    "missing_indexes" => indexes::missing,
    "lease" => journal::lease,
    "watermark" => journal::watermark,
    "inbox" => journal::inbox,
    "outbox" => journal::outbox,
    "commands" => journal::commands,
    "dead_updates" => journal::dead_updates,
    "seats" => invariants::seats,
    "ledger" => invariants::ledger,
}

/// Looks at a database: first whether it answers, then everything else.
pub async fn examine(subject: &Subject<'_>) -> Vec<Check> {
    let mut checks = Vec::with_capacity(NAMES.len() + 2);
    let client = match enter(subject).await {
        Ok(client) => client,
        Err(error) => {
            let remedy = match error {
                DatabaseError::Refused { .. } => "do what the message says; `luvhive run` says the same",
                _ => "start the server, or mend DATABASE_URL; `luvhive db url` prints where the private one is",
            };
            checks.push(Check::fail("database", chain(&error), remedy));
            checks.extend(skipped("the database does not answer").into_iter().skip(1));
            return checks;
        }
    };
    checks.push(settle(server::answers(&client, subject).await).named("database"));
    checks.push(schema(subject).await);
    ask_all(&Look { client: &client, subject }, &mut checks).await;
    checks
}

/// Opens a session as the bot's own would be.
async fn enter(subject: &Subject<'_>) -> Result<Client, DatabaseError> {
    let database = subject.database.clone().named("luvhive-doctor").for_writing();
    if !subject.is_private {
        database.require_sessions().await?;
    }
    database.client().await
}

/// Every check of [`examine`], `database` first, not made for this reason.
pub fn skipped(why: &str) -> Vec<Check> {
    ["database", "schema"].iter().chain(NAMES).map(|name| Check::skipped(name, why)).collect()
}

/// Turns a statement that failed into a finding.
fn settle(found: Found) -> Finding {
    found.unwrap_or_else(|error| match error.code() {
        Some(&SqlState::INSUFFICIENT_PRIVILEGE) => Finding::skipped("this database user may not see it"),
        Some(&SqlState::UNDEFINED_TABLE | &SqlState::UNDEFINED_COLUMN) => {
            Finding::skipped("the schema is of another version, see `schema`")
        }
        code => {
            let code = code.map_or("no code", SqlState::code);
            Finding::fail(format!("the question failed ({code})"), "look into the server's log")
        }
    })
}

async fn schema(subject: &Subject<'_>) -> Check {
    match migrate::pending(subject.database).await {
        Ok(pending) if pending.is_empty() => Check::ok("schema", "of this version"),
        Ok(pending) if subject.is_private => {
            Check::warn("schema", format!("{} migrations are pending", pending.len()), "the next start runs them automatically")
        }
        Ok(pending) => Check::warn("schema", format!("{} migrations are pending", pending.len()), "run `luvhive migrate`"),
        Err(error @ MigrateError::Newer { .. }) => Check::fail("schema", chain(&error), "install the newer LuvHive"),
        Err(error) => Check::fail("schema", chain(&error), "look into the server's log"),
    }
}

/// Joins names to a short list, at most eight of them.
fn list(names: &[String]) -> String {
    let shown = names.iter().take(8).map(String::as_str).collect::<Vec<_>>().join(", ");
    if names.len() > 8 { format!("{shown} and {} more", names.len() - 8) } else { shown }
}

/// Words a length of time for people.
fn words(seconds: f64) -> String {
    if seconds < 120.0 {
        format!("{seconds:.1} s")
    } else if seconds < 7_200.0 {
        format!("{:.0} min", seconds / 60.0)
    } else {
        format!("{:.0} h", seconds / 3_600.0)
    }
}
