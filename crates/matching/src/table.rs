//! A hash table of 32-bit numbers whose keys are stored elsewhere.
//! Its order never decides anything; it only answers "where is this key".

#![expect(clippy::indexing_slicing, reason = "positions are masked by the power-of-two length")]

use alloc::vec;
use alloc::vec::Vec;
use core::hash::{Hash, Hasher};

use crate::ahead::fetch;

/// No entry. Handles stay below it.
const EMPTY: u32 = u32::MAX;
const HANDLE_BITS: u32 = 24;
const HANDLE_MASK: u32 = (1 << HANDLE_BITS) - 1;
/// The largest distance an entry can tell; a larger one is told as this.
const FAR: usize = 7;

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

/// Hashes with a seed, for tables whose keys strangers may choose.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Keyed(pub(crate) u64);

impl Keyed {
    #[inline]
    pub(crate) fn hash_of<T: Hash + ?Sized>(self, value: &T) -> u64 {
        let mut mixer = Mixer(self.0);
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
    fn write_u128(&mut self, value: u128) {
        // Unless told, the bytes of the machine's own order are hashed.
        self.write(&value.to_le_bytes());
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

/// Open addressing with linear probing. The upper byte of an entry is a piece of the hash and how far from its home it
/// lies, so that closing a gap hardly ever has to look at the keys of others.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    slots: Vec<u32>,
    len: usize,
}

/// The upper byte of an entry.
#[inline]
fn tag(hash: u64, distance: usize) -> u32 {
    // 0..=30 in the upper five bits, so that no entry equals EMPTY.
    let piece = u32::try_from(hash >> 59).unwrap_or(0).min(30);
    (piece << 3 | u32::try_from(distance.min(FAR)).unwrap_or(0)) << HANDLE_BITS
}

/// The distance told by an entry, [`FAR`] if it is that or more.
#[inline]
fn distance(slot: u32) -> usize {
    usize::try_from(slot >> HANDLE_BITS & 7).unwrap_or(FAR)
}

impl Table {
    fn home(&self, hash: u64) -> usize {
        usize::try_from(hash & 0xFFFF_FFFF).unwrap_or(0) & (self.slots.len() - 1)
    }

    pub(crate) fn bytes(&self) -> usize {
        self.slots.capacity() * 4
    }

    /// Starts to load what will be looked at for `hash`.
    #[inline]
    pub(crate) fn fetch(&self, hash: u64) {
        if !self.slots.is_empty() {
            fetch(&self.slots, self.home(hash));
        }
    }

    /// The handle stored under `hash` for which `is` holds.
    pub(crate) fn find(&self, hash: u64, is: impl Fn(u32) -> bool) -> Option<u32> {
        self.position(hash, is).map(|at| self.slots[at] & HANDLE_MASK)
    }

    fn position(&self, hash: u64, is: impl Fn(u32) -> bool) -> Option<usize> {
        if self.slots.is_empty() {
            return None;
        }
        let (mut at, mut far) = (self.home(hash), 0);
        loop {
            let slot = self.slots[at];
            if slot == EMPTY {
                return None;
            }
            if slot & !HANDLE_MASK == tag(hash, far) && is(slot & HANDLE_MASK) {
                return Some(at);
            }
            at = (at + 1) & (self.slots.len() - 1);
            far += 1;
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
        let (mut at, mut far) = (self.home(hash), 0);
        while self.slots[at] != EMPTY {
            at = (at + 1) & (self.slots.len() - 1);
            far += 1;
        }
        self.slots[at] = tag(hash, far) | handle;
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
            let mut far = distance(slot);
            if far == FAR {
                far = at.wrapping_sub(self.home(hash_of(slot & HANDLE_MASK))) & mask;
            }
            // The entry may move into the gap unless its home lies between the gap and itself.
            let step = at.wrapping_sub(gap) & mask;
            if far >= step {
                let nearer = u32::try_from((far - step).min(FAR)).unwrap_or(0);
                self.slots[gap] = slot & !(7 << HANDLE_BITS) | nearer << HANDLE_BITS;
                gap = at;
            }
        }
        self.slots[gap] = EMPTY;
        self.len -= 1;
        Some(handle)
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::{Keyed, Table};

    /// Against a plain list, with hashes that collide often and far.
    #[test]
    fn what_was_put_in_is_found_until_it_is_taken_out() {
        let mut state = 9u64;
        let mut draw = |limit: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % limit
        };
        for spread in [1, 3, 40, 5_000] {
            let (mut table, mut hashes, mut inside) = (Table::default(), Vec::new(), Vec::new());
            for handle in 0..600u32 {
                hashes.push(draw(spread) * 7 + (draw(40) << 59));
                table.insert(hashes[hashes.len() - 1], handle, |handle| hashes[usize::try_from(handle).unwrap()]);
                inside.push(handle);
                if draw(3) > 0 {
                    let gone = inside.swap_remove(usize::try_from(draw(inside.len().try_into().unwrap())).unwrap());
                    let hash = hashes[usize::try_from(gone).unwrap()];
                    let hash_of = |handle: u32| hashes[usize::try_from(handle).unwrap()];
                    assert_eq!(table.remove(hash, |found| found == gone, hash_of), Some(gone));
                    assert_eq!(table.find(hash, |found| found == gone), None);
                }
                for handle in &inside {
                    let hash = hashes[usize::try_from(*handle).unwrap()];
                    assert_eq!(table.find(hash, |found| found == *handle), Some(*handle));
                }
            }
        }
    }

    /// Steps from home of all keys together.
    fn steps(seed: u64, keys: &[u64]) -> usize {
        let keyed = Keyed(seed);
        let mut table = Table::default();
        let hash_of = |handle: u32| keyed.hash_of(&keys[usize::try_from(handle).unwrap()]);
        for handle in 0..u32::try_from(keys.len()).unwrap() {
            table.insert(hash_of(handle), handle, hash_of);
        }
        let mask = table.slots.len() - 1;
        let entries = table.slots.iter().enumerate().filter(|(_, slot)| **slot != super::EMPTY);
        entries.map(|(at, slot)| at.wrapping_sub(table.home(hash_of(*slot & super::HANDLE_MASK))) & mask).sum()
    }

    /// Keys that collide under one seed are as good as any others under another.
    #[test]
    fn keys_chosen_to_collide_cost_nothing_under_another_seed() {
        const COUNT: usize = 2_000;
        let home = |key: u64| Keyed(0).hash_of(&key) & 0xFFF;
        let chosen: Vec<u64> = (0u64..).filter(|key| home(*key) == 77).take(COUNT).collect();
        let plain: Vec<u64> = (0..2_000).collect();
        assert!(steps(0, &chosen) > COUNT * COUNT / 4);
        for seed in [1, 2, 0x9E37_79B9_7F4A_7C15, u64::MAX] {
            let (bad, good) = (steps(seed, &chosen), steps(seed, &plain));
            assert!(bad <= good * 2 + COUNT / 4, "{bad} steps instead of {good} with seed {seed}");
        }
    }
}
