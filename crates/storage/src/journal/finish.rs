//! A lane's result, in one transaction under this epoch.

use std::time::Duration;

use diesel::prelude::*;
use diesel::result::Error as QueryError;
use diesel::sql_types::{BigInt, SmallInt};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use luvhive_core::engine::event::{FactsChange, Finished};
use luvhive_core::id::{CommandId, InboxId, PersonId};
use luvhive_core::ports::StoreError;
use luvhive_core::ports::journal::{JournalError, LaneResult, Lease};
use luvhive_core::premium::Entitlement;

use super::PgJournal;
use super::change::{self, Lane, Touched};
use super::outbox::NewOutbox;
use crate::command;
use crate::error::{Fault, Stopped, of_connection};
use crate::ledger;
use crate::people;
use crate::schema::{commands, inbox, outbox};
use crate::vault::Vault;

/// How often a lane's transaction is tried in all.
const ATTEMPTS: u32 = 5;

/// Why a lane's transaction did not commit.
enum Halted {
    /// Another process owns the shard.
    Fenced,
    /// The inbox row is gone.
    NotFound,
    /// A value or a statement.
    Stopped(Stopped),
}

impl From<QueryError> for Halted {
    fn from(error: QueryError) -> Self {
        Self::Stopped(error.into())
    }
}

impl From<StoreError> for Halted {
    fn from(error: StoreError) -> Self {
        Self::Stopped(error.into())
    }
}

impl From<Stopped> for Halted {
    fn from(stopped: Stopped) -> Self {
        Self::Stopped(stopped)
    }
}

impl PgJournal {
    pub(super) async fn finish_lane(&self, lease: &Lease, work: &LaneResult) -> Result<Finished, JournalError> {
        let mut attempt = 0_u32;
        loop {
            attempt = attempt.saturating_add(1);
            let mut conn = self.pool.get().await.map_err(of_connection)?;
            let result = conn.transaction(async |conn| run(conn, lease, work, &self.vault).await).await;
            let fault = match result {
                Ok(finished) => {
                    self.know(work.inbox);
                    return Ok(finished);
                }
                Err(Halted::Fenced) => return Err(JournalError::Fenced),
                Err(Halted::NotFound) if self.know(work.inbox) => {
                    // An earlier try of ours did commit, and its reply was lost.
                    let result = conn.transaction(async |conn| read_again(conn, lease, work, &self.vault).await).await;
                    return result.map_err(|halted| match halted {
                        Halted::Stopped(Stopped::Query(error)) => {
                            self.doubt(work.inbox);
                            JournalError::Store(Fault::of_query(error).into())
                        }
                        other => into_error(other),
                    });
                }
                Err(Halted::NotFound) => return Err(StoreError::NotFound.into()),
                Err(Halted::Stopped(Stopped::Store(error))) => return Err(error.into()),
                Err(Halted::Stopped(Stopped::Query(error))) => Fault::of_transaction(error, &mut conn).await,
            };
            let is_last = attempt >= ATTEMPTS;
            match fault {
                Fault::Lost(error) => {
                    self.doubt(work.inbox);
                    if is_last {
                        return Err(StoreError::into_journal(error));
                    }
                    tokio::time::sleep(Duration::from_millis(u64::from(attempt).saturating_mul(50))).await;
                }
                Fault::Contention(_) if !is_last => {}
                // Another person drew the same pseudonym: draw again.
                Fault::Conflict(constraint) if constraint == "people_bot_id_pseudonym_key" && !is_last => {}
                fault => return Err(JournalError::Store(fault.into())),
            }
        }
    }

    /// Notes that nobody knows whether this row's transaction committed.
    fn doubt(&self, inbox: InboxId) {
        self.unknown.lock().insert(inbox);
    }

    /// Forgets the doubt about this row and reports whether there was one.
    fn know(&self, inbox: InboxId) -> bool {
        self.unknown.lock().remove(&inbox)
    }
}

/// Wraps without naming the type at each place.
trait IntoJournal {
    fn into_journal(self) -> JournalError;
}

impl IntoJournal for StoreError {
    fn into_journal(self) -> JournalError {
        JournalError::Store(self)
    }
}

fn into_error(halted: Halted) -> JournalError {
    match halted {
        Halted::Fenced => JournalError::Fenced,
        Halted::NotFound => StoreError::NotFound.into(),
        Halted::Stopped(Stopped::Store(error)) => error.into(),
        Halted::Stopped(Stopped::Query(error)) => JournalError::Store(Fault::of_query(error).into()),
    }
}

/// Locks the lease row against a change of owner, for this epoch. A process that hangs in here must not hold up its
/// successor, so the server ends the session after a second and a half without a word from us.
async fn fence(conn: &mut AsyncPgConnection, lease: &Lease) -> Result<(), Halted> {
    let rows = diesel::sql_query(
        "SELECT set_config('idle_in_transaction_session_timeout', '1500', true) FROM shard_leases \
         WHERE bot_id = $1 AND shard = $2 AND epoch = $3 FOR KEY SHARE",
    )
    .bind::<BigInt, _>(lease.bot.get())
    .bind::<SmallInt, _>(lease.shard.get())
    .bind::<BigInt, _>(lease.epoch.get())
    .execute(conn)
    .await?;
    if rows == 1 { Ok(()) } else { Err(Halted::Fenced) }
}

async fn run(conn: &mut AsyncPgConnection, lease: &Lease, work: &LaneResult, vault: &Vault) -> Result<Finished, Halted> {
    let bot = lease.bot.get();
    fence(conn, lease).await?;
    let gone = diesel::delete(inbox::table.find((bot, work.inbox.get()))).execute(conn).await?;
    if gone == 0 {
        return Err(Halted::NotFound);
    }
    let mut lane = Lane::new(conn, (bot, vault), work);
    for change in &work.changes {
        lane.apply(change).await?;
    }
    let applied = lane.into_applied();
    if !work.outgoing.is_empty() {
        diesel::insert_into(outbox::table).values(NewOutbox::list(bot, vault, &work.outgoing)).execute(conn).await?;
    }
    let facts = read_facts(conn, (bot, work.telegram.get()), vault, applied.touched).await?;
    let people: Vec<i64> = applied.entitled.into_iter().collect();
    let entitlements = read_entitlements(conn, bot, &people).await?;
    Ok(Finished { facts, entitlements, ratings: applied.ratings, commands: applied.commands })
}

/// Reads again what a transaction that had committed gave back.
async fn read_again(conn: &mut AsyncPgConnection, lease: &Lease, work: &LaneResult, vault: &Vault) -> Result<Finished, Halted> {
    let bot = lease.bot.get();
    fence(conn, lease).await?;
    let rows: Vec<command::Stored> = commands::table
        .filter(commands::bot_id.eq(bot).and(commands::inbox_id.eq(work.inbox.get())))
        .order(commands::id)
        .select(command::STORED)
        .load(conn)
        .await?;
    let commands = rows
        .into_iter()
        .map(|row| command::open(row, bot, vault))
        .map(|(id, version, body)| Ok((CommandId::new(id), command::parse(version, &body)?)))
        .collect::<Result<_, StoreError>>()?;
    let touched = work.changes.iter().map(change::touches).max().unwrap_or_default();
    let facts = read_facts(conn, (bot, work.telegram.get()), vault, touched).await?;
    let people = ledger::touched(conn, bot, &work.changes).await?;
    let entitlements = read_entitlements(conn, bot, &people).await?;
    // Whether this transaction reset a rating is not known any more; the next start reads the counts.
    Ok(Finished { facts, entitlements, ratings: Vec::new(), commands })
}

async fn read_entitlements(
    conn: &mut AsyncPgConnection,
    bot: i64,
    people: &[i64],
) -> Result<Vec<(PersonId, Entitlement)>, Stopped> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    Ok(ledger::of_people(conn, bot, people).await?.into_iter().collect())
}

async fn read_facts(
    conn: &mut AsyncPgConnection,
    account: (i64, i64),
    vault: &Vault,
    touched: Touched,
) -> Result<Option<FactsChange>, Stopped> {
    Ok(match touched {
        Touched::Nothing => None,
        Touched::Erased => Some(FactsChange::Erased),
        Touched::Facts => match people::find_entitled(conn, account, vault).await? {
            Some((row, entitlement)) => Some(FactsChange::Registered(Box::new(row.facts(entitlement)?))),
            None => None,
        },
    })
}
