//! The gate: how fast somebody may write and press, and how many of their messages it kept out.
//! Messages count by when they were written, presses by when they came: an outage makes nobody a flood.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use crate::id::TelegramId;
use crate::person::UiLanguage;
use crate::time::Timestamp;

/// Updates a second that a person may send for long.
pub(super) const UPDATES_PER_SECOND: i64 = 5;
/// Updates that may come at once after a calm time.
pub(super) const BURST: i64 = 20;
/// Updates' worth of calm after which a person who was refused is heard again.
const CALM: i64 = 5;
/// How long after the last message that was kept out its writer is told.
const TOLD_AFTER: Duration = Duration::from_secs(2);
/// How long after the first one at the latest.
const TOLD_WITHIN: Duration = Duration::from_secs(5);

const MICROS_PER_UPDATE: i64 = 1_000_000 / UPDATES_PER_SECOND;

/// What is counted apart, so that none of it can keep out the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Flow {
    /// What is written.
    Written,
    /// What is pressed.
    Pressed,
    /// What ends something or asks for help.
    Safety,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    /// Micro-updates left: the burst, times the cost of one.
    left: i64,
    at: Timestamp,
    is_refused: bool,
}

/// Messages that were kept out, and of which their writer has not heard yet.
#[derive(Clone, Copy, Debug)]
struct Lost {
    count: u32,
    language: UiLanguage,
    first_at: Timestamp,
    tell_at: Timestamp,
}

/// One token bucket for each person and flow; full ones are forgotten.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gate {
    buckets: HashMap<(TelegramId, Flow), Bucket>,
    lost: HashMap<TelegramId, Lost>,
    due: BTreeSet<(Timestamp, TelegramId)>,
}

impl Gate {
    /// Lets one update in, or not. `at` is when it was written (Telegram's clock) or pressed (ours): within a flow the
    /// clock is one.
    pub(crate) fn takes(&mut self, who: TelegramId, flow: Flow, at: Timestamp) -> bool {
        let new = Bucket { left: BURST * MICROS_PER_UPDATE, at, is_refused: false };
        let bucket = self.buckets.entry((who, flow)).or_insert(new);
        bucket.refill(at);
        if bucket.is_refused && bucket.left >= CALM * MICROS_PER_UPDATE {
            bucket.is_refused = false;
        }
        if bucket.is_refused || bucket.left < MICROS_PER_UPDATE {
            bucket.is_refused = true;
            return false;
        }
        bucket.left -= MICROS_PER_UPDATE;
        true
    }

    /// Counts a message that was kept out; its writer is told the number a little later.
    pub(crate) fn lose(&mut self, who: TelegramId, language: UiLanguage, now: Timestamp) {
        let new = Lost { count: 0, language, first_at: now, tell_at: now };
        let lost = self.lost.entry(who).or_insert(new);
        self.due.remove(&(lost.tell_at, who));
        lost.count = lost.count.saturating_add(1);
        lost.tell_at = now.plus(TOLD_AFTER).min(lost.first_at.plus(TOLD_WITHIN));
        self.due.insert((lost.tell_at, who));
    }

    /// Takes one person who is to hear by `now` how many messages were kept out.
    pub(crate) fn next_told(&mut self, now: Timestamp) -> Option<(TelegramId, UiLanguage, u32)> {
        let &(at, who) = self.due.first()?;
        if at > now {
            return None;
        }
        self.due.pop_first();
        let lost = self.lost.remove(&who)?;
        Some((who, lost.language, lost.count))
    }

    /// When the next person is to be told.
    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        self.due.first().map(|&(at, _)| at)
    }

    /// Our clock was set back: who is to be told is told as soon as they would have been. Buckets start anew by themselves.
    pub(crate) fn go_back(&mut self, by: Duration) {
        for lost in self.lost.values_mut() {
            lost.first_at = lost.first_at.minus(by);
            lost.tell_at = lost.tell_at.minus(by);
        }
        self.due = self.lost.iter().map(|(&who, lost)| (lost.tell_at, who)).collect();
    }

    /// Forgets everybody whose bucket is full again by `now` or, for what is written, by `written`, the same moment on
    /// Telegram's clock.
    pub(crate) fn forget_calm(&mut self, now: Timestamp, written: Timestamp) {
        self.buckets.retain(|&(_, flow), bucket| {
            bucket.refill(if flow == Flow::Written { written } else { now });
            bucket.left < BURST * MICROS_PER_UPDATE
        });
    }
}

impl Bucket {
    /// A clock that was set back starts anew: what came before it counts, the time between does not.
    fn refill(&mut self, at: Timestamp) {
        let passed = at.as_micros().saturating_sub(self.at.as_micros()).max(0);
        self.left = self.left.saturating_add(passed).min(BURST * MICROS_PER_UPDATE);
        self.at = at;
    }
}

#[cfg(test)]
mod tests;
