//! Reuse of dead columns: a word that is full moves into the holes of a block of its lane, if one has enough of them.
//! So the places of those who left are taken by those who come, and hardly anybody has to be moved for it.

#![expect(clippy::indexing_slicing, reason = "runs and lanes are numbered by the index itself")]

use super::lanes::SUMMARY_BLOCKS;
use super::order::Moved;
use super::rows::LIVE;
use super::run::{BLOCK, BLOCKS, Bits};
use super::tidy::SMALL;
use super::{COLUMN_BITS, Index, narrow, wide};
use crate::rank::Rank;
use crate::slots::NONE;

/// Columns of a word.
pub(super) const WORD: usize = 64;

/// The 64 columns of a block that a word moves into, ready to be applied to one row after the other.
pub(super) struct Holes {
    /// The columns.
    mask: Bits,
    /// Where the bits for each word of the block begin.
    begins: [u32; 8],
    /// Which bits move by 1, 2, 4, … 32 places.
    moves: [[u64; 8]; 6],
}

impl Holes {
    /// The first 64 columns without a bit in `live`, of which there must be so many.
    fn new(live: &Bits) -> Self {
        let mut holes = Self { mask: Bits::default(), begins: [0; 8], moves: [[0; 8]; 6] };
        let mut left = 64;
        for (word, live) in live.0.iter().enumerate() {
            let mut mask = !live;
            while mask.count_ones() > left {
                mask &= !(1 << mask.ilog2());
            }
            holes.begins[word] = (64 - left).min(63);
            left -= mask.count_ones();
            holes.mask.0[word] = mask;
            // For each round, the bits of the mask that have an odd number of zeros below them, in the round's unit.
            let mut zeros = !mask << 1;
            for (round, moves) in holes.moves.iter_mut().enumerate() {
                let parity = (0..6).fold(zeros, |sum, shift| sum ^ sum << (1 << shift));
                let moving = parity & mask;
                moves[word] = moving;
                mask = mask ^ moving | moving >> (1 << round);
                zeros &= !parity;
            }
        }
        holes
    }

    /// `row` with the bits of `word` in the columns.
    #[inline]
    pub(super) fn put(&self, word: u64, row: &Bits) -> Bits {
        let mut bits = *row;
        bits.and_not(&self.mask);
        if word == 0 {
            return bits;
        }
        let mut spread = self.begins.map(|begin| word >> begin);
        for (round, moves) in self.moves.iter().enumerate().rev() {
            for (bits, moving) in spread.iter_mut().zip(moves) {
                *bits = *bits & !moving | *bits << (1 << round) & moving;
            }
        }
        for ((bits, spread), mask) in bits.0.iter_mut().zip(&spread).zip(&self.mask.0) {
            *bits |= spread & mask;
        }
        bits
    }
}

impl Index {
    /// After an insert: if it filled a word, moves it into the dead columns of a block, or for good into the rows.
    /// Tells `moved` the handle and new place of each ticket that has moved; it answers with the rank. Without a place
    /// it is only asked for that.
    #[inline]
    pub(crate) fn fold(&mut self, moved: impl FnMut(u32, Option<u32>) -> Rank) {
        if let Some(number) = self.full.take() {
            self.fold_word(wide(number), moved);
        }
    }

    fn fold_word(&mut self, number: usize, moved: impl FnMut(u32, Option<u32>) -> Rank) {
        match self.find_holes(number) {
            Some((target, block)) => self.fill_holes(number, target, block, moved),
            None => self.close_front(number),
        }
    }

    /// The block of a run's lane with the fewest tickets, if it has room for a word: before the next block is begun, also
    /// the one that is being filled, so that a small lane stays in one block. Other runs of a small lane are about to
    /// be emptied.
    fn find_holes(&self, number: usize) -> Option<(usize, usize)> {
        let filling = &self.runs[number];
        let lane = &self.lanes[wide(filling.lane)];
        let victim = self.victim.map_or(NONE, |victim| victim.0);
        let is_small = lane.live <= SMALL;
        let mut best = None;
        let mut least = u16::try_from(BLOCK - WORD).unwrap_or(0) + 1;
        let takes = |run: &u32| if is_small { wide(*run) == number } else { *run != NONE && *run != victim };
        for target in lane.runs.iter().copied().filter(takes).map(wide) {
            let run = &self.runs[target];
            for block in 0..run.used() / BLOCK {
                let mut live = run.block_live[block];
                if target == number && block == filling.filling() {
                    // Its last word is the one to be moved.
                    live += u16::try_from(WORD).unwrap_or(0) - filling.front_live();
                }
                if live < least {
                    least = live;
                    best = Some((target, block));
                }
            }
        }
        best
    }

    fn fill_holes(&mut self, number: usize, target: usize, block: usize, mut moved: impl FnMut(u32, Option<u32>) -> Rank) {
        let Self { runs, lanes, map, .. } = self;
        let mut front = runs[number].take_front();
        let mut taken = runs[target].block(block).row(LIVE);
        if target == number && block == runs[number].filling() {
            // The word itself is no place to move to.
            (BLOCK - WORD..BLOCK).for_each(|at| taken.set(at));
        }
        let holes = Holes::new(&taken);
        let spot = wide(runs[target].position) * BLOCKS + block;
        let lane = &mut lanes[wide(runs[target].lane)];
        let mut summary = lane.summary.get_mut(spot / SUMMARY_BLOCKS);
        runs[target].put_word(block, &front, &holes, |row, is_used| {
            if let Some(summary) = &mut summary {
                summary[row].put(spot % SUMMARY_BLOCKS, is_used);
            }
        });
        let from = runs[number].used() - WORD;
        let mut columns = [0; WORD];
        let mut count = 0;
        holes.mask.each(|at| {
            columns[count % WORD] = block * BLOCK + at;
            count += 1;
        });
        let mut live = 0;
        let mut word = Moved { columns: holes.mask, first: Rank::LAST, last: Rank::FIRST, is_ordered: true };
        for (source, column) in (from..).zip(columns) {
            let handle = runs[number].set_handle(source, NONE);
            runs[target].set_handle(column, handle);
            if handle == NONE {
                word.columns.clear(column % BLOCK);
                continue;
            }
            live += 1;
            for word in 0..map.words {
                runs[target].packed_mut(column)[word] = runs[number].packed(source)[word];
            }
            let rank = moved(handle, Some(narrow(target) << COLUMN_BITS | narrow(column)));
            word.is_ordered &= word.last < rank;
            (word.first, word.last) = (word.first.min(rank), word.last.max(rank));
        }
        let filling = runs[number].filling();
        let source = &mut runs[number];
        source.set_used(from);
        source.live -= u32::from(live);
        source.block_live[filling] -= live;
        if source.block_live[filling] == 0 {
            source.forget(filling);
        }
        let run = &mut runs[target];
        run.live += u32::from(live);
        run.block_live[block] += live;
        run.tighten(map, block, &word, |handle| moved(handle, None));
        let was_spent = self.map.spent.is_some_and(|row| front[row] != 0);
        front.fill(0);
        self.runs[number].give_front(front);
        self.used -= narrow(WORD);
        if was_spent {
            self.forget_spent(number, filling);
        }
        self.ripen(target);
    }
}

#[cfg(test)]
mod tests {
    use super::{Bits, Holes};

    /// The bits of a word go one by one into the first 64 columns that nobody lives in.
    #[test]
    fn a_word_goes_into_the_first_holes() {
        let mut state = 1u64;
        let mut draw = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state ^ state >> 29
        };
        for round in 0..2_000 {
            // From all dead to just 64 dead.
            let mut live = Bits::default();
            while live.count() < [0, 100, 256, 447, 448][round % 5] {
                live.set(usize::try_from(draw() % 512).unwrap());
            }
            let (word, row) = (draw(), Bits(core::array::from_fn(|_| draw())));
            let word = [word, 0, u64::MAX][round % 3];
            let mut expected = row;
            let mut left = 0;
            for column in (0..512).filter(|column| !live.has(*column)).take(64) {
                expected.put(column, word >> left & 1 == 1);
                left += 1;
            }
            assert_eq!(left, 64);
            assert_eq!(Holes::new(&live).put(word, &row), expected);
        }
    }
}
