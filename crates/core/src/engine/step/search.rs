//! Searching: taking a seat in the pool, being matched, waiting, widening, pausing.

use std::time::Duration;

use super::Turn;
use crate::chat::seat::Widening;
use crate::chat::{EndReason, Seat};
use crate::engine::effect::Effect;
use crate::engine::notice::Notice;
use crate::engine::state::SearchTimer;
use crate::filter::Filter;
use crate::id::PersonId;
use crate::search::Found;
use crate::tier::Capped;
use crate::time::Timestamp;

/// When a searching person is offered to drop a filter.
const OFFER_WIDEN_AFTER: [Duration; 2] = [Duration::from_secs(20), Duration::from_mins(1)];
/// When recent partners become acceptable again, if nobody else was.
const RELENT_AFTER: Duration = Duration::from_mins(1);
/// When a search pauses and asks.
const PAUSE_AFTER: Duration = Duration::from_mins(10);
/// For so long after two people met, "next" was not meant for this meeting.
const UNSEEN: Duration = Duration::from_millis(1_500);
/// Two presses of "next" within this time part two people for good (of the day).
const MUTUAL_NEXT: Duration = Duration::from_secs(10);

impl Turn<'_> {
    pub(super) fn find(&mut self, person: PersonId) {
        match self.state.seats.get(&person) {
            Some(Seat::Chatting { .. }) => self.tell(person, Notice::AlreadyChatting),
            Some(Seat::Waiting { .. }) => self.tell(person, Notice::AlreadySearching),
            Some(Seat::Meeting { .. }) => self.tell(person, Notice::MeetingFirst),
            None => self.search_anew(person),
        }
    }

    pub(super) fn next(&mut self, person: PersonId) {
        match self.state.seats.get(&person) {
            Some(Seat::Chatting { .. }) => {
                let may_search = self.may_search(person);
                let enough = self.enough(person, Capped::Partners).filter(|_| may_search);
                self.end_chat_by(person, EndReason::Next, may_search && enough.is_none());
                match enough {
                    Some(notice) => self.tell(person, notice),
                    None if may_search => drop(self.search_from(person, self.now)),
                    None => {}
                }
            }
            Some(Seat::Waiting { .. }) => self.tell(person, Notice::AlreadySearching),
            // Nobody has seen a card that is this new: the wish was for the one before.
            Some(Seat::Meeting { answer_by, .. }) if self.now.since(answer_by.minus(self.state.rules.meeting)) < UNSEEN => {
                self.tell(person, Notice::MeetingFirst);
            }
            Some(&Seat::Meeting { meeting, .. }) => self.decline_and_go_on(person, meeting, None),
            None => {
                if let Some(&last) = self.state.last_chats.get(&person)
                    && last.ended_by_next
                    && self.now.since(last.ended_at) <= MUTUAL_NEXT
                {
                    self.state.pool.separate_firmly(person, last.partner);
                }
                self.search_anew(person);
            }
        }
    }

    pub(super) fn stop(&mut self, person: PersonId) {
        match self.state.seats.get(&person) {
            Some(Seat::Chatting { .. }) => {
                self.end_chat_by(person, EndReason::Stopped, false);
            }
            Some(Seat::Waiting { .. } | Seat::Meeting { .. }) => self.cancel_search(person),
            None => self.tell(person, Notice::NothingToEnd),
        }
    }

    pub(super) fn cancel_search(&mut self, person: PersonId) {
        match self.state.seats.get(&person) {
            Some(Seat::Waiting { .. }) => {
                self.vacate_silently(person);
                self.tell(person, Notice::SearchCancelled);
            }
            Some(&Seat::Meeting { meeting, was_searching, .. }) => {
                self.decline(person, meeting);
                self.tell(person, if was_searching { Notice::SearchCancelled } else { Notice::Declined { searching: false } });
            }
            Some(Seat::Chatting { .. }) => self.tell(person, Notice::AlreadyChatting),
            None => self.tell(person, Notice::NothingToEnd),
        }
    }

    pub(super) fn widen(&mut self, person: PersonId, filter: Filter) {
        let Some(&Seat::Waiting { since, widening }) = self.state.seats.get(&person) else { return };
        if widening.contains(filter) {
            return;
        }
        self.tell(person, Notice::Widened { filter });
        self.wait_or_match(person, since, widening.with(filter));
    }

    /// Reports whether somebody may search on without being asked anything: they agreed to today's documents, no sanction
    /// forbids it, and they are not about to be erased.
    pub(super) fn may_search(&self, person: PersonId) -> bool {
        !self.state.lapsed.contains(&person) && self.state.facts_of(person).is_some_and(|facts| !facts.is_barred(self.now))
    }

    fn search_anew(&mut self, person: PersonId) {
        let Some(facts) = self.state.facts_of(person) else { return };
        if let Some(until) = facts.suspended_until.filter(|&until| until > self.now) {
            self.tell(person, Notice::Suspended { until });
            return;
        }
        if let Some(notice) = self.enough(person, Capped::Partners) {
            self.tell(person, notice);
            return;
        }
        if !self.search_from(person, self.now) {
            let usual_wait_s = self.state.pool.usual_wait_s();
            self.tell(person, Notice::Searching { usual_wait_s });
        }
    }

    /// Searches with a wait that began at `since`. Returns whether a partner was found at once.
    pub(super) fn search_from(&mut self, person: PersonId, since: Timestamp) -> bool {
        self.note_premium_use(person);
        let is_matched = self.wait_or_match(person, since, Widening::EMPTY);
        if !is_matched {
            // A wait may be dated back, for its place in the line; what follows from waiting begins now.
            self.set_timers(person, self.now);
        }
        is_matched
    }

    pub(super) fn wait_or_match(&mut self, person: PersonId, since: Timestamp, widening: Widening) -> bool {
        let Some(facts) = self.state.facts_of(person).cloned() else { return false };
        let found = self.state.pool.offer(&facts, since, widening, self.now);
        self.take_found(person, (since, widening), found)
    }

    /// Takes what a search found. Returns whether that is a partner.
    pub(super) fn take_found(&mut self, person: PersonId, (since, widening): (Timestamp, Widening), found: Found) -> bool {
        let seat = Seat::Waiting { since, widening };
        self.state.seats.insert(person, seat);
        match found {
            Found::Partner(partner) => {
                self.meet(partner, person);
                true
            }
            Found::Nobody => {
                self.out.push(Effect::Seat { person, seat: Some(seat) });
                false
            }
        }
    }

    /// New facts of somebody who may be searching.
    pub(super) fn search_with_new_facts(&mut self, person: PersonId) {
        match self.state.seats.get(&person) {
            Some(&Seat::Waiting { since, widening }) => {
                self.note_premium_use(person);
                self.wait_or_match(person, since, widening);
            }
            Some(Seat::Meeting { meeting, .. }) => {
                if let Some(meeting) = self.state.meetings.get_mut(meeting) {
                    meeting.is_stale = true;
                }
            }
            Some(Seat::Chatting { .. }) | None => {}
        }
    }

    /// A search of somebody premium uses what they paid for: its priority, with any filters.
    fn note_premium_use(&mut self, person: PersonId) {
        let now = self.now;
        let Some(facts) = self.state.accounts.get(&person).and_then(|who| self.state.people.get_mut(who)) else { return };
        if facts.is_premium(now) {
            facts.premium_used_at = Some(now);
            self.out.push(Effect::PremiumUsed { person });
        }
    }

    /// Takes a person out of the pool without a word; a chat is left alone.
    pub(super) fn vacate_silently(&mut self, person: PersonId) {
        if let Some(Seat::Waiting { .. }) = self.state.seats.get(&person) {
            self.clear_timers(person);
            self.state.seats.remove(&person);
            self.state.tapped.remove(&person);
            self.state.pool.leave(person);
            self.out.push(Effect::Seat { person, seat: None });
        }
    }

    pub(super) fn set_timers(&mut self, person: PersonId, since: Timestamp) {
        self.state.timed_from.insert(person, since);
        for after in OFFER_WIDEN_AFTER {
            self.set_timer(person, since.plus(after), SearchTimer::OfferWiden);
        }
        self.state.timers.insert((since.plus(RELENT_AFTER), person, SearchTimer::Relent));
        self.state.timers.insert((since.plus(PAUSE_AFTER), person, SearchTimer::Pause));
    }

    /// Sets a timer unless its time has passed: after a restart nobody is asked twice.
    fn set_timer(&mut self, person: PersonId, at: Timestamp, timer: SearchTimer) {
        if at > self.now {
            self.state.timers.insert((at, person, timer));
        }
    }

    /// Stops the timers of a search. Returns how long they had run.
    pub(super) fn clear_timers(&mut self, person: PersonId) -> Duration {
        // Only waiting people have timers.
        let Some(since) = self.state.timed_from.remove(&person) else { return Duration::ZERO };
        for after in OFFER_WIDEN_AFTER {
            self.state.timers.remove(&(since.plus(after), person, SearchTimer::OfferWiden));
        }
        self.state.timers.remove(&(since.plus(RELENT_AFTER), person, SearchTimer::Relent));
        self.state.timers.remove(&(since.plus(PAUSE_AFTER), person, SearchTimer::Pause));
        self.now.since(since)
    }

    /// Time passed: what fell due happens, pairs that fit by now are matched.
    pub(super) fn tick(&mut self, is_listening: bool) {
        if self.listens(is_listening) {
            self.end_meetings();
            self.end_old_holds();
            self.let_leave();
        }
        self.end_old_invitations();
        self.state.daily.forget_old(self.now);
        while let Some(&(at, person, timer)) = self.state.timers.first() {
            if at > self.now {
                break;
            }
            self.state.timers.pop_first();
            match timer {
                SearchTimer::OfferWiden => {
                    if let Some((filter, would_fit)) = self.offer_of(person) {
                        self.tell(person, Notice::OfferWiden { filter, would_fit });
                    }
                }
                SearchTimer::Relent => {
                    if let Some(partner) = self.state.pool.relent(person, self.now) {
                        self.meet(partner, person);
                    }
                }
                SearchTimer::Pause => {
                    self.vacate_silently(person);
                    self.tell(person, Notice::SearchPaused);
                }
            }
        }
        for (first, second) in self.state.pool.advance(self.now) {
            self.meet(first, second);
        }
        while let Some((who, language, lost)) = self.state.gate.next_told(self.now) {
            self.tell_in(who, language, Notice::TooFast { lost });
        }
        let written = self.state.telegram_time(self.now).as_timestamp();
        self.state.gate.forget_calm(self.now, written);
        self.forget_taps();
        let (now, limit) = (self.now, MUTUAL_NEXT);
        self.state.last_chats.retain(|_, last| now.since(last.ended_at) <= limit);
    }

    /// The filter of a waiting person whose dropping would give them most partners.
    fn offer_of(&self, person: PersonId) -> Option<(Filter, u32)> {
        let Some(&Seat::Waiting { widening, .. }) = self.state.seats.get(&person) else { return None };
        self.state.pool.best_widening(self.state.facts_of(person)?, widening, self.now)
    }

    /// Takes the seats that were read at start: waiting people keep their wait.
    pub(super) fn take_stored_seats(&mut self) {
        for (person, chat) in std::mem::take(&mut self.state.orphans) {
            self.release_orphan(person, chat);
        }
        self.take_stored_meetings();
        self.remove_stale_holds();
        for person in std::mem::take(&mut self.state.unheard) {
            self.set_heard(person, None);
        }
        while let Some((person, since, widening)) = self.state.rejoining.pop_front() {
            // Somebody earlier in this queue may have been matched with them already.
            let Some(facts) = self.state.facts_of(person) else {
                self.out.push(Effect::Seat { person, seat: None });
                continue;
            };
            if !facts.is_reachable || facts.is_barred(self.now) {
                self.out.push(Effect::Seat { person, seat: None });
                continue;
            }
            if self.state.lapsed.contains(&person) {
                self.out.push(Effect::Seat { person, seat: None });
                self.tell(person, Notice::SearchPaused);
                continue;
            }
            // Nobody has waited since a time to come: the clock was set back.
            let since = since.min(self.now);
            if !self.wait_or_match(person, since, widening) {
                self.set_timers(person, since);
            }
        }
    }
}
