//! What is known of a block as a whole: the bounds of what its tickets have, and who of them came first.
//! Columns belong to sequences. Within one they ascend in order of arrival, and each sequence came after those before it.

#![expect(clippy::indexing_slicing, reason = "blocks, rows and planes are numbered by the index")]

use super::rows::{Ends, LIVE, ORDER_PLANES, RowMap};
use super::run::{BLOCK, Bits, Block, EMPTY, Run};
use crate::rank::Rank;

/// The number of those of whom nothing is known: they moved, brought an old wait along, or there were too many sequences.
const MIXED: u8 = (1 << ORDER_PLANES) - 1;
/// Who came first is found out again for a block with at most so many of those.
const FEW_MIXED: u32 = 64;

/// Tickets that were moved into columns of a block from the left to the right.
pub(super) struct Moved {
    pub(super) columns: Bits,
    /// The lowest and the highest of their ranks.
    pub(super) first: Rank,
    pub(super) last: Rank,
    /// Whether they ascend.
    pub(super) is_ordered: bool,
}

/// The sequences of a block, one digit of the number in each.
pub(super) struct Sequences([Bits; ORDER_PLANES]);

impl Sequences {
    pub(super) fn new(rows: &Block<'_>, map: &RowMap) -> Self {
        Self(core::array::from_fn(|plane| rows.row(map.order + plane)))
    }

    /// Those of `columns` that are in a sequence.
    fn of(&self, columns: &Bits, number: u8) -> Bits {
        let mut found = *columns;
        for (digit, plane) in self.0.iter().enumerate() {
            if number >> digit & 1 == 1 {
                found.and(plane);
            } else {
                found.and_not(plane);
            }
        }
        found
    }

    /// Calls `visit` for `columns` in order of arrival until it returns true, and for all of whom the order is not known.
    pub(super) fn each(&self, columns: &Bits, mut visit: impl FnMut(usize) -> bool) {
        let mut left = *columns;
        let mut is_over = false;
        for number in 0..MIXED {
            let mut here = self.of(&left, number);
            left.and_not(&here);
            while let Some(at) = here.first().filter(|_| !is_over) {
                here.clear(at);
                is_over = visit(at);
            }
        }
        left.each(|at| {
            visit(at);
        });
    }
}

impl Run {
    /// Forgets what a block in which nobody lives was.
    pub(super) fn forget(&mut self, block: usize) {
        (self.first_rank[block], self.last_rank[block]) = (Rank::LAST, Rank::FIRST);
        (self.top_merit[block], self.top_class[block]) = (0, 0);
        (self.near[block], self.sequence[block]) = (EMPTY, 0);
    }

    pub(super) fn note_rank(&mut self, block: usize, rank: Rank) {
        self.first_rank[block] = self.first_rank[block].min(rank);
        self.last_rank[block] = self.last_rank[block].max(rank);
    }

    pub(super) fn note_ends(&mut self, block: usize, ends: Ends) {
        self.top_merit[block] = self.top_merit[block].max(ends.merit);
        self.top_class[block] = self.top_class[block].max(ends.class);
        let (least, greatest) = self.near[block];
        self.near[block] = (least.min(ends.near), greatest.max(ends.near));
    }

    /// Puts a column that was empty into a sequence, before the rank of its ticket is noted.
    pub(super) fn follow(&mut self, map: &RowMap, column: usize, rank: Rank) {
        let block = column / BLOCK;
        let mut number = MIXED;
        if rank > self.last_rank[block] {
            number = self.sequence[block];
            // Columns are given out from the left, so that one further to the right is rare.
            if column + 1 < self.used() {
                let rows = self.block(block);
                let mut others = Sequences::new(&rows, map).of(&rows.row(LIVE), number);
                (0..=column % BLOCK).for_each(|at| others.clear(at));
                number += u8::from(others.any());
            }
            self.sequence[block] = number.min(MIXED - 1);
        }
        for plane in (0..ORDER_PLANES).filter(|plane| number >> plane & 1 == 1) {
            self.set(map.order + plane, column);
        }
    }

    /// After a word was moved into a block: numbers the sequences anew, and finds the bounds of those who live.
    pub(super) fn tighten(&mut self, map: &RowMap, block: usize, word: &Moved, mut rank: impl FnMut(u32) -> Rank) {
        let rows = self.block(block);
        let before = Sequences::new(&rows, map);
        let live = rows.row(LIVE);
        let mut others = live;
        others.and_not(&word.columns);
        let mut after = [Bits::default(); ORDER_PLANES];
        let mut enter = |columns: &Bits, number: u8| {
            let digits = after.iter_mut().enumerate().filter(|(digit, _)| number >> digit & 1 == 1);
            digits.for_each(|(_, plane)| plane.or(columns));
        };
        let mut next = 0;
        let (mut first, mut last) = (Rank::LAST, Rank::FIRST);
        let mut rank_at = |at: usize| rank(self.handle(block * BLOCK + at));
        for number in 0..MIXED {
            let columns = before.of(&others, number);
            let (Some(begin), Some(end)) = (columns.first(), columns.last()) else { continue };
            if next == 0 {
                first = rank_at(begin);
            }
            last = rank_at(end);
            enter(&columns, next);
            next += 1;
        }
        let mixed = before.of(&others, MIXED);
        enter(&mixed, MIXED);
        if mixed.count() <= FEW_MIXED {
            mixed.each(|at| {
                let rank = rank_at(at);
                (first, last) = (first.min(rank), last.max(rank));
            });
        } else {
            (first, last) = (first.min(self.first_rank[block]), last.max(self.last_rank[block]));
        }
        let is_next = word.is_ordered && word.first > last && next < MIXED;
        enter(&word.columns, if is_next { next } else { MIXED });
        next += u8::from(is_next);
        self.forget(block);
        (self.first_rank[block], self.last_rank[block]) = (first.min(word.first), last.max(word.last));
        self.sequence[block] = next.saturating_sub(1);
        live.each(|at| {
            let ends = map.ends(self.packed(block * BLOCK + at));
            self.note_ends(block, ends);
        });
        for (plane, bits) in after.iter().enumerate() {
            self.store(map.order + plane, block, bits);
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::super::Index;
    use super::{BLOCK, LIVE, MIXED, Rank, Sequences};

    impl Index {
        /// Checks what is known of each block against who lives there.
        pub(crate) fn check_blocks(&self, rank: impl Fn(u32) -> Rank) {
            for run in &self.runs {
                for block in 0..run.blocks() {
                    let rows = run.block(block);
                    let live = rows.row(LIVE);
                    let rank_at = |at: usize| rank(run.handle(block * BLOCK + at));
                    live.each(|at| {
                        assert!((run.first_rank[block]..=run.last_rank[block]).contains(&rank_at(at)));
                        let ends = self.map.ends(run.packed(block * BLOCK + at));
                        assert!(ends.merit <= run.top_merit[block] && ends.class <= run.top_class[block]);
                        assert!((run.near[block].0..=run.near[block].1).contains(&ends.near));
                    });
                    let sequences = Sequences::new(&rows, &self.map);
                    let mixed: usize = sequences.of(&live, MIXED).count().try_into().unwrap();
                    let mut seen = Vec::new();
                    sequences.each(&live, |at| {
                        seen.push(at);
                        false
                    });
                    assert_eq!(seen.len(), usize::try_from(live.count()).unwrap());
                    seen.truncate(seen.len() - mixed);
                    assert!(seen.is_sorted_by(|one, two| rank_at(*one) < rank_at(*two)), "{seen:?}");
                    let last = (0..MIXED).rev().find(|number| sequences.of(&live, *number).any());
                    assert!(last.is_none_or(|last| last <= run.sequence[block]));
                }
            }
        }
    }
}
