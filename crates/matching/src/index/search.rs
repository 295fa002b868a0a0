//! The search itself: groups, lanes and blocks that can hold a partner, and in a block only those who can win.
//! Upper bounds only leave out candidates that cannot come first, so the order of visits never changes an exact result.

#![expect(clippy::indexing_slicing, reason = "lanes, runs and blocks are numbered by the index")]

use super::counts::Counts;
use super::query::{Known, Packs, Query, Scoring, Visits};
use super::rows::LIVE;
use super::run::{BLOCK, BLOCKS, Bits, Run};
use super::{COLUMN_BITS, Group, Index, Lane, MIXED, SUMMARY_BLOCKS, narrow, wide};
use crate::config::RUN;
use crate::observer::SearchCost;
use crate::score::{Weights, near};

/// From so many shared tags on it pays to count them before the filters are asked.
const COUNT_FIRST: u32 = 2;
/// Blocks in a step of effort.
const STEP: u32 = RUN / 512;
/// So few candidates are weighed without sorting them first.
const FEW: u32 = 4;

/// What the search must ask about candidates; answered only for those that would win.
pub(crate) trait Pool {
    /// Whether the candidate is out of the question.
    fn is_barred(&self, handle: u32) -> bool;
    /// Whether the first candidate comes before the second when everything else is equal.
    fn is_before(&self, first: u32, second: u32) -> bool;
    /// The rank of a candidate.
    fn rank(&self, handle: u32) -> u64;
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
    total: u32,
    rank: u64,
}

/// The state of a search.
struct Hunt<'a, P> {
    index: &'a Index,
    query: &'a Query,
    scoring: Scoring,
    weights: &'a Weights,
    record: &'a [u64],
    pool: &'a P,
    tick: u32,
    best: Option<Found>,
    /// Blocks that may still be examined once there is a hit.
    left: u32,
    cost: SearchCost,
    /// Largest bonus for aging and class.
    bonus: u32,
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
        if self.overdue > 0
            && let Some(row) = self.map.overdue
        {
            hunt.left = u32::MAX;
            hunt.go(None, Some(row), None);
            if note_visits && hunt.best.is_some() {
                let best = hunt.best;
                hunt.visit_all(&mut visited);
                hunt.best = best;
            }
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
        for group in self.groups.iter().filter(|group| group.live > 0 && fits_group(group, query)) {
            for lane in &group.lanes {
                for number in self.lanes[wide(*lane)].runs.iter().filter(|number| **number != crate::slots::NONE) {
                    let run = &self.runs[wide(*number)];
                    for block in 0..run.blocks {
                        let fits = query.block(run, block, Bits([u64::MAX; 8]), Known::NOTHING);
                        count += fits.count();
                        fits.each(|at| see(run.handles[block * BLOCK + at]));
                    }
                }
            }
        }
        count
    }

    /// Counts a pass for all who were met by the last search, wait longer than `rank`, and are not `barred`; calls
    /// `reached` for those who have been passed over `limit` times now.
    pub(crate) fn pass_over(
        &mut self,
        query: &Query,
        rank: u64,
        limit: u8,
        barred: &[u32],
        is_older: impl Fn(u32) -> bool,
        mut reached: impl FnMut(u32),
    ) {
        let Some(first) = self.map.passes else { return };
        let overdue = self.map.overdue.unwrap_or(LIVE);
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
                let row = run.row_mut(first + plane, *block);
                let sum = *row;
                for ((row, carry), sum) in row.0.iter_mut().zip(&mut carry.0).zip(&sum.0) {
                    *row = sum ^ *carry;
                    *carry &= sum;
                }
                if limit >> plane & 1 == 1 {
                    equal.and(row);
                } else {
                    equal.and_not(row);
                }
            }
            // Thirty-one is the most.
            if carry.any() {
                for plane in 0..super::PASS_PLANES {
                    run.row_mut(first + plane, *block).or(&carry);
                }
            }
            equal.and_not(run.row(overdue, *block));
            equal.each(|at| reached(run.handles[block * BLOCK + at]));
        }
    }
}

fn fits_group(group: &Group, query: &Query) -> bool {
    let Some(mut rest) = group.segment else { return true };
    query.codes.iter().all(|codes| {
        let fits = codes >> (rest & 63) & 1 == 1;
        rest >>= 6;
        fits
    })
}

impl<P: Pool> Hunt<'_, P> {
    /// Own cluster first: most filters and some weights are met there.
    fn go(&mut self, salt: Option<u64>, only: Option<usize>, mut visited: Option<&mut Visits>) {
        let index = self.index;
        let cluster = self.query.cluster;
        if let Some((own, accepted)) = cluster
            && accepted.contains(own)
        {
            for group in index.groups.iter().filter(|group| group.live > 0 && fits_group(group, self.query)) {
                let lane = group.own[usize::from(own)];
                if lane != crate::slots::NONE && self.lane(&index.lanes[wide(lane)], salt, only, visited.as_deref_mut()) {
                    return;
                }
            }
        }
        for group in index.groups.iter().filter(|group| group.live > 0 && fits_group(group, self.query)) {
            for lane in &group.lanes {
                let lane = &index.lanes[wide(*lane)];
                let is_done = lane.cluster != MIXED
                    && cluster.is_none_or(|(own, accepted)| lane.cluster == own || !accepted.contains(lane.cluster));
                if !is_done && self.lane(lane, salt, only, visited.as_deref_mut()) {
                    return;
                }
            }
        }
    }

    /// Evaluates every block, to know everybody who fits.
    fn visit_all(&mut self, visited: &mut Visits) {
        let index = self.index;
        for group in index.groups.iter().filter(|group| group.live > 0 && fits_group(group, self.query)) {
            for lane in &group.lanes {
                for number in index.lanes[wide(*lane)].runs.iter().filter(|number| **number != crate::slots::NONE) {
                    let run = &index.runs[wide(*number)];
                    for block in (0..run.blocks).filter(|block| run.block_live[*block] > 0) {
                        let fits = self.query.block(run, block, Bits([u64::MAX; 8]), Known::NOTHING);
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
                    let hopeful = self.query.blocks(summary, lane.known());
                    for block in at..end {
                        // A block without hope counts as examined, so that a summary never changes a result.
                        let is_over = if hopeful.has(block % SUMMARY_BLOCKS) {
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
        let mut start = only.map_or(Bits([u64::MAX; 8]), |row| *run.row(row, block));
        let mut counts = None;
        if visited.is_none() && self.best.is_some() {
            // With somebody good in hand, few share enough tags to win; the filters are asked about those only.
            let lowest = self.lowest_tier(lane, run.first_rank[block]);
            if lowest > self.scoring.tier.cap {
                return false;
            }
            if lowest >= COUNT_FIRST {
                let counted = Counts::new(&self.scoring, run, block);
                start.and(&counted.at_least(lowest));
                if !start.any() {
                    return false;
                }
                counts = Some(counted);
            }
        }
        let fits = self.query.block(run, block, start, lane.known());
        if fits.any() {
            if let Some(visited) = visited {
                visited.push((wide(number), block, fits));
            }
            self.choose(lane, run, block, fits, counts);
        }
        false
    }

    /// The smallest number of shared tags with which somebody in a lane can win; more than the cap: nobody can.
    fn lowest_tier(&self, lane: &Lane, first_rank: u64) -> u32 {
        let scoring = &self.scoring;
        let own = self.query.cluster.is_some_and(|(own, _)| lane.cluster == own);
        let is_apart = scoring.same_is_cluster && lane.cluster != MIXED && !own;
        let same = scoring.same.filter(|_| !is_apart).map_or(0, |same| same.1);
        let rest = scoring.fixed + scoring.rest + self.bonus + self.pool.extra_most() + same;
        self.lowest_winning(rest, first_rank)
    }

    /// The smallest tier that can win with so many points besides.
    fn lowest_winning(&self, rest: u32, first_rank: u64) -> u32 {
        let (each, cap) = (self.scoring.tier.each, self.scoring.tier.cap);
        let hopeless = (0..=cap).take_while(|tier| !self.could_win(rest + tier * each, first_rank));
        narrow(hopeless.count())
    }

    /// Whether a candidate with so many points at most, from a block whose oldest rank is given, could come first.
    fn could_win(&self, most: u32, first_rank: u64) -> bool {
        self.best.is_none_or(|best| most > best.total || most == best.total && first_rank <= best.rank)
    }

    /// Looks for somebody better among the columns that fit.
    fn choose(&mut self, lane: &Lane, run: &Run, block: usize, fits: Bits, counts: Option<Counts>) {
        if !self.scoring.is_ready {
            self.scoring.compile(self.index, self.weights, self.record);
        }
        let query = &self.scoring;
        let rest = query.fixed + query.rest + self.bonus + self.pool.extra_most();
        let counts = counts.unwrap_or_else(|| Counts::new(query, run, block));
        let halves = match query.same {
            None => [Some((fits, 0)), None],
            Some((row, points)) => {
                let own = self.query.cluster.is_some_and(|(own, _)| lane.cluster == own);
                let (mut same, mut other) = (fits, Bits::default());
                if !(own && query.same_is_cluster) {
                    same.and(run.row(row, block));
                    other = fits;
                    other.and_not(run.row(row, block));
                }
                [Some((same, points)), Some((other, 0))]
            }
        };
        for (columns, points) in halves.into_iter().flatten() {
            if columns.any() {
                self.tiers(run, block, columns, points, rest + points, &counts);
            }
        }
    }

    /// Visits candidates from many shared tags to few, those that can still win.
    fn tiers(&mut self, run: &Run, block: usize, columns: Bits, points: u32, rest: u32, counts: &Counts) {
        let (each, cap) = (self.scoring.tier.each, self.scoring.tier.cap);
        let first_rank = run.first_rank[block];
        let lowest = self.lowest_winning(rest, first_rank);
        if lowest > cap {
            return;
        }
        let mut columns = columns;
        if lowest > 0 {
            columns.and(&counts.at_least(lowest));
        }
        if columns.count() <= FEW {
            columns.each(|at| self.weigh(run, block, at, points, counts.get(at).min(cap)));
            return;
        }
        for tier in (lowest..=cap).rev() {
            if !columns.any() || !self.could_win(rest + tier * each, first_rank) {
                return;
            }
            let mut here = columns;
            if tier > 0 {
                here.and(&counts.at_least(tier));
            }
            columns.and_not(&here);
            self.narrow_down(run, block, &mut here, rest + tier * each);
            here.each(|at| self.weigh(run, block, at, points, tier));
        }
    }

    /// Leaves out those whose value is too far away to win.
    fn narrow_down(&self, run: &Run, block: usize, columns: &mut Bits, most: u32) {
        let (Some(window), Some(best)) = (self.scoring.window, self.best) else { return };
        // Points that may be lost before the candidate falls behind.
        let spare = most.saturating_sub(best.total);
        if spare >= window.most || columns.count() < FEW {
            return;
        }
        let reach = wide(spare / window.slope);
        let high = window.mine + reach;
        if high + 1 < window.size {
            columns.and(run.row(window.have + high, block));
        }
        if window.mine > reach {
            columns.and_not(run.row(window.have + window.mine - reach - 1, block));
        }
    }

    /// Computes a candidate's points and keeps it if it comes first.
    fn weigh(&mut self, run: &Run, block: usize, at: usize, same: u32, shared: u32) {
        self.cost.scored += 1;
        let query = &self.scoring;
        let map = &self.index.map;
        let column = block * BLOCK + at;
        let words = &run.packed[column * map.words..(column + 1) * map.words];
        let mut points = query.fixed + same + shared * query.tier.each;
        for pack in &query.packs {
            points += match *pack {
                Packs::Same { at, mine, points } => {
                    if words[at.word] >> at.shift & at.mask == mine {
                        points
                    } else {
                        0
                    }
                }
                Packs::Near { at, mine, most, slope } => near(most, slope, (words[at.word] >> at.shift & at.mask).abs_diff(mine)),
            };
        }
        for other in &query.others {
            let shared = other.rows.iter().filter(|row| run.row(**row, block).has(at)).count();
            points += narrow(shared).min(other.cap) * other.each;
        }
        if let Some(at) = map.merit {
            points += words[at.word] >> at.shift & at.mask;
        }
        let mut bonus = map.class.map_or(0, |at| (words[at.word] >> at.shift & at.mask) * self.index.fairness.class_bonus);
        if let Some(word) = map.tick {
            bonus += self.tick.wrapping_sub(words[word]).min(self.index.fairness.aging_cap);
        }
        let handle = run.handles[column];
        let extra_most = self.pool.extra_most();
        if extra_most > 0 {
            if self.best.is_some_and(|best| points + bonus + extra_most < best.total) {
                return;
            }
            points += self.pool.extra(handle).min(extra_most);
        }
        let total = points + bonus;
        if let Some(best) = self.best
            && (total < best.total || total == best.total && !self.pool.is_before(handle, best.handle))
        {
            return;
        }
        if self.pool.is_barred(handle) {
            return;
        }
        self.best = Some(Found { handle, points, total, rank: self.pool.rank(handle) });
    }
}
