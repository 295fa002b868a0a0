//! The weights compiled for one seeker: rows to count, and a handful of numbers for each candidate.

#![expect(clippy::indexing_slicing, reason = "dimensions, marks and rows are numbered by the layout of the index")]

use alloc::vec::Vec;

use super::Index;
use super::rows::{Packed, bits};
use super::run::Block;
use crate::predicate::small;
use crate::schema::Kind;
use crate::score::{Term, Weights};
use crate::wide::low_half;

/// Largest number of counter planes for shared tags: counts up to 15.
pub(super) const PLANES: usize = 4;

/// A weight that is computed from packed words.
#[derive(Clone, Copy, Debug)]
pub(super) enum Packs {
    Same { at: Packed, mine: u32, points: u32 },
    Near { at: Packed, mine: u32, most: u32, slope: u32 },
}

/// Shared tags counted from rows.
#[derive(Clone, Debug, Default)]
pub(super) struct Shared {
    pub(super) rows: Vec<usize>,
    pub(super) each: u32,
    pub(super) cap: u32,
}

/// The ordinal by which a crowded tier is cut down to those near enough.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    pub(super) have: usize,
    pub(super) size: usize,
    pub(super) mine: usize,
    pub(super) most: u32,
    pub(super) slope: u32,
    /// Whether it is the banded dimension.
    pub(super) is_band: bool,
}

/// The weights compiled for one seeker; only done once somebody fits.
#[derive(Clone, Debug, Default)]
pub(super) struct Scoring {
    pub(super) is_ready: bool,
    /// Points that every candidate has.
    pub(super) fixed: u32,
    pub(super) packs: Vec<Packs>,
    /// The first weight for shared tags, by which candidates are sorted.
    pub(super) tier: Shared,
    pub(super) others: Vec<Shared>,
    /// Row of those with the same value in the category that scores, and its points.
    pub(super) same: Option<(usize, u32)>,
    /// Whether that category is the cluster dimension.
    pub(super) same_is_cluster: bool,
    pub(super) window: Option<Window>,
    /// Largest number of points besides `fixed`, tiers, `same` and the candidate's merit.
    pub(super) rest: u32,
}

impl Scoring {
    /// Starts to load the rows of a block that tell shared tags.
    #[inline]
    pub(super) fn fetch(&self, block: &Block<'_>) {
        self.tier.rows.iter().for_each(|row| block.fetch(*row));
    }

    pub(super) fn compile(&mut self, index: &Index, weights: &Weights, record: &[u64]) {
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
        }
        let mut packed = index.map.packed.iter();
        let mut seen_tier = false;
        for (number, term) in weights.terms.iter().enumerate() {
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
                    bits(&place.tags, record, |at| target.rows.push(usize::from(first + at)));
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
                    let mine = low_half(place.value.get(record));
                    if place.kind == Kind::Wide && mine == 0 {
                        continue;
                    }
                    if self.same.is_none() && place.kind == Kind::Category && !place.split {
                        let rows = &index.map.dims[dim];
                        self.same = Some((usize::from(rows.have + small(u64::from(mine))), points));
                        self.same_is_cluster = layout.cluster == Some(dim);
                    } else {
                        self.packs.push(Packs::Same { at, mine, points });
                        self.rest += points;
                    }
                }
                Term::Near { dim, most, slope } => {
                    let Some(at) = packed.next().copied() else { continue };
                    let place = &layout.places[dim];
                    let mine = small(place.value.get(record));
                    self.packs.push(Packs::Near { at, mine: u32::from(mine), most, slope });
                    self.rest += most;
                    if index.map.near.is_some_and(|near| near.0 == number) {
                        let (have, size) = (usize::from(index.map.dims[dim].have), usize::from(place.size));
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
