//! The bot that asks for updates, as Telegram remembers it from one request to the next.

use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::record::Pending;

/// Who polls, and what was asked last.
#[derive(Debug, Default)]
pub(crate) struct Poller {
    /// Ends the poll that waits.
    pub(crate) waiting: Option<oneshot::Sender<&'static str>>,
    /// The last offset, and when it was asked for.
    pub(crate) last: Option<(i64, Instant)>,
    /// Confirmed updates that a scripted fault delivers once more.
    pub(crate) again: Vec<Pending>,
}

impl Poller {
    /// Whether a bot polls, or did a moment ago.
    pub(crate) fn is_active(&self) -> bool {
        let is_waiting = self.waiting.as_ref().is_some_and(|waiting| !waiting.is_closed());
        is_waiting || self.last.is_some_and(|(_, at)| at.elapsed() < Duration::from_secs(5))
    }

    /// Ends the poll that waits, if any, with a 409.
    pub(crate) fn end(&mut self, why: &'static str) {
        if let Some(waiting) = self.waiting.take() {
            // Nobody listens any more when that poller has hung up.
            let _ = waiting.send(why);
        }
    }
}
