//! A clock that was set back: what is to come keeps its distance from now, so nothing waits until the old time is reached.
//! One that was set forward is like an outage: meetings are given time again, and the rest is due.

use std::time::Duration;

use super::Turn;
use crate::chat::{Hold, Seat};
use crate::engine::state::LastTap;
use crate::id::PersonId;
use crate::invitation::Invitation;
use crate::time::Timestamp;

/// Smaller steps back are ignored; timers fire late by that much, once.
const UNNOTICED: Duration = Duration::from_secs(1);
const MINUTE: i64 = 60_000_000;

impl Turn<'_> {
    /// Compares our clock with what it showed last.
    pub(super) fn meet_clock(&mut self) {
        let Some(last) = self.state.clock else {
            self.state.clock = Some(self.now);
            return self.bring_back_openings();
        };
        let back = last.since(self.now);
        // Everybody who wrote lately is looked at, so not with every step.
        if last.as_micros() / MINUTE != self.now.as_micros() / MINUTE {
            self.forget_writings();
        }
        if back <= UNNOTICED {
            self.state.clock = Some(last.max(self.now));
            return;
        }
        self.state.clock = Some(self.now);
        self.go_back(back);
    }

    /// Moves every moment that was reckoned by the old time. What the tables hold moves with it; what a person has until a
    /// certain day (premium, a suspension) stays.
    fn go_back(&mut self, by: Duration) {
        let state = &mut *self.state;
        let earlier = |at: Timestamp| at.minus(by);
        state.timers = state.timers.iter().map(|&(at, person, timer)| (earlier(at), person, timer)).collect();
        state.timed_from.values_mut().for_each(|at| *at = earlier(*at));
        state.tapped.values_mut().for_each(|at| *at = earlier(*at));
        for tap in state.last_taps.values_mut() {
            let (LastTap::Inline { at, .. } | LastTap::Text { at, .. }) = tap;
            *at = earlier(*at);
        }
        state.last_chats.values_mut().for_each(|last| last.ended_at = earlier(last.ended_at));
        state.listened_at = state.listened_at.map(earlier);
        // Telegram's clock was not set back, so it is farther ahead of ours now.
        state.telegram_ahead = state.telegram_ahead.saturating_add(i64::try_from(by.as_micros()).unwrap_or(i64::MAX));
        state.gate.go_back(by);
        state.daily.go_back(by);
        state.meetings.values_mut().for_each(|meeting| meeting.answer_by = earlier(meeting.answer_by));
        // Stored with the seats that are read at start, in this very step.
        state.are_deadlines_stored = false;
        self.date_back_openings(by);
        self.change_holds(|_, hold| Hold { expires_at: earlier(hold.expires_at), ..hold });
        for one in self.state.invitations.all() {
            let (made_at, expires_at) = (earlier(one.made_at), earlier(one.expires_at));
            self.put_invitation(Invitation { made_at, expires_at, ..one });
        }
    }

    /// Chats in whose first minutes only text passes, or would pass again, began that much earlier.
    fn date_back_openings(&mut self, by: Duration) {
        let (early, now) = (self.state.rules.early, self.now);
        self.date_openings(|since| (since.plus(early) > now).then(|| since.minus(by)));
    }

    /// Chats that were read at start and began at a time to come: the clock was set back while no process ran, so they began
    /// now at the latest.
    fn bring_back_openings(&mut self) {
        let now = self.now;
        self.date_openings(|since| (since > now).then_some(now));
    }

    fn date_openings(&mut self, other: impl Fn(Timestamp) -> Option<Timestamp>) {
        let dated = self.state.seats.iter().filter_map(|(&person, &seat)| {
            let Seat::Chatting { since, .. } = seat else { return None };
            Some((person, seat, other(since)?))
        });
        let mut dated: Vec<(PersonId, Seat, Timestamp)> = dated.collect();
        dated.sort_unstable_by_key(|&(person, ..)| person);
        for (person, mut seat, at) in dated {
            if let Seat::Chatting { since, .. } = &mut seat {
                *since = at;
            }
            self.put_seat(person, seat);
        }
    }
}
