//! The lease's term: until when this process may write and send. One value is made before anything starts and shared by
//! every room that acts on the world; taking and prolonging the lease extends it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// How much of the lease must be left for something to begin, so that it reaches the wire before the lease is over.
const MARGIN: Duration = Duration::from_millis(100);

/// The time until which this process may write and send, on the monotonic clock, which goes on while it is frozen.
#[derive(Debug)]
pub struct LeaseTerm {
    begun: Instant,
    until_ms: AtomicU64,
}

impl Default for LeaseTerm {
    /// Not running: nobody has the lease yet.
    fn default() -> Self {
        Self { begun: Instant::now(), until_ms: AtomicU64::new(0) }
    }
}

impl LeaseTerm {
    /// Sets the end of the term.
    pub fn extend(&self, until: Instant) {
        let ms = until.saturating_duration_since(self.begun).as_millis();
        self.until_ms.store(u64::try_from(ms).unwrap_or(u64::MAX), Ordering::Release);
    }

    /// Reports whether the lease certainly still runs, and long enough for something to begin.
    pub fn is_running(&self) -> bool {
        let until = self.begun + Duration::from_millis(self.until_ms.load(Ordering::Acquire));
        Instant::now() + MARGIN < until
    }
}

#[cfg(test)]
impl LeaseTerm {
    /// A term that runs for so long from now.
    pub(crate) fn of(length: Duration) -> std::sync::Arc<Self> {
        let term = Self::default();
        term.extend(Instant::now() + length);
        std::sync::Arc::new(term)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn nothing_begins_so_late_that_it_could_outlast_the_lease() {
        let begun = Instant::now();
        let term = LeaseTerm::default();
        assert!(!term.is_running(), "nobody has taken the lease");
        term.extend(begun + Duration::from_secs(1));
        assert!(term.is_running());
        tokio::time::advance(Duration::from_secs(1).saturating_sub(MARGIN)).await;
        assert!(!term.is_running());
        term.extend(begun + Duration::from_secs(2));
        assert!(term.is_running());
    }
}
