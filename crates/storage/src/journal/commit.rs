//! One statement per batch, and what to do when nobody knows whether it committed.
//!
//! Each batch advances `batch_seq` by one; a *barrier* advances it by two. A statement that is still under way after its
//! session was lost carries the old number, so after a barrier it can do nothing any more, and whether it had committed
//! before is told by the parity of the number found.

use std::time::Duration;

use luvhive_core::engine::batch::Batch;
use luvhive_core::id::{Epoch, UpdateId};
use luvhive_core::ports::journal::{JournalError, Lease};

use super::batch::{BatchColumns, Place};
use super::line::Line;
use crate::database::Database;
use crate::error::Fault;
use crate::vault::Vault;

/// Statement time limit and plans: one generic plan, always by index (the tables' statistics swing with the load).
const SETUP: &str = "SET statement_timeout = 10000; SET jit = off; SET plan_cache_mode = force_generic_plan; \
     SET enable_seqscan = off; SET enable_bitmapscan = off";

/// How often a batch is sent in all, with growing pauses: about a second, a database's restart.
const ATTEMPTS: u32 = 6;

/// The connection that commits batches and the number of the last one.
pub(super) struct Hot {
    line: Line,
    epoch: Option<Epoch>,
    seq: i64,
    pending: Pending,
}

/// What is known about the last batch.
enum Pending {
    /// Everything.
    Nothing,
    /// Not whether it committed; the batch is kept if its writer was told "unavailable".
    Unknown(Option<Box<Batch>>),
    /// A batch committed that its writer did not go on from; only a load helps.
    Diverged,
}

/// What a barrier found.
enum Found {
    /// Another epoch.
    Fenced,
    /// Ours: whether an odd number of batches was committed since, and the watermark.
    Ours { has_advanced: bool, watermark: Option<UpdateId> },
}

impl Hot {
    /// Describes the connection.
    pub(super) fn new(database: Database) -> Self {
        let line = Line::new(database, SETUP, Some(include_str!("../../sql/commit_batch.sql")));
        Self { line, epoch: None, seq: 0, pending: Pending::Nothing }
    }

    /// Takes over the number found when the lease was taken.
    pub(super) fn adopt(&mut self, epoch: Epoch, seq: i64) {
        self.epoch = Some(epoch);
        self.seq = seq;
        self.pending = Pending::Nothing;
    }

    /// Makes sure that no batch sent before can commit from now on, and forgets about it.
    pub(super) async fn settle_pending(&mut self, lease: &Lease) -> Result<(), JournalError> {
        if self.epoch != Some(lease.epoch) || !matches!(self.pending, Pending::Nothing) {
            match self.barrier(lease).await.map_err(store)? {
                Found::Fenced => return Err(JournalError::Fenced),
                Found::Ours { .. } => self.pending = Pending::Nothing,
            }
        }
        Ok(())
    }

    /// Commits a batch; see the port.
    pub(super) async fn commit(
        &mut self,
        lease: &Lease,
        previous: Option<UpdateId>,
        batch: &Batch,
        vault: &Vault,
    ) -> Result<(), JournalError> {
        if batch.is_empty() {
            return Ok(());
        }
        if matches!(self.pending, Pending::Diverged) && self.epoch == Some(lease.epoch) {
            return Err(JournalError::Fenced);
        }
        if let Pending::Unknown(before) = std::mem::replace(&mut self.pending, Pending::Unknown(None)) {
            let is_same = before.as_deref() == Some(batch);
            match self.barrier(lease).await {
                Ok(Found::Ours { has_advanced: true, .. }) if is_same => {
                    self.pending = Pending::Nothing;
                    return Ok(());
                }
                // Some other batch of ours did commit: the writer's state is not what the tables hold.
                Ok(Found::Ours { has_advanced: true, .. } | Found::Fenced) => {
                    self.pending = Pending::Diverged;
                    return Err(JournalError::Fenced);
                }
                Ok(Found::Ours { has_advanced: false, .. }) => {}
                Err(fault) => {
                    self.pending = Pending::Unknown(before);
                    return Err(store(fault));
                }
            }
        } else if self.epoch != Some(lease.epoch) {
            self.pending = Pending::Nothing;
            self.settle_pending(lease).await?;
        }
        let result = self.send_until_known(lease, previous, batch, vault).await;
        match &result {
            Err(JournalError::Store(_)) if matches!(self.pending, Pending::Unknown(_)) => {
                self.pending = Pending::Unknown(Some(Box::new(batch.clone())));
            }
            _ => self.pending = Pending::Nothing,
        }
        result
    }

    /// Sends until it is known that the batch committed or never will. `pending` stays unknown only if neither is.
    async fn send_until_known(
        &mut self,
        lease: &Lease,
        previous: Option<UpdateId>,
        batch: &Batch,
        vault: &Vault,
    ) -> Result<(), JournalError> {
        let columns = BatchColumns::new(batch, lease.bot.get(), vault);
        let mut attempt = 0_u32;
        let mut lost = None;
        loop {
            attempt = attempt.saturating_add(1);
            self.pending = Pending::Unknown(None);
            let place = Place::new(lease, self.seq, previous);
            match self.send(&place, &columns).await {
                Ok(true) => {
                    self.seq = self.seq.saturating_add(1);
                    return Ok(());
                }
                Ok(false) => {}
                Err(Fault::Conflict(constraint)) => {
                    self.pending = Pending::Nothing;
                    return Err(store(Fault::Conflict(constraint)));
                }
                Err(Fault::Refused(error)) => {
                    self.pending = Pending::Nothing;
                    return Err(error.into());
                }
                Err(Fault::Contention(error)) => {
                    self.pending = Pending::Nothing;
                    if attempt >= ATTEMPTS {
                        return Err(error.into());
                    }
                    continue;
                }
                Err(Fault::Lost(error)) => {
                    if attempt == 1 {
                        tracing::warn!(cause = %luvhive_core::error::chain(&error), "the session that commits batches was lost");
                    }
                    self.line.close();
                    lost = Some(error);
                }
            }
            match self.barrier(lease).await {
                Ok(Found::Ours { has_advanced: true, .. }) => return Ok(()),
                // Only with the watermark that this writer expects is it where the tables are.
                Ok(Found::Ours { watermark, .. }) if watermark == previous && attempt < ATTEMPTS => {}
                // Not committed, and ours all the same: a fault that ends the session every time is not another owner.
                Ok(Found::Ours { watermark, .. }) if watermark == previous && lost.is_some() => {
                    self.pending = Pending::Nothing;
                    return Err(lost.map_or(JournalError::Fenced, JournalError::Store));
                }
                Ok(Found::Fenced | Found::Ours { .. }) => return Err(JournalError::Fenced),
                Err(fault) if attempt >= ATTEMPTS => return Err(store(fault)),
                Err(_) => self.line.close(),
            }
            tokio::time::sleep(Duration::from_millis(u64::from(attempt).saturating_mul(60))).await;
        }
    }

    async fn send(&mut self, place: &Place, columns: &BatchColumns<'_>) -> Result<bool, Fault> {
        let open = self.line.open().await?;
        let (client, statement) = open.prepared()?;
        let row = client.query_one(statement, &columns.parameters(place)).await.map_err(Fault::of_driver)?;
        Ok(row.try_get::<_, i64>(0).map_err(Fault::of_driver)? == 1)
    }

    /// Raises a barrier; a session that is of no use for it is let go of.
    async fn barrier(&mut self, lease: &Lease) -> Result<Found, Fault> {
        let found = self.try_barrier(lease).await;
        if matches!(found, Err(Fault::Lost(_))) {
            self.line.close();
        }
        found
    }

    async fn try_barrier(&mut self, lease: &Lease) -> Result<Found, Fault> {
        let is_known = self.epoch == Some(lease.epoch);
        let open = self.line.open().await?;
        let row = open
            .client
            .query_opt(
                "UPDATE shard_leases SET batch_seq = batch_seq + 2 WHERE bot_id = $1 AND shard = $2 AND epoch = $3 \
                 RETURNING batch_seq, watermark",
                &[&lease.bot.get(), &lease.shard.get(), &lease.epoch.get()],
            )
            .await
            .map_err(Fault::of_driver)?;
        let Some(row) = row else { return Ok(Found::Fenced) };
        let seq: i64 = row.try_get(0).map_err(Fault::of_driver)?;
        let watermark: Option<i64> = row.try_get(1).map_err(Fault::of_driver)?;
        let has_advanced = is_known && seq.wrapping_sub(self.seq) % 2 != 0;
        self.epoch = Some(lease.epoch);
        self.seq = seq;
        Ok(Found::Ours { has_advanced, watermark: watermark.map(UpdateId::new) })
    }
}

fn store(fault: Fault) -> JournalError {
    JournalError::Store(fault.into())
}
