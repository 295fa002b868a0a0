//! Settling: rows that left are deleted from the journal in batches, and the engine is told how many left whom.
//! After a lost session the last half minute is settled once more, because settlements do not wait for the disk.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use luvhive_core::engine::event::Event;
use luvhive_core::error::chain;
use luvhive_core::id::{ChatId, OutboxId, TelegramId};
use luvhive_core::ports::journal::Session;
use luvhive_core::ports::{Clock, Journal, JournalError, Lease, Settlement, StoreError};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tracing::{error, info, warn};

use super::memory::Memory;
use crate::signal::counters::Counters;
use crate::signal::pause::Pause;
use crate::signal::report::{Report, Reports};

/// How many rows one settlement carries at most.
const MAX_ROWS: usize = 200;
/// How long a row waits for company at most.
const MAX_WAIT: Duration = Duration::from_millis(20);
/// How often the session is looked at while nothing leaves and something could still be taken back.
const LOOK: Duration = Duration::from_secs(1);
/// The pause after a failure; short enough that answers go on within a second of the database's return.
const PAUSE: Pause = Pause::new(Duration::from_millis(50), Duration::from_millis(500));

/// A row that left the sender.
#[derive(Clone, Copy, Debug)]
pub(super) struct Left {
    pub(super) settlement: Settlement,
    pub(super) receiver: TelegramId,
    /// The chat of a partner's message.
    pub(super) relayed_in: Option<ChatId>,
    /// Whether the engine counts it and is to be told; not if it was purged and told already.
    pub(super) is_counted: bool,
}

/// Writes settlements until nothing more can come.
pub(super) struct Settler {
    pub(super) journal: Arc<dyn Journal>,
    pub(super) lease: Lease,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) counters: Arc<Counters>,
    pub(super) reports: Reports,
    pub(super) memory: Arc<Memory>,
    pub(super) left: mpsc::UnboundedReceiver<Left>,
}

impl Settler {
    pub(super) async fn run(mut self) {
        loop {
            let batch = match self.next().await {
                Some(first) => self.gather(first).await,
                None if self.left.is_closed() && self.left.is_empty() => break,
                None => Vec::new(),
            };
            let settlements: Vec<_> = batch.iter().map(|left| left.settlement).collect();
            if !self.settle(&settlements).await {
                return;
            }
            self.memory.remember(&settlements);
            self.tell(&batch);
            if !self.settle_again().await {
                return;
            }
        }
        // The next process would send again what was lost meanwhile.
        if !self.memory.is_empty() && self.settle(&[]).await {
            self.settle_again().await;
        }
    }

    /// Waits for a row; `None` = none can come any more, or it is time to look whether the session still stands.
    async fn next(&mut self) -> Option<Left> {
        if self.memory.is_empty() {
            return self.left.recv().await;
        }
        timeout(LOOK, self.left.recv()).await.ok().flatten()
    }

    async fn gather(&mut self, first: Left) -> Vec<Left> {
        let mut batch = vec![first];
        let until = Instant::now() + MAX_WAIT;
        while batch.len() < MAX_ROWS {
            match timeout_at(until, self.left.recv()).await {
                Ok(Some(left)) => batch.push(left),
                Ok(None) | Err(_) => break,
            }
        }
        batch
    }

    /// Settles what a lost session may have taken back. Returns false if another process owns the shard now.
    async fn settle_again(&self) -> bool {
        loop {
            let rows = self.memory.take_doubtful();
            if rows.is_empty() {
                return true;
            }
            info!(rows = rows.len(), "the session that settles was lost; the last rows are settled again");
            for chunk in rows.chunks(MAX_ROWS) {
                if !self.settle(chunk).await {
                    // Still doubtful, for the next generation.
                    self.memory.doubt();
                    return false;
                }
            }
        }
    }

    /// Settles rows, however long it takes. Returns false if another process owns the shard now.
    async fn settle(&self, settlements: &[Settlement]) -> bool {
        let mut pause = PAUSE;
        loop {
            match self.journal.settle(&self.lease, settlements, self.clock.now()).await {
                Ok(session) => {
                    if session == Session::New {
                        self.memory.doubt();
                    }
                    self.counters.settled.add(u64::try_from(settlements.len()).unwrap_or(u64::MAX));
                    return true;
                }
                Err(JournalError::Fenced | JournalError::Held { .. }) => {
                    self.reports.send(Report::Fenced);
                    return false;
                }
                Err(error @ JournalError::Store(StoreError::Unavailable(_))) => {
                    self.counters.outages.add(1);
                    warn!(cause = chain(&error), "rows that were sent cannot be settled; trying again");
                }
                Err(error) => error!(cause = chain(&error), "rows that were sent cannot be settled; trying again"),
            }
            // The engine is gone too: the next process settles these by sending them again.
            if self.reports.is_closed() {
                return false;
            }
            sleep(pause.after_failure()).await;
        }
    }

    fn tell(&self, batch: &[Left]) {
        let mut counts: BTreeMap<(TelegramId, Option<ChatId>), (u32, OutboxId)> = BTreeMap::new();
        for left in batch.iter().filter(|left| left.is_counted) {
            let (count, last) = counts.entry((left.receiver, left.relayed_in)).or_insert((0, OutboxId::new(0)));
            *count += 1;
            // A row that was stopped tells nothing of those before it.
            if left.settlement.pair.is_some() {
                *last = left.settlement.outbox.max(*last);
            }
        }
        for ((receiver, relayed_in), (count, last)) in counts {
            let relayed = relayed_in.map(|chat| (chat, count, last));
            self.reports.send(Report::Event(Event::Settled { receiver, count, relayed }));
        }
    }
}
