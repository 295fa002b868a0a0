//! Settling: rows that left are deleted from the journal in batches, and the engine is told how many left whom.
//! After a database outage the last half minute is settled once more, because settlements do not wait for the disk.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use luvhive_core::engine::event::Event;
use luvhive_core::error::chain;
use luvhive_core::id::TelegramId;
use luvhive_core::ports::{Clock, Journal, JournalError, Lease, Settlement, StoreError};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout_at};
use tracing::{error, warn};

use super::queue::Counting;
use crate::runtime::counters::Counters;
use crate::runtime::report::{Report, Reports};

/// How many rows one settlement carries at most.
const MAX_ROWS: usize = 200;
/// How long a row waits for company at most.
const MAX_WAIT: Duration = Duration::from_millis(10);
/// How far back rows are settled again after an outage.
const MEMORY: Duration = Duration::from_secs(30);
/// How many rows are remembered for that at most.
const MEMORY_ROWS: usize = 100_000;
/// The pause after the first failure; doubles up to [`MAX_PAUSE`].
const MIN_PAUSE: Duration = Duration::from_millis(50);
/// The longest pause: answers go on within a second of the database's return.
const MAX_PAUSE: Duration = Duration::from_millis(500);

/// A row that left the sender.
#[derive(Clone, Copy, Debug)]
pub(super) struct Left {
    pub(super) settlement: Settlement,
    pub(super) receiver: TelegramId,
    /// How the engine counted it; `None` = it was purged and told already.
    pub(super) counting: Option<Counting>,
}

/// Writes settlements until nothing more can come.
pub(super) struct Settler {
    pub(super) journal: Arc<dyn Journal>,
    pub(super) lease: Lease,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) counters: Arc<Counters>,
    pub(super) reports: Reports,
    pub(super) left: mpsc::UnboundedReceiver<Left>,
}

impl Settler {
    pub(super) async fn run(mut self) {
        let mut recent: VecDeque<(Instant, Settlement)> = VecDeque::new();
        let mut outages = self.counters.outages.get();
        while let Some(first) = self.left.recv().await {
            let batch = self.gather(first).await;
            if self.counters.outages.get() != outages {
                outages = self.counters.outages.get();
                if !self.settle_again(&recent).await {
                    return;
                }
            }
            let settlements: Vec<_> = batch.iter().map(|left| left.settlement).collect();
            if !self.settle(&settlements).await {
                return;
            }
            let now = Instant::now();
            recent.extend(settlements.iter().map(|&settlement| (now, settlement)));
            let is_over = |&(at, _): &(Instant, Settlement)| now.duration_since(at) > MEMORY;
            while recent.len() > MEMORY_ROWS || recent.front().is_some_and(is_over) {
                recent.pop_front();
            }
            self.tell(&batch);
        }
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

    async fn settle_again(&self, recent: &VecDeque<(Instant, Settlement)>) -> bool {
        let rows: Vec<_> = recent.iter().map(|&(_, settlement)| settlement).collect();
        for chunk in rows.chunks(MAX_ROWS) {
            if !self.settle(chunk).await {
                return false;
            }
        }
        true
    }

    /// Settles rows, however long it takes. Returns false if another process owns the shard now.
    async fn settle(&self, settlements: &[Settlement]) -> bool {
        let mut pause = MIN_PAUSE;
        loop {
            match self.journal.settle(&self.lease, settlements, self.clock.now()).await {
                Ok(()) => {
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
            // The engine is gone too: whoever starts next settles these by sending them again.
            if self.reports.is_closed() {
                return false;
            }
            sleep(pause).await;
            pause = pause.saturating_mul(2).min(MAX_PAUSE);
        }
    }

    fn tell(&self, batch: &[Left]) {
        let mut counts: BTreeMap<TelegramId, u32> = BTreeMap::new();
        for left in batch.iter().filter(|left| left.counting == Some(Counting::ByEngine)) {
            *counts.entry(left.receiver).or_default() += 1;
        }
        for (receiver, count) in counts {
            self.reports.send(Report::Event(Event::Settled { receiver, count }));
        }
    }
}
