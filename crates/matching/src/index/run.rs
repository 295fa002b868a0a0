//! A run: up to 1,024 tickets as columns, one row of bits for each thing a ticket can have or accept.
//! Rows are stored in blocks of 512 columns, the blocks of one row beside each other.

#![expect(clippy::indexing_slicing, reason = "a run has `rows × blocks` blocks and columns below `512 × blocks`")]

use alloc::vec;
use alloc::vec::Vec;

use crate::slots::NONE;

/// Columns of one block.
pub(crate) const BLOCK: usize = 512;
/// Blocks of a full-sized run. Measured: with eight, inserts touch too many pages; with one, scans cannot be prefetched.
pub(crate) const BLOCKS: usize = 2;

/// 512 bits of one row: a cache line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(align(64))]
pub(crate) struct Bits(pub(crate) [u64; 8]);

impl Bits {
    #[inline]
    pub(crate) fn any(&self) -> bool {
        let w = &self.0;
        (w[0] | w[1] | w[2] | w[3]) | (w[4] | w[5] | w[6] | w[7]) != 0
    }

    #[inline]
    pub(crate) fn count(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    #[inline]
    pub(crate) fn and(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine &= theirs;
        }
    }

    #[inline]
    pub(crate) fn and_not(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine &= !theirs;
        }
    }

    #[inline]
    pub(crate) fn or(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine |= theirs;
        }
    }

    #[inline]
    pub(crate) fn set(&mut self, at: usize) {
        self.0[(at / 64) & 7] |= 1 << (at % 64);
    }

    #[inline]
    pub(crate) fn clear(&mut self, at: usize) {
        self.0[(at / 64) & 7] &= !(1 << (at % 64));
    }

    #[inline]
    pub(crate) fn has(&self, at: usize) -> bool {
        (self.0[(at / 64) & 7] >> (at % 64)) & 1 == 1
    }

    /// Calls `bit` with the number of each bit that is set, in ascending order.
    #[inline]
    pub(crate) fn each(&self, mut bit: impl FnMut(usize)) {
        for (at, word) in self.0.iter().enumerate() {
            let mut left = *word;
            while left != 0 {
                bit(at * 64 + usize::try_from(left.trailing_zeros()).unwrap_or(0));
                left &= left - 1;
            }
        }
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Run {
    /// The lane it belongs to, and its position there.
    pub(crate) lane: u32,
    pub(crate) position: u32,
    /// 1 or [`BLOCKS`].
    pub(crate) blocks: usize,
    /// Columns given out, from the left.
    pub(crate) used: usize,
    pub(crate) live: u32,
    pub(crate) block_live: [u16; BLOCKS],
    /// Bounds of the ranks in each block, dead columns included.
    pub(crate) first_rank: [u64; BLOCKS],
    pub(crate) last_rank: [u64; BLOCKS],
    pub(crate) rows: Vec<Bits>,
    pub(crate) handles: Vec<u32>,
    pub(crate) packed: Vec<u32>,
}

impl Run {
    pub(crate) fn new(lane: u32, position: u32, blocks: usize, rows: usize, words: usize) -> Self {
        Self {
            lane,
            position,
            blocks,
            used: 0,
            live: 0,
            block_live: [0; BLOCKS],
            first_rank: [u64::MAX; BLOCKS],
            last_rank: [0; BLOCKS],
            rows: vec![Bits::default(); rows * blocks],
            handles: vec![NONE; blocks * BLOCK],
            packed: vec![0; blocks * BLOCK * words],
        }
    }

    pub(crate) fn is_full(&self) -> bool {
        self.used == self.blocks * BLOCK
    }

    #[inline]
    pub(crate) fn row(&self, row: usize, block: usize) -> &Bits {
        &self.rows[row * self.blocks + block]
    }

    #[inline]
    pub(crate) fn row_mut(&mut self, row: usize, block: usize) -> &mut Bits {
        &mut self.rows[row * self.blocks + block]
    }

    pub(crate) fn bytes(&self) -> usize {
        self.rows.capacity() * 64 + self.handles.capacity() * 4 + self.packed.capacity() * 4 + size_of::<Self>()
    }
}
