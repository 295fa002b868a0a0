//! The world's clock: the system's time plus a skew that tests may move.
//! Expiries (24 h, 150 s, 48 h) follow it; poll time-outs follow tokio's clock.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970, movable forwards.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    skew_ms: AtomicI64,
}

impl Clock {
    /// The world's time in milliseconds since 1970.
    pub(crate) fn now_ms(&self) -> i64 {
        #[expect(clippy::disallowed_methods, reason = "the sandbox is Telegram: its clock is its own")]
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX) + self.skew_ms.load(Ordering::Relaxed)
    }

    /// Moves the world's time forwards.
    pub(crate) fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.skew_ms.fetch_add(by, Ordering::Relaxed);
    }
}
