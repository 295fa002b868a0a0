//! How long to wait before a row is sent again, and when an unclear one is given up.

use std::time::Duration;

/// The pause after the first send that did not leave.
const NOT_SENT_PAUSE: Duration = Duration::from_millis(100);
/// The pause after the first send of unknown outcome: short, since the receiver's later rows wait for this one.
const UNKNOWN_PAUSE: Duration = Duration::from_millis(100);
/// The longest pause.
const MAX_PAUSE: Duration = Duration::from_secs(30);
/// How many unknown outcomes a row may have while sends to others succeed; then Telegram cannot handle this very call.
pub(super) const MAX_UNKNOWN: u32 = 20;
/// The least wait that a throttled chat is given, whatever Telegram says.
pub(super) const MIN_THROTTLE: Duration = Duration::from_millis(50);

/// Returns the pause after the `times`-th send in a row (from 1) that did not leave.
pub(super) fn after_not_sent(times: u32) -> Duration {
    doubled(NOT_SENT_PAUSE, times)
}

/// Returns the pause after the `times`-th send in a row (from 1) whose outcome is unknown.
pub(super) fn after_unknown(times: u32) -> Duration {
    doubled(UNKNOWN_PAUSE, times)
}

fn doubled(pause: Duration, times: u32) -> Duration {
    let factor = 1_u32.checked_shl(times.saturating_sub(1)).unwrap_or(u32::MAX);
    pause.saturating_mul(factor).min(MAX_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_and_stay_bounded() {
        assert_eq!(after_not_sent(1), Duration::from_millis(100));
        assert_eq!(after_not_sent(4), Duration::from_millis(800));
        assert_eq!(after_unknown(2), Duration::from_millis(200));
        for times in [30, 32, 33, 1_000, u32::MAX] {
            assert_eq!(after_unknown(times), MAX_PAUSE);
        }
    }
}
