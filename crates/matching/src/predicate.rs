//! Who fits whom: the one rule by which two records are compared, and its compiled form.
//! Both directions are always asked; there is no function that forms a one-way match.

#![expect(clippy::indexing_slicing, reason = "fields lie inside the record; the domain of each value was checked")]

use alloc::vec::Vec;

use crate::layout::{Field, Layout, Place};
use crate::schema::Kind;
use crate::set::Set;
use crate::wide::low_half;

/// Whether the owner of `mine` accepts the owner of `theirs` in one dimension.
pub(crate) fn accepts(place: &Place, mine: &[u64], theirs: &[u64]) -> bool {
    match place.kind {
        Kind::Category => place.any.has(mine, small(place.value.get(theirs))),
        Kind::Wide => place.list.accepts(mine, low_half(place.value.get(theirs))),
        Kind::Ordinal => {
            let value = place.value.get(theirs);
            place.low.get(mine) <= value && value <= place.high.get(mine)
        }
        Kind::Tags | Kind::AnyTags => {
            let tags = place.tags.get(theirs);
            let any = place.any.get(mine);
            (any.is_empty() || any.meets(&tags)) && tags.covers(&place.all.get(mine)) && !tags.meets(&place.none.get(mine))
        }
        Kind::Common => place.tags.get(mine).meets(&place.tags.get(theirs)),
    }
}

pub(crate) fn small(value: u64) -> u16 {
    u16::try_from(value & 0xFFFF).unwrap_or(0)
}

/// Whether two records fit: each accepts the other in every dimension.
pub(crate) fn fits(layout: &Layout, first: &[u64], second: &[u64]) -> bool {
    layout.places.iter().all(|place| accepts(place, first, second) && accepts(place, second, first))
}

#[derive(Clone, Copy, Debug)]
enum Test {
    /// A bit of the record is set.
    Bit { word: usize, shift: u32 },
    /// A number of the record is one of up to 64.
    In { word: usize, shift: u32, mask: u64, set: u64 },
    /// A number of the record is one of up to 256.
    InWide { word: usize, shift: u32, set: [u64; 4] },
    /// A number of the record lies in a range.
    Between { word: usize, shift: u32, mask: u64, low: u64, span: u64 },
    /// Two numbers of the record enclose a value.
    Encloses { low: (usize, u32), high: (usize, u32), mask: u64, value: u64 },
    /// A set of up to 64 in the record meets `set`; it may be empty instead if `or_empty`.
    Meets { word: usize, shift: u32, mask: u64, set: u64, or_empty: bool },
    /// Anything else of one dimension.
    Slow { place: usize },
}

/// A ticket compiled to a test that can be run against many records; see [`Schema::predicate`](crate::Schema::predicate).
#[derive(Clone, Debug)]
pub struct Predicate {
    tests: Vec<Test>,
    places: Vec<Place>,
    mine: Vec<u64>,
}

impl Predicate {
    pub(crate) fn new(layout: &Layout, mine: &[u64]) -> Self {
        let mut tests: Vec<(u32, Test)> = Vec::new();
        for (at, place) in layout.places.iter().enumerate() {
            compile(&mut tests, at, place, mine);
        }
        tests.sort_by_key(|test| test.0);
        Self { tests: tests.into_iter().map(|test| test.1).collect(), places: layout.places.clone(), mine: mine.to_vec() }
    }

    /// Whether the compiled ticket and `record` fit each other, in both directions.
    ///
    /// Runs at most two tests a dimension, those that refuse most first. `record` must come from
    /// [`Schema::record`](crate::Schema::record) of the same schema; a shorter one does not fit.
    #[inline]
    pub fn fits(&self, record: &[u64]) -> bool {
        record.len() == self.mine.len() && self.tests.iter().all(|test| self.run(*test, record))
    }

    #[inline]
    fn run(&self, test: Test, record: &[u64]) -> bool {
        match test {
            Test::Bit { word, shift } => record[word] >> shift & 1 == 1,
            Test::In { word, shift, mask, set } => set >> (record[word] >> shift & mask) & 1 == 1,
            Test::InWide { word, shift, set } => {
                let value = record[word] >> shift & 255;
                set[usize::from(small(value)) >> 6] >> (value & 63) & 1 == 1
            }
            Test::Between { word, shift, mask, low, span } => (record[word] >> shift & mask).wrapping_sub(low) <= span,
            Test::Encloses { low, high, mask, value } => {
                record[low.0] >> low.1 & mask <= value && value <= record[high.0] >> high.1 & mask
            }
            Test::Meets { word, shift, mask, set, or_empty } => {
                let theirs = record[word] >> shift & mask;
                theirs & set != 0 || or_empty && theirs == 0
            }
            Test::Slow { place } => {
                let place = &self.places[place];
                accepts(place, &self.mine, record) && accepts(place, record, &self.mine)
            }
        }
    }
}

fn mask_of(bits: u32) -> u64 {
    u64::MAX >> (64 - bits)
}

/// Adds the tests of one dimension; the number is the order in which they are run.
fn compile(tests: &mut Vec<(u32, Test)>, at: usize, place: &Place, mine: &[u64]) {
    let is_wide = place.size > 64;
    match place.kind {
        Kind::Category => compile_category(tests, at, place, mine),
        Kind::Wide => {
            let mut accepted = place.list.values(mine);
            if let (Some(value), None) = (accepted.next(), accepted.next()) {
                let Field { word, shift, bits, .. } = place.value;
                tests.push((5, Test::Between { word, shift, mask: mask_of(bits), low: u64::from(value), span: 0 }));
            }
            tests.push((35, Test::Slow { place: at }));
        }
        Kind::Ordinal => compile_ordinal(tests, place, mine),
        Kind::AnyTags if !is_wide => {
            let (tags, any) = (place.tags.get(mine), place.any.get(mine));
            let (have, ask) = (place.tags.parts[0], place.any.parts[0]);
            let mask = mask_of(have.bits);
            if !any.is_empty() {
                let (word, shift, set) = (have.word, have.shift, any.words[0]);
                tests.push((20, Test::Meets { word, shift, mask, set, or_empty: false }));
            }
            let (word, shift, set) = (ask.word, ask.shift, tags.words[0]);
            tests.push((40, Test::Meets { word, shift, mask, set, or_empty: true }));
        }
        Kind::Common if !is_wide => {
            let have = place.tags.parts[0];
            let (word, shift, mask) = (have.word, have.shift, mask_of(have.bits));
            let set = place.tags.get(mine).words[0];
            tests.push((25, Test::Meets { word, shift, mask, set, or_empty: false }));
        }
        Kind::Tags | Kind::AnyTags | Kind::Common => tests.push((50, Test::Slow { place: at })),
    }
}

fn compile_category(tests: &mut Vec<(u32, Test)>, at: usize, place: &Place, mine: &[u64]) {
    let value = small(place.value.get(mine));
    let part = place.any.parts[usize::from(value >> 6)];
    let order = if place.split { 0 } else { 30 };
    let shift = part.shift + u32::from(value & 63);
    tests.push((order + 1, Test::Bit { word: part.word, shift }));
    let accepted: Set = place.any.get(mine);
    let Field { word, shift, bits, .. } = place.value;
    if accepted.len() == u32::from(place.size) {
        return;
    }
    tests.push(match bits {
        0..=6 => (order, Test::In { word, shift, mask: mask_of(bits), set: accepted.words[0] }),
        8 => (order, Test::InWide { word, shift, set: accepted.words }),
        _ => (order + 20, Test::Slow { place: at }),
    });
}

fn compile_ordinal(tests: &mut Vec<(u32, Test)>, place: &Place, mine: &[u64]) {
    let value = place.value.get(mine);
    let (low, high) = (place.low.get(mine), place.high.get(mine));
    let Field { word, shift, bits, .. } = place.value;
    let (mask, size) = (mask_of(bits), u32::from(place.size));
    let width = u32::from(small(high - low)) + 1;
    if width < size {
        tests.push((10 + 20 * width / size, Test::Between { word, shift, mask, low, span: high - low }));
    }
    let (low, high) = ((place.low.word, place.low.shift), (place.high.word, place.high.shift));
    tests.push((15, Test::Encloses { low, high, mask, value }));
}
