//! The matcher's side of a search: who may not be met, and who was passed over.

use alloc::vec::Vec;
use core::cell::OnceCell;

use super::{Key, Matcher};
use crate::config::Effort;
use crate::exclude::Exclusions;
use crate::index::{How, Pool, Workspace};
use crate::observer::Observer;
use crate::rank::Rank;
use crate::schema::Schema;
use crate::score::{Facts, Score};
use crate::slots::Slots;

/// The best candidate of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) handle: u32,
    pub(crate) points: i32,
}

/// The waiting tickets as one seeker sees them.
struct View<'a, K, S> {
    slots: &'a Slots<K>,
    schema: &'a Schema,
    score: &'a S,
    record: &'a [u64],
    exclusions: &'a Exclusions<K>,
    key: K,
    /// Keys the seeker must not meet, sorted; looked up for the first candidate that would win, since most searches find none.
    others: OnceCell<&'a [K]>,
    /// The seeker's own ticket, if it waits.
    me: Option<u32>,
    extra_most: u32,
}

impl<'a, K: Key, S: Score> View<'a, K, S> {
    fn new(
        (slots, schema, score, exclusions): (&'a Slots<K>, &'a Schema, &'a S, &'a Exclusions<K>),
        record: &'a [u64],
        key: K,
        me: Option<u32>,
    ) -> Self {
        Self { slots, schema, score, record, exclusions, key, others: OnceCell::new(), me, extra_most: score.extra_most() }
    }
}

impl<K: Key, S: Score> Pool for View<'_, K, S> {
    fn fetch(&self, handle: u32) {
        self.slots.fetch(handle);
    }

    fn is_barred(&self, handle: u32) -> bool {
        if Some(handle) == self.me {
            return true;
        }
        let others = *self.others.get_or_init(|| self.exclusions.others(self.key));
        !others.is_empty() && others.binary_search(&self.slots.get(handle).key).is_ok()
    }

    fn is_before(&self, first: u32, second: u32) -> bool {
        let order = |handle: u32| (self.slots.get(handle).rank, self.slots.get(handle).key);
        order(first) < order(second)
    }

    fn rank(&self, handle: u32) -> Rank {
        self.slots.get(handle).rank
    }

    fn extra(&self, handle: u32) -> u32 {
        let facts = |record| Facts { schema: self.schema, record };
        self.score.extra(&facts(self.record), &facts(self.slots.record(handle)))
    }

    fn extra_most(&self) -> u32 {
        self.extra_most
    }
}

impl<K: Key, S: Score, O: Observer<K>> Matcher<K, S, O> {
    /// The waiting ticket that comes first for a seeker, who is `me` if it waits itself.
    pub(crate) fn best(&mut self, record: &[u64], key: K, rank: Rank, me: Option<u32>) -> Option<Hit> {
        let Self { index, slots, schema, score, exclusions, config, .. } = self;
        let view = View::new((slots, schema, score, exclusions), record, key, me);
        let runs = match config.effort {
            Effort::Exact => None,
            Effort::Bounded { runs } => Some(runs),
        };
        let tick = config.fairness.tick(self.now);
        let note_visits = config.fairness.overdue_passes.is_some();
        let how = How { tick, runs, salt: rank.salt(), note_visits };
        let (found, cost) = index.search(&mut self.work, (score.weights(), record), &view, &how);
        self.observer.searched(cost);
        found.map(|found| Hit { handle: found.handle, points: i32::try_from(found.points).unwrap_or(i32::MAX) })
    }

    /// The waiting tickets that come first for a seeker, at most `most`, in order; the key may be one that waits.
    pub(crate) fn first(&self, record: &[u64], key: K, most: u32) -> Vec<u32> {
        let Self { index, slots, schema, score, exclusions, config, .. } = self;
        let view = View::new((slots, schema, score, exclusions), record, key, slots.find(key));
        index.top(&mut Workspace::default(), (score.weights(), record), &view, config.fairness.tick(self.now), most)
    }

    /// Counts a pass for everybody the last search met who waits longer than the chosen one.
    pub(crate) fn pass_over(&mut self, key: K, me: Option<u32>, chosen: u32) {
        let Some(limit) = self.config.fairness.overdue_passes else { return };
        let slot = *self.slots.get(chosen);
        let barred = self.exclusions.others(key).iter().filter_map(|other| self.slots.find(*other));
        let mut barred: Vec<u32> = barred.chain(me).map(|handle| self.slots.get(handle).place).collect();
        barred.sort_unstable();
        let slots = &self.slots;
        let is_older = |handle: u32| (slots.get(handle).rank, slots.get(handle).key) < (slot.rank, slot.key);
        let mut reached = Vec::new();
        self.index.pass_over(&self.work, slot.rank, limit, &barred, is_older, |handle| reached.push(handle));
        for handle in reached {
            self.index.mark_spent(self.slots.get(handle).place);
            if !self.slots.get(handle).overdue {
                self.make_overdue(handle);
            }
        }
    }

    /// How urgent a waiting ticket is: 2 passed over as often as anybody may be, 1 overdue by waiting, 0 neither.
    pub(crate) fn class_of(&self, handle: u32) -> u8 {
        let slot = self.slots.get(handle);
        if self.index.is_spent(slot.place) { 2 } else { u8::from(slot.overdue) }
    }

    /// Puts a waiting ticket that was passed over too often among those who are overdue.
    fn make_overdue(&mut self, handle: u32) {
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
