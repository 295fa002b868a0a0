//! Time passes: relaxation steps, ends of life, ends of exclusions, windows.
//! A search follows everything that may have made two waiting tickets fit, so that nobody waits beside a partner.

use super::{Key, Match, MatchId, Matcher, Outcome};
use crate::config::{MAX_TIME_MS, Policy};
use crate::error::MatcherError;
use crate::observer::Observer;
use crate::score::Score;

/// So many timers moved nearer to their end take about as long as a search.
const MOVES: u32 = 64;

/// What `advance` did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Event<K> {
    /// Two waiting tickets were matched.
    Matched(Match<K>),
    /// A ticket outlived its time to live and is gone.
    Expired {
        /// Whose ticket.
        key: K,
        /// How long it waited, in milliseconds.
        waited_ms: u64,
    },
    /// A match was held [as long as it may be](crate::Claims::HeldFor). Both tickets are gone; offer again who is still there.
    Lapsed {
        /// Number of the match, which is held no more.
        id: MatchId,
        /// Who was the seeker.
        seeker: K,
        /// Who was the partner.
        partner: K,
    },
}

/// How far `advance` came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Progress {
    /// Units of work done, at most the budget.
    pub done: u32,
    /// Whether nothing is left that is due by the time given. If not, call again with the same time.
    pub finished: bool,
}

impl<K: Key, S: Score, O: Observer<K>> Matcher<K, S, O> {
    /// Does what is due up to `now`, at most `budget` pieces of it, and tells `sink` what came of it. A piece is a step or
    /// an end of an exclusion with its search, an expiry, a held match that lapses, a ticket that becomes overdue, a search of a
    /// window's end, or sixty-four timers that are put nearer to their end.
    ///
    /// Events come in the order in which they were due. Once it has finished, no two waiting tickets fit each
    /// other (under [`Policy::Window`]: at the end of each window). A ticket that is due for several steps takes them
    /// all and searches once.
    ///
    /// A server calls it in a loop, with portions small enough that arrivals need not wait:
    ///
    /// ```
    /// # use luvhive_matching::{Category, Config, Matcher, Schema, Ticket, Weights};
    /// # let mut schema = Schema::builder();
    /// # schema.category("side", 2);
    /// # let level = schema.ordinal("level", 0..=9);
    /// # let side = schema.build()?;
    /// # let mut matcher = Matcher::new(side.clone(), Weights::new(), Config::default())?;
    /// # let side = side.find::<Category>("side").unwrap();
    /// # for key in 0..2 {
    /// #     let own = i32::from(key == 0) * 4;
    /// #     let ticket = Ticket::new(key).have(side, 0).have(level, own).accept(level, own..=own);
    /// #     matcher.offer(&ticket.relax(level, 5_000, 0..=9), 0)?;
    /// # }
    /// # let mut clock = 0;
    /// # let mut pairs = 0;
    /// // When nothing arrives, sleep until the deadline; it may have passed already.
    /// while let Some(deadline) = matcher.next_deadline().filter(|deadline| *deadline < 60_000) {
    ///     clock = deadline.max(clock);
    ///     while !matcher.advance(clock, 1_000, |_event| pairs += 1)?.finished {
    ///         // Let arrivals in, then go on with the same time.
    ///     }
    /// }
    /// # assert_eq!((pairs, clock), (1, 5_000));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`MatcherError::TimeWentBack`] or [`MatcherError::TimeOutOfRange`].
    pub fn advance(&mut self, now: u64, budget: u32, mut sink: impl FnMut(Event<K>)) -> Result<Progress, MatcherError<K>> {
        self.check_time(now)?;
        self.set_time(now);
        let (mut done, mut moved) = (0, 0);
        while done < budget {
            let exclusion = self.exclusions.next().map(|next| next.0).filter(|until| *until <= now);
            let lapse = self.next_lapse().filter(|due| *due <= now);
            let end = [exclusion, lapse].into_iter().flatten().min();
            if self.wheel.turn(&mut self.slots, now, end) {
                moved += 1;
                done += u32::from(moved % MOVES == 0);
                continue;
            }
            let timer = self.wheel.peek().map(|ready| ready.0);
            let event = match (timer, end) {
                (Some(due), end) if end.is_none_or(|end| due <= end) => self.go_off(),
                (_, Some(_)) if end == exclusion => self.end_exclusion(),
                (_, Some(_)) => self.lapse(),
                (_, None) => break,
            };
            if let Some(event) = event {
                sink(event);
            }
            done += 1;
        }
        let is_caught_up = self.wheel.catch_up(now);
        if done < budget {
            done += self.close_window(budget - done, &mut sink);
        }
        let window = match self.config.policy {
            Policy::Window { .. } => self.window_end <= now && self.has_room_to_hold(),
            Policy::Immediate => self.has_room_to_hold(),
        };
        let finished = is_caught_up
            && self.exclusions.next().is_none_or(|next| next.0 > now)
            && self.next_lapse().is_none_or(|due| due > now)
            && (self.pending.is_empty() && self.closing.is_over() || !window);
        Ok(Progress { done, finished })
    }

    /// When `advance` has something to do next, in milliseconds; may be before [`now`](Self::now). `None`: never.
    ///
    /// Looks at 2,048 timers at most, however many there are. Where more than half as many fall due close to each other, that is the
    /// time at which `advance` puts them nearer to their end, never later than the first of them is due.
    pub fn next_deadline(&self) -> Option<u64> {
        let timer = self.wheel.next(&self.slots);
        let exclusion = self.exclusions.next().map(|next| next.0);
        let window = match self.config.policy {
            _ if self.pending.is_empty() && self.closing.is_over() => None,
            Policy::Window { .. } => (self.window_end > self.now || self.has_room_to_hold()).then_some(self.window_end),
            Policy::Immediate => self.has_room_to_hold().then_some(self.now),
        };
        [timer, exclusion, self.next_lapse(), window].into_iter().flatten().min().filter(|due| *due <= MAX_TIME_MS)
    }

    fn end_exclusion(&mut self) -> Option<Event<K>> {
        let (_, first, second) = *self.exclusions.next()?;
        self.exclusions.remove(first, second);
        match self.meet_again(first, second) {
            Outcome::Matched(made) => Some(Event::Matched(made)),
            Outcome::Waiting => None,
        }
    }

    /// The first timer: the ticket expires, relaxes or becomes overdue.
    fn go_off(&mut self) -> Option<Event<K>> {
        let (_, rank, key, handle) = self.wheel.pop(&mut self.slots)?;
        let waited_ms = self.now - rank.enqueued();
        let slot = *self.slots.get(handle);
        let plan = self.plans.get(slot.plan);
        if plan.ttl_ms.is_some_and(|ttl| u64::from(ttl) <= waited_ms) {
            self.take(handle);
            self.observer.expired(key, waited_ms);
            return Some(Event::Expired { key, waited_ms });
        }
        let is_late = self.config.fairness.overdue_after_ms.is_some_and(|after| waited_ms >= after);
        if is_late && !slot.overdue {
            self.slots.get_mut(handle).overdue = true;
            self.index.mark_overdue(slot.place);
        }
        let relaxed = self.relax(handle, waited_ms);
        let slot = *self.slots.get(handle);
        let due = self.next_due(self.plans.get(slot.plan), slot.level, slot.overdue);
        self.slots.get_mut(handle).due = due;
        self.wheel.set(&mut self.slots, handle);
        if !relaxed {
            return None;
        }
        if matches!(self.config.policy, Policy::Window { .. }) {
            self.pending.insert((rank, key));
            return None;
        }
        self.probe(handle).map(Event::Matched)
    }

    /// Takes the steps due after `waited_ms`; whether there were any.
    fn relax(&mut self, handle: u32, waited_ms: u64) -> bool {
        let slot = *self.slots.get(handle);
        let plan = self.plans.get(slot.plan);
        if plan.due(slot.level).is_none_or(|due| u64::from(due) > waited_ms) {
            return false;
        }
        self.scratch.clear();
        self.scratch.extend_from_slice(self.slots.record(handle));
        let level = self.schema.layout.take_steps(plan, slot.level, waited_ms, &mut self.scratch);
        let place = self.index.widen(slot.place, self.slots.record(handle), &self.scratch, handle, slot.rank);
        self.slots.record_mut(handle).copy_from_slice(&self.scratch);
        let slot = self.slots.get_mut(handle);
        slot.level = level;
        slot.place = place;
        self.observer.relaxed(slot.key);
        self.fold();
        true
    }
}
