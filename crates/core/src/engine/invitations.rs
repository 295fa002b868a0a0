//! The invitations that stand, found by either person and by when their time is over.

use std::collections::{BTreeMap, BTreeSet};

use crate::id::PersonId;
use crate::invitation::Invitation;
use crate::time::Timestamp;

/// Invitations by inviter and invited, at most one for each.
#[derive(Clone, Debug, Default)]
pub(crate) struct Invitations {
    rows: BTreeMap<(PersonId, PersonId), Invitation>,
    /// Invited and inviter.
    received: BTreeSet<(PersonId, PersonId)>,
    /// When the time is over; inviter and invited.
    ends: BTreeSet<(Timestamp, PersonId, PersonId)>,
}

#[expect(clippy::similar_names, reason = "an inviter and an invited person are what this is about")]
impl Invitations {
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Puts an invitation in the place of the one that these two have, if any.
    pub(crate) fn put(&mut self, invitation: Invitation) {
        let Invitation { inviter, invited, expires_at, .. } = invitation;
        self.remove([inviter, invited]);
        self.rows.insert((inviter, invited), invitation);
        self.received.insert((invited, inviter));
        self.ends.insert((expires_at, inviter, invited));
    }

    pub(crate) fn remove(&mut self, [inviter, invited]: [PersonId; 2]) -> Option<Invitation> {
        let row = self.rows.remove(&(inviter, invited))?;
        self.received.remove(&(invited, inviter));
        self.ends.remove(&(row.expires_at, inviter, invited));
        Some(row)
    }

    pub(crate) fn find(&self, [inviter, invited]: [PersonId; 2]) -> Option<Invitation> {
        self.rows.get(&(inviter, invited)).copied()
    }

    /// All that stand, by inviter and invited.
    pub(crate) fn all(&self) -> Vec<Invitation> {
        self.rows.values().copied().collect()
    }

    /// Those a person received, by inviter.
    pub(crate) fn received_by(&self, person: PersonId) -> Vec<Invitation> {
        let keys = self.received.range((person, PersonId::new(i64::MIN))..=(person, PersonId::new(i64::MAX)));
        keys.filter_map(|&(invited, inviter)| self.find([inviter, invited])).collect()
    }

    /// Those a person received, by inviter, and those they sent, by invited.
    pub(crate) fn of(&self, person: PersonId) -> Vec<Invitation> {
        let mut all = self.received_by(person);
        let sent = self.rows.range((person, PersonId::new(i64::MIN))..=(person, PersonId::new(i64::MAX)));
        all.extend(sent.map(|(_, row)| *row));
        all
    }

    /// Takes one out whose time is over.
    pub(crate) fn pop_old(&mut self, now: Timestamp) -> Option<Invitation> {
        let &(at, inviter, invited) = self.ends.first()?;
        if at > now { None } else { self.remove([inviter, invited]) }
    }

    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        self.ends.first().map(|&(at, ..)| at)
    }
}
