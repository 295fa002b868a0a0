//! The journal over PostgreSQL: the lease, the one statement per batch, the lanes' transactions, the sender's clean-up.
//!
//! Three connections of its own beside the pool: one commits batches, one settles sent rows without waiting for the
//! disk, one guards the lease by an advisory lock that ends with the process.

mod batch;
mod change;
mod clean;
mod commit;
mod finish;
mod former;
mod hold;
mod lease;
mod line;
mod load;
mod outbox;
mod parting;
mod refunds;
mod settle;
mod subscriptions;

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use luvhive_core::engine::Loaded;
use luvhive_core::engine::batch::Batch;
use luvhive_core::engine::event::{EngineCommand, Finished};
use luvhive_core::id::{BotId, CommandId, InboxId, Shard, UpdateId};
use luvhive_core::ports::journal::{Journal, JournalError, LaneResult, Lease, Session, Settlement};
use luvhive_core::time::Timestamp;
use parking_lot::Mutex as Quick;
use tokio::sync::Mutex;

use crate::database::Database;
use crate::pool::Pool;
use crate::vault::Vault;
use commit::Hot;
use lease::Guard;
use line::Line;

pub use clean::Cleaned;

/// The journal of one bot and shard.
pub struct PgJournal {
    bot: BotId,
    shard: Shard,
    pool: Pool,
    vault: Vault,
    hot: Mutex<Hot>,
    settling: Mutex<Line>,
    guard: Mutex<Guard>,
    /// Lanes' transactions of which nobody knows yet whether they committed.
    unknown: Quick<BTreeSet<InboxId>>,
}

impl PgJournal {
    /// Makes a journal; nothing is connected before it is used. `pool` serves the lanes and the load at start.
    ///
    /// The database must be reached directly, or through a pooler of sessions: not one of transactions.
    pub fn new(database: &Database, pool: Pool, bot: BotId, shard: Shard) -> Self {
        Self {
            bot,
            shard,
            pool,
            vault: Vault::default(),
            hot: Mutex::new(Hot::new(database.clone().named("luvhive-commit").for_writing())),
            settling: Mutex::new(settle::line(database.clone().named("luvhive-settle").for_writing())),
            guard: Mutex::new(Guard::new(database.clone().named("luvhive-lease").for_writing())),
            unknown: Quick::default(),
        }
    }

    /// Has texts written and read with the keys of this vault; without it nothing is encrypted.
    #[must_use]
    pub fn with_vault(self, vault: Vault) -> Self {
        Self { vault, ..self }
    }
}

impl fmt::Debug for PgJournal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PgJournal").field("bot", &self.bot).field("shard", &self.shard).finish_non_exhaustive()
    }
}

#[async_trait::async_trait]
impl Journal for PgJournal {
    async fn acquire(&self, owner: &str, length: Duration) -> Result<Lease, JournalError> {
        self.take(owner, length).await
    }

    async fn heartbeat(&self, lease: &Lease, length: Duration) -> Result<(), JournalError> {
        self.prolong(lease, length).await
    }

    async fn release(&self, lease: &Lease) -> Result<(), JournalError> {
        self.give_back(lease).await
    }

    async fn load(&self, lease: &Lease, now: Timestamp) -> Result<Loaded, JournalError> {
        self.read_all(lease, now).await
    }

    async fn commit(&self, lease: &Lease, previous: Option<UpdateId>, batch: &Batch) -> Result<(), JournalError> {
        self.hot.lock().await.commit(lease, previous, batch, &self.vault).await
    }

    async fn finish(&self, lease: &Lease, work: &LaneResult) -> Result<Finished, JournalError> {
        self.finish_lane(lease, work).await
    }

    async fn settle(&self, _lease: &Lease, settlements: &[Settlement], _now: Timestamp) -> Result<Session, JournalError> {
        self.settle_rows(settlements).await
    }

    async fn list_commands(&self, _lease: &Lease) -> Result<Vec<(CommandId, EngineCommand)>, JournalError> {
        self.list_operators_commands().await
    }
}
