//! Timers of waiting tickets: a wheel of six levels of 256 slots, linked through the tickets themselves.
//! Setting and clearing a timer takes constant time; what falls due comes out in order of time and rank.

#![expect(clippy::indexing_slicing, reason = "levels are below 6 and slots are bytes")]

use alloc::collections::BTreeSet;
use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::hash::Hash;

use crate::rank::Rank;
use crate::slots::{NONE, Slots, State};

const LEVELS: usize = 6;
/// So many timers are looked at to tell when the next one is due.
const WALK: usize = 1_024;

/// A timer that has gone off: when it was due, then rank and key of the ticket, then its slot.
pub(crate) type Ready<K> = (u64, Rank, K, u32);

#[derive(Clone, Debug)]
pub(crate) struct Wheel<K> {
    /// Everything due up to here is in `ready`, but for what is in `moving`.
    cursor: u64,
    /// What is left of the slot at the cursor, which is being emptied.
    moving: u32,
    heads: Vec<u32>,
    busy: [[u64; 4]; LEVELS],
    ready: BTreeSet<Ready<K>>,
}

/// The earliest timer of a list, all of which are due at `begins` or later; `begins`, if there are more than [`WALK`].
fn earliest<K: Copy + Eq + Hash>(slots: &Slots<K>, head: u32, begins: u64) -> Option<u64> {
    let link = |handle: u32| (handle != NONE).then_some(handle);
    let handles = core::iter::successors(link(head), |handle| link(slots.get(*handle).next));
    let mut best = None;
    for (walked, handle) in handles.enumerate() {
        if walked == WALK {
            return Some(begins);
        }
        best = Some(best.unwrap_or(u64::MAX).min(slots.get(handle).due_at()));
    }
    best
}

fn byte(time: u64, level: usize) -> usize {
    usize::from(time.to_le_bytes()[level])
}

impl<K: Copy + Eq + Hash + Ord> Wheel<K> {
    pub(crate) fn new(now: u64) -> Self {
        Self { cursor: now, moving: NONE, heads: vec![NONE; LEVELS * 256], busy: [[0; 4]; LEVELS], ready: BTreeSet::new() }
    }

    fn level(&self, due: u64) -> usize {
        let differs = (due ^ self.cursor) | 1;
        usize::try_from(differs.ilog2() / 8).unwrap_or(0).min(LEVELS - 1)
    }

    /// Sets the timer of a ticket without one to its `due`, if it has one.
    pub(crate) fn set(&mut self, slots: &mut Slots<K>, handle: u32) {
        let slot = slots.get(handle);
        if slot.due == NONE {
            return;
        }
        let due = slot.due_at();
        if due <= self.cursor {
            let ready = (due, slot.rank, slot.key, handle);
            slots.get_mut(handle).state = State::Ready;
            self.ready.insert(ready);
            return;
        }
        let level = self.level(due);
        let at = byte(due, level);
        let head = self.heads[level * 256 + at];
        let slot = slots.get_mut(handle);
        slot.next = head;
        slot.previous = NONE;
        slot.state = State::Timed;
        if head != NONE {
            slots.get_mut(head).previous = handle;
        }
        self.heads[level * 256 + at] = handle;
        self.busy[level][at / 64] |= 1 << (at % 64);
    }

    /// Clears the timer of a ticket; its `due` must be as it was when the timer was set.
    pub(crate) fn clear(&mut self, slots: &mut Slots<K>, handle: u32) {
        let slot = *slots.get(handle);
        if slot.due == NONE {
            return;
        }
        if slot.state == State::Ready {
            self.ready.remove(&(slot.due_at(), slot.rank, slot.key, handle));
            slots.get_mut(handle).state = State::Timed;
            return;
        }
        if slot.next != NONE {
            slots.get_mut(slot.next).previous = slot.previous;
        }
        if slot.previous == NONE {
            // The head of its list. The level may have been another when it was set, so look it up.
            if self.moving == handle {
                self.moving = slot.next;
                return;
            }
            let due = slot.due_at();
            for level in 0..LEVELS {
                let at = byte(due, level);
                if self.heads[level * 256 + at] == handle {
                    self.heads[level * 256 + at] = slot.next;
                    if slot.next == NONE {
                        self.busy[level][at / 64] &= !(1 << (at % 64));
                    }
                    break;
                }
            }
        } else {
            slots.get_mut(slot.previous).next = slot.next;
        }
    }

    /// First busy slot after the cursor: level, slot, and the time at which it begins.
    fn first(&self) -> Option<(usize, usize, u64)> {
        for level in 0..LEVELS {
            let here = byte(self.cursor, level);
            let found = (0..4).find_map(|word| {
                // A shift by 64 leaves nothing.
                let above = match word.cmp(&(here / 64)) {
                    Ordering::Less => 0,
                    Ordering::Equal => u64::MAX.checked_shl(u32::try_from(here % 64).unwrap_or(0) + 1).unwrap_or(0),
                    Ordering::Greater => u64::MAX,
                };
                let bits = self.busy[level][word] & above;
                (bits != 0).then(|| word * 64 + usize::try_from(bits.trailing_zeros()).unwrap_or(0))
            });
            if let Some(at) = found {
                let shift = 8 * u32::try_from(level).unwrap_or(0);
                let upper = self.cursor >> shift >> 8 << 8 << shift;
                return Some((level, at, upper | u64::try_from(at).unwrap_or(0) << shift));
            }
        }
        None
    }

    /// Moves one timer of the next slot that begins up to `now`, and not after `until`; whether there was one. Only then
    /// is it sure that the first of the ready ones comes first.
    pub(crate) fn turn(&mut self, slots: &mut Slots<K>, now: u64, until: Option<u64>) -> bool {
        if self.moving == NONE {
            let is_next = |begins: u64| self.ready.is_empty() && begins <= until.map_or(now, |until| until.min(now));
            let Some((level, at, begins)) = self.first().filter(|first| is_next(first.2)) else {
                return false;
            };
            self.cursor = begins;
            self.moving = core::mem::replace(&mut self.heads[level * 256 + at], NONE);
            self.busy[level][at / 64] &= !(1 << (at % 64));
        }
        let handle = self.moving;
        self.moving = slots.get(handle).next;
        if self.moving != NONE {
            slots.get_mut(self.moving).previous = NONE;
        }
        self.set(slots, handle);
        true
    }

    /// Goes on to `now`, if nothing is due before or then; whether it is so.
    pub(crate) fn catch_up(&mut self, now: u64) -> bool {
        if self.moving != NONE || !self.ready.is_empty() || self.first().is_some_and(|first| first.2 <= now) {
            return false;
        }
        self.cursor = self.cursor.max(now);
        true
    }

    /// The earliest timer. Where more than [`WALK`] timers lie in its slot, the time at which that slot begins instead: never
    /// later, and [`turn`](Self::turn) has something to do by then.
    pub(crate) fn next(&self, slots: &Slots<K>) -> Option<u64> {
        let ready = self.ready.first().map(|ready| ready.0);
        if self.moving == NONE && ready.is_some() {
            return ready;
        }
        let first = self.first().and_then(|(level, at, begins)| earliest(slots, self.heads[level * 256 + at], begins));
        [ready, earliest(slots, self.moving, self.cursor), first].into_iter().flatten().min()
    }

    pub(crate) fn peek(&self) -> Option<&Ready<K>> {
        self.ready.first()
    }

    /// Takes the first timer that has gone off; the ticket has no timer afterwards.
    pub(crate) fn pop(&mut self, slots: &mut Slots<K>) -> Option<Ready<K>> {
        let ready = self.ready.pop_first()?;
        let slot = slots.get_mut(ready.3);
        slot.state = State::Timed;
        slot.due = NONE;
        Some(ready)
    }
}
