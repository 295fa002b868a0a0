//! The tickets that wait: one fixed-size slot and one record each, in pages that never move.
//! Everything else refers to a ticket by the number of its slot.

#![expect(clippy::indexing_slicing, reason = "a handle is given out by `insert` for a slot that stays in its page")]

use alloc::vec::Vec;
use core::hash::Hash;

use crate::ahead::fetch;
use crate::rank::Rank;
use crate::table::{Keyed, Table};

const PAGE: usize = 1024;
/// No slot, no link.
pub(crate) const NONE: u32 = u32::MAX;

/// Where a slot stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Nobody's.
    Free,
    /// A waiting ticket whose timer, if any, runs.
    Timed,
    /// A waiting ticket whose timer has gone off.
    Ready,
}

/// State of one waiting ticket besides its record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slot<K> {
    pub(crate) key: K,
    pub(crate) rank: Rank,
    /// Run and column in the index.
    pub(crate) place: u32,
    pub(crate) plan: u32,
    /// Links of the timer list; `next` also links free slots.
    pub(crate) next: u32,
    pub(crate) previous: u32,
    /// Waiting time at which something is due; `NONE`: nothing is.
    pub(crate) due: u32,
    /// The step of the plan that comes next.
    pub(crate) level: u16,
    pub(crate) overdue: bool,
    pub(crate) state: State,
}

impl<K> Slot<K> {
    pub(crate) fn enqueued(&self) -> u64 {
        self.rank.enqueued()
    }

    pub(crate) fn due_at(&self) -> u64 {
        self.enqueued() + u64::from(self.due)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Slots<K> {
    pages: Vec<Vec<Slot<K>>>,
    records: Vec<Vec<u64>>,
    words: usize,
    free: u32,
    used: u32,
    len: u32,
    keys: Table,
    keyed: Keyed,
}

fn split(handle: u32) -> (usize, usize) {
    let at = usize::try_from(handle).unwrap_or(usize::MAX);
    (at / PAGE, at % PAGE)
}

impl<K: Copy + Eq + Hash> Slots<K> {
    pub(crate) fn new(words: usize, keyed: Keyed) -> Self {
        Self { pages: Vec::new(), records: Vec::new(), words, free: NONE, used: 0, len: 0, keys: Table::default(), keyed }
    }

    pub(crate) fn len(&self) -> u32 {
        self.len
    }

    pub(crate) fn record_bytes(&self) -> usize {
        self.pages.len() * PAGE * (size_of::<Slot<K>>() + 8 * self.words)
    }

    pub(crate) fn key_bytes(&self) -> usize {
        self.keys.bytes()
    }

    #[inline]
    pub(crate) fn get(&self, handle: u32) -> &Slot<K> {
        let (page, at) = split(handle);
        &self.pages[page][at]
    }

    #[inline]
    pub(crate) fn get_mut(&mut self, handle: u32) -> &mut Slot<K> {
        let (page, at) = split(handle);
        &mut self.pages[page][at]
    }

    #[inline]
    pub(crate) fn record(&self, handle: u32) -> &[u64] {
        let (page, at) = split(handle);
        &self.records[page][at * self.words..(at + 1) * self.words]
    }

    pub(crate) fn record_mut(&mut self, handle: u32) -> &mut [u64] {
        let (page, at) = split(handle);
        &mut self.records[page][at * self.words..(at + 1) * self.words]
    }

    /// Starts to load where `key` is looked for.
    pub(crate) fn fetch_key(&self, key: K) {
        self.keys.fetch(self.keyed.hash_of(&key));
    }

    /// Starts to load the slot and record of a ticket.
    pub(crate) fn fetch(&self, handle: u32) {
        let (page, at) = split(handle);
        fetch(&self.pages[page], at);
        fetch(&self.records[page], at * self.words);
    }

    /// Starts to load the neighbours of a ticket in the list of its timer.
    pub(crate) fn fetch_beside(&self, handle: u32) {
        let slot = self.get(handle);
        for (page, at) in [slot.next, slot.previous].map(split) {
            if let Some(page) = self.pages.get(page) {
                fetch(page, at);
            }
        }
    }

    /// Takes memory for so many more tickets.
    pub(crate) fn reserve(&mut self, more: usize) {
        let all = usize::try_from(self.len).unwrap_or(usize::MAX).saturating_add(more);
        while self.pages.len() * PAGE < all {
            self.pages.push(Vec::with_capacity(PAGE));
            self.records.push(Vec::with_capacity(PAGE * self.words));
        }
        self.resize_keys(all);
    }

    /// Gives back the pages after the last ticket, and what the keys do not need.
    pub(crate) fn shrink(&mut self) {
        let used = self.handles().last().map_or(0, |last| last + 1);
        let (page, at) = split(used);
        self.pages.truncate(page + usize::from(at > 0));
        self.records.truncate(self.pages.len());
        if let (Some(slots), Some(records)) = (self.pages.get_mut(page), self.records.get_mut(page)) {
            slots.truncate(at);
            records.truncate(at * self.words);
        }
        self.pages.shrink_to_fit();
        self.records.shrink_to_fit();
        self.used = used;
        self.free = NONE;
        for handle in (0..used).rev() {
            let free = self.free;
            let slot = self.get_mut(handle);
            if slot.state == State::Free {
                slot.next = free;
                self.free = handle;
            }
        }
        self.resize_keys(0);
    }

    fn resize_keys(&mut self, entries: usize) {
        let (pages, keyed) = (&self.pages, self.keyed);
        self.keys.resize(entries, |handle| {
            let (page, at) = split(handle);
            keyed.hash_of(&pages[page][at].key)
        });
    }

    pub(crate) fn find(&self, key: K) -> Option<u32> {
        self.keys.find(self.keyed.hash_of(&key), |handle| self.get(handle).key == key)
    }

    /// Stores a ticket whose key is not stored yet.
    pub(crate) fn insert(&mut self, slot: Slot<K>, record: &[u64]) -> u32 {
        let handle = if self.free == NONE {
            let (page, _) = split(self.used);
            if page == self.pages.len() {
                self.pages.push(Vec::with_capacity(PAGE));
                self.records.push(Vec::with_capacity(PAGE * self.words));
            }
            self.pages[page].push(slot);
            self.records[page].extend_from_slice(record);
            self.used += 1;
            self.used - 1
        } else {
            let handle = self.free;
            self.free = self.get(handle).next;
            *self.get_mut(handle) = slot;
            self.record_mut(handle).copy_from_slice(record);
            handle
        };
        let (pages, keyed) = (&self.pages, self.keyed);
        let hash_of = |handle: u32| {
            let (page, at) = split(handle);
            keyed.hash_of(&pages[page][at].key)
        };
        self.keys.insert(keyed.hash_of(&slot.key), handle, hash_of);
        self.len += 1;
        handle
    }

    pub(crate) fn remove(&mut self, handle: u32) {
        let key = self.get(handle).key;
        let (pages, keyed) = (&self.pages, self.keyed);
        let hash_of = |handle: u32| {
            let (page, at) = split(handle);
            keyed.hash_of(&pages[page][at].key)
        };
        self.keys.remove(keyed.hash_of(&key), |found| found == handle, hash_of);
        let free = self.free;
        let slot = self.get_mut(handle);
        slot.state = State::Free;
        slot.next = free;
        self.free = handle;
        self.len -= 1;
    }

    /// Handles of all waiting tickets, in no meaningful order.
    pub(crate) fn handles(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.used).filter(|handle| self.get(*handle).state != State::Free)
    }
}
