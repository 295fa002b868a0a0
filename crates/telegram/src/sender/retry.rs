//! How long to wait before a row is sent again, and when an unclear one is given up.

use std::time::Duration;

use crate::signal::pause::Pause;

/// The pause after a send that did not leave.
pub(super) const NOT_SENT: Pause = Pause::new(Duration::from_millis(100), Duration::from_secs(30));
/// The pause after a send of unknown outcome: short at first, since the receiver's later rows wait for this one.
pub(super) const UNKNOWN: Pause = Pause::new(Duration::from_millis(100), Duration::from_secs(30));
/// How many unknown outcomes a row may have while sends to others succeed; then Telegram cannot handle this very call.
pub(super) const MAX_UNKNOWN: u32 = 20;
/// The shortest wait for a throttled chat, even if Telegram says less.
pub(super) const MIN_THROTTLE: Duration = Duration::from_millis(50);
