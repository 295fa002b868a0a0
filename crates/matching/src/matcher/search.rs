//! The matcher's side of a search: who may not be met, and who was passed over.

use super::{Key, Matcher};
use crate::observer::{Observer, SearchCost};
use crate::predicate::Predicate;
use crate::score::{Score, pair_points};

/// The best candidate of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) handle: u32,
    pub(crate) points: i32,
}

impl<K: Key, S: Score, O: Observer<K>> Matcher<K, S, O> {
    /// The waiting ticket that comes first for a seeker, who is `me` if it waits itself.
    pub(crate) fn best(&mut self, record: &[u64], key: K, _rank: u64, me: Option<u32>) -> Option<Hit> {
        let predicate = Predicate::new(&self.schema.layout, record);
        let others = self.exclusions.others(key);
        let fair = self.config.fairness;
        let mut best = None;
        for handle in self.slots.handles() {
            let slot = self.slots.get(handle);
            let theirs = self.slots.record(handle);
            if Some(handle) == me || others.binary_search(&slot.key).is_ok() || !predicate.fits(theirs) {
                continue;
            }
            let points = pair_points(&self.score, &self.schema, record, theirs);
            let class = u32::try_from(self.schema.layout.class.get(theirs)).unwrap_or(0);
            let bonus = class * fair.class_bonus + fair.aging_points(slot.enqueued(), self.now);
            let total = i64::from(points) + i64::from(bonus);
            let order = (!slot.overdue, -total, slot.rank, slot.key);
            if best.as_ref().is_none_or(|(best, _)| order < *best) {
                best = Some((order, Hit { handle, points }));
            }
        }
        self.observer.searched(SearchCost::default());
        best.map(|best| best.1)
    }

    /// Counts a pass for everybody who fits the seeker and waits longer than the chosen one.
    pub(crate) fn pass_over(&mut self, record: &[u64], key: K, me: Option<u32>, chosen: u32) {
        let Some(limit) = self.config.fairness.overdue_passes else {
            return;
        };
        let chosen = *self.slots.get(chosen);
        let predicate = Predicate::new(&self.schema.layout, record);
        let others = self.exclusions.others(key);
        let passed = self.slots.handles().filter(|handle| {
            let slot = self.slots.get(*handle);
            Some(*handle) != me
                && (slot.rank, slot.key) < (chosen.rank, chosen.key)
                && others.binary_search(&slot.key).is_err()
                && predicate.fits(self.slots.record(*handle))
        });
        let passed: alloc::vec::Vec<u32> = passed.collect();
        for handle in passed {
            if self.index.pass(self.slots.get(handle).place) >= limit && !self.slots.get(handle).overdue {
                self.make_overdue(handle);
            }
        }
    }

    /// Puts a waiting ticket into the class that is served first.
    pub(crate) fn make_overdue(&mut self, handle: u32) {
        // The timer may have been the one for becoming overdue by waiting.
        self.wheel.clear(&mut self.slots, handle);
        let slot = *self.slots.get(handle);
        let due = self.next_due(self.plans.get(slot.plan), slot.level, true);
        let slot = self.slots.get_mut(handle);
        slot.overdue = true;
        slot.due = due;
        self.index.mark_overdue(slot.place);
        self.wheel.set(&mut self.slots, handle);
    }
}
