//! Flood guard: per person at most 5 updates a second reach the rules, bursts of 20 pass.

use std::collections::HashMap;

use crate::id::TelegramId;
use crate::time::Timestamp;

/// Updates a second that a person may send for long.
pub(super) const UPDATES_PER_SECOND: i64 = 5;
/// Updates that may come at once after a calm time.
pub(super) const BURST: i64 = 20;
/// Updates' worth of calm after which a person who was refused is heard again.
const CALM: i64 = 5;

const MICROS_PER_UPDATE: i64 = 1_000_000 / UPDATES_PER_SECOND;

/// What becomes of one update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It passes.
    Pass,
    /// It is refused, and the person is to be told.
    RefuseAndTell,
    /// It is refused; they were told.
    Refuse,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    /// Micro-updates left: the burst, times the cost of one.
    left: i64,
    at: Timestamp,
    is_refused: bool,
}

/// One token bucket a person; full ones are forgotten.
#[derive(Clone, Debug, Default)]
pub(crate) struct FloodGuard {
    buckets: HashMap<TelegramId, Bucket>,
}

impl FloodGuard {
    pub(crate) fn take(&mut self, who: TelegramId, now: Timestamp) -> Verdict {
        let bucket = self.buckets.entry(who).or_insert(Bucket { left: BURST * MICROS_PER_UPDATE, at: now, is_refused: false });
        bucket.refill(now);
        if bucket.is_refused && bucket.left >= CALM * MICROS_PER_UPDATE {
            bucket.is_refused = false;
        }
        if bucket.is_refused {
            return Verdict::Refuse;
        }
        if bucket.left < MICROS_PER_UPDATE {
            bucket.is_refused = true;
            return Verdict::RefuseAndTell;
        }
        bucket.left -= MICROS_PER_UPDATE;
        Verdict::Pass
    }

    /// Forgets everybody whose bucket is full again.
    pub(crate) fn forget_calm(&mut self, now: Timestamp) {
        self.buckets.retain(|_, bucket| {
            bucket.refill(now);
            bucket.left < BURST * MICROS_PER_UPDATE
        });
    }
}

impl Bucket {
    fn refill(&mut self, now: Timestamp) {
        let passed = now.as_micros().saturating_sub(self.at.as_micros()).max(0);
        self.left = self.left.saturating_add(passed).min(BURST * MICROS_PER_UPDATE);
        self.at = self.at.max(now);
    }
}
