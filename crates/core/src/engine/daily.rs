//! What people did within a day of what has a cap ([`crate::tier`]). Partners are read from the chats at start; links and
//! media are counted in memory alone.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use crate::id::PersonId;
use crate::tier::{Capped, DAY};
use crate::time::Timestamp;

/// One thing that counts: when, and of chats, with whom.
type Deed = (Timestamp, Option<PersonId>);

/// What everybody did within a day.
#[derive(Debug, Default)]
pub(crate) struct Daily {
    /// Of each person and kind, the oldest first.
    deeds: HashMap<(PersonId, Capped), VecDeque<Deed>>,
    /// Of everybody, the oldest first.
    order: VecDeque<(Timestamp, PersonId, Capped)>,
}

impl Daily {
    /// Counts something. A partner counts once, from the first chat of the day.
    pub(crate) fn add(&mut self, (person, of): (PersonId, Capped), partner: Option<PersonId>, at: Timestamp) {
        self.forget_old(at);
        let deeds = self.deeds.entry((person, of)).or_default();
        if partner.is_none() || deeds.iter().all(|(_, other)| *other != partner) {
            deeds.push_back((at, partner));
            self.order.push_back((at, person, of));
        }
    }

    /// Counts two people as partners of one another.
    pub(crate) fn meet(&mut self, [one, other]: [PersonId; 2], at: Timestamp) {
        self.add((one, Capped::Partners), Some(other), at);
        self.add((other, Capped::Partners), Some(one), at);
    }

    /// Finds from when on somebody may go on who has done so much that `cap` is reached; `None` = they may now.
    pub(crate) fn free_at(&self, whose: (PersonId, Capped), cap: u32, now: Timestamp) -> Option<Timestamp> {
        let ends = self.deeds.get(&whose)?.iter().map(|(at, _)| at.plus(DAY)).filter(|end| *end > now);
        ends.rev().nth(usize::try_from(cap).unwrap_or(usize::MAX).checked_sub(1)?)
    }

    /// Forgets what is older than a day.
    pub(crate) fn forget_old(&mut self, now: Timestamp) {
        while let Some(&(at, person, of)) = self.order.front()
            && at.plus(DAY) <= now
        {
            self.order.pop_front();
            if let Some(deeds) = self.deeds.get_mut(&(person, of)) {
                deeds.pop_front();
                if deeds.is_empty() {
                    self.deeds.remove(&(person, of));
                }
            }
        }
    }

    /// Forgets somebody who left.
    pub(crate) fn forget(&mut self, person: PersonId) {
        for &of in Capped::ALL {
            self.deeds.remove(&(person, of));
        }
    }

    /// Moves everything with a clock that was set back.
    pub(crate) fn go_back(&mut self, by: Duration) {
        let deeds = self.deeds.values_mut().flatten().map(|(at, _)| at);
        deeds.chain(self.order.iter_mut().map(|(at, ..)| at)).for_each(|at| *at = at.minus(by));
    }
}
