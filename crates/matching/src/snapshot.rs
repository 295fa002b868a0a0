//! The whole state as data, to be stored and restored at any point without any difference in what happens next.
//! It includes where tickets lie in the index, since a bounded search depends on it.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use core::cmp::Reverse;

use crate::config::{Config, Fairness, MAX_TIME_MS, MAX_WAITING, Policy};
use crate::error::RestoreError;
use crate::exclude::FOREVER;
use crate::index::{SavedIndex, wide};
use crate::matcher::{Course, Held, Key, MatchId, Matcher, Stage};
use crate::observer::Observer;
use crate::plan::Plan;
use crate::rank::{MAX_NUMBER, Rank};
use crate::schema::Schema;
use crate::score::Score;
use crate::table::Mixer;
use crate::waits::Estimate;
use crate::wheel::Wheel;

const VERSION: u32 = 5;

/// State of a matcher, apart from schema, score, settings and observer.
///
/// With the feature `serde` it can be serialized in any format. What it holds is not an interface: only the
/// version of this crate that wrote it is sure to read it. Each part has a checksum, so that damage is found; it is no
/// protection against forgery, and a forged one may take much memory before it is refused. O(waiting) in size and time.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Snapshot<K> {
    version: u32,
    schema: u64,
    settings: u64,
    now: u64,
    window_end: u64,
    counter: u64,
    next_match: u64,
    /// By rank and key.
    tickets: Vec<Saved<K>>,
    index: SavedIndex,
    /// By number of the match; the last is when it was made.
    held: Vec<(MatchId, Saved<K>, Saved<K>, u64)>,
    /// Smaller key first, in order.
    excluded: Vec<(K, K, u64)>,
    /// By rank and key.
    pending: Vec<K>,
    /// Who has not searched yet in the window that is being closed, and who has: urgency and points of the best pair.
    closing: (Vec<K>, Vec<(u8, i32, K)>),
    /// How it is paired together.
    course: Course<K>,
    /// By segment.
    estimates: Vec<(u64, Estimate)>,
    sums: Sums,
}

/// A checksum of each part of a snapshot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Sums {
    counters: u64,
    tickets: u64,
    index: u64,
    held: u64,
    excluded: u64,
    pending: u64,
    estimates: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Saved<K> {
    key: K,
    /// When it was enqueued, and the number of the call.
    enqueued: u64,
    number: u64,
    record: Vec<u64>,
    steps: Vec<u64>,
    ttl_ms: Option<u32>,
    level: u16,
    passes: u8,
    overdue: bool,
}

/// The error that names a part of the snapshot.
fn damaged(part: &'static str) -> RestoreError {
    RestoreError::Damaged { part }
}

/// An error that names `part`, unless it is as it must be.
fn ensure(part: &'static str, is_sound: bool) -> Result<(), RestoreError> {
    if is_sound { Ok(()) } else { Err(damaged(part)) }
}

/// What a ticket is checked against.
struct Frame<'a> {
    schema: &'a Schema,
    fairness: &'a Fairness,
    /// Bits of a record that mean something.
    bits: Vec<u64>,
    now: u64,
    counter: u64,
}

impl<K: Key> Saved<K> {
    fn new(held: Held<K>) -> Self {
        let Held { key, rank, record, plan, level, passes, overdue } = held;
        let (enqueued, number) = (rank.enqueued(), rank.number());
        Self { key, enqueued, number, record, steps: plan.words, ttl_ms: plan.ttl_ms, level, passes, overdue }
    }

    fn restore(self, frame: &Frame<'_>) -> Result<Held<K>, RestoreError> {
        let Self { key, enqueued, number, record, steps, ttl_ms, level, passes, overdue } = self;
        let (layout, fairness) = (&frame.schema.layout, frame.fairness);
        let waited = frame.now.checked_sub(enqueued).ok_or(damaged("the enqueue time of a ticket"))?;
        ensure("the number of a ticket", (1..=frame.counter).contains(&number))?;
        ensure("the record of a ticket", layout.is_sound(&record, &frame.bits))?;
        ensure("the priority of a ticket", layout.class.get(&record) < u64::from(fairness.classes))?;
        let plan = Plan { words: steps, ttl_ms };
        ensure("the relaxation of a ticket", plan.is_sound(layout, level, waited, &record))?;
        ensure("the passes of a ticket", passes <= if fairness.overdue_passes.is_some() { 31 } else { 0 })?;
        let is_spent = fairness.overdue_passes.is_some_and(|limit| passes >= limit);
        let is_late = fairness.overdue_after_ms.is_some_and(|after| waited >= after);
        ensure("whether a ticket is overdue", if overdue { is_late || is_spent } else { !is_spent })?;
        Ok(Held { key, rank: Rank::new(enqueued, number), record, plan, level, passes, overdue })
    }
}

impl<K: Key> Snapshot<K> {
    fn sums(&self) -> Sums {
        Sums {
            counters: Mixer::hash_of(&(self.now, self.window_end, self.counter, self.next_match)),
            tickets: Mixer::hash_of(&self.tickets),
            index: Mixer::hash_of(&self.index),
            held: Mixer::hash_of(&self.held),
            excluded: Mixer::hash_of(&self.excluded),
            pending: Mixer::hash_of(&(&self.pending, &self.closing, &self.course)),
            estimates: Mixer::hash_of(&self.estimates),
        }
    }

    fn check_sums(&self) -> Result<(), RestoreError> {
        let (found, stored) = (self.sums(), &self.sums);
        ensure("checksum of the counters", found.counters == stored.counters)?;
        ensure("checksum of the tickets", found.tickets == stored.tickets)?;
        ensure("checksum of the index", found.index == stored.index)?;
        ensure("checksum of the held matches", found.held == stored.held)?;
        ensure("checksum of the exclusions", found.excluded == stored.excluded)?;
        ensure("checksum of the pending tickets", found.pending == stored.pending)?;
        ensure("checksum of the estimates", found.estimates == stored.estimates)
    }

    fn check_counters(&self, config: &Config) -> Result<(), RestoreError> {
        ensure("the time", self.now <= MAX_TIME_MS)?;
        let is_end = match config.policy {
            Policy::Immediate => self.window_end == 0,
            Policy::Window { every_ms } => {
                self.window_end.is_multiple_of(every_ms) && self.window_end <= (self.now / every_ms + 1) * every_ms
            }
        };
        ensure("the end of the window", is_end)?;
        ensure("the number of calls", self.counter <= MAX_NUMBER)?;
        ensure("the number of the next match", (1..=MAX_MATCHES).contains(&self.next_match))?;
        ensure("the number of tickets", self.tickets.len() <= wide(MAX_WAITING))
    }
}

/// Number of the last match that is taken from a snapshot; far below the largest, so that counting on is safe.
const MAX_MATCHES: u64 = 1 << 62;
/// Largest weight of a pair that is taken from a snapshot; far above what any score gives.
const MAX_WEIGHT: i64 = 1 << 50;

fn settings<S: Score>(score: &S, config: &Config) -> u64 {
    Mixer::hash_of(&(score.weights(), score.extra_most(), config.policy, config.optimum, config.claims, config.fairness))
}

impl<K: Key, S: Score, O: Observer<K>> Matcher<K, S, O> {
    /// Copies the state. O(waiting).
    pub fn snapshot(&self) -> Snapshot<K> {
        let mut handles: Vec<u32> = self.slots.handles().collect();
        handles.sort_unstable_by_key(|handle| (self.slots.get(*handle).rank, self.slots.get(*handle).key));
        let mut numbers = alloc::vec![u32::MAX; handles.iter().max().map_or(0, |last| wide(*last) + 1)];
        for (number, handle) in (0u32..).zip(&handles) {
            if let Some(found) = numbers.get_mut(wide(*handle)) {
                *found = number;
            }
        }
        let mut excluded: Vec<(K, K, u64)> = self.exclusions.pairs().collect();
        excluded.sort_unstable();
        let saved = |held: &Held<K>| Saved::new(held.clone());
        let held = self.held.iter().map(|(id, (first, second, at))| (*id, saved(first), saved(second), *at));
        let mut snapshot = Snapshot {
            version: VERSION,
            schema: Mixer::hash_of(&(&self.schema.dims, &self.schema.marks, self.schema.layout.cluster)),
            settings: settings(&self.score, &self.config),
            now: self.now,
            window_end: self.window_end,
            counter: self.counter,
            next_match: self.next_match,
            tickets: handles.iter().map(|handle| Saved::new(self.copy(*handle))).collect(),
            index: self.index.save(|handle| numbers.get(wide(handle)).copied().unwrap_or(u32::MAX)),
            held: held.collect(),
            excluded,
            pending: self.pending.iter().map(|(_, key)| *key).collect(),
            closing: self.rest_of_window(),
            course: self.closing.course.clone(),
            estimates: self.estimates.iter().map(|(segment, estimate)| (*segment, estimate.clone())).collect(),
            sums: Sums::default(),
        };
        snapshot.sums = snapshot.sums();
        snapshot
    }

    /// A matcher that goes on where the one of the snapshot stood.
    ///
    /// Schema, weights, policy, claims and fairness must be the same; effort and limits may be others, and nobody is turned
    /// out if more wait than the new limit. A snapshot that contradicts itself or its checksums is refused.
    ///
    /// # Errors
    /// [`RestoreError::Config`], [`RestoreError::Different`] or [`RestoreError::Damaged`].
    pub fn restore(schema: Schema, score: S, config: Config, observer: O, snapshot: Snapshot<K>) -> Result<Self, RestoreError> {
        let mut matcher = Self::with_observer(schema, score, config, observer)?;
        let schema = Mixer::hash_of(&(&matcher.schema.dims, &matcher.schema.marks, matcher.schema.layout.cluster));
        for (part, is_same) in [
            ("version", snapshot.version == VERSION),
            ("schema", snapshot.schema == schema),
            ("settings", snapshot.settings == settings(&matcher.score, &matcher.config)),
        ] {
            if !is_same {
                return Err(RestoreError::Different { part });
            }
        }
        // Looked at last: what contradicts itself can be named better.
        let sums = snapshot.check_sums();
        snapshot.check_counters(&matcher.config)?;
        matcher.now = snapshot.now;
        matcher.window_end = snapshot.window_end;
        matcher.counter = snapshot.counter;
        matcher.next_match = snapshot.next_match;
        matcher.wheel = Wheel::new(snapshot.now);
        let (schema, fairness) = (matcher.schema.clone(), matcher.config.fairness);
        let bits = schema.layout.field_bits();
        let frame = Frame { schema: &schema, fairness: &fairness, bits, now: snapshot.now, counter: snapshot.counter };
        let places = matcher.index.load(&snapshot.index, snapshot.tickets.len())?;
        let mut last = None;
        for (saved, place) in snapshot.tickets.into_iter().zip(places) {
            let held = saved.restore(&frame)?;
            ensure("a key that waits twice", matcher.slots.find(held.key).is_none())?;
            ensure("the order of tickets", last.replace((held.rank, held.key)) < Some((held.rank, held.key)))?;
            matcher.put_back(&held, place)?;
        }
        matcher.restore_held(snapshot.held, &frame)?;
        matcher.restore_rest(&snapshot.excluded, &snapshot.pending, snapshot.estimates)?;
        matcher.restore_closing(&snapshot.closing)?;
        matcher.restore_course(snapshot.course)?;
        sums?;
        Ok(matcher)
    }

    fn restore_held(&mut self, held: Vec<(MatchId, Saved<K>, Saved<K>, u64)>, frame: &Frame<'_>) -> Result<(), RestoreError> {
        ensure("held matches where none are held", held.is_empty() || self.is_held_mode())?;
        let (mut last, mut since) = (MatchId(0), 0);
        for (id, first, second, at) in held {
            ensure("the number of a held match", last < id && id.0 < self.next_match)?;
            last = id;
            let (first, second) = (first.restore(frame)?, second.restore(frame)?);
            let earliest = first.rank.enqueued().max(second.rank.enqueued()).max(since);
            ensure("when a held match was made", (earliest..=frame.now).contains(&at))?;
            since = at;
            for key in [first.key, second.key] {
                let is_free = self.slots.find(key).is_none() && self.busy.insert(key, id).is_none();
                ensure("a key that is held twice", is_free)?;
            }
            self.held.insert(id, (first, second, at));
        }
        Ok(())
    }

    fn restore_rest(
        &mut self,
        excluded: &[(K, K, u64)],
        pending: &[K],
        estimates: Vec<(u64, Estimate)>,
    ) -> Result<(), RestoreError> {
        let mut last = None;
        for (first, second, until) in excluded {
            let is_new = first < second && last.replace((*first, *second)) < Some((*first, *second));
            let is_end = *until <= MAX_TIME_MS || *until == FOREVER;
            ensure("an exclusion", is_new && is_end && self.exclusions.has_room(*first, *second))?;
            self.exclusions.insert(*first, *second, *until);
        }
        self.pending = self.restore_pending(pending)?;
        let mut last = None;
        for (segment, estimate) in estimates {
            let is_new = last.replace(segment) < Some(segment);
            ensure("an estimate", is_new && estimate.is_sound())?;
            self.estimates.insert(segment, estimate);
        }
        Ok(())
    }

    fn restore_pending(&self, pending: &[K]) -> Result<BTreeSet<(Rank, K)>, RestoreError> {
        let mut all = BTreeSet::new();
        for key in pending {
            let next = self.restore_waiting(*key)?;
            ensure("the order of pending tickets", all.last() < Some(&next))?;
            all.insert(next);
        }
        Ok(all)
    }

    fn restore_waiting(&self, key: K) -> Result<(Rank, K), RestoreError> {
        let handle = self.slots.find(key).ok_or(damaged("a pending ticket that does not wait"))?;
        Ok((self.slots.get(handle).rank, key))
    }

    fn restore_course(&mut self, course: Course<K>) -> Result<(), RestoreError> {
        let most = wide(self.config.optimum);
        let is_listed = |list: &Vec<(K, i64)>| list.len() <= most && list.iter().all(|other| (1..=MAX_WEIGHT).contains(&other.1));
        let is_sound = course.lists.len() <= course.seekers.len()
            && course.seekers.len().max(course.pairs.len()) <= most
            && course.lists.iter().all(is_listed)
            && (course.stage == Stage::Before || most > 0 && !self.closing.is_over());
        ensure("the pairs of a window", is_sound)?;
        self.closing.choice = course.choice();
        self.closing.course = course;
        Ok(())
    }

    fn restore_closing(&mut self, (left, found): &(Vec<K>, Vec<(u8, i32, K)>)) -> Result<(), RestoreError> {
        let is_closing = matches!(self.config.policy, Policy::Window { .. }) && self.window_end <= self.now;
        ensure("a window that is being closed", is_closing || left.is_empty() && found.is_empty())?;
        self.closing.left = self.restore_pending(left)?;
        let mut seen = self.closing.left.clone();
        let mut last = None;
        for (class, points, key) in found {
            let next = self.restore_waiting(*key)?;
            let best = (*class, *points, Reverse(next));
            let is_sound = *class <= 2 && *points >= 0 && last.replace(best) < Some(best) && seen.insert(next);
            ensure("what was found in a window", is_sound)?;
            self.closing.found.push(best);
        }
        Ok(())
    }
}

#[cfg(feature = "serde")]
#[cfg(test)]
mod tests;
