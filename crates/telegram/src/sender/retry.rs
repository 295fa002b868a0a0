//! How long to wait before a row is sent again, and how often an unclear one is.

use std::time::Duration;

use crate::signal::pause::Pause;

/// The pause after a send that did not leave.
pub(super) const NOT_SENT: Pause = Pause::new(Duration::from_millis(100), Duration::from_secs(30));
/// The pauses before a row of unknown outcome is sent again while Telegram is well; then it is let go. Each repeat may be one
/// more copy at the receiver's, and what else goes to them waits.
pub(super) const REPEATS: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(2)];
/// How long another send may take to succeed before Telegram is asked for a sign of life.
pub(super) const SIGN_OF_LIFE: Duration = Duration::from_millis(100);
/// The pause after such a question that was not answered.
pub(super) const UNANSWERED: Pause = Pause::new(Duration::from_millis(200), Duration::from_secs(5));
/// The pause before Telegram is asked when everything stands still again and nothing succeeded in between.
pub(super) const STILL_AGAIN: Pause = Pause::new(Duration::from_millis(500), Duration::from_secs(30));
/// The shortest wait for a throttled chat, even if Telegram says less.
pub(super) const MIN_THROTTLE: Duration = Duration::from_millis(50);
