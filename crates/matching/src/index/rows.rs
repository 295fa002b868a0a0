//! Which rows of the index a ticket sets, and what of it is kept beside the rows for scoring.
//! A row is a bit per ticket: "has this value", "accepts this value", "accepts anything".

#![expect(clippy::indexing_slicing, reason = "rows and words are numbered by `RowMap::new` for the same layout")]

use alloc::vec::Vec;
use core::ops::Range;

use crate::config::Fairness;
use crate::layout::{Field, Layout, Place, SetField};
use crate::predicate::small;
use crate::schema::Kind;
use crate::score::{Term, Weights};
use crate::wide::{VALUE_ROWS, low_half, rows_of};

/// The row of tickets that are there.
pub(crate) const LIVE: usize = 0;
/// Bits of the counter of passes.
pub(crate) const PASS_PLANES: usize = 5;
/// Bits of the number of a sequence.
pub(super) const ORDER_PLANES: usize = 4;

/// What a row tells that some lanes already know, or all that a lane knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tells(u8);

impl Tells {
    /// What no lane knows.
    pub(crate) const NEWS: Self = Self(0);
    /// That the cluster is one asked for.
    pub(crate) const CLUSTER: Self = Self(1);
    /// Something about a dimension that splits the pool.
    pub(crate) const SEGMENT: Self = Self(2);
    /// That the value by which lanes are banded is one asked for.
    pub(crate) const BAND: Self = Self(4);

    /// Those of which it is said that they hold.
    pub(crate) fn all(each: [(Self, bool); 3]) -> Self {
        Self(each.iter().fold(0, |all, (tells, holds)| all | if *holds { tells.0 } else { 0 }))
    }

    /// Whether a lane that knows these needs no row that tells `other`.
    #[inline]
    pub(crate) fn cover(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// First rows of one dimension; a block that a kind does not use is empty. There are never more than 65,535 rows.
#[derive(Clone, Debug)]
pub(crate) struct DimRows {
    pub(crate) place: Place,
    /// Has the value or tag; for an ordinal: has the value or a smaller one, except for the last; for a wide category:
    /// has the digit in the value.
    pub(crate) have: u16,
    /// Accepts the value, or asks for any of several tags of which this is one; for a wide category: has the digit in the
    /// first accepted value, then in the second, and so on.
    pub(crate) accept: u16,
    /// Accepts anything, or asks for none in particular. Ordinals have no such row.
    pub(crate) any: u16,
    /// Demands the tag.
    pub(crate) all: u16,
    /// Demands some tag.
    pub(crate) some_all: u16,
    /// Refuses the tag.
    pub(crate) none: u16,
    /// What the rows of having a value tell.
    pub(crate) have_tells: Tells,
    /// What the rows of accepting a value tell.
    pub(crate) accept_tells: Tells,
}

/// A number kept beside the rows: its field in the record, its place in the packed words.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Packed {
    pub(crate) from: Field,
    pub(crate) word: usize,
    pub(crate) shift: u32,
    pub(crate) mask: u32,
}

#[derive(Clone, Debug)]
pub(crate) struct RowMap {
    pub(crate) dims: Vec<DimRows>,
    pub(crate) overdue: Option<usize>,
    pub(crate) passes: Option<usize>,
    /// Was passed over as often as anybody may be.
    pub(crate) spent: Option<usize>,
    /// First row of the numbers of sequences.
    pub(super) order: usize,
    pub(crate) rows: usize,
    /// Rows of a lane whose cluster is known: all but those of having a value there, which come last.
    pub(crate) known_rows: usize,
    /// Packed numbers in the order of the weights that need them.
    pub(crate) packed: Vec<Packed>,
    pub(crate) merit: Option<Packed>,
    pub(crate) class: Option<Packed>,
    /// The weight for nearness with the most points, and its value.
    pub(super) near: Option<(usize, Packed)>,
    /// Word of the aging tick.
    pub(crate) tick: Option<usize>,
    pub(crate) words: usize,
}

impl RowMap {
    pub(crate) fn new(layout: &Layout, weights: &Weights, fairness: &Fairness) -> Self {
        let mut rows = 1u16;
        let mut block = |size: u16| {
            rows += size;
            rows - size
        };
        let overdue = (fairness.overdue_after_ms.is_some() || fairness.overdue_passes.is_some()).then(|| block(1));
        let passes = fairness.overdue_passes.map(|_| block(u16::try_from(PASS_PLANES).unwrap_or(0)));
        let spent = passes.map(|_| block(1));
        let order = usize::from(block(u16::try_from(ORDER_PLANES).unwrap_or(0)));
        let mut dims: Vec<DimRows> = Vec::new();
        for (number, place) in layout.places.iter().enumerate() {
            let size = place.size;
            let accept_tells = if place.split { Tells::SEGMENT } else { Tells::NEWS };
            let have_tells = match Some(number) {
                at if at == layout.cluster => Tells::CLUSTER,
                at if at == layout.band => Tells::BAND,
                _ => accept_tells,
            };
            let (have, accept, any, all, some_all, none) = match place.kind {
                Kind::Category if layout.cluster == Some(number) => (0, block(size), block(1), 0, 0, 0),
                Kind::Category | Kind::AnyTags => (block(size), block(size), block(1), 0, 0, 0),
                Kind::Wide => (block(VALUE_ROWS), block(size * VALUE_ROWS), block(1), 0, 0, 0),
                Kind::Ordinal => (block(size - 1), block(size), 0, 0, 0, 0),
                Kind::Tags => (block(size), block(size), block(1), block(size), block(1), block(size)),
                Kind::Common => (block(size), 0, 0, 0, 0, 0),
            };
            dims.push(DimRows { place: *place, have, accept, any, all, some_all, none, have_tells, accept_tells });
        }
        let known_rows = usize::from(block(0));
        if let Some(dim) = layout.cluster.and_then(|number| dims.get_mut(number)) {
            dim.have = block(dim.place.size);
        }
        let rows = usize::from(block(0));
        let [overdue, passes, spent] = [overdue, passes, spent].map(|row| row.map(usize::from));
        let (packed, words) = (Vec::new(), 0);
        let mut map = Self {
            dims,
            overdue,
            passes,
            spent,
            order,
            rows,
            known_rows,
            packed,
            merit: None,
            class: None,
            near: None,
            tick: None,
            words,
        };
        map.pack(layout, weights, fairness);
        map
    }

    fn pack(&mut self, layout: &Layout, weights: &Weights, fairness: &Fairness) {
        let mut used: Vec<u32> = Vec::new();
        let mut place = |from: Field| {
            let word = used.iter().position(|used| used + from.bits <= 32).unwrap_or_else(|| {
                used.push(0);
                used.len() - 1
            });
            let shift = used[word];
            used[word] += from.bits;
            Packed { from, word, shift, mask: u32::MAX >> (32 - from.bits) }
        };
        let near = nearest(weights);
        for (number, term) in weights.terms.iter().enumerate() {
            let from = match *term {
                Term::Same { dim, .. } | Term::Near { dim, .. } => layout.places[dim].value,
                Term::Mark { mark, .. } => layout.marks[mark],
                Term::Shared { .. } => continue,
            };
            let packed = place(from);
            if near == Some(number) {
                self.near = Some((number, packed));
            }
            self.packed.push(packed);
        }
        if weights.merit {
            self.merit = Some(place(layout.merit));
        }
        if fairness.class_bonus > 0 {
            self.class = Some(place(layout.class));
        }
        if fairness.aging_cap > 0 {
            used.push(32);
            self.tick = Some(used.len() - 1);
        }
        self.words = used.len();
    }

    /// The rows a ticket sets for what it has and accepts.
    pub(crate) fn all(&self, record: &[u64], spans: &mut Spans) {
        spans.clear();
        for dim in &self.dims {
            let place = &dim.place;
            match place.kind {
                Kind::Category => spans.single.push(dim.have + small(place.value.get(record))),
                Kind::Wide => spans.add_wide(dim.have, low_half(place.value.get(record))),
                Kind::Ordinal => {
                    let value = small(place.value.get(record));
                    spans.several.push((dim.have + value, place.size - 1 - value));
                }
                Kind::Tags | Kind::AnyTags | Kind::Common => spans.add_set(dim.have, &place.tags, record),
            }
            Self::add_accepted(dim, record, spans);
        }
    }

    /// The rows a ticket sets for what it accepts.
    pub(crate) fn accepted(&self, record: &[u64], spans: &mut Spans) {
        spans.clear();
        for dim in &self.dims {
            Self::add_accepted(dim, record, spans);
        }
    }

    fn add_accepted(dim: &DimRows, record: &[u64], spans: &mut Spans) {
        let place = &dim.place;
        match place.kind {
            Kind::Category if place.any.is_full(record) => spans.single.push(dim.any),
            Kind::Category => spans.add_set(dim.accept, &place.any, record),
            Kind::Wide if place.list.is_open(record) => spans.single.push(dim.any),
            Kind::Wide => {
                let slots = (dim.accept..).step_by(usize::from(VALUE_ROWS));
                slots.zip(place.list.values(record)).for_each(|(first, value)| spans.add_wide(first, value));
            }
            Kind::Ordinal => {
                let (low, high) = (small(place.low.get(record)), small(place.high.get(record)));
                spans.several.push((dim.accept + low, high + 1 - low));
            }
            Kind::Tags | Kind::AnyTags => {
                if place.any.is_empty(record) {
                    spans.single.push(dim.any);
                } else {
                    spans.add_set(dim.accept, &place.any, record);
                }
                if place.kind == Kind::Tags {
                    if !place.all.is_empty(record) {
                        spans.single.push(dim.some_all);
                        spans.add_set(dim.all, &place.all, record);
                    }
                    spans.add_set(dim.none, &place.none, record);
                }
            }
            Kind::Common => {}
        }
    }

    /// Merit, class and nearest value of packed words, as far as they count.
    #[inline]
    pub(super) fn ends(&self, words: &[u32]) -> Ends {
        let get =
            |packed: Option<Packed>| packed.map_or(0, |at| u8::try_from(words[at.word] >> at.shift & at.mask).unwrap_or(u8::MAX));
        Ends { merit: get(self.merit), class: get(self.class), near: get(self.near.map(|near| near.1)) }
    }

    /// Writes the packed words of a record that was enqueued at `tick`.
    pub(crate) fn write_packed(&self, record: &[u64], tick: u32, words: &mut [u32]) {
        words.fill(0);
        for packed in self.packed.iter().chain(&self.merit).chain(&self.class) {
            let value = u32::try_from(packed.from.get(record)).unwrap_or(0);
            words[packed.word] |= value << packed.shift;
        }
        if let Some(word) = self.tick {
            words[word] = tick;
        }
    }
}

/// What the bounds of a block are made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ends {
    pub(super) merit: u8,
    pub(super) class: u8,
    pub(super) near: u8,
}

/// The weight for nearness that gives the most points and fewer to those further away, the first of equals.
pub(super) fn nearest(weights: &Weights) -> Option<usize> {
    let mut best = None;
    for (number, term) in weights.terms.iter().enumerate() {
        if let Term::Near { most, slope: 1.., .. } = *term
            && best.is_none_or(|(_, least)| least < most)
        {
            best = Some((number, most));
        }
    }
    best.map(|best| best.0)
}

/// Rows of one ticket. Kept and refilled.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spans {
    single: Vec<u16>,
    /// Several beside each other: the first and how many.
    several: Vec<(u16, u16)>,
}

impl Spans {
    fn clear(&mut self) {
        self.single.clear();
        self.several.clear();
    }

    #[inline]
    fn add_set(&mut self, first: u16, set: &SetField, record: &[u64]) {
        bits(set, record, |at| self.single.push(first + at));
    }

    /// The digits of a value; none, if it is none.
    fn add_wide(&mut self, first: u16, value: u32) {
        if value != 0 {
            self.single.extend(rows_of(value).map(|row| first + row));
        }
    }

    /// Those that lie alone.
    #[inline]
    pub(crate) fn single(&self) -> impl Iterator<Item = usize> + '_ {
        self.single.iter().map(|row| usize::from(*row))
    }

    /// Those that lie beside each other.
    #[inline]
    pub(crate) fn several(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        self.several.iter().map(|(first, count)| usize::from(*first)..usize::from(first + count))
    }

    /// All of them, one by one.
    #[inline]
    pub(crate) fn rows(&self) -> impl Iterator<Item = usize> + '_ {
        self.single().chain(self.several().flatten())
    }
}

/// Calls `bit` for every value of a set stored in `record`.
#[inline]
pub(crate) fn bits(set: &SetField, record: &[u64], mut bit: impl FnMut(u16)) {
    for (first, part) in (0u16..).step_by(64).zip(&set.parts[..set.len]) {
        let mut left = part.get(record);
        while left != 0 {
            bit(first + small(u64::from(left.trailing_zeros())));
            left &= left - 1;
        }
    }
}
