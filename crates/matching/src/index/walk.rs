//! The way of a search through groups, lanes and blocks.
//! In a large pool each block is looked up while the one before it is searched, so that its rows are on the way meanwhile.

#![expect(clippy::indexing_slicing, reason = "lanes, runs and blocks are numbered by the index")]

use super::counts::Counts;
use super::lanes::{Lane, MIXED, SUMMARY_BLOCKS, UNBANDED};
use super::query::Visits;
use super::run::{BLOCKS, Bits};
use super::search::{Hunt, Pool};
use super::{Group, wide};

/// From so many shared tags on it pays to count them before the filters are asked.
const COUNT_FIRST: u32 = 2;

/// A block that the search will come to.
#[derive(Clone, Copy, Debug)]
struct Stop {
    lane: u32,
    run: u32,
    block: usize,
    /// Whether somebody in it could fit; else it only counts as examined.
    has_hope: bool,
}

/// A way through the index.
pub(super) struct Tour<'a> {
    /// Decides where in a lane a bounded search begins.
    salt: Option<u64>,
    /// The row of those who are searched alone.
    pub(super) only: Option<usize>,
    /// The row of those who are left out.
    pub(super) without: Option<usize>,
    /// Notes everybody who fits.
    visited: Option<&'a mut Visits>,
    /// The block that is searched next, if it was looked up already.
    next: Option<Stop>,
}

impl<'a> Tour<'a> {
    pub(super) fn new(salt: Option<u64>, only: Option<usize>, visited: Option<&'a mut Visits>) -> Self {
        Self { salt, only, without: None, visited, next: None }
    }
}

impl<P: Pool> Hunt<'_, P> {
    /// Own cluster first, and there the nearest band: most filters and some weights are met there.
    pub(super) fn go(&mut self, tour: &mut Tour<'_>) {
        let _ = self.pass_lanes(tour) || self.pass_next(tour);
    }

    /// Comes to all lanes; whether the effort is used up.
    fn pass_lanes(&mut self, tour: &mut Tour<'_>) -> bool {
        let (index, query) = (self.index, self.query);
        let bands = query.bands(index);
        let own = query.cluster.filter(|(own, accepted)| accepted.contains(*own)).map(|(own, _)| own);
        for group in index.fitting(query) {
            if own.is_some_and(|own| group.clusters.contains(own) && self.cluster(group, own, bands, tour)) {
                return true;
            }
        }
        for group in index.fitting(query) {
            if self.cluster(group, MIXED, bands, tour) {
                return true;
            }
        }
        let Some((_, accepted)) = &query.cluster else { return false };
        for group in index.fitting(query) {
            let is_over =
                group.clusters.any_common(accepted, |other| Some(other) != own && self.cluster(group, other, bands, tour));
            if is_over {
                return true;
            }
        }
        false
    }

    /// Comes to the lanes of a cluster, the nearest band first; whether the effort is used up.
    /// Never the oldest first: those who are alike lie in one lane, where each block has its oldest rank, and elsewhere points
    /// decide first, which the nearest have most of.
    #[inline]
    fn cluster(&mut self, group: &Group, cluster: u16, bands: Option<[u16; 3]>, tour: &mut Tour<'_>) -> bool {
        let mut look = |band: u16| group.own(cluster, band).is_some_and(|lane| self.lane(lane, tour));
        // Most small groups have nothing but the lane of everybody.
        if let Some([mine, low, high]) = bands.filter(|_| group.lanes.len() > 1) {
            for away in 0..=mine.saturating_sub(low).max(high.saturating_sub(mine)) {
                let sides = [mine.checked_sub(away), (away > 0).then_some(mine + away)];
                for band in sides.into_iter().flatten().filter(|band| (low..=high).contains(band)) {
                    if look(band) {
                        return true;
                    }
                }
            }
        }
        look(UNBANDED)
    }

    /// Comes to the blocks of a lane; whether the effort is used up.
    fn lane(&mut self, number: u32, tour: &mut Tour<'_>) -> bool {
        let lane = &self.index.lanes[wide(number)];
        if lane.live == 0 {
            return false;
        }
        // Only an exact search may leave out a lane: effort must not depend on bounds.
        if tour.visited.is_none()
            && self.left == u32::MAX
            && self.best.is_some()
            && self.lowest_tier(lane, None) > self.scoring.tier.cap
        {
            return false;
        }
        // A bounded search begins elsewhere each time; else it would always meet the same leftovers.
        let begin = tour.salt.map_or(0, |salt| {
            let runs = u64::try_from(lane.runs.len()).unwrap_or(0);
            let spread = (u128::from(salt.wrapping_mul(0x9E37_79B9_7F4A_7C15)) * u128::from(runs)) >> 64;
            usize::try_from(spread).unwrap_or(0)
        });
        for (from, to) in [(begin, lane.runs.len()), (0, begin)] {
            let is_over = if lane.summary.is_empty() {
                lane.runs[from..to].iter().any(|run| (0..BLOCKS).any(|block| self.come(number, *run, block, true, tour)))
            } else {
                self.pass_parts(number, lane, (from * BLOCKS, to * BLOCKS), tour)
            };
            if is_over {
                return true;
            }
        }
        false
    }

    /// Comes to the blocks of a lane with a summary, from and to a position; whether the effort is used up.
    fn pass_parts(&mut self, number: u32, lane: &Lane, (from, to): (usize, usize), tour: &mut Tour<'_>) -> bool {
        let mut at = from;
        while at < to {
            let end = to.min((at / SUMMARY_BLOCKS + 1) * SUMMARY_BLOCKS);
            let hopeful = self.hopeful(lane, at / SUMMARY_BLOCKS);
            for spot in at..end {
                let has_hope = hopeful.is_none_or(|hopeful| hopeful.has(spot % SUMMARY_BLOCKS));
                if self.come(number, lane.runs[spot / BLOCKS], spot % BLOCKS, has_hope, tour) {
                    return true;
                }
            }
            at = end;
        }
        false
    }

    /// The blocks of a part of a lane that can have somebody who fits, if there is a summary.
    fn hopeful(&self, lane: &Lane, part: usize) -> Option<Bits> {
        let mut hopeful = self.query.blocks(lane.summary.get(part)?, lane.known(self.query.band));
        // The summary learns of the word being filled once it is full.
        if let Some(run) = self.index.runs.get(wide(lane.open)) {
            let filling = wide(run.position) * BLOCKS + run.filling();
            if filling / SUMMARY_BLOCKS == part {
                hopeful.set(filling % SUMMARY_BLOCKS);
            }
        }
        Some(hopeful)
    }

    /// Comes to a block; whether the effort is used up. In a large pool its rows are loaded while the one before is searched.
    #[inline]
    fn come(&mut self, lane: u32, at: u32, block: usize, has_hope: bool, tour: &mut Tour<'_>) -> bool {
        let Some(run) = self.index.runs.get(wide(at)).filter(|run| run.block_live[block] != 0) else { return false };
        let stop = Stop { lane, run: at, block, has_hope };
        if !self.index.is_large() {
            return self.pass(stop, tour);
        }
        if has_hope {
            if self.best.is_some() {
                self.scoring.fetch(&run.block(block));
                run.fetch_rest();
            }
            self.query.fetch(&run.block(block));
        }
        let is_over = self.pass_next(tour);
        tour.next = Some(stop);
        is_over
    }

    /// Searches the block that was looked up last, if any; whether the effort is used up.
    #[inline]
    fn pass_next(&mut self, tour: &mut Tour<'_>) -> bool {
        tour.next.take().is_some_and(|stop| self.pass(stop, tour))
    }

    /// Searches a block, or counts it as examined if it has no hope, so that a summary never changes a result; whether the
    /// effort is used up.
    #[inline]
    fn pass(&mut self, stop: Stop, tour: &mut Tour<'_>) -> bool {
        if self.charge() {
            return true;
        }
        if stop.has_hope {
            self.block(stop, tour);
        }
        false
    }

    /// Takes a block off the effort that is left after the first hit; whether there was none left.
    #[inline]
    fn charge(&mut self) -> bool {
        if self.best.is_some() && self.left < u32::MAX {
            if self.left == 0 {
                return true;
            }
            self.left -= 1;
        }
        false
    }

    /// Searches one block.
    #[inline]
    fn block(&mut self, stop: Stop, tour: &mut Tour<'_>) {
        let lane = &self.index.lanes[wide(stop.lane)];
        let run = &self.index.runs[wide(stop.run)];
        let block = stop.block;
        self.cost.blocks += 1;
        let rows = run.block(block);
        let mut start = tour.only.map_or(Bits([u64::MAX; 8]), |row| rows.row(row));
        if let Some(row) = tour.without {
            start.and_not(&rows.row(row));
        }
        let mut counts = None;
        if tour.visited.is_none() && self.best.is_some() {
            // With somebody good in hand, few share enough tags to win; the filters are asked about those only.
            let lowest = self.lowest_tier(lane, Some((run, block)));
            if lowest > self.scoring.tier.cap {
                return;
            }
            if lowest >= COUNT_FIRST {
                let counted = Counts::new(self.scoring, &rows);
                start.and(&counted.at_least(lowest));
                if !start.any() {
                    return;
                }
                counts = Some(counted);
            }
        }
        let fits = self.query.block(&rows, start, lane.known(self.query.band));
        if fits.any() {
            if let Some(visited) = &mut tour.visited {
                visited.push((wide(stop.run), block, fits));
            }
            self.choose(lane, (run, &rows), block, fits, counts);
        }
    }
}
