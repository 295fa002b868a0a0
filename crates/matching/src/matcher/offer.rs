//! Tickets come, change and go: offer, update, cancel.
//! Everything is checked before anything is changed.

use alloc::borrow::Cow;
use core::mem;

use super::{Held, Key, Match, MatchId, Matcher, Outcome};
use crate::config::Policy;
use crate::error::MatcherError;
use crate::observer::Observer;
use crate::rank::Rank;
use crate::score::Score;
use crate::ticket::Ticket;

impl<K: Key, S: Score, O: Observer<K>> Matcher<K, S, O> {
    /// Looks for a partner for `ticket`; if nobody fits, the ticket waits.
    ///
    /// One that [has waited already](Ticket::waiting_since) takes its old place and all relaxation steps due by now. A time to
    /// live that is over keeps nobody from a partner who is there; without one, the next [`advance`](Self::advance) ends the
    /// wait.
    ///
    /// Timers that are due but not yet advanced do not count: call `advance` first.
    /// Time: one search, O(waiting ÷ 512 × filters) word operations at worst, plus O(log n).
    ///
    /// # Errors
    /// [`MatcherError::Ticket`], [`Duplicate`](MatcherError::Duplicate), [`Full`](MatcherError::Full) if the ticket would have
    /// to wait, [`TooManyHeld`](MatcherError::TooManyHeld) whether or not anybody fits, [`TimeWentBack`](MatcherError::TimeWentBack) or
    /// [`TimeOutOfRange`](MatcherError::TimeOutOfRange), also for a wait that begins after `now`; the state is unchanged then.
    pub fn offer(&mut self, ticket: &Ticket<K>, now: u64) -> Result<Outcome<K>, MatcherError<K>> {
        self.check_time(now)?;
        let enqueued = ticket.since.unwrap_or(now);
        if enqueued > now {
            return Err(MatcherError::TimeOutOfRange { field: "waiting_since", value: enqueued, limit: now });
        }
        // The key is looked for after the ticket was encoded, which takes as long as its place comes from memory.
        self.slots.fetch_key(ticket.key);
        let encoded = self.encode(ticket);
        let is_duplicate = self.slots.find(ticket.key).is_some() || self.busy.contains_key(&ticket.key);
        let room = if is_duplicate { Err(MatcherError::Duplicate { key: ticket.key }) } else { self.check_held() };
        let mut held = match (room, encoded) {
            (Ok(()), encoded) => encoded?,
            (Err(error), encoded) => {
                if let Ok(held) = encoded {
                    self.reuse(held);
                }
                return Err(error);
            }
        };
        if let Err(error) = self.check_room(0) {
            held.rank = Rank::new(enqueued, self.counter);
            if !self.has_partner(&mut held, now) {
                self.reuse(held);
                return Err(error);
            }
        }
        self.set_time(now);
        held.rank = self.next_rank(enqueued);
        self.catch_up(&mut held);
        let outcome = self.arrive(&held);
        self.reuse(held);
        Ok(outcome)
    }

    /// Replaces everything a waiting ticket has and accepts; it keeps its place and its wait, whatever
    /// [`waiting_since`](Ticket::waiting_since) says.
    ///
    /// Equals [`cancel`](Self::cancel) and [`offer`](Self::offer) with the old wait, but keeps the order among
    /// tickets of the same millisecond and the number of passes.
    ///
    /// # Errors
    /// [`MatcherError::UnknownKey`] if the key does not wait, else as [`offer`](Self::offer).
    pub fn update(&mut self, ticket: &Ticket<K>, now: u64) -> Result<Outcome<K>, MatcherError<K>> {
        self.check_time(now)?;
        let Some(handle) = self.slots.find(ticket.key) else {
            return Err(MatcherError::UnknownKey { key: ticket.key });
        };
        self.check_held()?;
        self.check_room(1)?;
        let mut held = self.encode(ticket)?;
        self.set_time(now);
        let slot = *self.slots.get(handle);
        held.rank = slot.rank;
        held.passes = self.index.passes(slot.place);
        held.overdue = slot.overdue;
        self.take(handle);
        self.catch_up(&mut held);
        let outcome = self.arrive(&held);
        self.reuse(held);
        Ok(outcome)
    }

    /// Takes a waiting ticket out of the pool and returns how long it waited, in milliseconds. Constant time.
    ///
    /// The wait is counted to the latest time given.
    ///
    /// # Errors
    /// [`MatcherError::UnknownKey`] if the key does not wait, also when a match holds it.
    pub fn cancel(&mut self, key: K) -> Result<u64, MatcherError<K>> {
        let Some(handle) = self.slots.find(key) else {
            return Err(MatcherError::UnknownKey { key });
        };
        let waited_ms = self.now - self.slots.get(handle).enqueued();
        self.take(handle);
        self.observer.cancelled(key, waited_ms);
        Ok(waited_ms)
    }

    /// Whether one more ticket can wait; `leaving` tickets go first.
    fn check_room(&self, leaving: u32) -> Result<(), MatcherError<K>> {
        let limit = self.config.limits.waiting;
        if self.slots.len() - leaving < limit { Ok(()) } else { Err(MatcherError::Full { limit }) }
    }

    /// Whether one more match can be held.
    fn check_held(&self) -> Result<(), MatcherError<K>> {
        if self.has_room_to_hold() { Ok(()) } else { Err(MatcherError::TooManyHeld { limit: self.config.limits.held }) }
    }

    /// Whether a ticket would be matched as soon as it came; changes nothing but the ticket itself.
    fn has_partner(&mut self, held: &mut Held<K>, now: u64) -> bool {
        let before = mem::replace(&mut self.now, now);
        self.catch_up(held);
        let is_immediate = matches!(self.config.policy, Policy::Immediate);
        let has_partner = is_immediate && self.best(&held.record, held.key, held.rank, None).is_some();
        self.now = before;
        has_partner
    }

    fn encode(&mut self, ticket: &Ticket<K>) -> Result<Held<K>, MatcherError<K>> {
        let mut record = mem::take(&mut self.scratch);
        let mut plan = mem::take(&mut self.scratch_plan);
        let (steps, classes) = (self.config.limits.steps, self.config.fairness.classes);
        match self.schema.encode(ticket, steps, classes, &mut record, &mut plan) {
            Ok(()) => Ok(Held { key: ticket.key, rank: Rank::FIRST, record, plan, level: 0, passes: 0, overdue: false }),
            Err(error) => {
                (self.scratch, self.scratch_plan) = (record, plan);
                Err(MatcherError::Ticket { key: ticket.key, source: error })
            }
        }
    }

    fn reuse(&mut self, held: Held<K>) {
        (self.scratch, self.scratch_plan) = (held.record, held.plan);
    }

    /// Takes the steps that are due and notes whether the ticket is overdue.
    pub(crate) fn catch_up(&self, held: &mut Held<K>) {
        let waited = self.now - held.rank.enqueued();
        held.level = self.schema.layout.take_steps(&held.plan, held.level, waited, &mut held.record);
        held.overdue |= self.config.fairness.overdue_after_ms.is_some_and(|after| waited >= after);
    }

    /// A ticket enters: at once into a match or into the pool.
    pub(crate) fn arrive(&mut self, held: &Held<K>) -> Outcome<K> {
        if matches!(self.config.policy, Policy::Window { .. }) {
            self.put(held);
            self.pending.insert((held.rank, held.key));
            return Outcome::Waiting;
        }
        let Some(hit) = self.best(&held.record, held.key, held.rank, None) else {
            self.put(held);
            return Outcome::Waiting;
        };
        self.pass_over(held.key, None, hit.handle);
        Outcome::Matched(self.pair(Cow::Borrowed(held), hit.handle, hit.points))
    }

    /// Makes the match of somebody out of the pool with somebody in it; the seeker is kept only if matches are held.
    pub(crate) fn pair(&mut self, seeker: Cow<'_, Held<K>>, partner: u32, points: i32) -> Match<K> {
        let id = MatchId(self.next_match);
        self.next_match += 1;
        let other = self.slots.get(partner);
        let (now, enqueued) = (self.now, seeker.rank.enqueued());
        let made = Match {
            id,
            seeker: seeker.key,
            partner: other.key,
            points: points.unsigned_abs(),
            seeker_waited_ms: now - enqueued,
            partner_waited_ms: now - other.enqueued(),
            at: now,
            parts: None,
        };
        let made = if self.config.by_weight { self.with_parts(made, &seeker.record, partner) } else { made };
        self.learn(&seeker.record, made.seeker_waited_ms);
        self.learn_waiting(partner, made.partner_waited_ms);
        if self.is_held_mode() {
            let other = self.copy(partner);
            self.busy.insert(seeker.key, id);
            self.busy.insert(other.key, id);
            self.held.insert(id, (seeker.into_owned(), other, now));
        }
        self.take(partner);
        self.observer.matched(&made);
        made
    }

    #[cold]
    fn with_parts(&self, made: Match<K>, seeker: &[u64], partner: u32) -> Match<K> {
        let partner = self.slots.record(partner);
        let parts = self.score.weights().parts(&self.schema.layout, seeker, partner, made.points);
        Match { parts: Some(parts), ..made }
    }
}
