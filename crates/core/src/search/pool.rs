//! Those who wait for a partner: people as tickets of the matcher, and the pairs that are kept apart.

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use luvhive_matching::{Claims, Event, Match, MatchId, Matcher, Outcome};

use super::policy::{Policy, ScoreWeights};
use crate::chat::seat::Widening;
use crate::filter::Filter;
use crate::id::PersonId;
use crate::person::PersonFacts;
use crate::time::Timestamp;

/// How long two people who chatted are kept apart, unless nobody else fits.
pub const RECENT: Duration = Duration::from_hours(24);
/// How many recent partners of one person are kept apart from them: the last ones.
pub const MAX_RECENT: usize = 100;
/// How many pairs of recent partners are kept apart: the last ones. Together they take some 200 MB.
pub const MAX_RECENT_PAIRS: usize = 1_000_000;
/// Searches that one `advance` may make; the rest follows with the next tick.
const ADVANCE_BUDGET: u32 = 10_000;
/// Of the last waits, each counts an eighth in the usual wait.
const USUAL_WAIT_SHARE: u64 = 8;

/// Pairs that may be held at once: more than there are people.
const MAX_HELD: u32 = 4_000_000;

/// What a search found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// This person; both have left the pool and are held as a pair, until [`Pool::release`] or [`Pool::reject`].
    Partner(PersonId),
    /// Nobody fits now; the searcher waits in the pool.
    Nobody,
}

/// Whether something shortens the time for which two recent partners are kept apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hold {
    /// A long wait with nobody else acceptable does.
    Soft,
    /// Nothing does.
    Firm,
}

impl Hold {
    /// Marks an end, in milliseconds: even is soft, odd is firm. So the matcher's exclusions hold everything about recent
    /// partners, and nothing is kept twice.
    const fn mark(self, until_ms: u64) -> u64 {
        match self {
            Self::Soft => until_ms & !1,
            Self::Firm => until_ms | 1,
        }
    }

    const fn of(until_ms: u64) -> Self {
        if until_ms & 1 == 0 { Self::Soft } else { Self::Firm }
    }
}

/// A block that could not be kept: the matcher is full. Nothing is dropped for it, and somebody has to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("two people cannot be kept apart: the matcher's room for exclusions is used up")]
pub struct Refused;

/// The waiting people.
pub struct Pool {
    policy: Policy,
    matcher: Matcher<PersonId>,
    /// Pairs that are held, by either person. A pair of an earlier process is not known here.
    held: HashMap<PersonId, MatchId>,
    /// The latest time given, on the matcher's clock, in milliseconds.
    now_ms: u64,
    /// How far the matcher's clock is ahead of ours, in milliseconds: it never goes back, and where ours was set back, it
    /// goes on from where it stood.
    ahead_ms: u64,
    usual_wait_ms: Option<u64>,
    /// [`MAX_RECENT_PAIRS`], or fewer in a test.
    max_recent_pairs: usize,
}

impl Default for Pool {
    fn default() -> Self {
        Self::new(ScoreWeights::default())
    }
}

impl Pool {
    /// Makes an empty pool.
    ///
    /// # Panics
    /// Never: the schema is a constant that every test builds, and the policy keeps any weights in the matcher's ranges.
    #[expect(clippy::expect_used, reason = "the schema is a constant, and a test makes pools with the extremes of the weights")]
    pub fn new(weights: ScoreWeights) -> Self {
        let policy = Policy::new(weights).expect("schema is well-formed");
        let config = policy.config().claims(Claims::Held).limits(|limits| {
            // What keeps people apart for good is never refused for its number.
            limits.exclusions = usize::MAX;
            limits.excluded_pairs = usize::MAX;
            limits.held = MAX_HELD;
        });
        let matcher = Matcher::new(policy.schema.clone(), policy.weights(), config).expect("settings are in range");
        Self {
            policy,
            matcher,
            held: HashMap::new(),
            now_ms: 0,
            ahead_ms: 0,
            usual_wait_ms: None,
            max_recent_pairs: MAX_RECENT_PAIRS,
        }
    }

    /// Returns how many wait.
    pub fn len(&self) -> usize {
        self.matcher.len()
    }

    /// Reports whether nobody waits.
    pub fn is_empty(&self) -> bool {
        self.matcher.is_empty()
    }

    /// Looks for a partner; if nobody fits, the person waits with a wait that began at `since`.
    ///
    /// Somebody who waits already searches on with the new facts, from their old place: wait and passes stay counted.
    pub fn offer(&mut self, facts: &PersonFacts, since: Timestamp, widening: Widening, now: Timestamp) -> Found {
        let now_ms = self.advance_clock(now);
        let ticket = self.policy.ticket(facts, widening, now);
        let outcome = if self.matcher.is_waiting(facts.person) {
            self.matcher.update(&ticket, now_ms)
        } else {
            self.matcher.offer(&ticket.waiting_since(self.at(since).min(now_ms)), now_ms)
        };
        debug_assert!(outcome.is_ok(), "a person's ticket was refused: {outcome:?}");
        match outcome {
            Ok(outcome) => self.found(facts.person, &outcome),
            Err(_) => Found::Nobody,
        }
    }

    /// A held pair is over for the matcher: neither of the two comes back automatically.
    pub fn release(&mut self, first: PersonId, second: PersonId) {
        let held = self.forget_held(first, second);
        if let Some(id) = held {
            // The only error is that the pair is not held.
            let _ = self.matcher.confirm(id);
        }
    }

    /// A held pair comes to nothing: `leaver` is gone, `survivor` returns to their old place with wait and passes and
    /// searches on. `None` if the pair is not known here, as after a restart; then the survivor has to be offered.
    pub fn reject(&mut self, leaver: PersonId, survivor: PersonId, now: Timestamp) -> Option<Found> {
        let now_ms = self.advance_clock(now);
        let id = self.forget_held(leaver, survivor)?;
        if let Ok(outcome) = self.matcher.reject(id, leaver, now_ms) {
            return Some(self.found(survivor, &outcome));
        }
        let _ = self.matcher.confirm(id);
        None
    }

    fn forget_held(&mut self, first: PersonId, second: PersonId) -> Option<MatchId> {
        let id = *self.held.get(&first)?;
        if self.held.get(&second) != Some(&id) {
            return None;
        }
        self.held.remove(&first);
        self.held.remove(&second);
        Some(id)
    }

    fn found(&mut self, person: PersonId, outcome: &Outcome<PersonId>) -> Found {
        match outcome {
            Outcome::Matched(pair) => {
                self.hold(pair);
                Found::Partner(if pair.seeker == person { pair.partner } else { pair.seeker })
            }
            Outcome::Waiting => Found::Nobody,
        }
    }

    fn hold(&mut self, pair: &Match<PersonId>) {
        self.note_wait(pair);
        self.held.insert(pair.seeker, pair.id);
        self.held.insert(pair.partner, pair.id);
    }

    /// Takes a person out; somebody who does not wait is left alone.
    pub fn leave(&mut self, person: PersonId) {
        // The only error is that the person does not wait.
        let _ = self.matcher.cancel(person);
    }

    /// These two never meet (again).
    ///
    /// # Errors
    /// [`Refused`] when there is no room for another person with exclusions; two of the same person are no pair.
    pub fn separate(&mut self, first: PersonId, second: PersonId) -> Result<(), Refused> {
        if first == second {
            return Ok(());
        }
        self.matcher.exclude(first, second, None).map_err(|_full| Refused)
    }

    /// These two chatted until `ended_at` and are kept apart for 24 hours after, unless nobody else fits. Of each person the
    /// last 100 count, and of all the last [`MAX_RECENT_PAIRS`]; an older one ends with the next `advance`.
    pub fn separate_lately(&mut self, first: PersonId, second: PersonId, ended_at: Timestamp, now: Timestamp) {
        let now_ms = self.advance_clock(now);
        let until_ms = self.at(ended_at.plus(RECENT));
        if until_ms <= now_ms || self.is_separated_for_ever(first, second) {
            return;
        }
        if self.matcher.find_exclusion(first, second).is_none() {
            self.make_room();
        }
        // Without room they may meet again early: that harms nobody.
        let _ = self.matcher.exclude(first, second, Some(Hold::Soft.mark(until_ms)));
        for person in [first, second] {
            self.forget_oldest_recent(person);
        }
    }

    /// Keeps the number of all recent partners within its bound: the pair that ends first ends with the next `advance`.
    fn make_room(&mut self) {
        if self.matcher.ending_exclusions().len() < self.max_recent_pairs {
            return;
        }
        let soon = self.now_ms.saturating_add(1);
        let oldest = self.matcher.ending_exclusions().find(|&(.., until)| until > soon);
        if let Some((first, second, _)) = oldest {
            let _ = self.matcher.exclude(first, second, Some(soon));
        }
    }

    /// Keeps the number of a person's recent partners within its bound.
    fn forget_oldest_recent(&mut self, person: PersonId) {
        let soon = self.now_ms.saturating_add(1);
        let recent = || self.matcher.exclusions(person).filter_map(|(other, until)| Some((until?, other)));
        // One that ends with the next `advance` anyway counts no more.
        if recent().filter(|&(until, _)| until > soon).count() <= MAX_RECENT {
            return;
        }
        if let Some((_, other)) = recent().filter(|&(until, _)| until > soon).min() {
            let _ = self.matcher.exclude(person, other, Some(soon));
        }
    }

    /// These two both wanted to go on: they are kept apart for the whole 24 hours, no matter who else fits.
    pub fn separate_firmly(&mut self, first: PersonId, second: PersonId) {
        if let Some(Some(until_ms)) = self.matcher.find_exclusion(first, second) {
            let _ = self.matcher.exclude(first, second, Some(Hold::Firm.mark(until_ms)));
        }
    }

    /// A person has waited long with nobody else acceptable: recent partners become acceptable for them again, the
    /// least recent first. Returns the partner if one of them waits and fits; both are held as a pair then.
    pub fn relent(&mut self, person: PersonId, now: Timestamp) -> Option<PersonId> {
        let now_ms = self.advance_clock(now);
        let recent = self.matcher.exclusions(person).filter_map(|(other, until)| Some((until?, other)));
        let mut soft: Vec<(u64, PersonId)> = recent.filter(|&(until, _)| Hold::of(until) == Hold::Soft).collect();
        soft.sort_unstable();
        for (_, other) in soft {
            if let Ok(Some(Outcome::Matched(pair))) = self.matcher.lift(person, other, now_ms) {
                self.hold(&pair);
                return Some(other);
            }
        }
        None
    }

    /// Matches pairs that fit by now, because time passed.
    pub fn advance(&mut self, now: Timestamp) -> Vec<(PersonId, PersonId)> {
        let now_ms = self.advance_clock(now);
        let mut made = Vec::new();
        let progress = self.matcher.advance(now_ms, ADVANCE_BUDGET, |event| {
            if let Event::Matched(pair) = event {
                made.push(pair);
            }
        });
        debug_assert!(progress.is_ok(), "time stood still for the matcher: {progress:?}");
        for pair in &made {
            self.hold(pair);
        }
        made.into_iter().map(|pair| (pair.partner, pair.seeker)).collect()
    }

    /// Returns when `advance` next has something to do.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        let millis = self.matcher.next_deadline()?.saturating_sub(self.ahead_ms);
        i64::try_from(millis).ok().map(Timestamp::from_millis)
    }

    /// Returns the filter of a waiting person whose dropping would give them most partners, and how many; `None` if
    /// none would give any. Linear in those who wait.
    pub fn best_widening(&self, facts: &PersonFacts, widening: Widening, now: Timestamp) -> Option<(Filter, u32)> {
        let would_fit = |filter: Filter| {
            let ticket = self.policy.ticket(facts, widening.with(filter), now);
            if widening.contains(filter) { 0 } else { self.matcher.count(&ticket).unwrap_or(0) }
        };
        // Whom to meet is never put in question by us.
        let offered = Filter::ALL.iter().copied().filter(|&filter| filter != Filter::Gender);
        offered.map(|filter| (filter, would_fit(filter))).filter(|&(_, count)| count > 0).max_by_key(|&(_, count)| count)
    }

    /// Returns how long people usually waited of late, in seconds; `None` before the first match.
    pub fn usual_wait_s(&self) -> Option<u32> {
        self.usual_wait_ms.and_then(|wait| u32::try_from(wait.div_ceil(1_000)).ok())
    }

    /// Reports whether two people never meet: one of them blocked or reported the other.
    pub(crate) fn is_separated_for_ever(&self, first: PersonId, second: PersonId) -> bool {
        self.matcher.find_exclusion(first, second) == Some(None)
    }

    fn advance_clock(&mut self, now: Timestamp) -> u64 {
        let late = self.now_ms.saturating_sub(self.at(now));
        self.ahead_ms = self.ahead_ms.saturating_add(late);
        self.now_ms = self.at(now);
        self.now_ms
    }

    /// A moment on the matcher's clock.
    fn at(&self, at: Timestamp) -> u64 {
        at.as_matcher_millis().saturating_add(self.ahead_ms)
    }

    fn note_wait(&mut self, pair: &Match<PersonId>) {
        let waited = pair.seeker_waited_ms.max(pair.partner_waited_ms);
        self.usual_wait_ms = Some(match self.usual_wait_ms {
            None => waited,
            Some(usual) => (usual * (USUAL_WAIT_SHARE - 1) + waited) / USUAL_WAIT_SHARE,
        });
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("waiting", &self.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
