//! A search compiled to row operations, and its scoring compiled to a handful of numbers.
//! Operations run most selective first; the order is learned from a sample and never changes a result.

#![expect(clippy::indexing_slicing, reason = "rows are numbered by the row map, which is that of the index")]

use alloc::vec::Vec;

use super::Index;
use super::rows::{DimRows, LIVE, Packed, bits};
use super::run::{Bits, Block};
use crate::predicate::small;
use crate::schema::Kind;
use crate::score::{Term, Weights};
use crate::set::Set;

/// Largest number of counter planes for shared tags: counts up to 15.
pub(crate) const PLANES: usize = 4;
/// So many rows of a block are loaded ahead. Measured: with 12 or 16 a search takes longer.
const FETCHED: usize = 8;
/// So many operations are sorted by counting.
const FEW_OPS: usize = 16;

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
}

/// What an operation finds out that some lanes know by themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Tells {
    /// What no lane knows.
    #[default]
    News,
    /// That the cluster is one asked for.
    Cluster,
    /// Something about a dimension that splits the pool.
    Segment,
    /// That the value by which lanes are banded is one asked for.
    Band,
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

impl Op {
    /// Its worth, and of equals the more the earlier it was compiled; `at` must be below [`FEW_OPS`].
    #[inline]
    fn key(self, at: usize) -> i16 {
        let late = i16::try_from(FEW_OPS - 1 - at % FEW_OPS).unwrap_or(0);
        i16::try_from(self.worth.min(1000)).unwrap_or(0) << 4 | late
    }
}

/// What a lane's tickets have in common.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    /// The cluster, which must be an accepted one then.
    pub(crate) cluster: bool,
    pub(crate) segment: bool,
    /// That everybody's value in the banded dimension is accepted.
    pub(crate) band: bool,
}

impl Known {
    #[inline]
    fn covers(self, tells: Tells) -> bool {
        match tells {
            Tells::News => false,
            Tells::Cluster => self.cluster,
            Tells::Segment => self.segment,
            Tells::Band => self.band,
        }
    }
}

/// A weight that is computed from packed words.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Packs {
    Same { at: Packed, mine: u32, points: u32 },
    Near { at: Packed, mine: u32, most: u32, slope: u32 },
}

/// Shared tags counted from rows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shared {
    pub(crate) rows: Vec<usize>,
    pub(crate) each: u32,
    pub(crate) cap: u32,
}

/// A value and the range that is accepted of others, ends included.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub(crate) value: u16,
    pub(crate) low: u16,
    pub(crate) high: u16,
}

/// The ordinal by which a crowded tier is cut down to those near enough.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    pub(crate) have: usize,
    pub(crate) size: usize,
    pub(crate) mine: usize,
    pub(crate) most: u32,
    pub(crate) slope: u32,
    /// Whether it is the banded dimension.
    pub(crate) is_band: bool,
}

/// Blocks met by a search, by run and block, with the columns that fit.
pub(crate) type Visits = Vec<(usize, usize, Bits)>;

/// A compiled search. Kept and refilled, so that a search allocates nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query {
    ops: Vec<Op>,
    terms: Vec<u16>,
    /// Rows to load ahead; the first is that of the living.
    firsts: [u16; FETCHED],
    /// For each splitting dimension, last first: the six-bit codes it goes with.
    pub(crate) codes: Vec<u64>,
    /// Value in the cluster dimension and the values accepted there.
    pub(crate) cluster: Option<(u16, Set)>,
    /// Value in the banded dimension and the values accepted there.
    pub(crate) band: Option<Span>,
    pub(crate) scoring: Scoring,
    pub(crate) visited: Visits,
}

/// The weights compiled for one seeker; only done once somebody fits.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scoring {
    pub(crate) is_ready: bool,
    /// Points that every candidate has.
    pub(crate) fixed: u32,
    pub(crate) packs: Vec<Packs>,
    /// The first weight for shared tags, by which candidates are sorted.
    pub(crate) tier: Shared,
    pub(crate) others: Vec<Shared>,
    /// Row of those with the same value in the category that scores, and its points.
    pub(crate) same: Option<(usize, u32)>,
    /// Whether that category is the cluster dimension.
    pub(crate) same_is_cluster: bool,
    pub(crate) window: Option<Window>,
    /// Largest number of points besides `fixed`, tiers and `same`.
    pub(crate) rest: u32,
}

impl Query {
    /// Compiles a search for the owner of `record`.
    pub(crate) fn compile(&mut self, index: &Index, record: &[u64]) {
        let layout = &index.layout;
        self.scoring.is_ready = false;
        self.ops.clear();
        self.terms.clear();
        self.codes.clear();
        self.visited.clear();
        for place in layout.places.iter().filter(|place| place.split).rev() {
            let (value, accepted) = (place.value.get(record), place.any.parts[0].get(record));
            // Of the sixteen sets of up to four values, those that hold mine.
            let sets = [0xAAAA, 0xCCCC, 0xF0F0, 0xFF00][usize::from(small(value)) & 3];
            let theirs = (0..4).filter(|theirs| accepted >> theirs & 1 == 1);
            self.codes.push(theirs.fold(0u64, |codes, theirs| codes | sets << (16 * theirs)));
        }
        self.cluster = layout.cluster.map(|dim| {
            let place = &layout.places[dim];
            (small(place.value.get(record)), place.any.get(record))
        });
        self.band = layout.band.map(|dim| {
            let place = &layout.places[dim];
            let [value, low, high] = [place.value, place.low, place.high].map(|field| small(field.get(record)));
            Span { value, low, high }
        });
        for (number, dim) in index.map.dims.iter().enumerate() {
            let tells = if dim.place.split { Tells::Segment } else { Tells::News };
            let of_values = match Some(number) {
                at if at == layout.cluster => Tells::Cluster,
                at if at == layout.band => Tells::Band,
                _ => tells,
            };
            self.compile_dim(index, dim, record, tells, of_values);
        }
        self.sort();
        if index.is_large() {
            self.note_firsts();
        }
    }

    /// Brings the operations into the order of their worth, the greatest first, equals as they came.
    ///
    /// The place of each is counted, without a branch that nothing could predict.
    fn sort(&mut self) {
        let count = self.ops.len();
        if count > FEW_OPS {
            self.ops.sort_by_key(|op| core::cmp::Reverse(op.worth));
            return;
        }
        let mut keys = [0; FEW_OPS];
        for (at, (key, op)) in keys.iter_mut().zip(&self.ops).enumerate() {
            *key = op.key(at);
        }
        let mut sorted = [Op::default(); FEW_OPS];
        for (at, op) in self.ops.iter().enumerate() {
            let mine = op.key(at);
            let place: i16 = keys.iter().map(|key| i16::from(*key > mine)).sum();
            sorted[usize::try_from(place).unwrap_or(0) % FEW_OPS] = *op;
        }
        self.ops.copy_from_slice(&sorted[..count]);
    }

    fn push(&mut self, index: &Index, action: Action, row: usize, tells: Tells) {
        let share = index.share(row);
        let worth = if matches!(action, Action::With) { 1000 - share } else { share };
        let row = narrow(row);
        self.ops.push(Op { action, from: row, to: row, guard: 0, tells, worth });
    }

    /// Adds an operation on the rows collected since `from`.
    fn push_any(&mut self, index: &Index, is_with: bool, from: usize, guard: usize, tells: Tells) {
        let rows = &self.terms[from..];
        let share = rows.iter().fold(0, |sum: u16, row| sum.saturating_add(index.share(usize::from(*row)))).min(1000);
        let cost = narrow(rows.len()) + 1;
        let (action, worth, rows) = match (is_with, rows) {
            (false, []) => return,
            (true, [row]) => (Action::With, 1000 - share, (*row, 0)),
            (true, _) => (Action::WithAny, 2 * (1000 - share) / cost, (narrow(from), narrow(self.terms.len()))),
            (false, _) => {
                let worth = 2 * share.min(index.share(guard)) / cost;
                (Action::WithoutAny, worth, (narrow(from), narrow(self.terms.len())))
            }
        };
        self.ops.push(Op { action, from: rows.0, to: rows.1, guard: narrow(guard), tells, worth });
    }

    fn compile_dim(&mut self, index: &Index, dim: &DimRows, record: &[u64], tells: Tells, of_values: Tells) {
        let place = &dim.place;
        let size = usize::from(place.size);
        let start = self.terms.len();
        match place.kind {
            Kind::Category => {
                if place.any.get(record).len() < u32::from(place.size) {
                    bits(&place.any, record, |at| self.terms.push(narrow(dim.have + at)));
                    self.push_any(index, true, start, LIVE, of_values);
                }
                let start = self.terms.len();
                self.terms.push(narrow(dim.accept + usize::from(small(place.value.get(record)))));
                self.terms.push(narrow(dim.any));
                self.push_any(index, true, start, LIVE, tells);
            }
            Kind::Ordinal => {
                let low = usize::from(small(place.low.get(record)));
                let high = usize::from(small(place.high.get(record)));
                if high + 1 < size {
                    self.push(index, Action::With, dim.have + high, of_values);
                }
                if low > 0 {
                    self.push(index, Action::Without, dim.have + low - 1, of_values);
                }
                self.push(index, Action::With, dim.accept + usize::from(small(place.value.get(record))), tells);
            }
            Kind::Tags | Kind::AnyTags => {
                bits(&place.any, record, |at| self.terms.push(narrow(dim.have + at)));
                if self.terms.len() > start {
                    self.push_any(index, true, start, LIVE, Tells::News);
                }
                let start = self.terms.len();
                bits(&place.tags, record, |at| self.terms.push(narrow(dim.accept + at)));
                self.terms.push(narrow(dim.any));
                self.push_any(index, true, start, LIVE, Tells::News);
                if place.kind == Kind::Tags {
                    self.compile_strict_tags(index, dim, record);
                }
            }
            Kind::Common => {
                bits(&place.tags, record, |at| self.terms.push(narrow(dim.have + at)));
                self.push_any(index, true, start, LIVE, Tells::News);
            }
        }
    }

    fn compile_strict_tags(&mut self, index: &Index, dim: &DimRows, record: &[u64]) {
        let place = &dim.place;
        bits(&place.all, record, |at| self.push(index, Action::With, dim.have + at, Tells::News));
        let start = self.terms.len();
        bits(&place.none, record, |at| self.terms.push(narrow(dim.have + at)));
        self.push_any(index, false, start, LIVE, Tells::News);
        let start = self.terms.len();
        bits(&place.tags, record, |at| self.terms.push(narrow(dim.none + at)));
        self.push_any(index, false, start, LIVE, Tells::News);
        let start = self.terms.len();
        let tags = place.tags.get(record);
        self.terms.extend((0..place.size).filter(|tag| !tags.contains(*tag)).map(|tag| narrow(dim.all + usize::from(tag))));
        self.push_any(index, false, start, dim.some_all, Tells::News);
    }

    /// Starts to load the rows of a block that will be asked first.
    #[inline]
    pub(crate) fn fetch(&self, block: &Block<'_>) {
        self.firsts.iter().for_each(|row| block.fetch(usize::from(*row)));
    }

    /// Notes the rows that are asked first in lanes that know the most.
    fn note_firsts(&mut self) {
        let mut count = 1;
        for op in self.ops.iter().filter(|op| matches!(op.tells, Tells::News | Tells::Band)) {
            let rows = match op.action {
                Action::With | Action::Without => core::slice::from_ref(&op.from),
                Action::WithAny => &self.terms[usize::from(op.from)..usize::from(op.to)],
                Action::WithoutAny => continue,
            };
            for row in rows {
                let Some(first) = self.firsts.get_mut(count) else { return };
                *first = *row;
                count += 1;
            }
        }
    }

    /// The columns of one block that fit.
    pub(crate) fn block(&self, block: &Block<'_>, start: Bits, known: Known) -> Bits {
        if block.has_front() { self.block_of::<true>(block, start, known) } else { self.block_of::<false>(block, start, known) }
    }

    #[inline]
    fn block_of<const FRONT: bool>(&self, block: &Block<'_>, start: Bits, known: Known) -> Bits {
        let mut left = start;
        left.and(&block.row_of::<FRONT>(LIVE));
        for op in &self.ops {
            if known.covers(op.tells) {
                continue;
            }
            match op.action {
                Action::With => left.and(&block.row_of::<FRONT>(usize::from(op.from))),
                Action::Without => left.and_not(&block.row_of::<FRONT>(usize::from(op.from))),
                Action::WithAny => {
                    let mut any = Bits::default();
                    for row in &self.terms[usize::from(op.from)..usize::from(op.to)] {
                        any.or(&block.row_of::<FRONT>(usize::from(*row)));
                    }
                    left.and(&any);
                }
                Action::WithoutAny => {
                    let mut guard = left;
                    guard.and(&block.row_of::<FRONT>(usize::from(op.guard)));
                    if guard.any() {
                        for row in &self.terms[usize::from(op.from)..usize::from(op.to)] {
                            left.and_not(&block.row_of::<FRONT>(usize::from(*row)));
                        }
                    }
                }
            }
            if !left.any() {
                break;
            }
        }
        left
    }

    /// The blocks of a summary in which somebody could fit; at least those in which somebody does.
    pub(crate) fn blocks(&self, summary: &[Bits], known: Known) -> Bits {
        let mut left = summary[LIVE];
        for op in self.ops.iter().filter(|op| !known.covers(op.tells)) {
            match op.action {
                Action::With => left.and(&summary[usize::from(op.from)]),
                Action::WithAny => {
                    let mut any = Bits::default();
                    for row in &self.terms[usize::from(op.from)..usize::from(op.to)] {
                        any.or(&summary[usize::from(*row)]);
                    }
                    left.and(&any);
                }
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

impl Scoring {
    /// Starts to load the rows of a block that tell shared tags.
    #[inline]
    pub(crate) fn fetch(&self, block: &Block<'_>) {
        self.tier.rows.iter().for_each(|row| block.fetch(*row));
    }

    pub(crate) fn compile(&mut self, index: &Index, weights: &Weights, record: &[u64]) {
        let layout = &index.layout;
        self.is_ready = true;
        self.fixed = weights.base;
        self.rest = 0;
        self.packs.clear();
        self.others.clear();
        self.tier.rows.clear();
        (self.tier.each, self.tier.cap) = (0, 0);
        self.same = None;
        self.window = None;
        if weights.merit {
            self.fixed += u32::from(small(layout.merit.get(record)));
            self.rest += 255;
        }
        let mut packed = index.map.packed.iter();
        let mut seen_tier = false;
        for term in &weights.terms {
            match *term {
                Term::Shared { dim, each, cap } => {
                    let place = &layout.places[dim];
                    let first = index.map.dims[dim].have;
                    let target = if seen_tier {
                        self.others.push(Shared::default());
                        let last = self.others.len() - 1;
                        &mut self.others[last]
                    } else {
                        &mut self.tier
                    };
                    bits(&place.tags, record, |at| target.rows.push(first + at));
                    let most = u32::try_from(target.rows.len()).unwrap_or(cap).min(cap);
                    (target.each, target.cap) = (each, most);
                    if seen_tier {
                        self.rest += each * most;
                    }
                    seen_tier = true;
                }
                Term::Same { dim, points } => {
                    let Some(at) = packed.next().copied() else { continue };
                    let place = &layout.places[dim];
                    let mine = small(place.value.get(record));
                    if self.same.is_none() && place.kind == Kind::Category && !place.split {
                        let rows = &index.map.dims[dim];
                        self.same = Some((rows.have + usize::from(mine), points));
                        self.same_is_cluster = layout.cluster == Some(dim);
                    } else {
                        self.packs.push(Packs::Same { at, mine: u32::from(mine), points });
                        self.rest += points;
                    }
                }
                Term::Near { dim, most, slope } => {
                    let Some(at) = packed.next().copied() else { continue };
                    let place = &layout.places[dim];
                    let mine = small(place.value.get(record));
                    self.packs.push(Packs::Near { at, mine: u32::from(mine), most, slope });
                    self.rest += most;
                    if slope > 0 && self.window.is_none_or(|window| window.most < most) {
                        let (have, size) = (index.map.dims[dim].have, usize::from(place.size));
                        self.window =
                            Some(Window { have, size, mine: usize::from(mine), most, slope, is_band: layout.band == Some(dim) });
                    }
                }
                Term::Mark { mark, points } => {
                    let Some(at) = packed.next().copied() else { continue };
                    let mine = u32::try_from(layout.marks[mark].get(record)).unwrap_or(0);
                    if mine != 0 {
                        self.packs.push(Packs::Same { at, mine, points });
                        self.rest += points;
                    }
                }
            }
        }
    }
}

impl Index {
    /// Thousandths of a sample of tickets that set a row.
    fn share(&self, row: usize) -> u16 {
        self.shares[row]
    }
}

fn narrow(row: usize) -> u16 {
    u16::try_from(row).unwrap_or(u16::MAX)
}
