//! Whether Telegram answers when it is asked for updates. A bot that is not answered hears nobody, however well it runs.

use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

/// How long polls may fail, or take longer than they may wait, before the bot counts as deaf.
pub const DEAF_AFTER: Duration = Duration::from_secs(10);

/// Follows the polls. Where updates are posted nobody tells it anything, and it never counts as deaf.
#[derive(Debug)]
pub(crate) struct Hearing {
    longest_wait: Duration,
    unanswered: Mutex<Option<Unanswered>>,
}

/// Polls since the last good answer.
#[derive(Clone, Copy, Debug)]
struct Unanswered {
    /// When the first of them began.
    since: Instant,
    /// When the first of them failed, if one has.
    failed: Option<Instant>,
}

impl Hearing {
    /// Knows how long a poll may wait for updates.
    pub(crate) fn new(longest_wait: Duration) -> Self {
        Self { longest_wait, unanswered: Mutex::default() }
    }

    /// Notes that a poll begins.
    pub(crate) fn asks(&self) {
        let mut unanswered = self.unanswered.lock();
        unanswered.get_or_insert_with(|| Unanswered { since: Instant::now(), failed: None });
    }

    /// Notes that a poll failed.
    pub(crate) fn fails(&self) {
        let mut unanswered = self.unanswered.lock();
        if let Some(unanswered) = unanswered.as_mut() {
            unanswered.failed.get_or_insert_with(Instant::now);
        }
    }

    /// Notes that a poll was answered well, or that for a reason of our own nothing is asked for.
    pub(crate) fn hears(&self) {
        *self.unanswered.lock() = None;
    }

    /// Reports whether updates are being fetched as far as is known: no poll has failed since the last good answer.
    pub(crate) fn is_listening(&self) -> bool {
        let unanswered = *self.unanswered.lock();
        unanswered.is_none_or(|unanswered| unanswered.failed.is_none()) && !self.is_deaf()
    }

    /// Reports whether no poll was answered well for [`DEAF_AFTER`]: since the first one failed, or beyond the time that
    /// a poll may wait.
    pub(crate) fn is_deaf(&self) -> bool {
        let unanswered = *self.unanswered.lock();
        unanswered.is_some_and(|Unanswered { since, failed }| {
            since.elapsed() > self.longest_wait.saturating_add(DEAF_AFTER)
                || failed.is_some_and(|failed| failed.elapsed() > DEAF_AFTER)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAIT: Duration = Duration::from_secs(25);
    const MOMENT: Duration = Duration::from_millis(1);

    #[tokio::test(start_paused = true)]
    async fn a_poll_may_hang_for_its_time_and_ten_seconds() {
        let hearing = Hearing::new(WAIT);
        hearing.asks();
        tokio::time::advance(WAIT + DEAF_AFTER).await;
        assert!(!hearing.is_deaf() && hearing.is_listening());
        tokio::time::advance(MOMENT).await;
        assert!(hearing.is_deaf());
        hearing.fails();
        hearing.asks();
        assert!(hearing.is_deaf(), "only a good answer ends it");
        hearing.hears();
        assert!(!hearing.is_deaf());
    }

    #[tokio::test(start_paused = true)]
    async fn polls_may_fail_for_ten_seconds() {
        let hearing = Hearing::new(WAIT);
        hearing.asks();
        tokio::time::advance(WAIT).await;
        hearing.fails();
        assert!(!hearing.is_deaf(), "a connection that was cut while it waited");
        tokio::time::advance(DEAF_AFTER).await;
        hearing.asks();
        hearing.hears();
        assert!(!hearing.is_deaf());
        hearing.asks();
        hearing.fails();
        tokio::time::advance(DEAF_AFTER + MOMENT).await;
        assert!(hearing.is_deaf());
    }
}
