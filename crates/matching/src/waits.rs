//! Waits seen in one segment: a running mean, and the last of them for quantiles, in bounded memory.

use alloc::vec::Vec;

use crate::config::MAX_TIME_MS;

/// So many of the last waits are kept.
const KEPT: u32 = 128;

/// The waits of one segment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Estimate {
    mean_ms: u64,
    /// Number of waits seen; the place of the next one, once as many as are kept have been.
    seen: u32,
    /// Codes of the last waits, at most [`KEPT`].
    latest: Vec<u8>,
}

impl Estimate {
    pub(crate) fn learn(&mut self, waited_ms: u64) {
        let share = u64::from(self.seen.min(7)) + 1;
        self.mean_ms = (self.mean_ms * (share - 1) + waited_ms) / share;
        let at = usize::try_from(self.seen % KEPT).unwrap_or(0);
        match self.latest.get_mut(at) {
            Some(oldest) => *oldest = code(waited_ms),
            None => self.latest.push(code(waited_ms)),
        }
        self.seen = self.seen.checked_add(1).unwrap_or(KEPT);
    }

    /// Whether an estimate that was not made here could have been.
    pub(crate) fn is_sound(&self) -> bool {
        let kept = u32::try_from(self.latest.len()).unwrap_or(u32::MAX);
        self.mean_ms <= MAX_TIME_MS && kept > 0 && kept == self.seen.min(KEPT)
    }

    pub(crate) fn tell(&self) -> WaitEstimate {
        let mut latest = self.latest.clone();
        latest.sort_unstable();
        WaitEstimate { mean_ms: self.mean_ms, latest }
    }
}

/// How long tickets of one kind waited lately until they were matched.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WaitEstimate {
    /// Mean wait in milliseconds: a running mean in which a match counts an eighth.
    pub mean_ms: u64,
    /// Codes of the last waits, ascending; at least one.
    latest: Vec<u8>,
}

impl WaitEstimate {
    /// Number of waits that [`wait_at`](Self::wait_at) looks at, 1..=128: the last ones.
    pub fn seen(&self) -> usize {
        self.latest.len()
    }

    /// The shortest time, in milliseconds, within which at least so many of a thousand of the last waits were over: 500 is
    /// the median.
    ///
    /// Exact below 16 ms, else up to an eighth too long, never too short; a wait of more than 198 days counts as 198 days.
    pub fn wait_at(&self, permille: u16) -> u64 {
        let count = (self.latest.len() * usize::from(permille.min(1000))).div_ceil(1000);
        self.latest.get(count.saturating_sub(1)).map_or(0, |code| longest(*code))
    }
}

/// The octave of a wait and its eighth of it; below eight the wait itself.
fn code(waited_ms: u64) -> u8 {
    let octave = waited_ms.checked_ilog2().unwrap_or(0);
    if octave < 3 {
        return u8::try_from(waited_ms).unwrap_or(0);
    }
    u8::try_from(u64::from(octave - 2) << 3 | waited_ms >> (octave - 3) & 7).unwrap_or(u8::MAX)
}

/// The longest wait of a code.
fn longest(code: u8) -> u64 {
    match u64::from(code >> 3) {
        0 => u64::from(code),
        octave => ((u64::from(code & 7) + 9) << (octave - 1)) - 1,
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use proptest::prelude::*;

    use super::{Estimate, code, longest};

    #[test]
    fn every_code_is_that_of_its_longest_wait_and_no_longer_one() {
        for number in 0..=u8::MAX {
            assert_eq!(code(longest(number)), number);
            assert_eq!(code(longest(number) + 1), number.saturating_add(1));
        }
    }

    proptest! {
        #[test]
        fn a_quantile_is_at_most_an_eighth_above_that_of_the_last_waits(
            waits in proptest::collection::vec(prop_oneof![0..40u64, 0..100_000u64, 0..(1u64 << 34)], 1..400),
            permille in 0..=1000u16,
        ) {
            let mut estimate = Estimate::default();
            for wait in &waits {
                estimate.learn(*wait);
            }
            prop_assert!(estimate.is_sound());
            let mut last: Vec<u64> = waits[waits.len().saturating_sub(128)..].to_vec();
            last.sort_unstable();
            let told = estimate.tell();
            prop_assert_eq!(told.seen(), last.len());
            let found = told.wait_at(permille);
            let enough = |within: u64| last.iter().filter(|wait| **wait <= within).count() * 1000 >= last.len() * usize::from(permille);
            let exact = last.iter().copied().find(|wait| enough(*wait)).unwrap();
            prop_assert!(exact <= found && found - exact <= exact / 8, "{} for {}", found, exact);
        }
    }
}
