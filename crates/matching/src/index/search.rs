//! The search itself: groups, lanes and blocks that can hold a partner, and in a block only those who can win.
//! Upper bounds only leave out candidates that cannot come first, so the order of visits never changes an exact result.

#![expect(clippy::indexing_slicing, reason = "lanes, runs and blocks are numbered by the index")]

use super::lanes::{MIXED, Member, UNBANDED};
use super::query::{Query, Visits};
use super::rows::LIVE;
use super::run::{BLOCK, Bits};
use super::scoring::Scoring;
use super::top::Several;
use super::walk::Tour;
use super::{COLUMN_BITS, Group, Index, narrow, wide};
use crate::config::RUN;
use crate::observer::SearchCost;
use crate::rank::Rank;
use crate::score::Weights;

/// Blocks in a step of effort.
const STEP: u32 = RUN / 512;

/// What the search must ask about candidates; answered only for those that would win.
pub(crate) trait Pool {
    /// Starts to load what will be asked about a candidate.
    fn fetch(&self, handle: u32);
    /// Whether the candidate is out of the question.
    fn is_barred(&self, handle: u32) -> bool;
    /// Whether the first candidate comes before the second when everything else is equal.
    fn is_before(&self, first: u32, second: u32) -> bool;
    /// The rank of a candidate.
    fn rank(&self, handle: u32) -> Rank;
    /// Points that only the two tickets together can tell, at most `extra_most`.
    fn extra(&self, handle: u32) -> u32;
    /// Largest number of such points.
    fn extra_most(&self) -> u32;
}

/// What a search is compiled to and whom it met. Kept and refilled, so that a search allocates nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Workspace {
    pub(crate) query: Query,
    pub(super) scoring: Scoring,
    /// Everybody who fits, if the search notes them.
    visited: Visits,
}

/// How to search.
#[derive(Clone, Copy, Debug)]
pub(crate) struct How {
    /// The present, in ticks of aging.
    pub(crate) tick: u32,
    /// Runs to examine after the first hit; `None`: all.
    pub(crate) runs: Option<u16>,
    /// Decides where in a lane a bounded search begins.
    pub(crate) salt: u64,
    /// Whether to note everybody who fits, for those who are passed over.
    pub(crate) note_visits: bool,
}

/// The candidate that comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) handle: u32,
    /// Points of the pair.
    pub(crate) points: u32,
    /// With aging and class bonus.
    pub(super) total: u32,
    pub(super) rank: Rank,
}

/// The state of a search.
pub(super) struct Hunt<'a, P> {
    pub(super) index: &'a Index,
    pub(super) query: &'a Query,
    pub(super) scoring: &'a mut Scoring,
    pub(super) weights: &'a Weights,
    pub(super) record: &'a [u64],
    pub(super) pool: &'a P,
    pub(super) tick: u32,
    pub(super) best: Option<Found>,
    /// Blocks that may still be examined once there is a hit.
    pub(super) left: u32,
    pub(super) cost: SearchCost,
    /// Those who come first, if several are looked for.
    pub(super) several: Option<Several>,
}

impl Index {
    /// The candidate that comes first for the owner of `record`.
    pub(crate) fn search<P: Pool>(
        &self,
        work: &mut Workspace,
        (weights, record): (&Weights, &[u64]),
        pool: &P,
        how: &How,
    ) -> (Option<Found>, SearchCost) {
        let How { tick, runs, salt, note_visits } = *how;
        let Workspace { query, scoring, visited } = work;
        visited.clear();
        let left = runs.map_or(u32::MAX, |runs| (u32::from(runs) + 1) * STEP - 1);
        let mut hunt = self.hunt((query, scoring), (weights, record), pool, tick);
        if self.spent > 0 {
            hunt.oldest();
        }
        if hunt.best.is_none()
            && self.overdue > 0
            && let Some(row) = self.map.overdue
        {
            hunt.left = u32::MAX;
            hunt.go(&mut Tour::new(None, Some(row), None));
        }
        if note_visits && let Some(best) = hunt.best {
            hunt.visit_before(best.rank, visited);
        }
        if hunt.best.is_none() {
            hunt.left = left;
            hunt.go(&mut Tour::new(runs.map(|_| salt), None, note_visits.then_some(visited)));
        }
        (hunt.best, hunt.cost)
    }

    /// A search that has not begun, with the filters compiled.
    pub(super) fn hunt<'a, P: Pool>(
        &'a self,
        (query, scoring): (&'a mut Query, &'a mut Scoring),
        (weights, record): (&'a Weights, &'a [u64]),
        pool: &'a P,
        tick: u32,
    ) -> Hunt<'a, P> {
        query.compile(self, record);
        scoring.is_ready = false;
        let (left, cost) = (u32::MAX, SearchCost::default());
        Hunt { index: self, query, scoring, weights, record, pool, tick, best: None, left, cost, several: None }
    }

    /// The groups in which somebody may fit.
    pub(super) fn fitting(&self, query: &Query) -> impl Iterator<Item = &Group> {
        query.groups().iter().map(|number| &self.groups[wide(*number)]).filter(|group| group.live > 0)
    }

    /// Number of columns that fit.
    pub(crate) fn count(&self, query: &Query, mut see: impl FnMut(u32)) -> u32 {
        let mut count = 0;
        let bands = query.bands(self);
        for group in self.fitting(query) {
            for member in group.lanes.iter().filter(|member| query.wants(**member, bands)) {
                let lane = &self.lanes[wide(member.lane)];
                for number in lane.runs.iter().filter(|number| **number != crate::slots::NONE) {
                    let run = &self.runs[wide(*number)];
                    for block in 0..run.blocks() {
                        let fits = query.block(&run.block(block), Bits([u64::MAX; 8]), lane.known(query.band));
                        count += fits.count();
                        fits.each(|at| see(run.handle(block * BLOCK + at)));
                    }
                }
            }
        }
        count
    }

    /// Counts a pass for all who were met by the last search, wait longer than `rank`, and are not `barred`; calls
    /// `reached` for those who have been passed over `limit` times now: nobody is twice.
    pub(crate) fn pass_over(
        &mut self,
        work: &Workspace,
        rank: Rank,
        limit: u8,
        barred: &[u32],
        is_older: impl Fn(u32) -> bool,
        mut reached: impl FnMut(u32),
    ) {
        let Some(first) = self.map.passes else { return };
        let spent = self.map.spent.unwrap_or(LIVE);
        for (number, block, fits) in &work.visited {
            let run = &mut self.runs[*number];
            if run.first_rank[*block] > rank {
                continue;
            }
            let mut passed = *fits;
            let from = narrow(*number) << COLUMN_BITS | narrow(*block * BLOCK);
            let begin = barred.partition_point(|place| *place < from);
            for place in barred[begin..].iter().take_while(|place| **place < from + narrow(BLOCK)) {
                passed.clear(wide(place - from));
            }
            if run.last_rank[*block] >= rank {
                let all = passed;
                all.each(|at| {
                    if !is_older(run.handle(block * BLOCK + at)) {
                        passed.clear(at);
                    }
                });
            }
            let mut carry = passed;
            let mut equal = passed;
            for plane in 0..super::PASS_PLANES {
                let mut row = run.block(*block).row(first + plane);
                let sum = row;
                for ((row, carry), sum) in row.0.iter_mut().zip(&mut carry.0).zip(&sum.0) {
                    *row = sum ^ *carry;
                    *carry &= sum;
                }
                run.store(first + plane, *block, &row);
                if limit >> plane & 1 == 1 {
                    equal.and(&row);
                } else {
                    equal.and_not(&row);
                }
            }
            // Thirty-one is the most.
            if carry.any() {
                for plane in 0..super::PASS_PLANES {
                    let mut row = run.block(*block).row(first + plane);
                    row.or(&carry);
                    run.store(first + plane, *block, &row);
                }
            }
            equal.and_not(&run.block(*block).row(spent));
            equal.each(|at| reached(run.handle(block * BLOCK + at)));
        }
    }
}

impl Query {
    /// The bands of the own value, of the smallest and of the largest accepted one.
    #[inline]
    pub(super) fn bands(&self, index: &Index) -> Option<[u16; 3]> {
        self.band.map(|span| [span.value, span.low, span.high].map(|value| index.band_at(value)))
    }

    /// Whether somebody in a lane may have what is asked for in the cluster and in the banded dimension.
    #[inline]
    pub(super) fn wants(&self, member: Member, bands: Option<[u16; 3]>) -> bool {
        let in_band = member.band == UNBANDED || bands.is_none_or(|[_, low, high]| (low..=high).contains(&member.band));
        in_band && (member.cluster == MIXED || self.cluster.is_none_or(|(_, accepted)| accepted.contains(member.cluster)))
    }
}

impl<P: Pool> Hunt<'_, P> {
    /// Evaluates every block with somebody who waits as long as `rank` or longer, to know all of them who fit.
    fn visit_before(&self, rank: Rank, visited: &mut Visits) {
        let index = self.index;
        let query = self.query;
        let bands = query.bands(index);
        for group in index.fitting(query) {
            for member in group.lanes.iter().filter(|member| query.wants(**member, bands)) {
                let lane = &index.lanes[wide(member.lane)];
                for number in lane.runs.iter().filter(|number| **number != crate::slots::NONE) {
                    let run = &index.runs[wide(*number)];
                    for block in (0..run.blocks()).filter(|block| run.block_live[*block] > 0 && run.first_rank[*block] <= rank) {
                        let fits = query.block(&run.block(block), Bits([u64::MAX; 8]), lane.known(query.band));
                        if fits.any() {
                            visited.push((wide(*number), block, fits));
                        }
                    }
                }
            }
        }
    }
}
