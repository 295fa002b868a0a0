//! The filters of a search compiled to row operations.
//! Operations run most selective first; the order is learned from a sample and never changes a result.

#![expect(clippy::indexing_slicing, reason = "rows are numbered by the row map, which is that of the index")]

use alloc::vec::Vec;

use super::rows::{DimRows, LIVE, Tells, bits};
use super::run::{Bits, Block};
use super::{Index, wide};
use crate::layout::Layout;
use crate::predicate::small;
use crate::schema::Kind;
use crate::set::Set;
use crate::wide::{DIGITS, VALUE_ROWS, low_half, rows_of};

/// So many rows of a block are loaded ahead. Measured: with 12 or 16 a search takes longer.
const FETCHED: usize = 8;
/// More operations than that are sorted by comparing them.
const MANY_OPS: usize = 32;
/// The row of the living, as operations name it.
const LIVE_ROW: u16 = 0;
const _: () = assert!(LIVE == 0, "as `LIVE_ROW` says");

#[derive(Clone, Copy, Debug, Default)]
enum Action {
    /// Keep columns with the row.
    #[default]
    With,
    /// Keep columns without the row.
    Without,
    /// Keep columns with any of the rows `terms[from..to]`.
    WithAny,
    /// Keep columns with none of the rows `terms[from..to]`.
    WithoutAny,
    /// Keep columns with all rows of one of the values `terms[from..to]`, [`DIGITS`] rows each, or with the row of the
    /// guard, unless that is the row of the living.
    WithDigits,
}

#[derive(Clone, Copy, Debug, Default)]
struct Op {
    action: Action,
    /// The row, or the first of `terms`.
    from: u16,
    to: u16,
    /// The operation matters only where this row has a bit.
    guard: u16,
    /// Which lanes make it needless.
    tells: Tells,
    /// Thousandths refused, per row read; the greater the earlier.
    worth: u16,
}

/// A value and the range that is accepted of others, ends included.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub(crate) value: u16,
    pub(crate) low: u16,
    pub(crate) high: u16,
}

/// Blocks met by a search, by run and block, with the columns that fit.
pub(crate) type Visits = Vec<(usize, usize, Bits)>;

/// The filters of a seeker, compiled. Kept and refilled, so that a search allocates nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query {
    ops: Vec<Op>,
    /// Room for bringing them into order.
    sorted: Vec<Op>,
    terms: Vec<u16>,
    /// Rows to load ahead; the first is that of the living.
    firsts: [u16; FETCHED],
    /// For each segment met, the groups that fit it, by number; found out once, since groups are never given up.
    fitting: Vec<(u64, Vec<u32>)>,
    /// Number of groups there were then.
    known_groups: usize,
    /// Position of the own segment in `fitting`.
    own: usize,
    /// Value in the cluster dimension and the values accepted there.
    pub(crate) cluster: Option<(u16, Set)>,
    /// Value in the banded dimension and the values accepted there.
    pub(crate) band: Option<Span>,
}

impl Query {
    /// Compiles the filters of the owner of `record`.
    pub(crate) fn compile(&mut self, index: &Index, record: &[u64]) {
        let layout = &index.layout;
        self.ops.clear();
        self.terms.clear();
        self.find_groups(index, layout.segment(record));
        self.cluster = layout.cluster.map(|dim| {
            let place = &layout.places[dim];
            (small(place.value.get(record)), place.any.get(record))
        });
        self.band = layout.band.map(|dim| {
            let place = &layout.places[dim];
            let [value, low, high] = [place.value, place.low, place.high].map(|field| small(field.get(record)));
            Span { value, low, high }
        });
        for dim in &index.map.dims {
            self.compile_dim(index, dim, record);
        }
        self.sort();
        if index.is_large() {
            self.note_firsts();
        }
    }

    /// Looks up the groups whose tickets accept those of a segment in the small categories and are accepted there.
    fn find_groups(&mut self, index: &Index, segment: u64) {
        if self.known_groups != index.groups.len() {
            self.known_groups = index.groups.len();
            self.fitting.clear();
        }
        self.own = match self.fitting.binary_search_by_key(&segment, |entry| entry.0) {
            Ok(at) => at,
            Err(at) => {
                let fits = |other: Option<u64>| other.is_none_or(|other| Layout::fits_segment(segment, other));
                let groups = (0u32..).zip(&index.groups).filter(|(_, group)| fits(group.segment));
                self.fitting.insert(at, (segment, groups.map(|(number, _)| number).collect()));
                at
            }
        };
    }

    /// The groups in which somebody may fit, by number.
    pub(super) fn groups(&self) -> &[u32] {
        self.fitting.get(self.own).map_or(&[], |(_, groups)| groups)
    }

    /// Brings the operations into the order of their worth, the greatest first; what differs by less than 32 thousandths
    /// stays as it came.
    ///
    /// Each goes to the first free place for its worth, since nothing could predict the comparisons of a sort.
    fn sort(&mut self) {
        if self.ops.len() > MANY_OPS {
            self.ops.sort_by_key(|op| core::cmp::Reverse(op.worth));
            return;
        }
        let mut places = [0u8; 2 * MANY_OPS];
        let mut used = 0u64;
        for (number, op) in (0u8..).zip(&self.ops) {
            let first = 31 - (op.worth >> 5 & 31);
            let place = u32::from(first) + (!used >> first).trailing_zeros();
            places[wide(place) % places.len()] = number;
            used |= 1 << place;
        }
        self.sorted.clear();
        while used != 0 {
            self.sorted.push(self.ops[usize::from(places[wide(used.trailing_zeros())])]);
            used &= used - 1;
        }
        core::mem::swap(&mut self.ops, &mut self.sorted);
    }

    #[inline]
    fn push(&mut self, index: &Index, action: Action, row: u16, tells: Tells) {
        let share = index.share(row);
        let worth = if matches!(action, Action::With) { 1000 - share } else { share };
        self.ops.push(Op { action, from: row, to: row, guard: 0, tells, worth });
    }

    /// The rows collected since `from`, and thousandths of a sample that set any of them.
    #[inline]
    fn collected(&self, index: &Index, from: usize) -> (&[u16], u16) {
        let rows = &self.terms[from..];
        (rows, rows.iter().fold(0, |sum: u16, row| sum.saturating_add(index.share(*row))).min(1000))
    }

    /// Keeps who has any of the rows collected since `from`.
    #[inline]
    fn push_any(&mut self, index: &Index, from: usize, tells: Tells) {
        let (rows, share) = self.collected(index, from);
        if let [row] = *rows {
            self.ops.push(Op { action: Action::With, from: row, to: row, guard: 0, tells, worth: 1000 - share });
            return;
        }
        let worth = 2 * (1000 - share) / (narrow(rows.len()) + 1);
        let (from, to) = (narrow(from), narrow(self.terms.len()));
        self.ops.push(Op { action: Action::WithAny, from, to, guard: 0, tells, worth });
    }

    /// Keeps who has all rows of one of the values collected since `from`, or the row `other`, unless that is the row of the
    /// living.
    fn push_digits(&mut self, index: &Index, from: usize, other: u16) {
        let values = self.terms[from..].chunks_exact(DIGITS);
        let rarest = |value: &[u16]| value.iter().map(|row| index.share(*row)).min().unwrap_or(0);
        let open = if other == LIVE_ROW { 0 } else { index.share(other) };
        let share = values.map(rarest).fold(open, u16::saturating_add).min(1000);
        // One or two rows of a value are read before nobody is left.
        let rows = 2 * self.terms[from..].len() / DIGITS;
        let worth = 2 * (1000 - share) / (narrow(rows) + 1);
        let (from, to) = (narrow(from), narrow(self.terms.len()));
        self.ops.push(Op { action: Action::WithDigits, from, to, guard: other, tells: Tells::NEWS, worth });
    }

    /// Keeps who has none of the rows collected since `from`; nobody without `guard` has any.
    fn push_none(&mut self, index: &Index, from: usize, guard: u16) {
        let (rows, share) = self.collected(index, from);
        if rows.is_empty() {
            return;
        }
        let worth = 2 * share.min(index.share(guard)) / (narrow(rows.len()) + 1);
        let (from, to) = (narrow(from), narrow(self.terms.len()));
        self.ops.push(Op { action: Action::WithoutAny, from, to, guard, tells: Tells::NEWS, worth });
    }

    fn compile_dim(&mut self, index: &Index, dim: &DimRows, record: &[u64]) {
        let place = &dim.place;
        let start = self.terms.len();
        match place.kind {
            Kind::Category => {
                if !place.any.is_full(record) {
                    bits(&place.any, record, |at| self.terms.push(dim.have + at));
                    self.push_any(index, start, dim.have_tells);
                }
                let start = self.terms.len();
                self.terms.extend([dim.accept + small(place.value.get(record)), dim.any]);
                self.push_any(index, start, dim.accept_tells);
            }
            Kind::Wide => {
                if !place.list.is_open(record) {
                    for value in place.list.values(record) {
                        self.terms.extend(rows_of(value).map(|row| dim.have + row));
                    }
                    self.push_digits(index, start, LIVE_ROW);
                }
                match low_half(place.value.get(record)) {
                    0 => self.push(index, Action::With, dim.any, Tells::NEWS),
                    mine => {
                        let start = self.terms.len();
                        for first in (0..place.size).map(|slot| dim.accept + slot * VALUE_ROWS) {
                            self.terms.extend(rows_of(mine).map(|row| first + row));
                        }
                        self.push_digits(index, start, dim.any);
                    }
                }
            }
            Kind::Ordinal => {
                let [value, low, high] = [place.value, place.low, place.high].map(|field| small(field.get(record)));
                if high + 1 < place.size {
                    self.push(index, Action::With, dim.have + high, dim.have_tells);
                }
                if low > 0 {
                    self.push(index, Action::Without, dim.have + low - 1, dim.have_tells);
                }
                self.push(index, Action::With, dim.accept + value, dim.accept_tells);
            }
            Kind::Tags | Kind::AnyTags => {
                if !place.any.is_empty(record) {
                    bits(&place.any, record, |at| self.terms.push(dim.have + at));
                    self.push_any(index, start, Tells::NEWS);
                }
                let start = self.terms.len();
                bits(&place.tags, record, |at| self.terms.push(dim.accept + at));
                self.terms.push(dim.any);
                self.push_any(index, start, Tells::NEWS);
                if place.kind == Kind::Tags {
                    self.compile_strict_tags(index, dim, record);
                }
            }
            Kind::Common => {
                bits(&place.tags, record, |at| self.terms.push(dim.have + at));
                self.push_any(index, start, Tells::NEWS);
            }
        }
    }

    fn compile_strict_tags(&mut self, index: &Index, dim: &DimRows, record: &[u64]) {
        let place = &dim.place;
        bits(&place.all, record, |at| self.push(index, Action::With, dim.have + at, Tells::NEWS));
        let start = self.terms.len();
        bits(&place.none, record, |at| self.terms.push(dim.have + at));
        self.push_none(index, start, LIVE_ROW);
        let start = self.terms.len();
        bits(&place.tags, record, |at| self.terms.push(dim.none + at));
        self.push_none(index, start, LIVE_ROW);
        let start = self.terms.len();
        let tags = place.tags.get(record);
        self.terms.extend((0..place.size).filter(|tag| !tags.contains(*tag)).map(|tag| dim.all + tag));
        self.push_none(index, start, dim.some_all);
    }

    /// Starts to load the rows of a block that will be asked first.
    #[inline]
    pub(crate) fn fetch(&self, block: &Block<'_>) {
        self.firsts.iter().for_each(|row| block.fetch(usize::from(*row)));
    }

    /// Notes the rows that are asked first in lanes that know the most.
    fn note_firsts(&mut self) {
        let mut count = 1;
        for op in self.ops.iter().filter(|op| matches!(op.tells, Tells::NEWS | Tells::BAND)) {
            let rows = match op.action {
                Action::With | Action::Without => core::slice::from_ref(&op.from),
                Action::WithAny => &self.terms[usize::from(op.from)..usize::from(op.to)],
                Action::WithDigits => &self.terms[usize::from(op.from)..usize::from(op.from) + 2],
                Action::WithoutAny => continue,
            };
            for row in rows {
                let Some(first) = self.firsts.get_mut(count) else { return };
                *first = *row;
                count += 1;
            }
        }
    }

    /// The columns of one block that fit; those of the word being filled are decided beside the others.
    pub(crate) fn block(&self, block: &Block<'_>, start: Bits, known: Tells) -> Bits {
        let filling = |row: u16| block.filling(usize::from(row));
        let stored = |row: u16| block.stored(usize::from(row));
        let mut word = filling(LIVE_ROW) & block.word_of(&start);
        let mut left = start;
        left.and(stored(LIVE_ROW));
        for op in &self.ops {
            if known.cover(op.tells) {
                continue;
            }
            match op.action {
                Action::With => {
                    left.and(stored(op.from));
                    word &= filling(op.from);
                }
                Action::Without => {
                    left.and_not(stored(op.from));
                    word &= !filling(op.from);
                }
                Action::WithAny => {
                    let (mut any, mut any_word) = (Bits::default(), 0);
                    for row in &self.terms[usize::from(op.from)..usize::from(op.to)] {
                        any.or(stored(*row));
                        any_word |= filling(*row);
                    }
                    left.and(&any);
                    word &= any_word;
                }
                Action::WithDigits => {
                    left = self.with_digits(op, left, |row| *stored(row));
                    if word != 0 {
                        let alone = |word: u64| Bits([word, 0, 0, 0, 0, 0, 0, 0]);
                        word = self.with_digits(op, alone(word), |row| alone(filling(row))).0[0];
                    }
                }
                Action::WithoutAny => {
                    if left.meets(stored(op.guard)) || word & filling(op.guard) != 0 {
                        for row in &self.terms[usize::from(op.from)..usize::from(op.to)] {
                            left.and_not(stored(*row));
                            word &= !filling(*row);
                        }
                    }
                }
            }
            if !left.any() && word == 0 {
                break;
            }
        }
        block.join(&mut left, word);
        left
    }

    /// Those of `left` that an operation on digits keeps; `row` is what has a row.
    #[inline]
    fn with_digits(&self, op: &Op, left: Bits, row: impl Fn(u16) -> Bits) -> Bits {
        let mut kept = Bits::default();
        if op.guard != LIVE_ROW {
            kept = left;
            kept.and(&row(op.guard));
        }
        for value in self.terms[usize::from(op.from)..usize::from(op.to)].chunks_exact(DIGITS) {
            let mut these = left;
            these.and_not(&kept);
            for digit in value {
                if !these.any() {
                    break;
                }
                these.and(&row(*digit));
            }
            kept.or(&these);
        }
        kept
    }

    /// The blocks of a summary in which somebody could fit; at least those in which somebody does.
    pub(crate) fn blocks(&self, summary: &[Bits], known: Tells) -> Bits {
        let mut left = summary[LIVE];
        for op in self.ops.iter().filter(|op| !known.cover(op.tells)) {
            match op.action {
                Action::With => left.and(&summary[usize::from(op.from)]),
                Action::WithAny => {
                    let mut any = Bits::default();
                    for row in &self.terms[usize::from(op.from)..usize::from(op.to)] {
                        any.or(&summary[usize::from(*row)]);
                    }
                    left.and(&any);
                }
                Action::WithDigits => left = self.with_digits(op, left, |row| summary[usize::from(row)]),
                // That some column of a block has the row says nothing about the others.
                Action::Without | Action::WithoutAny => {}
            }
            if !left.any() {
                break;
            }
        }
        left
    }
}

impl Index {
    /// Thousandths of a sample of tickets that set a row.
    #[inline]
    fn share(&self, row: u16) -> u16 {
        self.shares[usize::from(row)]
    }
}

fn narrow(row: usize) -> u16 {
    u16::try_from(row).unwrap_or(u16::MAX)
}
