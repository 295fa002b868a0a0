//! Which rows of the index a ticket sets, and what of it is kept beside the rows for scoring.
//! A row is a bit per ticket: "has this value", "accepts this value", "accepts anything".

#![expect(clippy::indexing_slicing, reason = "rows and words are numbered by `RowMap::new` for the same layout")]

use alloc::vec::Vec;

use crate::config::Fairness;
use crate::layout::{Field, Layout, Place, SetField};
use crate::predicate::small;
use crate::schema::Kind;
use crate::score::{Term, Weights};

/// The row of tickets that are there.
pub(crate) const LIVE: usize = 0;
/// Bits of the counter of passes.
pub(crate) const PASS_PLANES: usize = 5;

/// First rows of one dimension; a block that a kind does not use is empty.
#[derive(Clone, Debug)]
pub(crate) struct DimRows {
    pub(crate) place: Place,
    /// Has the value or tag; for an ordinal: has the value or a smaller one, except for the last.
    pub(crate) have: usize,
    /// Accepts the value, or asks for any of several tags of which this is one.
    pub(crate) accept: usize,
    /// Accepts anything, or asks for none in particular. Ordinals have no such row.
    pub(crate) any: usize,
    /// Demands the tag.
    pub(crate) all: usize,
    /// Demands some tag.
    pub(crate) some_all: usize,
    /// Refuses the tag.
    pub(crate) none: usize,
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
    pub(crate) rows: usize,
    /// Rows of a lane whose cluster is known: all but those of having a value there, which come last.
    pub(crate) known_rows: usize,
    /// Packed numbers in the order of the weights that need them.
    pub(crate) packed: Vec<Packed>,
    pub(crate) merit: Option<Packed>,
    pub(crate) class: Option<Packed>,
    /// Word of the aging tick.
    pub(crate) tick: Option<usize>,
    pub(crate) words: usize,
}

impl RowMap {
    pub(crate) fn new(layout: &Layout, weights: &Weights, fairness: &Fairness) -> Self {
        let mut rows = LIVE + 1;
        let mut block = |size: usize| {
            rows += size;
            rows - size
        };
        let overdue = (fairness.overdue_after_ms.is_some() || fairness.overdue_passes.is_some()).then(|| block(1));
        let passes = fairness.overdue_passes.map(|_| block(PASS_PLANES));
        let spent = passes.map(|_| block(1));
        let mut dims: Vec<DimRows> = Vec::new();
        for (number, place) in layout.places.iter().enumerate() {
            let size = usize::from(place.size);
            let mut dim = DimRows { place: *place, have: 0, accept: 0, any: 0, all: 0, some_all: 0, none: 0 };
            match place.kind {
                Kind::Category if layout.cluster == Some(number) => {
                    (dim.accept, dim.any) = (block(size), block(1));
                }
                Kind::Category | Kind::AnyTags => {
                    (dim.have, dim.accept, dim.any) = (block(size), block(size), block(1));
                }
                Kind::Ordinal => (dim.have, dim.accept) = (block(size - 1), block(size)),
                Kind::Tags => {
                    (dim.have, dim.accept, dim.any) = (block(size), block(size), block(1));
                    (dim.all, dim.some_all, dim.none) = (block(size), block(1), block(size));
                }
                Kind::Common => dim.have = block(size),
            }
            dims.push(dim);
        }
        let known_rows = block(0);
        if let Some(dim) = layout.cluster.and_then(|number| dims.get_mut(number)) {
            dim.have = block(usize::from(dim.place.size));
        }
        let (packed, words) = (Vec::new(), 0);
        let mut map =
            Self { dims, overdue, passes, spent, rows, known_rows, packed, merit: None, class: None, tick: None, words };
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
        for term in &weights.terms {
            let from = match *term {
                Term::Same { dim, .. } | Term::Near { dim, .. } => layout.places[dim].value,
                Term::Mark { mark, .. } => layout.marks[mark],
                Term::Shared { .. } => continue,
            };
            self.packed.push(place(from));
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

    /// Calls `row` for every row a ticket sets for what it has and accepts.
    #[inline]
    pub(crate) fn each(&self, record: &[u64], mut row: impl FnMut(usize)) {
        for dim in &self.dims {
            let place = &dim.place;
            match place.kind {
                Kind::Category => row(dim.have + usize::from(small(place.value.get(record)))),
                Kind::Ordinal => {
                    let value = usize::from(small(place.value.get(record)));
                    (value..usize::from(place.size) - 1).for_each(|at| row(dim.have + at));
                }
                Kind::Tags | Kind::AnyTags | Kind::Common => {
                    bits(&place.tags, record, |at| row(dim.have + at));
                }
            }
            Self::each_accept(dim, record, &mut row);
        }
    }

    /// Calls `row` for every row a ticket sets for what it accepts.
    #[inline]
    pub(crate) fn each_accepted(&self, record: &[u64], mut row: impl FnMut(usize)) {
        for dim in &self.dims {
            Self::each_accept(dim, record, &mut row);
        }
    }

    #[inline]
    fn each_accept(dim: &DimRows, record: &[u64], row: &mut impl FnMut(usize)) {
        let place = &dim.place;
        match place.kind {
            Kind::Category => {
                if place.any.get(record).len() == u32::from(place.size) {
                    row(dim.any);
                } else {
                    bits(&place.any, record, |at| row(dim.accept + at));
                }
            }
            Kind::Ordinal => {
                let low = usize::from(small(place.low.get(record)));
                let high = usize::from(small(place.high.get(record)));
                (low..=high).for_each(|at| row(dim.accept + at));
            }
            Kind::Tags | Kind::AnyTags => {
                let mut some = false;
                bits(&place.any, record, |at| {
                    some = true;
                    row(dim.accept + at);
                });
                if !some {
                    row(dim.any);
                }
                if place.kind == Kind::Tags {
                    some = false;
                    bits(&place.all, record, |at| {
                        some = true;
                        row(dim.all + at);
                    });
                    if some {
                        row(dim.some_all);
                    }
                    bits(&place.none, record, |at| row(dim.none + at));
                }
            }
            Kind::Common => {}
        }
    }

    /// Writes the packed words of a record.
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

/// Calls `bit` for every value of a set stored in `record`.
#[inline]
pub(crate) fn bits(set: &SetField, record: &[u64], mut bit: impl FnMut(usize)) {
    for (at, part) in set.parts[..set.len].iter().enumerate() {
        let mut left = part.get(record);
        while left != 0 {
            bit(at * 64 + usize::try_from(left.trailing_zeros()).unwrap_or(0));
            left &= left - 1;
        }
    }
}
