//! Whether the database answers, by the last thing heard of it: a heartbeat a second, and every commit.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// How long a commit may take, all its tries together, before the database counts as down.
const LONGEST_COMMIT: Duration = Duration::from_secs(3);
/// How long nothing may be heard of the database before it counts as down, however short the lease is.
const SHORTEST_SILENCE: Duration = Duration::from_secs(2);

/// What was heard of the database last.
#[derive(Debug)]
pub(crate) struct Health {
    begun: Instant,
    heard_ms: AtomicU64,
    is_away: AtomicBool,
    /// When the commit began that is under way, in ms; 0 = none is.
    committing_ms: AtomicU64,
    /// How long silence is no bad sign.
    silence: Duration,
}

impl Health {
    /// Nothing was heard yet. A heartbeat comes three times in `lease`; two of them may be on their way.
    pub(crate) fn new(lease: Duration) -> Self {
        let silence = lease.saturating_mul(2) / 3;
        Self {
            begun: Instant::now(),
            heard_ms: AtomicU64::new(0),
            is_away: AtomicBool::new(false),
            committing_ms: AtomicU64::new(0),
            silence,
        }
    }

    /// It answered.
    pub(crate) fn heard(&self) {
        self.heard_ms.fetch_max(self.now_ms(), Ordering::AcqRel);
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

    /// A batch is to be committed from now on.
    pub(crate) fn commits(&self) {
        self.committing_ms.store(self.now_ms().max(1), Ordering::Release);
    }

    /// It was committed, or given up.
    pub(crate) fn is_done_committing(&self) {
        self.committing_ms.store(0, Ordering::Release);
    }

    /// Reports whether for some seconds nothing came of the heartbeats, or of one commit.
    pub(crate) fn is_down(&self) -> bool {
        let silence = Duration::from_millis(self.now_ms().saturating_sub(self.heard_ms.load(Ordering::Acquire)));
        let committing = match self.committing_ms.load(Ordering::Acquire) {
            0 => Duration::ZERO,
            since => Duration::from_millis(self.now_ms().saturating_sub(since)),
        };
        silence > self.silence.max(SHORTEST_SILENCE) || committing > LONGEST_COMMIT
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Reports whether it answered lately, and every try since.
    pub(crate) fn is_well(&self) -> bool {
        let heard = self.begun + Duration::from_millis(self.heard_ms.load(Ordering::Acquire));
        !self.is_away() && heard.elapsed() <= self.silence
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn some_seconds_of_silence_are_an_outage() {
        let health = Health::new(Duration::from_secs(3));
        tokio::time::advance(Duration::from_secs(10)).await;
        health.heard();
        health.missed();
        tokio::time::advance(Duration::from_secs(2)).await;
        assert!(!health.is_down(), "one heartbeat that failed is none");
        tokio::time::advance(Duration::from_millis(1)).await;
        assert!(health.is_down());
        health.heard();
        assert!(!health.is_down());
    }

    #[tokio::test(start_paused = true)]
    async fn a_commit_that_does_not_end_is_an_outage_whatever_the_heartbeats_say() {
        let health = Health::new(Duration::from_secs(3));
        health.commits();
        for _ in 0..4 {
            assert!(!health.is_down());
            tokio::time::advance(Duration::from_secs(1)).await;
            health.heard();
        }
        assert!(health.is_down());
        health.is_done_committing();
        assert!(!health.is_down());
    }
}
