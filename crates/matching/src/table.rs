//! A hash table of 32-bit numbers whose keys are stored elsewhere.
//! Its order never decides anything; it only answers "where is this key".

#![expect(clippy::indexing_slicing, reason = "positions are masked by the power-of-two length")]

use alloc::vec;
use alloc::vec::Vec;
use core::hash::{Hash, Hasher};

/// No entry. Handles stay below it.
const EMPTY: u32 = u32::MAX;
const HANDLE_BITS: u32 = 24;
const HANDLE_MASK: u32 = (1 << HANDLE_BITS) - 1;

/// Hashes by multiplying and folding; the same on every platform for the integers.
#[derive(Default)]
pub(crate) struct Mixer(u64);

impl Mixer {
    #[inline]
    pub(crate) fn add(&mut self, value: u64) {
        let wide = u128::from(self.0 ^ value ^ 0x9E37_79B9_7F4A_7C15) * 0xD6E8_FEB8_6659_FD93_u128;
        let half = |part: u128| u64::try_from(part & u128::from(u64::MAX)).unwrap_or(0);
        self.0 = half(wide) ^ half(wide >> 64);
    }

    #[inline]
    pub(crate) fn hash_of<T: Hash + ?Sized>(value: &T) -> u64 {
        let mut mixer = Self::default();
        value.hash(&mut mixer);
        mixer.finish()
    }
}

impl Hasher for Mixer {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.add(u64::from_le_bytes(*word));
        }
        if !rest.is_empty() {
            self.add(rest.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte)));
        }
    }
    #[inline]
    fn write_u8(&mut self, value: u8) {
        self.add(u64::from(value));
    }
    #[inline]
    fn write_u16(&mut self, value: u16) {
        self.add(u64::from(value));
    }
    #[inline]
    fn write_u32(&mut self, value: u32) {
        self.add(u64::from(value));
    }
    #[inline]
    fn write_u64(&mut self, value: u64) {
        self.add(value);
    }
    #[inline]
    fn write_usize(&mut self, value: usize) {
        self.add(u64::try_from(value).unwrap_or(u64::MAX));
    }
    fn write_i8(&mut self, value: i8) {
        self.write_u8(value.cast_unsigned());
    }
    fn write_i16(&mut self, value: i16) {
        self.write_u16(value.cast_unsigned());
    }
    fn write_i32(&mut self, value: i32) {
        self.write_u32(value.cast_unsigned());
    }
    fn write_i64(&mut self, value: i64) {
        self.add(value.cast_unsigned());
    }
    fn write_isize(&mut self, value: isize) {
        self.write_usize(value.cast_unsigned());
    }
    #[inline]
    fn finish(&self) -> u64 {
        let mut last = Self(self.0);
        last.add(0x5851_F42D_4C95_7F2D);
        last.0
    }
}

/// Open addressing with linear probing; a quarter of each entry is a piece of the hash.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    slots: Vec<u32>,
    len: usize,
}

fn tag(hash: u64) -> u32 {
    // 0..=254, so that no entry equals EMPTY.
    u32::try_from(hash >> 56).unwrap_or(0).min(254) << HANDLE_BITS
}

impl Table {
    fn home(&self, hash: u64) -> usize {
        usize::try_from(hash & 0xFFFF_FFFF).unwrap_or(0) & (self.slots.len() - 1)
    }

    pub(crate) fn bytes(&self) -> usize {
        self.slots.capacity() * 4
    }

    /// The handle stored under `hash` for which `is` holds.
    pub(crate) fn find(&self, hash: u64, is: impl Fn(u32) -> bool) -> Option<u32> {
        self.position(hash, is).map(|at| self.slots[at] & HANDLE_MASK)
    }

    fn position(&self, hash: u64, is: impl Fn(u32) -> bool) -> Option<usize> {
        if self.slots.is_empty() {
            return None;
        }
        let (mut at, tag) = (self.home(hash), tag(hash));
        loop {
            let slot = self.slots[at];
            if slot == EMPTY {
                return None;
            }
            if slot & !HANDLE_MASK == tag && is(slot & HANDLE_MASK) {
                return Some(at);
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }

    /// Adds a handle that is not in the table. `hash_of` gives the hash of any handle stored.
    pub(crate) fn insert(&mut self, hash: u64, handle: u32, hash_of: impl Fn(u32) -> u64) {
        if (self.len + 1) * 5 > self.slots.len() * 4 {
            let longer = (self.slots.len() * 2).max(16);
            let old = core::mem::replace(&mut self.slots, vec![EMPTY; longer]);
            for slot in old.into_iter().filter(|slot| *slot != EMPTY) {
                let hash = hash_of(slot & HANDLE_MASK);
                self.put(hash, slot & HANDLE_MASK);
            }
        }
        self.put(hash, handle);
        self.len += 1;
    }

    fn put(&mut self, hash: u64, handle: u32) {
        let mut at = self.home(hash);
        while self.slots[at] != EMPTY {
            at = (at + 1) & (self.slots.len() - 1);
        }
        self.slots[at] = tag(hash) | handle;
    }

    /// Removes the handle under `hash` for which `is` holds, closing the gap.
    pub(crate) fn remove(&mut self, hash: u64, is: impl Fn(u32) -> bool, hash_of: impl Fn(u32) -> u64) -> Option<u32> {
        let mut gap = self.position(hash, is)?;
        let handle = self.slots[gap] & HANDLE_MASK;
        let mask = self.slots.len() - 1;
        let mut at = gap;
        loop {
            at = (at + 1) & mask;
            let slot = self.slots[at];
            if slot == EMPTY {
                break;
            }
            let home = self.home(hash_of(slot & HANDLE_MASK));
            // The entry may move into the gap unless its home lies between the gap and itself.
            if at.wrapping_sub(home) & mask >= at.wrapping_sub(gap) & mask {
                self.slots[gap] = slot;
                gap = at;
            }
        }
        self.slots[gap] = EMPTY;
        self.len -= 1;
        Some(handle)
    }
}
