//! The whole state as data, to be stored and restored at any point without any difference in what happens next.
//! It includes where tickets lie in the index, since a bounded search depends on it.

use alloc::vec::Vec;

use crate::config::Config;
use crate::error::RestoreError;
use crate::index::{SavedIndex, wide};
use crate::matcher::{Estimate, Held, Key, MatchId, Matcher};
use crate::observer::Observer;
use crate::rank::{MAX_NUMBER, Rank};
use crate::record::Plan;
use crate::schema::Schema;
use crate::score::Score;
use crate::table::Mixer;
use crate::wheel::Wheel;

const VERSION: u32 = 2;

/// State of a matcher, apart from schema, score, settings and observer.
///
/// With the feature `serde` it can be serialized in any format. What it holds is not an interface: only the
/// version of this crate that wrote it is sure to read it. O(waiting) in size and time.
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
    held: Vec<(MatchId, Saved<K>, Saved<K>)>,
    excluded: Vec<(K, K, u64)>,
    /// By rank and key.
    pending: Vec<K>,
    estimates: Vec<(u64, Estimate)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
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

impl<K: Key> Saved<K> {
    fn new(held: Held<K>) -> Self {
        let Held { key, rank, record, plan, level, passes, overdue } = held;
        let (enqueued, number) = (rank.enqueued(), rank.number());
        Self { key, enqueued, number, record, steps: plan.words, ttl_ms: plan.ttl_ms, level, passes, overdue }
    }

    fn restore(self, schema: &Schema, now: u64) -> Result<Held<K>, RestoreError> {
        let Self { key, enqueued, number, record, steps, ttl_ms, level, passes, overdue } = self;
        let plan = Plan { words: steps, ttl_ms };
        if !schema.layout.is_sound(&record) || !plan.is_sound(&schema.layout, level) || passes > 31 {
            return Err(RestoreError::Damaged { part: "a ticket" });
        }
        if enqueued > now || number > MAX_NUMBER {
            return Err(RestoreError::Damaged { part: "an enqueue time" });
        }
        let rank = Rank::new(enqueued, number);
        Ok(Held { key, rank, record, plan, level, passes, overdue })
    }
}

fn settings<S: Score>(score: &S, config: &Config) -> u64 {
    Mixer::hash_of(&(score.weights(), score.extra_most(), config.policy, config.claims, config.fairness))
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
        let held = self.held.iter().map(|(id, (first, second))| (*id, Saved::new(first.clone()), Saved::new(second.clone())));
        Snapshot {
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
            estimates: self.estimates.iter().map(|(segment, estimate)| (*segment, *estimate)).collect(),
        }
    }

    /// A matcher that goes on where the one of the snapshot stood.
    ///
    /// Schema, weights, policy, claims and fairness must be the same; effort and limits may be others.
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
        if snapshot.now > crate::config::MAX_TIME_MS {
            return Err(RestoreError::Damaged { part: "the time" });
        }
        matcher.now = snapshot.now;
        matcher.window_end = snapshot.window_end;
        if snapshot.counter > MAX_NUMBER {
            return Err(RestoreError::Damaged { part: "the number of calls" });
        }
        matcher.counter = snapshot.counter;
        matcher.next_match = snapshot.next_match;
        matcher.wheel = Wheel::new(snapshot.now);
        let places = matcher.index.load(&snapshot.index, snapshot.tickets.len())?;
        for (saved, place) in snapshot.tickets.into_iter().zip(places) {
            let held = saved.restore(&matcher.schema, matcher.now)?;
            if matcher.slots.find(held.key).is_some() {
                return Err(RestoreError::Damaged { part: "a key that waits twice" });
            }
            matcher.put_back(&held, place)?;
        }
        for (id, first, second) in snapshot.held {
            let (first, second) = (first.restore(&matcher.schema, matcher.now)?, second.restore(&matcher.schema, matcher.now)?);
            for key in [first.key, second.key] {
                if matcher.slots.find(key).is_some() || matcher.busy.insert(key, id).is_some() {
                    return Err(RestoreError::Damaged { part: "a key that is held twice" });
                }
            }
            matcher.held.insert(id, (first, second));
        }
        for (first, second, until) in snapshot.excluded {
            if first == second {
                return Err(RestoreError::Damaged { part: "an exclusion" });
            }
            matcher.exclusions.insert(first, second, until);
        }
        for key in snapshot.pending {
            let handle = matcher.slots.find(key).ok_or(RestoreError::Damaged { part: "a pending ticket" })?;
            matcher.pending.insert((matcher.slots.get(handle).rank, key));
        }
        matcher.estimates = snapshot.estimates.into_iter().collect();
        Ok(matcher)
    }
}
