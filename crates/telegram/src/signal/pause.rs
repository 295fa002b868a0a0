//! The pause between two tries: short at first, twice as long after each failure, never longer than a bound.

use std::time::Duration;

/// How long to wait before the next try.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pause {
    next: Duration,
    longest: Duration,
}

impl Pause {
    /// Begins with `first`; doubles up to `longest`.
    pub(crate) const fn new(first: Duration, longest: Duration) -> Self {
        Self { next: first, longest }
    }

    /// Returns the pause after one more failure.
    pub(crate) fn after_failure(&mut self) -> Duration {
        let pause = self.next;
        self.next = pause.saturating_mul(2).min(self.longest);
        pause
    }

    /// Returns the pause after the `times`-th failure in a row, from 1.
    pub(crate) fn after(self, times: u32) -> Duration {
        let factor = 1_u32.checked_shl(times.saturating_sub(1)).unwrap_or(u32::MAX);
        self.next.saturating_mul(factor).min(self.longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAUSE: Pause = Pause::new(Duration::from_millis(100), Duration::from_secs(30));

    #[test]
    fn pauses_double_and_stay_bounded() {
        let mut pause = PAUSE;
        for times in 1..=40 {
            assert_eq!(pause.after_failure(), PAUSE.after(times), "{times}");
        }
        assert_eq!(PAUSE.after(1), Duration::from_millis(100));
        assert_eq!(PAUSE.after(4), Duration::from_millis(800));
        for times in [30, 32, 33, 1_000, u32::MAX] {
            assert_eq!(PAUSE.after(times), Duration::from_secs(30));
        }
    }
}
