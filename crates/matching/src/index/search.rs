//! The search itself: groups, lanes and blocks that can hold a partner, and in a block only those who can win.
//! Upper bounds only leave out candidates that cannot come first, so the order of visits never changes an exact result.

#![expect(clippy::indexing_slicing, reason = "lanes, runs and blocks are numbered by the index")]

use super::counts::Counts;
use super::lanes::{Lane, MIXED, Member, SUMMARY_BLOCKS, UNBANDED};
use super::query::{Query, Scoring, Visits};
use super::rows::LIVE;
use super::run::{BLOCK, BLOCKS, Bits};
use super::{COLUMN_BITS, Group, Index, narrow, wide};
use crate::config::RUN;
use crate::observer::SearchCost;
use crate::rank::Rank;
use crate::score::Weights;

/// From so many shared tags on it pays to count them before the filters are asked.
const COUNT_FIRST: u32 = 2;
/// Blocks in a step of effort.
const STEP: u32 = RUN / 512;

/// What the search must ask about candidates; answered only for those that would win.
pub(crate) trait Pool {
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
    pub(super) scoring: Scoring,
    pub(super) weights: &'a Weights,
    pub(super) record: &'a [u64],
    pub(super) pool: &'a P,
    pub(super) tick: u32,
    pub(super) best: Option<Found>,
    /// Blocks that may still be examined once there is a hit.
    left: u32,
    pub(super) cost: SearchCost,
    /// Largest bonus for aging and class.
    pub(super) bonus: u32,
}

impl Index {
    /// The candidate that comes first.
    pub(crate) fn search<P: Pool>(
        &self,
        query: &mut Query,
        (weights, record): (&Weights, &[u64]),
        pool: &P,
        how: &How,
    ) -> (Option<Found>, SearchCost) {
        let How { tick, runs, salt, note_visits } = *how;
        let mut visited = core::mem::take(&mut query.visited);
        visited.clear();
        let left = runs.map_or(u32::MAX, |runs| (u32::from(runs) + 1) * STEP - 1);
        let bonus = self.fairness.aging_cap + self.top_class * self.fairness.class_bonus;
        let scoring = core::mem::take(&mut query.scoring);
        let cost = SearchCost::default();
        let mut hunt = Hunt { index: self, query, scoring, weights, record, pool, tick, best: None, left, cost, bonus };
        if self.spent > 0 {
            hunt.oldest();
        }
        if hunt.best.is_none()
            && self.overdue > 0
            && let Some(row) = self.map.overdue
        {
            hunt.left = u32::MAX;
            hunt.go(None, Some(row), None);
        }
        if note_visits && let Some(best) = hunt.best {
            hunt.visit_before(best.rank, &mut visited);
        }
        if hunt.best.is_none() {
            hunt.left = left;
            hunt.go(runs.map(|_| salt), None, note_visits.then_some(&mut visited));
        }
        let (best, cost, scoring) = (hunt.best, hunt.cost, hunt.scoring);
        query.scoring = scoring;
        query.visited = visited;
        (best, cost)
    }

    /// Number of columns that fit.
    pub(crate) fn count(&self, query: &Query, mut see: impl FnMut(u32)) -> u32 {
        let mut count = 0;
        let bands = query.bands(self);
        for group in self.groups.iter().filter(|group| group.live > 0 && fits_group(group, query)) {
            for member in group.lanes.iter().filter(|member| query.wants(**member, bands)) {
                let lane = &self.lanes[wide(member.lane)];
                for number in lane.runs.iter().filter(|number| **number != crate::slots::NONE) {
                    let run = &self.runs[wide(*number)];
                    for block in 0..run.blocks {
                        let fits = query.block(&run.block(block), Bits([u64::MAX; 8]), lane.known(query.band));
                        count += fits.count();
                        fits.each(|at| see(run.handles[block * BLOCK + at]));
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
        query: &Query,
        rank: Rank,
        limit: u8,
        barred: &[u32],
        is_older: impl Fn(u32) -> bool,
        mut reached: impl FnMut(u32),
    ) {
        let Some(first) = self.map.passes else { return };
        let spent = self.map.spent.unwrap_or(LIVE);
        for (number, block, fits) in &query.visited {
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
                    if !is_older(run.handles[block * BLOCK + at]) {
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
            equal.each(|at| reached(run.handles[block * BLOCK + at]));
        }
    }
}

pub(super) fn fits_group(group: &Group, query: &Query) -> bool {
    let Some(mut rest) = group.segment else { return true };
    query.codes.iter().all(|codes| {
        let fits = codes >> (rest & 63) & 1 == 1;
        rest >>= 6;
        fits
    })
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
    /// Own cluster first, and there the nearest band: most filters and some weights are met there.
    fn go(&mut self, salt: Option<u64>, only: Option<usize>, mut visited: Option<&mut Visits>) {
        let index = self.index;
        let query = self.query;
        let fitting = |group: &&Group| group.live > 0 && fits_group(group, query);
        let own = query.cluster.filter(|(own, accepted)| accepted.contains(*own)).map(|(own, _)| own);
        let bands = query.bands(index);
        for cluster in own.into_iter().chain([MIXED]) {
            for group in index.groups.iter().filter(fitting) {
                // Most small groups have nothing but the lane of everybody.
                if group.lanes.len() == 1 && cluster != MIXED {
                    continue;
                }
                let mut look = |band: u16| {
                    let lane = group.own(cluster, band).map(|lane| &index.lanes[wide(lane)]);
                    lane.is_some_and(|lane| self.lane(lane, salt, only, visited.as_deref_mut()))
                };
                if let Some([mine, low, high]) = bands.filter(|_| group.lanes.len() > 1) {
                    for away in 0..=mine.saturating_sub(low).max(high.saturating_sub(mine)) {
                        let sides = [mine.checked_sub(away), (away > 0).then_some(mine + away)];
                        for band in sides.into_iter().flatten().filter(|band| (low..=high).contains(band)) {
                            if look(band) {
                                return;
                            }
                        }
                    }
                }
                if look(UNBANDED) {
                    return;
                }
            }
        }
        for group in index.groups.iter().filter(fitting) {
            for member in group.lanes.iter().filter(|member| member.cluster != MIXED && Some(member.cluster) != own) {
                if query.wants(*member, bands) && self.lane(&index.lanes[wide(member.lane)], salt, only, visited.as_deref_mut()) {
                    return;
                }
            }
        }
    }

    /// Evaluates every block with somebody who waits as long as `rank` or longer, to know all of them who fit.
    fn visit_before(&self, rank: Rank, visited: &mut Visits) {
        let index = self.index;
        let query = self.query;
        let bands = query.bands(index);
        for group in index.groups.iter().filter(|group| group.live > 0 && fits_group(group, query)) {
            for member in group.lanes.iter().filter(|member| query.wants(**member, bands)) {
                let lane = &index.lanes[wide(member.lane)];
                for number in lane.runs.iter().filter(|number| **number != crate::slots::NONE) {
                    let run = &index.runs[wide(*number)];
                    for block in (0..run.blocks).filter(|block| run.block_live[*block] > 0 && run.first_rank[*block] <= rank) {
                        let fits = query.block(&run.block(block), Bits([u64::MAX; 8]), lane.known(query.band));
                        if fits.any() {
                            visited.push((wide(*number), block, fits));
                        }
                    }
                }
            }
        }
    }

    /// Searches a lane; whether the effort is used up.
    fn lane(&mut self, lane: &Lane, salt: Option<u64>, only: Option<usize>, mut visited: Option<&mut Visits>) -> bool {
        if lane.live == 0 {
            return false;
        }
        // Only an exact search may leave out a lane: effort must not depend on bounds.
        if visited.is_none()
            && self.left == u32::MAX
            && self.best.is_some()
            && self.lowest_tier(lane, Rank::FIRST) > self.scoring.tier.cap
        {
            return false;
        }
        let blocks = lane.runs.len() * BLOCKS;
        // A bounded search begins elsewhere each time; else it would always meet the same leftovers.
        let begin = salt.map_or(0, |salt| {
            let runs = u64::try_from(lane.runs.len()).unwrap_or(0);
            let spread = (u128::from(salt.wrapping_mul(0x9E37_79B9_7F4A_7C15)) * u128::from(runs)) >> 64;
            usize::try_from(spread).unwrap_or(0) * BLOCKS
        });
        for (from, to) in [(begin, blocks), (0, begin)] {
            let mut at = from;
            while at < to {
                let end = to.min((at / SUMMARY_BLOCKS + 1) * SUMMARY_BLOCKS);
                if let Some(summary) = lane.summary.get(at / SUMMARY_BLOCKS) {
                    let hopeful = self.query.blocks(summary, lane.known(self.query.band));
                    // The summary learns of the word being filled once it is full.
                    let filling = self.index.runs.get(wide(lane.open)).map(|run| wide(run.position) * BLOCKS + run.filling());
                    for block in at..end {
                        // A block without hope counts as examined, so that a summary never changes a result.
                        let is_over = if hopeful.has(block % SUMMARY_BLOCKS) || Some(block) == filling {
                            self.spot(lane, block, only, visited.as_deref_mut())
                        } else {
                            self.left < u32::MAX && self.pass_by(lane, block)
                        };
                        if is_over {
                            return true;
                        }
                    }
                } else {
                    for block in at..end {
                        if self.spot(lane, block, only, visited.as_deref_mut()) {
                            return true;
                        }
                    }
                }
                at = end;
            }
        }
        false
    }

    /// Takes a block off the effort that is left after the first hit; whether there was none left.
    #[inline]
    fn charge(&mut self) -> bool {
        if self.best.is_some() {
            if self.left == 0 {
                return true;
            }
            self.left -= 1;
        }
        false
    }

    /// Leaves a block out; whether the effort is used up.
    fn pass_by(&mut self, lane: &Lane, spot: usize) -> bool {
        let run = self.index.runs.get(wide(lane.runs[spot / BLOCKS]));
        run.is_some_and(|run| run.block_live[spot % BLOCKS] > 0) && self.charge()
    }

    /// Searches one block of a lane; whether the effort is used up.
    #[inline]
    fn spot(&mut self, lane: &Lane, spot: usize, only: Option<usize>, visited: Option<&mut Visits>) -> bool {
        let number = lane.runs[spot / BLOCKS];
        let block = spot % BLOCKS;
        let Some(run) = self.index.runs.get(wide(number)).filter(|run| block < run.blocks) else { return false };
        if run.block_live[block] == 0 {
            return false;
        }
        if self.charge() {
            return true;
        }
        self.cost.blocks += 1;
        let rows = run.block(block);
        let mut start = only.map_or(Bits([u64::MAX; 8]), |row| rows.row(row));
        let mut counts = None;
        if visited.is_none() && self.best.is_some() {
            // With somebody good in hand, few share enough tags to win; the filters are asked about those only.
            let lowest = self.lowest_tier(lane, run.first_rank[block]);
            if lowest > self.scoring.tier.cap {
                return false;
            }
            if lowest >= COUNT_FIRST {
                let counted = Counts::new(&self.scoring, &rows);
                start.and(&counted.at_least(lowest));
                if !start.any() {
                    return false;
                }
                counts = Some(counted);
            }
        }
        let fits = self.query.block(&rows, start, lane.known(self.query.band));
        if fits.any() {
            if let Some(visited) = visited {
                visited.push((wide(number), block, fits));
            }
            self.choose(lane, (run, &rows), block, fits, counts);
        }
        false
    }
}
