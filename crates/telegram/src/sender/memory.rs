//! What was settled lately, remembered beyond a generation of the engine's state. A settlement does not wait for the
//! disk, so a crash of the database can take the last ones back.

use std::collections::VecDeque;
use std::time::Duration;

use luvhive_core::engine::effect::OutboxRow;
use luvhive_core::ports::Settlement;
use parking_lot::{Mutex, MutexGuard};
use tokio::time::Instant;

/// How far back rows are settled again after a lost session.
const MEMORY: Duration = Duration::from_secs(30);
/// How many rows are remembered for that at most.
const MEMORY_ROWS: usize = 100_000;

/// The settlements of the last half minute, and whether they may have been taken back.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    recent: VecDeque<(Instant, Settlement)>,
    is_doubtful: bool,
}

impl Memory {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock()
    }

    /// Adds settlements that were written, and forgets those that are safe by now. While there is doubt none is forgotten.
    pub(super) fn remember(&self, settlements: &[Settlement]) {
        let now = Instant::now();
        let mut inner = self.inner();
        inner.recent.extend(settlements.iter().map(|&settlement| (now, settlement)));
        while inner.recent.len() > MEMORY_ROWS {
            inner.recent.pop_front();
        }
        let is_over = |&(at, _): &(Instant, Settlement)| now.duration_since(at) > MEMORY;
        while !inner.is_doubtful && inner.recent.front().is_some_and(is_over) {
            inner.recent.pop_front();
        }
    }

    /// Notes that the session was lost, so that everything remembered must be settled again.
    pub(super) fn doubt(&self) {
        let mut inner = self.inner();
        inner.is_doubtful = !inner.recent.is_empty();
    }

    /// Returns what is to be settled again, if there is doubt; with that the doubt is gone until it comes anew.
    pub(super) fn take_doubtful(&self) -> Vec<Settlement> {
        let mut inner = self.inner();
        if std::mem::take(&mut inner.is_doubtful) {
            inner.recent.iter().map(|&(_, settlement)| settlement).collect()
        } else {
            Vec::new()
        }
    }

    /// Reports whether there is nothing that a lost session could take back.
    pub(super) fn is_empty(&self) -> bool {
        self.inner().recent.is_empty()
    }

    /// Takes rows that left already out of what was read at the start of a generation; they are settled again.
    pub(crate) fn sift(&self, rows: &mut Vec<OutboxRow>) {
        let mut inner = self.inner();
        if inner.recent.is_empty() {
            return;
        }
        let known: std::collections::HashSet<_> = inner.recent.iter().map(|(_, settlement)| settlement.outbox).collect();
        let before = rows.len();
        rows.retain(|row| !known.contains(&row.id));
        inner.is_doubtful |= rows.len() != before;
    }
}
