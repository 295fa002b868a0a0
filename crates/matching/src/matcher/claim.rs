//! What comes after a match, and who must not meet whom.
//! A rejected match gives the survivor its old place back; an exclusion with an end expires automatically.

use alloc::borrow::Cow;

use super::{Event, Key, MatchId, Matcher, Outcome};
use crate::config::{Claims, MAX_EXCLUDED_KEYS, MAX_TIME_MS, Policy};
use crate::error::MatcherError;
use crate::exclude::FOREVER;
use crate::observer::Observer;
use crate::predicate::fits;
use crate::score::{Score, pair_points};

impl<K: Key, S: Score, O: Observer<K>> Matcher<K, S, O> {
    /// Ends a held match well: both tickets are gone for good. O(log n).
    ///
    /// # Errors
    /// [`MatcherError::UnknownMatch`] if the match is not held, always so under [`Claims::Final`](crate::Claims::Final).
    pub fn confirm(&mut self, id: MatchId) -> Result<(), MatcherError<K>> {
        let (first, second, _) = self.held.remove(&id).ok_or(MatcherError::UnknownMatch { id })?;
        self.busy.remove(&first.key);
        self.busy.remove(&second.key);
        Ok(())
    }

    /// Ends a held match badly: `leaver` is gone, the other returns to its old place and looks for somebody else.
    ///
    /// Both may meet again if `leaver` comes back; [`exclude`](Self::exclude) them to prevent that. Cost of an offer.
    ///
    /// # Errors
    /// [`MatcherError::UnknownMatch`], [`NotInMatch`](MatcherError::NotInMatch), [`Full`](MatcherError::Full) or an error of
    /// time; the match is still held then.
    pub fn reject(&mut self, id: MatchId, leaver: K, now: u64) -> Result<Outcome<K>, MatcherError<K>> {
        self.check_time(now)?;
        let (first, second, _) = self.held.get(&id).ok_or(MatcherError::UnknownMatch { id })?;
        if first.key != leaver && second.key != leaver {
            return Err(MatcherError::NotInMatch { key: leaver, id });
        }
        let limit = self.config.limits.waiting;
        if self.slots.len() >= limit {
            return Err(MatcherError::Full { limit });
        }
        let (first, second, _) = self.held.remove(&id).ok_or(MatcherError::UnknownMatch { id })?;
        self.set_time(now);
        self.busy.remove(&first.key);
        self.busy.remove(&second.key);
        let mut survivor = if first.key == leaver { second } else { first };
        self.observer.rejected(leaver, survivor.key);
        self.catch_up(&mut survivor);
        Ok(self.arrive(&survivor))
    }

    /// The two keys of a held match: seeker, then partner.
    pub fn find_held(&self, id: MatchId) -> Option<(K, K)> {
        self.held.get(&id).map(|(first, second, _)| (first.key, second.key))
    }

    /// When a held match lapses, in milliseconds; `None` if it is not held, or never lapses.
    pub fn lapses_at(&self, id: MatchId) -> Option<u64> {
        let Claims::HeldFor { ms } = self.config.claims else { return None };
        self.held.get(&id).map(|(_, _, at)| at + ms)
    }

    /// When the next held match lapses: the one that was made first.
    pub(crate) fn next_lapse(&self) -> Option<u64> {
        self.lapses_at(*self.held.first_key_value()?.0)
    }

    /// Lets the held match that was made first lapse: neither of its tickets returns.
    pub(crate) fn lapse(&mut self) -> Option<Event<K>> {
        let (id, (seeker, partner, _)) = self.held.pop_first()?;
        let (seeker, partner) = (seeker.key, partner.key);
        self.busy.remove(&seeker);
        self.busy.remove(&partner);
        self.observer.lapsed(seeker, partner);
        Some(Event::Lapsed { id, seeker, partner })
    }

    /// Keeps two keys apart, in both directions, until `until` (exclusive, milliseconds) or forever.
    ///
    /// The keys need not be waiting. A pair that is excluded already gets the new end; to end it at once,
    /// [`lift`](Self::lift) it. No time is given, since nothing can follow from it but that the two do not meet.
    /// O(exclusions of a key).
    ///
    /// # Errors
    /// [`MatcherError::SamePerson`], [`EndsInPast`](MatcherError::EndsInPast) for an end that is not after
    /// [`now`](Self::now), [`TooManyExclusions`](MatcherError::TooManyExclusions),
    /// [`TooManyPairs`](MatcherError::TooManyPairs), [`TooManyExcludedKeys`](MatcherError::TooManyExcludedKeys), or
    /// [`TimeOutOfRange`](MatcherError::TimeOutOfRange) for an end above [`MAX_TIME_MS`].
    pub fn exclude(&mut self, first: K, second: K, until: Option<u64>) -> Result<(), MatcherError<K>> {
        if first == second {
            return Err(MatcherError::SamePerson { key: first });
        }
        let until = match until {
            Some(value) if value > MAX_TIME_MS => {
                return Err(MatcherError::TimeOutOfRange { field: "until", value, limit: MAX_TIME_MS });
            }
            Some(value) if value <= self.now => {
                return Err(MatcherError::EndsInPast { until_ms: value, now_ms: self.now });
            }
            Some(value) => value,
            None => FOREVER,
        };
        let known = self.exclusions.until(first, second);
        let limit = self.config.limits.exclusions;
        let full = [first, second].into_iter().find(|key| self.exclusions.count(*key) >= limit);
        if let (None, Some(key)) = (known, full) {
            return Err(MatcherError::TooManyExclusions { key, limit });
        }
        let limit = self.config.limits.excluded_pairs;
        if known.is_none() && self.exclusions.len() >= limit {
            return Err(MatcherError::TooManyPairs { limit });
        }
        if !self.exclusions.has_room(first, second) {
            return Err(MatcherError::TooManyExcludedKeys { limit: MAX_EXCLUDED_KEYS });
        }
        self.exclusions.insert(first, second, until);
        Ok(())
    }

    /// Ends an exclusion. If both wait and fit, they are matched at once: under [`Policy::Window`] at its end, and while
    /// tickets wait for room to be held, by the next `advance`.
    ///
    /// Returns `None` if the two were not kept apart.
    ///
    /// # Errors
    /// An error of time.
    pub fn lift(&mut self, first: K, second: K, now: u64) -> Result<Option<Outcome<K>>, MatcherError<K>> {
        self.check_time(now)?;
        if self.exclusions.until(first, second).is_none() {
            return Ok(None);
        }
        self.set_time(now);
        self.exclusions.remove(first, second);
        Ok(Some(self.meet_again(first, second)))
    }

    /// Number of pairs that are kept apart.
    pub fn count_exclusions(&self) -> usize {
        self.exclusions.len()
    }

    /// Pairs that are kept apart for a time, with its end, the one that ends first first. Its length is O(1).
    pub fn ending_exclusions(&self) -> impl ExactSizeIterator<Item = (K, K, u64)> + '_ {
        self.exclusions.ending().map(|&(until, first, second)| (first, second, until))
    }

    /// Until when two keys are kept apart: `None` not at all, `Some(None)` forever.
    pub fn find_exclusion(&self, first: K, second: K) -> Option<Option<u64>> {
        self.exclusions.until(first, second).map(|until| (until != FOREVER).then_some(until))
    }

    /// Pairs two keys between whom nothing stands any more, if both wait and fit.
    ///
    /// Nobody else who waits fits either of them, so no search is needed and nobody is passed over.
    pub(crate) fn meet_again(&mut self, first: K, second: K) -> Outcome<K> {
        let (Some(one), Some(two)) = (self.slots.find(first), self.slots.find(second)) else {
            return Outcome::Waiting;
        };
        if !fits(&self.schema.layout, self.slots.record(one), self.slots.record(two)) {
            return Outcome::Waiting;
        }
        // The one who came later is the seeker, as if it arrived now.
        let rank = |handle: u32| (self.slots.get(handle).rank, self.slots.get(handle).key);
        let (partner, seeker) = if rank(one) < rank(two) { (one, two) } else { (two, one) };
        if matches!(self.config.policy, Policy::Window { .. }) {
            self.pending.insert(rank(seeker));
            return Outcome::Waiting;
        }
        // Those who wait for room to be held may fit the seeker too, and then a search has to choose.
        if !self.has_room_to_hold() || !self.pending.is_empty() {
            self.pending.insert(rank(seeker));
            return Outcome::Waiting;
        }
        let points = pair_points(&self.score, &self.schema, self.slots.record(seeker), self.slots.record(partner));
        let held = self.copy(seeker);
        self.take(seeker);
        Outcome::Matched(self.pair(Cow::Owned(held), partner, points))
    }
}
