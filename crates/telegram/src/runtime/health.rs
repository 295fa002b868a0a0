//! Whether the database answers, by the last thing heard of it: a heartbeat a second, and every commit.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// What was heard of the database last.
#[derive(Debug)]
pub(crate) struct Health {
    begun: Instant,
    heard_ms: AtomicU64,
    is_away: AtomicBool,
    /// How long silence is no bad sign.
    silence: Duration,
}

impl Health {
    /// Nothing was heard yet. A heartbeat comes three times in `lease`; two of them may be on their way.
    pub(crate) fn new(lease: Duration) -> Self {
        let silence = lease.saturating_mul(2) / 3;
        Self { begun: Instant::now(), heard_ms: AtomicU64::new(0), is_away: AtomicBool::new(false), silence }
    }

    /// It answered.
    pub(crate) fn heard(&self) {
        let ms = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.heard_ms.fetch_max(ms, Ordering::AcqRel);
        self.is_away.store(false, Ordering::Release);
    }

    /// It could not be reached.
    pub(crate) fn missed(&self) {
        self.is_away.store(true, Ordering::Release);
    }

    /// Reports whether the last try to reach it failed.
    pub(crate) fn is_away(&self) -> bool {
        self.is_away.load(Ordering::Acquire)
    }

    /// Reports whether it answered lately, and every try since.
    pub(crate) fn is_well(&self) -> bool {
        let heard = self.begun + Duration::from_millis(self.heard_ms.load(Ordering::Acquire));
        !self.is_away() && heard.elapsed() <= self.silence
    }
}
