//! The lease's term: until when this process may write and send. One value is made before anything starts and shared by
//! every room that acts on the world; taking and prolonging the lease extends it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// How much of the lease must be left for something to begin, so that it reaches the wire before the lease is over.
const MARGIN: Duration = Duration::from_millis(100);

/// The time until which this process may write and send, on a clock that goes on while the process is frozen and while
/// the machine sleeps.
#[derive(Debug)]
pub struct LeaseTerm {
    begun: Instant,
    /// How long the machine has slept since it booted, which the clock behind [`Instant`] does not count.
    slept: fn() -> Duration,
    slept_before: Duration,
    until_ms: AtomicU64,
}

impl Default for LeaseTerm {
    /// On a machine that never sleeps.
    fn default() -> Self {
        Self::new(|| Duration::ZERO)
    }
}

impl LeaseTerm {
    /// Not running: nobody has the lease yet. `slept` tells how long the machine has slept since it booted.
    pub fn new(slept: fn() -> Duration) -> Self {
        Self { begun: Instant::now(), slept, slept_before: slept(), until_ms: AtomicU64::new(0) }
    }

    /// The time on the term's own clock: since the value was made, asleep or awake.
    pub fn now(&self) -> Duration {
        self.begun.elapsed().saturating_add((self.slept)().saturating_sub(self.slept_before))
    }

    /// Sets the end of the term, on its own clock. Counted from the moment before the store was asked: an answer that waited
    /// for a sleeping machine says nothing of now.
    pub fn extend(&self, until: Duration) {
        self.until_ms.store(u64::try_from(until.as_millis()).unwrap_or(u64::MAX), Ordering::Release);
    }

    /// Reports whether the lease certainly still runs, and long enough for something to begin.
    pub fn is_running(&self) -> bool {
        self.now().saturating_add(MARGIN) < Duration::from_millis(self.until_ms.load(Ordering::Acquire))
    }
}

#[cfg(test)]
impl LeaseTerm {
    /// A term that runs for so long from now.
    pub(crate) fn of(length: Duration) -> std::sync::Arc<Self> {
        let term = Self::default();
        term.extend_by(length);
        std::sync::Arc::new(term)
    }

    /// Lets it run for so long from now.
    pub(crate) fn extend_by(&self, length: Duration) {
        self.extend(self.now() + length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn nothing_begins_so_late_that_it_could_outlast_the_lease() {
        let term = LeaseTerm::default();
        assert!(!term.is_running(), "nobody has taken the lease");
        term.extend(Duration::from_secs(1));
        assert!(term.is_running());
        tokio::time::advance(Duration::from_secs(1).saturating_sub(MARGIN)).await;
        assert!(!term.is_running());
        term.extend(Duration::from_secs(2));
        assert!(term.is_running());
    }

    #[tokio::test(start_paused = true)]
    async fn a_machine_that_slept_may_do_nothing_until_it_was_answered_anew() {
        static SLEPT_S: AtomicU64 = AtomicU64::new(50);
        let term = LeaseTerm::new(|| Duration::from_secs(SLEPT_S.load(Ordering::SeqCst)));
        let lease = Duration::from_secs(3);
        let asked = term.now();
        term.extend(asked + lease);
        assert!(term.is_running());
        // It sleeps for an hour, while the clock of the process stands still.
        SLEPT_S.fetch_add(3_600, Ordering::SeqCst);
        assert!(!term.is_running());
        // The answer to a question from before the sleep.
        term.extend(asked + lease);
        assert!(!term.is_running());
        term.extend(term.now() + lease);
        assert!(term.is_running());
    }
}
