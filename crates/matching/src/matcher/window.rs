//! A window that is closed, a portion at a time: first everybody who was collected searches, then the heaviest pair is
//! made first. What was found is kept between the portions, so that the pairs do not depend on their size.

use alloc::borrow::Cow;
use alloc::collections::{BTreeSet, BinaryHeap};
use alloc::vec::Vec;
use core::cmp::Reverse;

use super::advance::Event;
use super::search::Hit;
use super::together::{Choice, Course};
use super::{Key, Match, Matcher};
use crate::config::Policy;
use crate::observer::Observer;
use crate::rank::Rank;
use crate::score::Score;

/// A ticket's best partner when it searched: urgency and points of the pair, then the ticket, the earliest arrival first.
type Best<K> = (u8, i32, Reverse<(Rank, K)>);

/// The tickets of a window that is being closed.
#[derive(Clone, Debug)]
pub(crate) struct Closing<K> {
    /// Those who have not searched yet.
    pub(crate) left: BTreeSet<(Rank, K)>,
    /// Those who have, the heaviest pair first.
    pub(crate) found: BinaryHeap<Best<K>>,
    /// How they are paired together, if they are.
    pub(crate) course: Course<K>,
    pub(crate) choice: Choice<K>,
}

impl<K: Ord> Default for Closing<K> {
    fn default() -> Self {
        Self { left: BTreeSet::new(), found: BinaryHeap::new(), course: Course::default(), choice: Choice::default() }
    }
}

impl<K: Key> Closing<K> {
    pub(crate) fn is_over(&self) -> bool {
        self.left.is_empty() && self.found.is_empty()
    }
}

impl<K: Key, S: Score, O: Observer<K>> Matcher<K, S, O> {
    /// Pairs what was collected: those passed over too often first, then the other overdue ones, then pairs with the
    /// most points. A piece is a search.
    pub(super) fn close_window(&mut self, budget: u32, sink: &mut impl FnMut(Event<K>)) -> u32 {
        let mut done = 0;
        match self.config.policy {
            Policy::Immediate => {
                // Left over because too many matches were held.
                while done < budget && self.has_room_to_hold() {
                    let Some((_, key)) = self.pending.pop_first() else {
                        break;
                    };
                    done += 1;
                    if let Some(made) = self.slots.find(key).and_then(|handle| self.probe(handle)) {
                        sink(Event::Matched(made));
                    }
                }
            }
            Policy::Window { every_ms } => {
                if self.now < self.window_end || !self.has_room_to_hold() {
                    return 0;
                }
                if self.closing.is_over() {
                    self.closing.left = core::mem::take(&mut self.pending);
                }
                while done < budget && self.has_room_to_hold() && !self.closing.is_over() {
                    done += 1;
                    let made = self.go_on_closing();
                    self.skip_gone();
                    if let Some(made) = made {
                        sink(Event::Matched(made));
                    }
                }
                if self.closing.is_over() {
                    self.end_window(every_ms);
                }
            }
        }
        done
    }

    /// Searches for the next ticket of the window, or for that of the heaviest pair, which is made if it is still the best.
    ///
    /// A ticket without a partner is settled: those who come before the window is closed are collected for the next one.
    fn go_on_closing(&mut self) -> Option<Match<K>> {
        let (best, next) = match self.closing.left.pop_first() {
            Some(next) => (None, next),
            None if self.is_together() => return self.go_on_together(),
            None => self.closing.found.pop().map(|best| (Some((best.0, best.1)), best.2.0))?,
        };
        let handle = self.standing(next)?;
        let hit = self.look_around(handle)?;
        let class = self.class_of(handle).max(self.class_of(hit.handle));
        if best.is_some_and(|best| (class, hit.points) >= best) {
            return Some(self.settle(handle, hit));
        }
        self.closing.found.push((class, hit.points, Reverse(next)));
        None
    }

    fn end_window(&mut self, every_ms: u64) {
        (self.closing.course, self.closing.choice) = (Course::default(), Choice::default());
        self.window_end = (self.now / every_ms + 1) * every_ms;
    }

    /// Forgets those of a window who are gone, as far as they would be next: a snapshot knows nothing of them.
    pub(super) fn skip_gone(&mut self) {
        let Policy::Window { every_ms } = self.config.policy else { return };
        if self.closing.is_over() {
            return;
        }
        while self.closing.left.first().is_some_and(|next| self.standing(*next).is_none()) {
            self.closing.left.pop_first();
        }
        while self.closing.found.peek().is_some_and(|best| self.standing(best.2.0).is_none()) {
            self.closing.found.pop();
        }
        if self.closing.is_over() {
            self.end_window(every_ms);
        }
    }

    /// The ticket of a window, if it still waits.
    pub(super) fn standing(&self, (rank, key): (Rank, K)) -> Option<u32> {
        self.slots.find(key).filter(|handle| self.slots.get(*handle).rank == rank)
    }

    /// Searches for a ticket that waits, and pairs it.
    pub(super) fn probe(&mut self, handle: u32) -> Option<Match<K>> {
        if !self.has_room_to_hold() {
            let slot = self.slots.get(handle);
            self.pending.insert((slot.rank, slot.key));
            return None;
        }
        let hit = self.look_around(handle)?;
        Some(self.settle(handle, hit))
    }

    /// Whom a ticket that waits would take.
    pub(super) fn look_around(&mut self, handle: u32) -> Option<Hit> {
        let slot = *self.slots.get(handle);
        let record = self.slots.record(handle).to_vec();
        self.best(&record, slot.key, slot.rank, Some(handle))
    }

    /// Pairs a ticket with whom its search has just found.
    pub(super) fn settle(&mut self, handle: u32, hit: Hit) -> Match<K> {
        self.pass_over(self.slots.get(handle).key, Some(handle), hit.handle);
        let seeker = self.copy(handle);
        self.take(handle);
        self.pair(Cow::Owned(seeker), hit.handle, hit.points)
    }

    /// What remains of a window that is being closed, in order: who has not searched, and who has, with what they found.
    pub(crate) fn rest_of_window(&self) -> (Vec<K>, Vec<(u8, i32, K)>) {
        let left = self.closing.left.iter().filter(|next| self.standing(**next).is_some()).map(|next| next.1).collect();
        let mut found: Vec<Best<K>> =
            self.closing.found.iter().filter(|best| self.standing(best.2.0).is_some()).copied().collect();
        found.sort_unstable();
        (left, found.into_iter().map(|(class, points, Reverse((_, key)))| (class, points, key)).collect())
    }
}
