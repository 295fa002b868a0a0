//! Those who wait for a partner, and who among them meets whom.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use crate::chat::seat::{Filter, Widening};
use crate::id::PersonId;
use crate::person::PersonFacts;
use crate::time::Timestamp;

/// How long two people who chatted are kept apart.
const RECENT: Duration = Duration::from_hours(24);

/// What a search found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// This person; both have left the pool.
    Partner(PersonId),
    /// Nobody fits now; the searcher waits in the pool.
    Nobody,
}

/// The waiting people.
#[derive(Debug, Default)]
pub struct Pool {
    waiting: BTreeMap<PersonId, (PersonFacts, Timestamp, Widening)>,
    blocked: BTreeSet<(PersonId, PersonId)>,
    recent: HashMap<PersonId, BTreeMap<PersonId, (Timestamp, bool)>>,
    dirty: BTreeSet<PersonId>,
}

fn key(a: PersonId, b: PersonId) -> (PersonId, PersonId) {
    if a < b { (a, b) } else { (b, a) }
}

impl Pool {
    /// Makes an empty pool.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns how many wait.
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Reports whether nobody waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    fn accepts(me: &PersonFacts, widening: Widening, them: &PersonFacts, now: Timestamp) -> bool {
        let p = &me.preferences;
        (widening.contains(Filter::Gender) || p.genders.contains(them.gender))
            && (widening.contains(Filter::Age) || p.ages.contains(them.age(now)))
            && (widening.contains(Filter::Country) || p.country.is_none_or(|c| c == them.country))
            && (widening.contains(Filter::Verified) || !p.requires_verified || them.is_verified)
            && (widening.contains(Filter::Language)
                || !p.requires_common_language
                || !me.languages.intersection(them.languages).is_empty())
    }

    fn is_apart(&self, a: PersonId, b: PersonId, now: Timestamp) -> bool {
        self.blocked.contains(&key(a, b)) || self.recent.get(&a).and_then(|r| r.get(&b)).is_some_and(|&(until, _)| until > now)
    }

    fn best(&self, facts: &PersonFacts, widening: Widening, now: Timestamp) -> Option<PersonId> {
        self.waiting
            .values()
            .filter(|(other, _, theirs)| {
                other.person != facts.person
                    && Self::accepts(facts, widening, other, now)
                    && Self::accepts(other, *theirs, facts, now)
                    && !self.is_apart(facts.person, other.person, now)
            })
            .min_by_key(|(other, since, _)| (*since, other.person))
            .map(|(other, _, _)| other.person)
    }

    /// Looks for a partner; if nobody fits, the person waits with a wait that began at `since`.
    pub fn offer(&mut self, facts: &PersonFacts, since: Timestamp, widening: Widening, now: Timestamp) -> Found {
        if let Some(partner) = self.best(facts, widening, now) {
            self.leave(partner);
            return Found::Partner(partner);
        }
        self.waiting.insert(facts.person, (facts.clone(), since, widening));
        Found::Nobody
    }

    /// Takes a person out; somebody who does not wait is left alone.
    pub fn leave(&mut self, person: PersonId) {
        self.waiting.remove(&person);
    }

    /// These two never meet (again).
    pub fn separate(&mut self, a: PersonId, b: PersonId) {
        self.blocked.insert(key(a, b));
    }

    /// These two chatted until `ended_at` and are kept apart for 24 hours after, unless nobody else fits.
    pub fn separate_lately(&mut self, a: PersonId, b: PersonId, ended_at: Timestamp, now: Timestamp) {
        let until = ended_at.plus(RECENT);
        if until > now {
            self.recent.entry(a).or_default().insert(b, (until, false));
            self.recent.entry(b).or_default().insert(a, (until, false));
        }
    }

    /// These two both wanted to go on: they are kept apart for the whole 24 hours, whatever happens.
    pub fn separate_firmly(&mut self, a: PersonId, b: PersonId) {
        for (x, y) in [(a, b), (b, a)] {
            if let Some(entry) = self.recent.get_mut(&x).and_then(|r| r.get_mut(&y)) {
                entry.1 = true;
            }
        }
    }

    /// A person has waited long: recent partners become acceptable for them again.
    pub fn relent(&mut self, person: PersonId, _now: Timestamp) {
        let Some(partners) = self.recent.get(&person) else { return };
        let soft: Vec<PersonId> = partners.iter().filter(|(_, (_, firm))| !firm).map(|(&p, _)| p).collect();
        for partner in soft {
            if let Some(r) = self.recent.get_mut(&person) {
                r.remove(&partner);
            }
            if let Some(r) = self.recent.get_mut(&partner) {
                r.remove(&person);
            }
        }
        self.dirty.insert(person);
    }

    /// Matches pairs that fit by now.
    pub fn advance(&mut self, now: Timestamp) -> Vec<(PersonId, PersonId)> {
        let mut pairs = Vec::new();
        for person in std::mem::take(&mut self.dirty) {
            let Some((facts, _, widening)) = self.waiting.get(&person).cloned() else { continue };
            if let Some(partner) = self.best(&facts, widening, now) {
                self.leave(person);
                self.leave(partner);
                pairs.push((person, partner));
            }
        }
        pairs
    }

    /// Returns when `advance` next has something to do.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        None
    }

    /// Returns the filter whose dropping would give the person most partners, and how many.
    pub fn best_widening(&self, _person: PersonId) -> Option<(Filter, u32)> {
        None
    }

    /// Returns how long people usually wait, in seconds.
    pub fn usual_wait_s(&self) -> Option<u32> {
        None
    }
}
