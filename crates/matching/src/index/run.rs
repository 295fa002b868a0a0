//! A run: up to 1,024 tickets as columns, one row of bits for each thing a ticket can have or accept.
//! Rows are stored in blocks of 512 columns, the blocks of one row beside each other; the word that is being filled
//! lies in a front of its own, one word per row, because an insert into the rows would touch some eighty cache lines.

#![expect(clippy::indexing_slicing, reason = "a run has `rows × blocks` blocks and columns below `512 × blocks`")]

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

use super::fold::Holes;
use super::rows::LIVE;
use crate::ahead::fetch;
use crate::rank::Rank;
use crate::slots::NONE;

/// Columns of one block.
pub(crate) const BLOCK: usize = 512;
/// Words of one block.
const WORDS: usize = BLOCK / 64;
/// Blocks of a full-sized run. Measured: with eight, inserts touch too many pages; with one, scans cannot be prefetched.
pub(crate) const BLOCKS: usize = 2;

/// The values of a block in which nobody lives.
pub(super) const EMPTY: (u8, u8) = (u8::MAX, 0);

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

    #[inline]
    pub(crate) fn put(&mut self, at: usize, is: bool) {
        if is {
            self.set(at);
        } else {
            self.clear(at);
        }
    }

    /// The first bit that is set.
    #[inline]
    pub(crate) fn first(&self) -> Option<usize> {
        let (at, word) = self.0.iter().enumerate().find(|(_, word)| **word != 0)?;
        Some(at * 64 + usize::try_from(word.trailing_zeros()).unwrap_or(0))
    }

    /// The last bit that is set.
    #[inline]
    pub(crate) fn last(&self) -> Option<usize> {
        let (at, word) = self.0.iter().enumerate().rev().find(|(_, word)| **word != 0)?;
        Some(at * 64 + usize::try_from(word.ilog2()).unwrap_or(0))
    }

    /// Whether both have a bit in common.
    #[inline]
    pub(crate) fn meets(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).fold(0, |sum, (mine, theirs)| sum | mine & theirs) != 0
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

/// What a search needs of a run lies in its first cache line, what weighing a candidate needs in the second.
#[derive(Clone, Debug, Default)]
#[repr(C, align(64))]
pub(crate) struct Run {
    rows: Box<[Bits]>,
    /// The word of each row that is being filled, or nothing; the rows have no bit there meanwhile.
    front: Box<[u64]>,
    pub(crate) block_live: [u16; BLOCKS],
    /// 1 or [`BLOCKS`]; none if the run was given back.
    blocks: u8,
    /// Number of the word being filled, 64 columns each.
    front_word: u8,
    /// The highest merit in each block, those included who left since it was last filled up.
    pub(crate) top_merit: [u8; BLOCKS],
    /// The lowest rank in each block, likewise.
    pub(crate) first_rank: [Rank; BLOCKS],
    /// For each column the handle of its ticket, then its packed words.
    cells: Box<[u32]>,
    /// The highest rank in each block, dead columns included.
    pub(crate) last_rank: [Rank; BLOCKS],
    pub(crate) live: u32,
    /// The lane it belongs to, and its position there.
    pub(crate) lane: u32,
    pub(crate) position: u32,
    /// Numbers in a cell.
    stride: u16,
    /// Columns given out, from the left.
    used: u16,
    /// The highest class in each block, those included who left since it was last filled up.
    pub(crate) top_class: [u8; BLOCKS],
    /// The least and the greatest value in each block, likewise, of the dimension whose nearness gives the most points.
    pub(crate) near: [(u8, u8); BLOCKS],
    /// The last sequence that was begun in each block.
    pub(crate) sequence: [u8; BLOCKS],
}

const _: () = assert!(core::mem::offset_of!(Run, cells) == 64 || size_of::<usize>() < 8, "as the comment on `Run` says");
const _: () = assert!(size_of::<Run>() == 128 || size_of::<usize>() < 8, "two cache lines");

impl Run {
    pub(crate) fn new(lane: u32, position: u32, blocks: usize, rows: usize, words: usize) -> Self {
        Self {
            rows: vec![Bits::default(); rows * blocks].into_boxed_slice(),
            front: Box::default(),
            block_live: [0; BLOCKS],
            blocks: u8::try_from(blocks).unwrap_or(0),
            front_word: 0,
            top_merit: [0; BLOCKS],
            live: 0,
            lane,
            position,
            used: 0,
            first_rank: [Rank::LAST; BLOCKS],
            last_rank: [Rank::FIRST; BLOCKS],
            cells: vec![NONE; blocks * BLOCK * (words + 1)].into_boxed_slice(),
            stride: u16::try_from(words + 1).unwrap_or(u16::MAX),
            top_class: [0; BLOCKS],
            near: [EMPTY; BLOCKS],
            sequence: [0; BLOCKS],
        }
    }

    /// Columns given out, from the left.
    #[inline]
    pub(crate) fn used(&self) -> usize {
        usize::from(self.used)
    }

    pub(crate) fn set_used(&mut self, used: usize) {
        self.used = u16::try_from(used).unwrap_or(u16::MAX);
    }

    /// Number of its blocks: 1 or [`BLOCKS`]; none if it was given back.
    #[inline]
    pub(crate) fn blocks(&self) -> usize {
        usize::from(self.blocks)
    }

    /// Number of the word being filled.
    #[inline]
    fn filled(&self) -> usize {
        usize::from(self.front_word)
    }

    pub(crate) fn is_full(&self) -> bool {
        self.used() == self.blocks() * BLOCK
    }

    /// Number of rows.
    pub(crate) fn height(&self) -> usize {
        self.rows.len() / self.blocks().max(1)
    }

    /// The rows of one block.
    #[inline]
    pub(crate) fn block(&self, block: usize) -> Block<'_> {
        let (front, word) = if self.is_filling(block) { (&self.front[..], self.filled() % WORDS) } else { (&[][..], 0) };
        Block { rows: &self.rows, blocks: self.blocks(), number: block, front, word }
    }

    /// Starts to load the cell of a column.
    pub(crate) fn fetch_column(&self, column: usize) {
        fetch(&self.cells, column * usize::from(self.stride));
    }

    /// Starts to load what says where the cells lie, for those that will be weighed.
    #[inline]
    pub(crate) fn fetch_rest(&self) {
        fetch(core::slice::from_ref(&self.stride), 0);
    }

    /// The handle of the ticket in a column; `NONE` if nobody lives there.
    #[inline]
    pub(crate) fn handle(&self, column: usize) -> u32 {
        self.cells[column * usize::from(self.stride)]
    }

    /// Sets it, and returns what it was.
    #[inline]
    pub(crate) fn set_handle(&mut self, column: usize, handle: u32) -> u32 {
        core::mem::replace(&mut self.cells[column * usize::from(self.stride)], handle)
    }

    /// The packed words of a column.
    #[inline]
    pub(crate) fn packed(&self, column: usize) -> &[u32] {
        let stride = usize::from(self.stride);
        &self.cells[column * stride + 1..(column + 1) * stride]
    }

    #[inline]
    pub(crate) fn packed_mut(&mut self, column: usize) -> &mut [u32] {
        let stride = usize::from(self.stride);
        &mut self.cells[column * stride + 1..(column + 1) * stride]
    }

    /// Whether the word being filled lies in `block`.
    #[inline]
    pub(crate) fn is_filling(&self, block: usize) -> bool {
        self.filled() / WORDS == block && !self.front.is_empty()
    }

    #[inline]
    fn word(&self, row: usize, column: usize) -> u64 {
        if self.filled() == column / 64 && !self.front.is_empty() {
            self.front[row]
        } else {
            self.rows[row * self.blocks() + column / BLOCK].0[column / 64 % WORDS]
        }
    }

    #[inline]
    fn word_mut(&mut self, row: usize, column: usize) -> &mut u64 {
        if self.filled() == column / 64 && !self.front.is_empty() {
            &mut self.front[row]
        } else {
            let blocks = self.blocks();
            &mut self.rows[row * blocks + column / BLOCK].0[column / 64 % WORDS]
        }
    }

    #[inline]
    pub(crate) fn has(&self, row: usize, column: usize) -> bool {
        self.word(row, column) >> (column % 64) & 1 == 1
    }

    #[inline]
    pub(crate) fn set(&mut self, row: usize, column: usize) {
        *self.word_mut(row, column) |= 1 << (column % 64);
    }

    #[inline]
    pub(crate) fn clear(&mut self, row: usize, column: usize) {
        *self.word_mut(row, column) &= !(1 << (column % 64));
    }

    /// Whether `column` lies in the word being filled.
    #[inline]
    pub(crate) fn has_front(&self, column: usize) -> bool {
        self.filled() == column / 64 && !self.front.is_empty()
    }

    /// Tickets in the word being filled.
    pub(crate) fn front_live(&self) -> u16 {
        self.front.first().map_or(0, |live| u16::try_from(live.count_ones()).unwrap_or(0))
    }

    /// The block of the word being filled.
    pub(crate) fn filling(&self) -> usize {
        self.filled() / WORDS
    }

    /// The front, if `column` lies in it: one word for each row.
    #[inline]
    pub(crate) fn front_of(&mut self, column: usize) -> Option<&mut [u64]> {
        (self.filled() == column / 64 && !self.front.is_empty()).then_some(&mut self.front[..])
    }

    /// Replaces a row of a block.
    pub(crate) fn store(&mut self, row: usize, block: usize, bits: &Bits) {
        let mut bits = *bits;
        if self.is_filling(block) {
            self.front[row] = core::mem::take(&mut bits.0[self.filled() % WORDS]);
        }
        let blocks = self.blocks();
        self.rows[row * blocks + block] = bits;
    }

    /// Takes the word being filled away; the rows have no bit there.
    pub(super) fn take_front(&mut self) -> Box<[u64]> {
        core::mem::take(&mut self.front)
    }

    /// Gives it back, empty.
    pub(super) fn give_front(&mut self, front: Box<[u64]>) {
        self.front = front;
    }

    /// Puts the 64 columns of a front into those of `holes`; tells `row` of each row whether a live column has it.
    pub(super) fn put_word(&mut self, block: usize, front: &[u64], holes: &Holes, mut row: impl FnMut(usize, bool)) {
        let mut live = Bits::default();
        let blocks = self.blocks().max(1);
        for (number, (word, bits)) in front.iter().zip(self.rows.iter_mut().skip(block).step_by(blocks)).enumerate() {
            *bits = holes.put(*word, bits);
            if number == LIVE {
                live = *bits;
            }
            row(number, bits.meets(&live));
        }
    }

    /// Opens the word of `column` for filling, with `front` as its memory; nothing may be open.
    pub(crate) fn open_front(&mut self, column: usize, mut front: Vec<u64>) {
        front.clear();
        front.resize(self.height(), 0);
        let (block, word) = (column / BLOCK, column / 64 % WORDS);
        if !column.is_multiple_of(64) {
            let blocks = self.blocks();
            for (row, target) in front.iter_mut().enumerate() {
                *target = core::mem::take(&mut self.rows[row * blocks + block].0[word]);
            }
        }
        self.front = front.into_boxed_slice();
        self.front_word = u8::try_from(column / 64).unwrap_or(0);
    }

    /// Moves the word being filled into the rows; tells `row` each row with a bit in it. Returns the memory, if
    /// there was a front.
    pub(crate) fn close_front(&mut self, mut row: impl FnMut(usize)) -> Option<Vec<u64>> {
        if self.front.is_empty() {
            return None;
        }
        let front = core::mem::take(&mut self.front);
        let (block, word) = (self.filled() / WORDS, self.filled() % WORDS);
        let blocks = self.blocks();
        for (number, bits) in front.iter().enumerate().filter(|(_, bits)| **bits != 0) {
            self.rows[number * blocks + block].0[word] |= bits;
            row(number);
        }
        Some(front.into_vec())
    }

    pub(crate) fn bytes(&self) -> usize {
        let rows = self.rows.len() * 64 + self.front.len() * 8;
        rows + self.cells.len() * 4 + size_of::<Self>()
    }
}

/// Each word of a block alone.
const ALONE: [Bits; WORDS] = {
    let mut alone = [Bits([0; WORDS]); WORDS];
    let mut word = 0;
    while word < WORDS {
        alone[word].0[word] = u64::MAX;
        word += 1;
    }
    alone
};

/// The rows of one block of a run, the word being filled among them.
#[derive(Clone, Copy)]
pub(crate) struct Block<'a> {
    rows: &'a [Bits],
    blocks: usize,
    number: usize,
    /// The word being filled, if it lies here: one for each row; `rows` has no bit in its place.
    front: &'a [u64],
    /// Number of that word.
    word: usize,
}

impl Block<'_> {
    /// Starts to load a row.
    #[inline]
    pub(crate) fn fetch(&self, row: usize) {
        fetch(self.rows, row * self.blocks + self.number);
        if self.has_front() {
            fetch(self.front, row);
        }
    }

    /// Whether a word of it is being filled.
    #[inline]
    fn has_front(&self) -> bool {
        !self.front.is_empty()
    }

    /// A row without the word being filled.
    #[inline]
    pub(super) fn stored(&self, row: usize) -> &Bits {
        &self.rows[row * self.blocks + self.number]
    }

    /// The word being filled of a row; nothing, if it does not lie here.
    #[inline]
    pub(super) fn filling(&self, row: usize) -> u64 {
        self.front.get(row).copied().unwrap_or(0)
    }

    /// What `bits` have in the place of the word being filled.
    #[inline]
    pub(super) fn word_of(&self, bits: &Bits) -> u64 {
        bits.0[self.word % WORDS]
    }

    /// Adds the word being filled to `bits`, which have none in its place.
    #[inline]
    pub(super) fn join(&self, bits: &mut Bits, word: u64) {
        for (bits, mask) in bits.0.iter_mut().zip(&ALONE[self.word % WORDS].0) {
            *bits |= word & mask;
        }
    }

    #[inline]
    pub(crate) fn row(&self, row: usize) -> Bits {
        let mut bits = *self.stored(row);
        if self.has_front() {
            self.join(&mut bits, self.filling(row));
        }
        bits
    }
}
