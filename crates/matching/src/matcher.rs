//! The matcher: state, construction and the helpers that all operations share.
//! The operations themselves are grouped by what they are for, in the files below this one.

mod advance;
mod capacity;
mod claim;
mod inspect;
mod offer;
mod owner;
mod search;
mod together;
mod window;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::hash::Hash;

use crate::config::{Claims, Config, Effort, MAX_TIME_MS, Policy};
use crate::error::{ConfigError, MatcherError, RestoreError};
use crate::exclude::Exclusions;
use crate::index::{Index, Workspace};
use crate::observer::Observer;
use crate::plan::Plan;
use crate::plan::Plans;
use crate::rank::{MAX_NUMBER, Rank};
use crate::schema::Schema;
use crate::score::{MAX_POINTS, Parts, Score, Weights, range};
use crate::slots::{NONE, Slot, Slots, State};
use crate::table::Keyed;
use crate::waits::Estimate;
use crate::wheel::Wheel;

pub use advance::{Event, Progress};
pub use inspect::{Diagnosis, Explanation, Memory, Verdict, Without};
pub use owner::Waiting;
pub(crate) use together::{Course, Stage};
pub(crate) use window::Closing;

/// What tickets are known by: small, comparable, hashable, such as a user's number.
///
/// Implemented for every type that qualifies. Hashes of integers are the same on every platform, and with
/// them [`Matcher::state_hash`]; other types must see to that themselves.
pub trait Key: Copy + Eq + Hash + Ord {}

impl<T: Copy + Eq + Hash + Ord> Key for T {}

/// Number of a match, unique in the life of a matcher and its snapshots; starts at 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct MatchId(pub u64);

/// Two tickets that fit each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Match<K> {
    /// Number of the match, needed to confirm or reject it.
    pub id: MatchId,
    /// Who arrived, relaxed or came back, and so brought the match about.
    pub seeker: K,
    /// Who was chosen for the seeker.
    pub partner: K,
    /// Points of the pair, without aging and class bonus.
    pub points: u32,
    /// How long the seeker has waited, in milliseconds.
    pub seeker_waited_ms: u64,
    /// How long the partner has waited, in milliseconds.
    pub partner_waited_ms: u64,
    /// When the match was made, in milliseconds as passed in.
    pub at: u64,
    /// The points by weight, if they are [asked for](Config::by_weight).
    pub(crate) parts: Option<Parts>,
}

/// What became of an offered ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome<K> {
    /// It found a partner; neither of the two waits now.
    Matched(Match<K>),
    /// Nobody who waits fits, so it waits. Under [`Policy::Window`] this is always the answer.
    Waiting,
}

/// A ticket out of the pool while its match is neither confirmed nor rejected.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Held<K> {
    pub(crate) key: K,
    pub(crate) rank: Rank,
    pub(crate) record: Vec<u64>,
    pub(crate) plan: Plan,
    pub(crate) level: u16,
    pub(crate) passes: u8,
    pub(crate) overdue: bool,
}

/// Both tickets of a held match, the seeker first, and when it was made.
pub(crate) type HeldMatch<K> = (Held<K>, Held<K>, u64);

/// An online, reciprocal matchmaker.
///
/// Owns its state and nothing else: no clock, no randomness, no I/O. Two matchers that are given the same
/// calls hold the same state and make the same pairs, on every platform. Between versions of the crate that holds for
/// exact searches as long as neither the minor version changes nor the change log says otherwise.
#[derive(Clone, Debug)]
pub struct Matcher<K, S = Weights, O = ()> {
    pub(crate) schema: Schema,
    pub(crate) score: S,
    pub(crate) config: Config,
    pub(crate) observer: O,
    pub(crate) slots: Slots<K>,
    pub(crate) plans: Plans,
    pub(crate) wheel: Wheel<K>,
    pub(crate) index: Index,
    pub(crate) exclusions: Exclusions<K>,
    pub(crate) held: BTreeMap<MatchId, HeldMatch<K>>,
    pub(crate) busy: BTreeMap<K, MatchId>,
    /// Tickets that may fit somebody and are paired at the end of the window.
    pub(crate) pending: BTreeSet<(Rank, K)>,
    /// The window that is being closed.
    pub(crate) closing: Closing<K>,
    pub(crate) estimates: BTreeMap<u64, Estimate>,
    pub(crate) now: u64,
    /// When the current window ends; only with [`Policy::Window`].
    pub(crate) window_end: u64,
    pub(crate) counter: u64,
    pub(crate) next_match: u64,
    pub(crate) work: Workspace,
    pub(crate) scratch: Vec<u64>,
    pub(crate) scratch_plan: Plan,
}

impl<K: Key, S: Score> Matcher<K, S> {
    /// An empty matcher. Time starts at zero.
    ///
    /// # Errors
    /// [`ConfigError`] when a setting or weight is out of range, or when a weight names a dimension of another
    /// kind or schema.
    pub fn new(schema: Schema, score: S, config: Config) -> Result<Self, ConfigError> {
        Self::with_observer(schema, score, config, ())
    }
}

impl<K: Key, S: Score, O: Observer<K>> Matcher<K, S, O> {
    /// An empty matcher that reports to `observer`.
    ///
    /// # Errors
    /// As [`Matcher::new`].
    pub fn with_observer(schema: Schema, score: S, config: Config, observer: O) -> Result<Self, ConfigError> {
        config.check()?;
        score.weights().check(&schema)?;
        range("extra_most", u64::from(score.extra_most()), 0, u64::from(MAX_POINTS))?;
        let keyed = Keyed(config.seed);
        let index = Index::new(&schema.layout, score.weights(), &config.fairness);
        Ok(Self {
            slots: Slots::new(schema.layout.words, keyed),
            plans: Plans::new(keyed),
            wheel: Wheel::new(0),
            index,
            exclusions: Exclusions::new(keyed),
            held: BTreeMap::new(),
            busy: BTreeMap::new(),
            pending: BTreeSet::new(),
            closing: Closing::default(),
            estimates: BTreeMap::new(),
            now: 0,
            window_end: 0,
            counter: 0,
            next_match: 1,
            work: Workspace::default(),
            scratch: Vec::new(),
            scratch_plan: Plan::default(),
            schema,
            score,
            config,
            observer,
        })
    }

    /// Number of tickets that wait.
    pub fn len(&self) -> usize {
        usize::try_from(self.slots.len()).unwrap_or(usize::MAX)
    }

    /// Whether nobody waits.
    pub fn is_empty(&self) -> bool {
        self.slots.len() == 0
    }

    /// Whether `key` waits. A ticket of a held match does not.
    pub fn is_waiting(&self, key: K) -> bool {
        self.slots.find(key).is_some()
    }

    /// The latest time given, in milliseconds.
    pub fn now(&self) -> u64 {
        self.now
    }

    /// The schema of the tickets.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Changes how hard searches look from now on.
    pub fn set_effort(&mut self, effort: Effort) {
        self.config.effort = effort;
    }

    /// The observer.
    pub fn observer(&self) -> &O {
        &self.observer
    }

    /// The observer, to read and reset what it counted.
    pub fn observer_mut(&mut self) -> &mut O {
        &mut self.observer
    }

    pub(crate) fn check_time(&self, now: u64) -> Result<(), MatcherError<K>> {
        if now > MAX_TIME_MS {
            return Err(MatcherError::TimeOutOfRange { field: "now", value: now, limit: MAX_TIME_MS });
        }
        if now < self.now {
            return Err(MatcherError::TimeWentBack { last_ms: self.now, now_ms: now });
        }
        Ok(())
    }

    pub(crate) fn set_time(&mut self, now: u64) {
        if let Policy::Window { every_ms } = self.config.policy
            && self.window_end == 0
        {
            self.window_end = (now / every_ms + 1) * every_ms;
        }
        self.now = now;
    }

    /// A rank for a ticket enqueued at `enqueued`: later than every rank given before for the same time.
    ///
    /// After [`MAX_NUMBER`] calls, in the reach of no real use, arrivals of one millisecond are ordered by key alone.
    pub(crate) fn next_rank(&mut self, enqueued: u64) -> Rank {
        self.counter = (self.counter + 1).min(MAX_NUMBER);
        Rank::new(enqueued, self.counter)
    }

    /// Waiting time of the next event of a ticket: step, end of life, or becoming overdue.
    pub(crate) fn next_due(&self, plan: &Plan, level: u16, overdue: bool) -> u32 {
        let step = plan.due(level);
        let late = self.config.fairness.overdue_after_ms.filter(|_| !overdue);
        let late = late.and_then(|after| u32::try_from(after).ok());
        [step, plan.ttl_ms, late].into_iter().flatten().min().unwrap_or(NONE)
    }

    /// Puts a ticket that is in no other place into the pool.
    pub(crate) fn put(&mut self, held: &Held<K>) -> u32 {
        let handle = self.add_slot(held);
        let place = self.index.insert(&held.record, handle, held.rank, held.passes, held.overdue);
        self.slots.get_mut(handle).place = place;
        self.wheel.set(&mut self.slots, handle);
        self.tidy();
        self.observer.waiting(held.key, self.now);
        handle
    }

    fn add_slot(&mut self, held: &Held<K>) -> u32 {
        let plan = self.plans.intern(&held.plan);
        let slot = Slot {
            key: held.key,
            rank: held.rank,
            place: NONE,
            plan,
            next: NONE,
            previous: NONE,
            due: self.next_due(&held.plan, held.level, held.overdue),
            level: held.level,
            overdue: held.overdue,
            state: State::Timed,
        };
        self.slots.insert(slot, &held.record)
    }

    /// Puts a ticket into a pool that is being restored.
    pub(crate) fn put_back(&mut self, held: &Held<K>, place: u32) -> Result<(), RestoreError> {
        self.index.check_place(place, &held.record)?;
        let handle = self.add_slot(held);
        self.index.put_back(place, &held.record, handle, held.rank, held.passes, held.overdue);
        self.slots.get_mut(handle).place = place;
        self.wheel.set(&mut self.slots, handle);
        Ok(())
    }

    /// Takes a ticket out of the pool.
    pub(crate) fn take(&mut self, handle: u32) {
        let slot = *self.slots.get(handle);
        self.slots.fetch_beside(handle);
        self.index.remove(slot.place, self.slots.record(handle));
        self.wheel.clear(&mut self.slots, handle);
        self.plans.release(slot.plan);
        if !self.pending.is_empty() {
            self.pending.remove(&(slot.rank, slot.key));
        }
        self.slots.remove(handle);
        self.skip_gone();
        self.tidy();
    }

    /// A copy of a waiting ticket, to put it back later.
    pub(crate) fn copy(&self, handle: u32) -> Held<K> {
        let slot = self.slots.get(handle);
        Held {
            key: slot.key,
            rank: slot.rank,
            record: self.slots.record(handle).to_vec(),
            plan: self.plans.get(slot.plan).clone(),
            level: slot.level,
            passes: self.index.passes(slot.place),
            overdue: slot.overdue,
        }
    }

    pub(crate) fn is_held_mode(&self) -> bool {
        self.config.claims != Claims::Final
    }

    pub(crate) fn has_room_to_hold(&self) -> bool {
        !self.is_held_mode() || self.held.len() < usize::try_from(self.config.limits.held).unwrap_or(usize::MAX)
    }

    /// Moves a few tickets together so that the index stays dense.
    fn tidy(&mut self) {
        self.fold();
        for _ in 0..2 {
            let Some((place, handle)) = self.index.stray() else {
                return;
            };
            let rank = self.slots.get(handle).rank;
            let moved = self.index.relocate(place, self.slots.record(handle), handle, rank);
            self.slots.get_mut(handle).place = moved;
            self.fold();
        }
    }

    /// Lets the index reuse dead columns for those who came lately.
    pub(crate) fn fold(&mut self) {
        let slots = &mut self.slots;
        self.index.fold(|handle, place| {
            let slot = slots.get_mut(handle);
            slot.place = place.unwrap_or(slot.place);
            slot.rank
        });
    }
}

#[cfg(test)]
mod tests;
