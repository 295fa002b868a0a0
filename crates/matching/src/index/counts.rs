//! How many tags each column of a block shares with a query, counted for all columns at once.
//! A plane holds one binary digit of every count, so that adding a row is a handful of word operations.

#![expect(clippy::indexing_slicing, reason = "at most as many planes are used as there are")]

use super::run::{Bits, Block};
use super::scoring::{PLANES, Scoring};
use super::wide;

/// Bit-sliced counts of shared tags.
pub(super) struct Counts {
    planes: [Bits; PLANES],
}

impl Counts {
    /// Counts the tags that each column of a block shares with the query.
    pub(super) fn new(query: &Scoring, block: &Block<'_>) -> Self {
        let mut planes = [Bits::default(); PLANES];
        for (before, row) in query.tier.rows.iter().enumerate() {
            let mut carry = block.row(*row);
            // So many digits the largest count so far and one more can have.
            let used = wide((before + 1).ilog2() + 1).min(PLANES);
            for plane in &mut planes[..used] {
                let sum = *plane;
                for ((plane, carry), sum) in plane.0.iter_mut().zip(&mut carry.0).zip(&sum.0) {
                    *plane = sum ^ *carry;
                    *carry &= sum;
                }
            }
            // Fifteen is the most; who has more stays there.
            if used == PLANES {
                for plane in &mut planes {
                    plane.or(&carry);
                }
            }
        }
        Self { planes }
    }

    /// Columns that share at least `count` tags.
    pub(super) fn at_least(&self, count: u32) -> Bits {
        let mut reached = Bits([u64::MAX; 8]);
        for (at, plane) in self.planes.iter().enumerate() {
            if count >> at & 1 == 1 {
                reached.and(plane);
            } else {
                reached.or(plane);
            }
        }
        reached
    }

    /// The count of one column, fifteen at most.
    pub(super) fn get(&self, column: usize) -> u32 {
        self.planes.iter().rev().fold(0, |sum, plane| sum << 1 | u32::from(plane.has(column)))
    }
}
