//! What an owner may ask back: who waits, who is held, what a ticket says, whom a key must not meet; and how to forget a key.

use super::{Key, MatchId, Matcher, Outcome};
use crate::error::MatcherError;
use crate::exclude::FOREVER;
use crate::observer::Observer;
use crate::score::Score;
use crate::ticket::Ticket;

/// A ticket that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Waiting<K> {
    /// Whose ticket.
    pub key: K,
    /// Since when, in milliseconds; what [`Ticket::waiting_since`] takes.
    pub enqueued: u64,
    /// How often it was passed over, at most 31; zero without
    /// [`overdue_passes`](crate::Fairness::overdue_passes).
    pub passes: u8,
}

impl<K: Key, S: Score, O: Observer<K>> Matcher<K, S, O> {
    /// Everybody who waits, in no meaningful order. O(waiting).
    ///
    /// With [`ticket`](Self::ticket), [`held`](Self::held) and [`exclusions`](Self::exclusions) this is all that another
    /// version of this crate, or another matcher, needs to go on: [`offer`](Self::offer) each ticket.
    pub fn iter(&self) -> impl Iterator<Item = Waiting<K>> + '_ {
        self.slots.handles().map(|handle| {
            let slot = self.slots.get(handle);
            Waiting { key: slot.key, enqueued: slot.enqueued(), passes: self.index.passes(slot.place) }
        })
    }

    /// Every held match, by number: seeker, then partner.
    pub fn held(&self) -> impl Iterator<Item = (MatchId, K, K)> + '_ {
        self.held.iter().map(|(id, (first, second, _))| (*id, first.key, second.key))
    }

    /// The ticket of a key that waits or is held, with its wait, the relaxation steps taken so far and those still to come.
    ///
    /// Offered again it has its old place. O(dimensions + steps).
    pub fn ticket(&self, key: K) -> Option<Ticket<K>> {
        if let Some(handle) = self.slots.find(key) {
            let slot = self.slots.get(handle);
            let ticket = self.schema.decode(key, self.slots.record(handle), self.plans.get(slot.plan), slot.level);
            return Some(ticket.waiting_since(slot.enqueued()));
        }
        let (first, second, _) = self.held.get(self.busy.get(&key)?)?;
        let held = if first.key == key { first } else { second };
        let ticket = self.schema.decode(key, &held.record, &held.plan, held.level);
        Some(ticket.waiting_since(held.rank.enqueued()))
    }

    /// Whom a key must not meet, in the order of the keys, and until when; `None`: forever. O(exclusions of the key).
    pub fn exclusions(&self, key: K) -> impl Iterator<Item = (K, Option<u64>)> + '_ {
        self.exclusions.ends(key).map(|(other, until)| (other, (until != FOREVER).then_some(until)))
    }

    /// Forgets all about a key: its ticket, its exclusions, its held match. The other one of a match returns to its old
    /// place and looks for somebody else, as after [`reject`](Self::reject); what came of it is returned.
    ///
    /// O(exclusions of the key), and with a held match the cost of an offer.
    ///
    /// # Errors
    /// As [`reject`](Self::reject) for a held match, and an error of time; nothing is forgotten then.
    pub fn forget(&mut self, key: K, now: u64) -> Result<Option<Outcome<K>>, MatcherError<K>> {
        self.check_time(now)?;
        let outcome = match self.busy.get(&key).copied() {
            Some(id) => Some(self.reject(id, key, now)?),
            None => None,
        };
        self.set_time(now);
        // Not waiting is no error here.
        let _ = self.cancel(key);
        while let Some(other) = self.exclusions.others(key).first().copied() {
            self.exclusions.remove(key, other);
        }
        Ok(outcome)
    }
}
