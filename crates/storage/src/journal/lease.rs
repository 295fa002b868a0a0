//! The lease: taking, prolonging and giving back the right to write for a shard.
//!
//! A session lock tied to the epoch lets a successor take over at once when the owner's process is gone; where the owner
//! only hangs, the successor waits until the lease has run out. The database's clock alone says when that is: those who ask
//! may run on machines whose clocks differ.

use std::time::Duration;

use luvhive_core::id::{Epoch, UpdateId};
use luvhive_core::ports::journal::{JournalError, Lease};
use luvhive_core::time::Timestamp;
use tokio_postgres::Row;

use super::PgJournal;
use super::line::Line;
use crate::advisory;
use crate::codes::storable;
use crate::database::Database;
use crate::error::Fault;
use crate::moment::Moment;

/// A heartbeat lost in a crash of the database shortens the lease and harms nobody, so it does not wait for the disk.
/// Taking the lease does.
const SETUP: &str = "SET statement_timeout = 10000; SET synchronous_commit = off";

/// Tries the owner's lock, and tells whether the server has been up for longer than a lease.
///
/// A restart or crash of the server frees the locks of the living too; they take them again with their next heartbeat. The
/// checkpointer is started anew even where the first process survives; a role that may not see it learns of restarts only.
const PROBE: &str = "SELECT pg_try_advisory_lock($1), \
     greatest(pg_postmaster_start_time(), (SELECT max(backend_start) FROM pg_stat_activity WHERE backend_type = 'checkpointer')) \
     < clock_timestamp() - $2 * interval '1 s'";

/// The connection that holds the owner's lock.
pub(super) struct Guard {
    line: Line,
    /// The epoch whose lock this session holds.
    locked: Option<Epoch>,
}

impl Guard {
    /// Describes the connection.
    pub(super) fn new(database: Database) -> Self {
        Self { line: Line::new(database, SETUP, None), locked: None }
    }
}

/// The lease row.
struct LeaseRow {
    epoch: i64,
    owner: Option<String>,
    /// Whether it has not run out, by the database's clock.
    is_running: bool,
}

impl LeaseRow {
    fn read(row: &Row) -> Result<Self, tokio_postgres::Error> {
        Ok(Self { epoch: row.try_get(0)?, owner: row.try_get(1)?, is_running: row.try_get(2)? })
    }

    /// Returns the living owner in the way of `owner`, as far as the row tells.
    fn holder(&self, owner: &str) -> Option<&str> {
        self.owner.as_deref().filter(|&holder| holder != owner && self.is_running)
    }
}

impl PgJournal {
    pub(super) async fn take(&self, owner: &str, length: Duration) -> Result<Lease, JournalError> {
        let owner = storable(owner);
        let mut guard = self.guard.lock().await;
        let mut hot = self.hot.lock().await;
        match self.try_take(&mut guard, &owner, length).await {
            Ok(Ok((lease, seq))) => {
                hot.adopt(lease.epoch, seq);
                Ok(lease)
            }
            Ok(Err(holder)) => Err(JournalError::Held { owner: holder }),
            Err(fault) => {
                // The session may hold locks of a take-over that did not come about: they go with it.
                guard.line.close();
                guard.locked = None;
                Err(store(fault))
            }
        }
    }

    /// Takes the lease with the number of the last batch, or names the living owner.
    async fn try_take(&self, guard: &mut Guard, owner: &str, length: Duration) -> Result<Result<(Lease, i64), String>, Fault> {
        let (bot, shard) = (self.bot.get(), self.shard.get());
        let client = &mut guard.line.open().await?.client;
        let make = "INSERT INTO shard_leases (bot_id, shard) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        client.execute(make, &[&bot, &shard]).await.map_err(Fault::of_driver)?;
        let look = "SELECT epoch, owner, expires_at > clock_timestamp() FROM shard_leases WHERE bot_id = $1 AND shard = $2";
        // A first look without a lock, so that a standby that asks often is in nobody's way.
        let row = client.query_one(look, &[&bot, &shard]).await.map_err(Fault::of_driver)?;
        let before = LeaseRow::read(&row).map_err(Fault::of_driver)?;
        let key = advisory::shard_lease(bot, shard, before.epoch);
        let mut is_gone = false;
        if let Some(holder) = before.holder(owner) {
            let row = client.query_one(PROBE, &[&key, &length.as_secs_f64()]).await.map_err(Fault::of_driver)?;
            let is_free: bool = row.try_get(0).map_err(Fault::of_driver)?;
            is_gone = is_free && row.try_get(1).map_err(Fault::of_driver)?;
            if !is_gone {
                if is_free {
                    client.execute("SELECT pg_advisory_unlock($1)", &[&key]).await.map_err(Fault::of_driver)?;
                }
                return Ok(Err(holder.to_owned()));
            }
        }
        let transaction = client.transaction().await.map_err(Fault::of_driver)?;
        transaction.batch_execute("SET LOCAL synchronous_commit = on").await.map_err(Fault::of_driver)?;
        let row = transaction.query_one(&format!("{look} FOR UPDATE"), &[&bot, &shard]).await.map_err(Fault::of_driver)?;
        let current = LeaseRow::read(&row).map_err(Fault::of_driver)?;
        // Somebody else may have been faster; the lock speaks only about the epoch it was asked for.
        let is_same = current.epoch == before.epoch;
        if let Some(holder) = current.holder(owner).filter(|_| !(is_gone && is_same)) {
            let holder = holder.to_owned();
            transaction.rollback().await.map_err(Fault::of_driver)?;
            client.execute("SELECT pg_advisory_unlock_all()", &[]).await.map_err(Fault::of_driver)?;
            guard.locked = None;
            return Ok(Err(holder));
        }
        let epoch = current.epoch.saturating_add(1);
        let row = transaction
            .query_one(
                "UPDATE shard_leases SET epoch = $3, owner = $4, batch_seq = batch_seq + 2, \
                 expires_at = clock_timestamp() + $5 * interval '1 s' WHERE bot_id = $1 AND shard = $2 RETURNING batch_seq, watermark, watermark_at",
                &[&bot, &shard, &epoch, &owner, &length.as_secs_f64()],
            )
            .await
            .map_err(Fault::of_driver)?;
        let seq = row.try_get(0).map_err(Fault::of_driver)?;
        let watermark: Option<i64> = row.try_get(1).map_err(Fault::of_driver)?;
        let watermark_at: Option<Moment> = row.try_get(2).map_err(Fault::of_driver)?;
        // Before anybody can see the new epoch, so that nobody takes its owner for dead.
        let new_key = advisory::shard_lease(bot, shard, epoch);
        transaction.execute("SELECT pg_advisory_lock($1)", &[&new_key]).await.map_err(Fault::of_driver)?;
        transaction.commit().await.map_err(Fault::of_driver)?;
        guard.locked = Some(Epoch::new(epoch));
        let lease = Lease {
            bot: self.bot,
            shard: self.shard,
            epoch: Epoch::new(epoch),
            watermark: watermark.map(UpdateId::new),
            watermark_at: watermark_at.map(Timestamp::from),
        };
        Ok(Ok((lease, seq)))
    }

    pub(super) async fn prolong(&self, lease: &Lease, length: Duration) -> Result<(), JournalError> {
        let mut guard = self.guard.lock().await;
        let is_ours = match try_prolong(&mut guard, lease, length).await {
            Err(Fault::Lost(_)) => {
                guard.line.close();
                try_prolong(&mut guard, lease, length).await
            }
            other => other,
        };
        if is_ours.map_err(store)? { Ok(()) } else { Err(JournalError::Fenced) }
    }

    pub(super) async fn give_back(&self, lease: &Lease) -> Result<(), JournalError> {
        let mut guard = self.guard.lock().await;
        let open = guard.line.open().await.map_err(store)?;
        let sql =
            "UPDATE shard_leases SET owner = NULL, expires_at = '-infinity' WHERE bot_id = $1 AND shard = $2 AND epoch = $3";
        let result = open.client.execute(sql, &[&lease.bot.get(), &lease.shard.get(), &lease.epoch.get()]).await;
        // The lock goes with its session.
        guard.line.close();
        guard.locked = None;
        result.map(drop).map_err(|error| store(Fault::of_driver(error)))
    }
}

async fn try_prolong(guard: &mut Guard, lease: &Lease, length: Duration) -> Result<bool, Fault> {
    if !guard.line.is_open() {
        guard.locked = None;
    }
    let (bot, shard, epoch) = (lease.bot.get(), lease.shard.get(), lease.epoch.get());
    let client = &guard.line.open().await?.client;
    if guard.locked != Some(lease.epoch) {
        let key = advisory::shard_lease(bot, shard, epoch);
        let row = client.query_one("SELECT pg_try_advisory_lock($1)", &[&key]).await.map_err(Fault::of_driver)?;
        if row.try_get(0).map_err(Fault::of_driver)? {
            guard.locked = Some(lease.epoch);
        }
    }
    let sql = "UPDATE shard_leases SET expires_at = clock_timestamp() + $4 * interval '1 s' \
               WHERE bot_id = $1 AND shard = $2 AND epoch = $3 AND owner IS NOT NULL";
    let count = client.execute(sql, &[&bot, &shard, &epoch, &length.as_secs_f64()]).await.map_err(Fault::of_driver)?;
    Ok(count == 1)
}

fn store(fault: Fault) -> JournalError {
    JournalError::Store(fault.into())
}
