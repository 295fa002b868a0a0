//! The intake loop's own heartbeat: it beats when the loop turns, and stays away when the loop, or the fetch that feeds
//! it, hangs. The supervisor of the process listens to it; no timer beats in its place.

use std::sync::Arc;
use std::time::Duration;

use luvhive_core::id::UpdateId;
use parking_lot::Mutex;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::intake::Incoming;
use crate::intake::poll::{FeedError, UpdateFeed};

/// How long one fetch may take before it counts as hanging: Telegram's longest wait and the client's time-out are less.
pub(crate) const LONGEST_FETCH: Duration = Duration::from_secs(90);

/// One runtime's heartbeat.
#[derive(Debug)]
pub(crate) struct Pulse {
    beats: watch::Sender<Instant>,
    asking_since: Mutex<Option<Instant>>,
}

impl Default for Pulse {
    fn default() -> Self {
        Self { beats: watch::Sender::new(Instant::now()), asking_since: Mutex::default() }
    }
}

impl Pulse {
    /// Notes that the loop turned. Without effect while a fetch hangs: a loop that gets nothing takes nothing in.
    pub(crate) fn beat(&self) {
        let now = Instant::now();
        let asking_since = *self.asking_since.lock();
        if asking_since.is_none_or(|since| now.duration_since(since) <= LONGEST_FETCH) {
            self.beats.send_replace(now);
        }
    }

    /// Notes that a fetch begins.
    pub(crate) fn asks(&self) {
        *self.asking_since.lock() = Some(Instant::now());
    }

    /// Notes that it ended, well or not.
    pub(crate) fn is_answered(&self) {
        *self.asking_since.lock() = None;
    }

    /// Returns a watch on the time of the last beat.
    pub(crate) fn watch(&self) -> watch::Receiver<Instant> {
        self.beats.subscribe()
    }
}

/// A feed whose fetches the pulse knows of.
pub(crate) struct Watched {
    pub(crate) feed: Arc<dyn UpdateFeed>,
    pub(crate) pulse: Arc<Pulse>,
}

#[async_trait::async_trait]
impl UpdateFeed for Watched {
    async fn fetch(&self, offset: Option<UpdateId>) -> Result<Vec<Incoming>, FeedError> {
        self.pulse.asks();
        let fetched = self.feed.fetch(offset).await;
        self.pulse.is_answered();
        fetched
    }

    async fn fetch_now(&self, offset: Option<UpdateId>) -> Result<Vec<Incoming>, FeedError> {
        self.pulse.asks();
        let fetched = self.feed.fetch_now(offset).await;
        self.pulse.is_answered();
        fetched
    }

    fn longest_wait(&self) -> Duration {
        self.feed.longest_wait()
    }

    async fn peek(&self, offset: Option<UpdateId>) -> Result<Vec<Incoming>, FeedError> {
        self.feed.peek(offset).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_hanging_fetch_silences_the_loop() {
        let pulse = Pulse::default();
        let beats = pulse.watch();
        let last = || *beats.borrow();
        pulse.asks();
        tokio::time::advance(LONGEST_FETCH).await;
        pulse.beat();
        assert_eq!(last(), Instant::now(), "a long wait is no hang");
        let heard = last();
        tokio::time::advance(Duration::from_secs(1)).await;
        pulse.beat();
        assert_eq!(last(), heard, "the fetch hangs");
        pulse.is_answered();
        pulse.beat();
        assert_eq!(last(), Instant::now());
    }
}
