//! Questions about the state: why two fit or do not, what keeps a ticket waiting, how many would fit, how long it takes.
//! None of them changes anything.

use alloc::vec::Vec;

use super::{Key, Match, Matcher};
use crate::dim::Dim;
use crate::error::{MatcherError, TicketError};
use crate::index::Query;
use crate::layout::Layout;
use crate::observer::Observer;
use crate::plan::{MAX_STEPS, Plan};
use crate::predicate::{Predicate, accepts};
use crate::rank::Rank;
use crate::schema::Schema;
use crate::score::{Part, Score, pair_points};
use crate::table::Mixer;
use crate::ticket::Ticket;
use crate::waits::{Estimate, WaitEstimate};

/// How two tickets stand to each other in one dimension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Verdict {
    /// The dimension.
    pub dim: Dim,
    /// Whether the first accepts what the second has.
    pub first_accepts: bool,
    /// Whether the second accepts what the first has.
    pub second_accepts: bool,
}

/// Why two tickets fit or do not.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explanation {
    /// One verdict a dimension, in the order of the schema.
    pub verdicts: Vec<Verdict>,
    /// Until when the two are kept apart: `None` not at all, `Some(None)` forever.
    pub excluded: Option<Option<u64>>,
    /// Points of the pair, whether it fits or not.
    pub points: u32,
    /// The points by weight, as in [`Matcher::by_weight`].
    pub by_weight: Vec<Part>,
}

impl Explanation {
    /// Whether the two may be matched.
    pub fn fits(&self) -> bool {
        self.excluded.is_none() && self.verdicts.iter().all(|verdict| verdict.first_accepts && verdict.second_accepts)
    }

    /// The dimensions in which one of the two refuses the other.
    pub fn refusals(&self) -> impl Iterator<Item = &Verdict> {
        self.verdicts.iter().filter(|verdict| !(verdict.first_accepts && verdict.second_accepts))
    }
}

/// How many more would fit without one rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Without {
    /// The dimension.
    pub dim: Dim,
    /// Tickets that would fit if this ticket accepted anything there.
    pub mine: u32,
    /// Tickets that would fit if everybody else accepted anything there.
    pub theirs: u32,
}

/// What keeps a ticket waiting.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnosis {
    /// Waiting tickets that fit now and are not excluded; zero once `advance` has finished, under
    /// [`Policy::Immediate`](crate::Policy::Immediate).
    pub fits: u32,
    /// Waiting tickets that fit but are kept apart by an exclusion.
    pub excluded: u32,
    /// One entry per dimension, in the order of the schema.
    pub without: Vec<Without>,
}

/// Bytes allocated, by purpose; capacities, not what is in use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Memory {
    /// Slots, records and plans of tickets, timers included.
    pub tickets: usize,
    /// The index.
    pub index: usize,
    /// From keys to tickets.
    pub keys: usize,
    /// Exclusions.
    pub exclusions: usize,
}

impl Memory {
    /// All of it.
    pub fn total(&self) -> usize {
        self.tickets + self.index + self.keys + self.exclusions
    }
}

impl Schema {
    /// Encodes a ticket as it is after so many milliseconds of waiting, to test many pairs with [`Predicate::fits`].
    ///
    /// # Errors
    /// [`TicketError`] as when the ticket is offered; up to 63 steps and any priority are accepted.
    pub fn record<K: Copy>(&self, ticket: &Ticket<K>, waited_ms: u64) -> Result<Vec<u64>, TicketError> {
        let mut record = Vec::new();
        let mut plan = Plan::default();
        self.encode(ticket, MAX_STEPS, 4, &mut record, &mut plan)?;
        self.layout.take_steps(&plan, 0, waited_ms, &mut record);
        Ok(record)
    }

    /// Compiles a ticket, as it is after so many milliseconds of waiting, to a test against records.
    ///
    /// # Errors
    /// As [`record`](Self::record).
    pub fn predicate<K: Copy>(&self, ticket: &Ticket<K>, waited_ms: u64) -> Result<Predicate, TicketError> {
        Ok(Predicate::new(&self.layout, &self.record(ticket, waited_ms)?))
    }

    /// Points of two records made by [`record`](Self::record) of this schema, whether they fit or not.
    ///
    /// Zero for records of another length.
    pub fn points<S: Score>(&self, score: &S, first: &[u64], second: &[u64]) -> u32 {
        if first.len() != self.layout.words || second.len() != self.layout.words {
            return 0;
        }
        pair_points(score, self, first, second).unsigned_abs()
    }

    /// Explains two tickets as they are before any relaxation step, without a matcher.
    ///
    /// # Errors
    /// As [`record`](Self::record).
    pub fn explain<K: Copy, S: Score>(
        &self,
        score: &S,
        first: &Ticket<K>,
        second: &Ticket<K>,
    ) -> Result<Explanation, TicketError> {
        Ok(self.explain_records(score, &self.record(first, 0)?, &self.record(second, 0)?))
    }
}

impl Schema {
    fn explain_records<S: Score>(&self, score: &S, first: &[u64], second: &[u64]) -> Explanation {
        let points = pair_points(score, self, first, second).unsigned_abs();
        let parts = score.weights().parts(&self.layout, first, second, points);
        let verdicts = verdicts(&self.layout, first, second);
        Explanation { verdicts, excluded: None, points, by_weight: parts.named(score, self) }
    }
}

fn verdicts(layout: &Layout, first: &[u64], second: &[u64]) -> Vec<Verdict> {
    let places = (0u8..).zip(&layout.places);
    places
        .map(|(at, place)| Verdict {
            dim: Dim::numbered(at),
            first_accepts: accepts(place, first, second),
            second_accepts: accepts(place, second, first),
        })
        .collect()
}

impl<K: Key, S: Score, O: Observer<K>> Matcher<K, S, O> {
    fn record_of(&self, key: K) -> Result<&[u64], MatcherError<K>> {
        if let Some(handle) = self.slots.find(key) {
            return Ok(self.slots.record(handle));
        }
        let unknown = MatcherError::UnknownKey { key };
        let Some((first, second, _)) = self.busy.get(&key).and_then(|id| self.held.get(id)) else { return Err(unknown) };
        Ok(if first.key == key { &first.record } else { &second.record })
    }

    /// The record of a ticket as it would be if it were offered at the latest time.
    fn record_now(&self, ticket: &Ticket<K>) -> Result<Vec<u64>, MatcherError<K>> {
        let waited_ms = self.now.saturating_sub(ticket.since.unwrap_or(self.now));
        self.schema.record(ticket, waited_ms).map_err(|source| MatcherError::Ticket { key: ticket.key, source })
    }

    /// Why two tickets, waiting or held, fit or do not, with the relaxation steps taken so far. O(dimensions).
    ///
    /// # Errors
    /// [`MatcherError::UnknownKey`] if one of them is neither waiting nor held.
    pub fn explain(&self, first: K, second: K) -> Result<Explanation, MatcherError<K>> {
        let (one, two) = (self.record_of(first)?, self.record_of(second)?);
        let excluded = self.find_exclusion(first, second);
        Ok(Explanation { excluded, ..self.schema.explain_records(&self.score, one, two) })
    }

    /// How many waiting tickets would fit, now and without each single rule. O(waiting × dimensions).
    ///
    /// # Errors
    /// [`MatcherError::UnknownKey`] if the key does not wait.
    pub fn diagnose(&self, key: K) -> Result<Diagnosis, MatcherError<K>> {
        let me = self.slots.find(key).ok_or(MatcherError::UnknownKey { key })?;
        let mine = self.slots.record(me);
        let mut found = Diagnosis {
            fits: 0,
            excluded: 0,
            without: self.schema.dims().map(|dim| Without { dim, mine: 0, theirs: 0 }).collect(),
        };
        let others = self.exclusions.others(key);
        for handle in self.slots.handles().filter(|handle| *handle != me) {
            let theirs = self.slots.record(handle);
            let apart = others.binary_search(&self.slots.get(handle).key).is_ok();
            diagnose_pair(&self.schema.layout, mine, theirs, apart, &mut found);
        }
        Ok(found)
    }

    /// How many waiting tickets fit this one as it would be if it were offered at the [latest time](Self::now), exclusions left out. The key may be one
    /// that waits already; it does not fit itself.
    ///
    /// # Errors
    /// [`MatcherError::Ticket`] if the ticket is not valid.
    pub fn count(&self, ticket: &Ticket<K>) -> Result<u32, MatcherError<K>> {
        let record = self.record_now(ticket)?;
        let mut query = Query::default();
        query.compile(&self.index, &record);
        let others = self.exclusions.others(ticket.key);
        let mut left_out = 0;
        let fitting = self.index.count(&query, |handle| {
            let key = self.slots.get(handle).key;
            left_out += u32::from(key == ticket.key || others.binary_search(&key).is_ok());
        });
        Ok(fitting - left_out)
    }

    /// Whom `ticket` would be matched with if it were offered at the [latest time](Self::now): key and points. Whether the
    /// key waits already and what the limits say is not looked at.
    ///
    /// Changes nothing but the observer's counts. Cost of a search.
    ///
    /// # Errors
    /// [`MatcherError::Ticket`] if the ticket is not valid.
    pub fn preview(&mut self, ticket: &Ticket<K>) -> Result<Option<(K, u32)>, MatcherError<K>> {
        let record = self.record_now(ticket)?;
        let me = self.slots.find(ticket.key);
        let hit = self.best(&record, ticket.key, Rank::new(self.now, 0), me);
        Ok(hit.map(|hit| (self.slots.get(hit.handle).key, hit.points.unsigned_abs())))
    }

    /// The partners that `ticket` could have if it were offered at the [latest time](Self::now), the best first, at most
    /// `most`: key and points. The first is whom an exact search takes, the second whom it would take without the first, and
    /// so on: those passed over too often by arrival, then the other overdue ones, then everybody else by points with aging
    /// and class bonus; of equal ones who came first.
    ///
    /// For decks and previews. Each accepts the ticket and is accepted by it, and none is excluded; the ticket is as it would
    /// be then. The key may be one that waits already; it does not fit itself. Changes nothing, is exact
    /// with any [`Effort`](crate::Effort), and looks neither at limits nor at [`Policy`](crate::Policy).
    /// Cost of one exact search that leaves out only who cannot be among the first `most`, plus O(`most`²) at worst.
    ///
    /// # Errors
    /// [`MatcherError::Ticket`] if the ticket is not valid.
    pub fn top(&self, ticket: &Ticket<K>, most: u32) -> Result<Vec<(K, u32)>, MatcherError<K>> {
        let record = self.record_now(ticket)?;
        let found = self.first(&record, ticket.key, most);
        let points = |handle: &u32| pair_points(&self.score, &self.schema, &record, self.slots.record(*handle)).unsigned_abs();
        Ok(found.iter().map(|handle| (self.slots.get(*handle).key, points(handle))).collect())
    }

    /// How long those waited who were matched lately and had and accepted the same in the small categories: mean and quantiles.
    ///
    /// `None` before the first such match. It says nothing about those who were never matched. O(1) in time, up to 128 bytes
    /// of memory for each combination of the small categories, of which there are 1,024 at most.
    ///
    /// # Errors
    /// [`MatcherError::Ticket`] if the ticket is not valid.
    pub fn estimate_wait(&self, ticket: &Ticket<K>) -> Result<Option<WaitEstimate>, MatcherError<K>> {
        let record = self.record_now(ticket)?;
        let segment = self.schema.layout.segment(&record);
        Ok(self.estimates.get(&segment).map(Estimate::tell))
    }

    /// The points of a match by weight, also when the match is final: the base, the weights in the order in which they were
    /// given, merit if it counts, and [`Score::extra`] if there is one. Together they are its points. Empty unless
    /// [`Config::by_weight`](crate::Config::by_weight) was set when it was made.
    pub fn by_weight(&self, made: &Match<K>) -> Vec<Part> {
        made.parts.map_or_else(Vec::new, |parts| parts.named(&self.score, &self.schema))
    }

    pub(crate) fn learn(&mut self, record: &[u64], waited_ms: u64) {
        let segment = self.schema.layout.segment(record);
        self.learn_segment(segment, waited_ms);
    }

    pub(crate) fn learn_waiting(&mut self, handle: u32, waited_ms: u64) {
        let segment = self.schema.layout.segment(self.slots.record(handle));
        self.learn_segment(segment, waited_ms);
    }

    fn learn_segment(&mut self, segment: u64, waited_ms: u64) {
        self.estimates.entry(segment).or_default().learn(waited_ms);
    }

    /// Bytes allocated. O(plans + excluded keys).
    pub fn memory(&self) -> Memory {
        Memory {
            tickets: self.slots.record_bytes() + self.plans.bytes(),
            index: self.index.bytes(),
            keys: self.slots.key_bytes(),
            exclusions: self.exclusions.bytes(),
        }
    }

    /// A number that is the same for the same state and, in all likelihood, different for another. O(waiting).
    ///
    /// It covers everything that can influence what happens next, and no detail of storage. It is the same on every
    /// platform and for every [`seed`](crate::Config::seed), but only within one version of the crate: do not store it.
    pub fn state_hash(&self) -> u64 {
        let mut sum = 0u64;
        for handle in self.slots.handles() {
            let slot = self.slots.get(handle);
            let passes = self.index.passes(slot.place);
            let plan = self.plans.get(slot.plan);
            let ticket = (slot.key, slot.rank, slot.level, slot.overdue, passes, plan, self.slots.record(handle));
            sum = sum.wrapping_add(Mixer::hash_of(&(1u8, ticket)));
        }
        for (first, second, until) in self.exclusions.pairs() {
            sum = sum.wrapping_add(Mixer::hash_of(&(2u8, first, second, until)));
        }
        let rest = (&self.held, &self.pending, &self.estimates, self.now, self.window_end, self.counter, self.next_match);
        sum.wrapping_add(Mixer::hash_of(&(3u8, rest, self.rest_of_window(), &self.closing.course)))
    }
}

fn diagnose_pair(layout: &Layout, mine: &[u64], theirs: &[u64], apart: bool, found: &mut Diagnosis) {
    // The only refusal, if there is just one.
    let mut refusal = None;
    for (at, place) in layout.places.iter().enumerate() {
        for (is_mine, accepted) in [(true, accepts(place, mine, theirs)), (false, accepts(place, theirs, mine))] {
            if !accepted && refusal.replace((at, is_mine)).is_some() {
                return;
            }
        }
    }
    let Some((at, is_mine)) = refusal else {
        if apart {
            found.excluded += 1;
            return;
        }
        found.fits += 1;
        for without in &mut found.without {
            without.mine += 1;
            without.theirs += 1;
        }
        return;
    };
    if apart {
        return;
    }
    if let Some(without) = found.without.get_mut(at) {
        *(if is_mine { &mut without.mine } else { &mut without.theirs }) += 1;
    }
}
