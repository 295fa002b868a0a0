//! Whether intake had fallen behind when an update came: then what it brings may have waited with Telegram for long.

use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

/// How long intake may pause before what comes next counts as late, and how long posts count as late after the start.
pub const BEHIND_AFTER: Duration = Duration::from_secs(15);

/// The last moment at which intake kept pace: the end of the last good poll, or for posts the moment they were first
/// taken. Nothing at first: what waits at the start of the process waited for an unknown time.
#[derive(Debug, Default)]
pub(crate) struct Behind(Mutex<Option<Instant>>);

impl Behind {
    /// Notes that a poll was answered well.
    pub(crate) fn polled(&self) {
        *self.0.lock() = Some(Instant::now());
    }

    /// Notes that posts are taken from now on. Without effect if they already were.
    pub(crate) fn open(&self) {
        self.0.lock().get_or_insert_with(Instant::now);
    }

    /// Reports whether a poll that begins now begins late. Ask before the poll: one that hangs open is not late.
    pub(crate) fn is_late_poll(&self) -> bool {
        self.last().is_none_or(|last| last.elapsed() > BEHIND_AFTER)
    }

    /// Reports whether an update that is posted now may have waited for the process to start.
    pub(crate) fn is_late_post(&self) -> bool {
        self.last().is_none_or(|opened| opened.elapsed() < BEHIND_AFTER)
    }

    fn last(&self) -> Option<Instant> {
        *self.0.lock()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_first_posts_are_late() {
        let behind = Behind::default();
        assert!(behind.is_late_post());
        behind.open();
        tokio::time::advance(BEHIND_AFTER.saturating_sub(Duration::from_millis(1))).await;
        behind.open();
        assert!(behind.is_late_post());
        tokio::time::advance(Duration::from_millis(1)).await;
        assert!(!behind.is_late_post());
    }
}
