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

/// Slots of a piece beyond which it is split instead of growing.
const PIECE: usize = 1024;
/// Pieces are told apart by at most so many bits of a hash: thirteen million entries fit before pieces grow again.
const MAX_DEPTH: u32 = 14;

/// A table in pieces. A piece that is full is split in two, so that no insert takes longer than that, however many there are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    /// The piece for each value of the last bits of the upper half of a hash. One piece can have several.
    directory: Vec<u32>,
    pieces: Vec<Piece>,
    len: usize,
}

/// Open addressing with linear probing. The upper byte of an entry is a piece of the hash and how far from its home it
/// lies, so that closing a gap hardly ever has to look at the keys of others.
#[derive(Clone, Debug, Default)]
struct Piece {
    slots: Vec<u32>,
    len: u32,
    /// How many bits all hashes of it have in common.
    depth: u32,
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

/// The bits of a hash by which pieces are told apart.
#[inline]
fn upper(hash: u64) -> usize {
    usize::try_from(hash >> 32 & 0xFFFF_FFFF).unwrap_or(0)
}

/// Slots for so many entries.
fn slots_for(entries: usize) -> usize {
    (entries * 5 / 4 + 1).next_power_of_two().max(16)
}

impl Table {
    /// A table that takes about so many entries before it grows.
    fn with_capacity(entries: usize) -> Self {
        // Pieces are filled unequally.
        let full = PIECE * 7 / 10;
        let depth = (entries.div_ceil(full).max(1)).next_power_of_two().ilog2().min(MAX_DEPTH);
        let each = if depth == 0 { entries } else { (entries >> depth) * 11 / 10 };
        let count = 1u32 << depth;
        let piece = || Piece { slots: vec![EMPTY; slots_for(each)], len: 0, depth };
        Self { directory: (0..count).collect(), pieces: (0..count).map(|_| piece()).collect(), len: 0 }
    }

    /// Takes memory for about so many entries in all, or gives back what more than the present ones do not need.
    pub(crate) fn resize(&mut self, entries: usize, hash_of: impl Fn(u32) -> u64) {
        let entries = entries.max(self.len);
        let mut new = if entries == 0 { Self::default() } else { Self::with_capacity(entries) };
        for slot in self.pieces.iter().flat_map(|piece| &piece.slots).filter(|slot| **slot != EMPTY) {
            let handle = slot & HANDLE_MASK;
            new.insert(hash_of(handle), handle, &hash_of);
        }
        *self = new;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(crate) fn bytes(&self) -> usize {
        let slots: usize = self.pieces.iter().map(|piece| piece.slots.capacity() * 4).sum();
        self.directory.capacity() * 4 + self.pieces.capacity() * size_of::<Piece>() + slots
    }

    #[inline]
    fn piece_at(&self, hash: u64) -> Option<usize> {
        let number = self.directory.get(upper(hash) & self.directory.len().wrapping_sub(1))?;
        usize::try_from(*number).ok()
    }

    /// Starts to load what will be looked at for `hash`.
    #[inline]
    pub(crate) fn fetch(&self, hash: u64) {
        if let Some(piece) = self.piece_at(hash).and_then(|at| self.pieces.get(at)) {
            fetch(&piece.slots, piece.home(hash));
        }
    }

    /// The handle stored under `hash` for which `is` holds.
    pub(crate) fn find(&self, hash: u64, is: impl Fn(u32) -> bool) -> Option<u32> {
        let piece = &self.pieces[self.piece_at(hash)?];
        piece.position(hash, is).map(|at| piece.slots[at] & HANDLE_MASK)
    }

    /// Adds a handle that is not in the table. `hash_of` gives the hash of any handle stored.
    pub(crate) fn insert(&mut self, hash: u64, handle: u32, hash_of: impl Fn(u32) -> u64) {
        if self.directory.is_empty() {
            *self = Self::with_capacity(1);
        }
        while let Some(at) = self.piece_at(hash) {
            let piece = &mut self.pieces[at];
            if piece.has_room() {
                piece.put(hash, handle);
                piece.len += 1;
                self.len += 1;
                return;
            }
            if piece.slots.len() < PIECE || piece.depth >= MAX_DEPTH {
                let longer = piece.slots.len() * 2;
                let old = core::mem::replace(&mut piece.slots, vec![EMPTY; longer]);
                for slot in old.into_iter().filter(|slot| *slot != EMPTY) {
                    piece.put(hash_of(slot & HANDLE_MASK), slot & HANDLE_MASK);
                }
            } else {
                self.split(at, &hash_of);
            }
        }
    }

    /// Parts a piece by one more bit of the hash.
    fn split(&mut self, at: usize, hash_of: impl Fn(u32) -> u64) {
        let old = core::mem::take(&mut self.pieces[at]);
        let bit = 1usize << old.depth;
        if bit == self.directory.len() {
            self.directory.extend_from_within(..);
        }
        let empty = || Piece { slots: vec![EMPTY; PIECE], len: 0, depth: old.depth + 1 };
        let mut halves = [empty(), empty()];
        for slot in old.slots.iter().filter(|slot| **slot != EMPTY) {
            let handle = slot & HANDLE_MASK;
            let hash = hash_of(handle);
            let half = &mut halves[usize::from(upper(hash) & bit != 0)];
            half.put(hash, handle);
            half.len += 1;
        }
        let new = u32::try_from(self.pieces.len()).unwrap_or(u32::MAX);
        for (bits, number) in self.directory.iter_mut().enumerate() {
            if usize::try_from(*number) == Ok(at) && bits & bit != 0 {
                *number = new;
            }
        }
        let [low, high] = halves;
        self.pieces[at] = low;
        self.pieces.push(high);
    }

    /// Removes the handle under `hash` for which `is` holds, closing the gap.
    pub(crate) fn remove(&mut self, hash: u64, is: impl Fn(u32) -> bool, hash_of: impl Fn(u32) -> u64) -> Option<u32> {
        let at = self.piece_at(hash)?;
        let handle = self.pieces[at].remove(hash, is, hash_of)?;
        self.len -= 1;
        Some(handle)
    }
}

impl Piece {
    fn home(&self, hash: u64) -> usize {
        usize::try_from(hash & 0xFFFF_FFFF).unwrap_or(0) & (self.slots.len() - 1)
    }

    /// Whether it is not too full for one more entry.
    fn has_room(&self) -> bool {
        (usize::try_from(self.len).unwrap_or(usize::MAX) + 1) * 5 <= self.slots.len() * 4
    }

    fn position(&self, hash: u64, is: impl Fn(u32) -> bool) -> Option<usize> {
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

    fn put(&mut self, hash: u64, handle: u32) {
        let (mut at, mut far) = (self.home(hash), 0);
        while self.slots[at] != EMPTY {
            at = (at + 1) & (self.slots.len() - 1);
            far += 1;
        }
        self.slots[at] = tag(hash, far) | handle;
    }

    /// Removes the handle under `hash` for which `is` holds, closing the gap.
    fn remove(&mut self, hash: u64, is: impl Fn(u32) -> bool, hash_of: impl Fn(u32) -> u64) -> Option<u32> {
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

    /// Growing moves no more than a piece at a time, and nothing is lost, also when room is made ahead or given back.
    #[test]
    fn no_insert_moves_more_than_a_piece() {
        const COUNT: u32 = 40_000;
        let hash_of = |handle: u32| Keyed(7).hash_of(&handle);
        for ahead in [0, 20_000, 80_000] {
            let (mut table, mut most) = (Table::default(), 0);
            table.resize(ahead, hash_of);
            for handle in 0..COUNT {
                let moved = core::cell::Cell::new(0);
                let count = |handle: u32| {
                    moved.set(moved.get() + 1);
                    hash_of(handle)
                };
                table.insert(hash_of(handle), handle, count);
                most = most.max(moved.get());
            }
            assert!(most <= super::PIECE, "{most} moved with room for {ahead}");
            assert!(ahead < 80_000 || most == 0, "{most} moved though there was room");
            for handle in (0..COUNT).filter(|handle| handle % 8 != 0) {
                assert_eq!(table.remove(hash_of(handle), |found| found == handle, hash_of), Some(handle));
            }
            let bytes = table.bytes();
            table.resize(0, hash_of);
            assert!(table.bytes() * 4 < bytes, "{} of {bytes} bytes", table.bytes());
            for handle in 0..COUNT {
                let found = table.find(hash_of(handle), |found| found == handle);
                assert_eq!(found.is_some(), handle % 8 == 0);
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
        let steps = |piece: &super::Piece| {
            let mask = piece.slots.len() - 1;
            let entries = piece.slots.iter().enumerate().filter(|(_, slot)| **slot != super::EMPTY);
            entries.map(|(at, slot)| at.wrapping_sub(piece.home(hash_of(*slot & super::HANDLE_MASK))) & mask).sum::<usize>()
        };
        table.pieces.iter().map(steps).sum()
    }

    /// Keys that collide under one seed are as good as any others under another.
    #[test]
    fn keys_chosen_to_collide_cost_nothing_under_another_seed() {
        const COUNT: usize = 2_000;
        let home = |key: u64| Keyed(0).hash_of(&key) & 0xFFF;
        let chosen: Vec<u64> = (0u64..).filter(|key| home(*key) == 77).take(COUNT).collect();
        let plain: Vec<u64> = (0..2_000).collect();
        assert!(steps(0, &chosen) > COUNT * COUNT / 16);
        for seed in [1, 2, 0x9E37_79B9_7F4A_7C15, u64::MAX] {
            let (bad, good) = (steps(seed, &chosen), steps(seed, &plain));
            assert!(bad <= good * 2 + COUNT / 4, "{bad} steps instead of {good} with seed {seed}");
        }
    }
}
