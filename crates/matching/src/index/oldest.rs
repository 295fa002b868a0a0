//! Those who were passed over as often as anybody may be: strictly the first to come is the first to be served.
//! Points decide nothing here and effort bounds nothing, or the limit would be no limit.

#![expect(clippy::indexing_slicing, reason = "lanes, runs and blocks are numbered by the index")]

use super::lanes::{Lane, SUMMARY_BLOCKS};
use super::run::{BLOCK, BLOCKS, Bits};
use super::search::{Hunt, Pool};
use super::{Index, locate, wide};

impl Index {
    /// Whether the ticket at `place` was passed over as often as anybody may be.
    pub(crate) fn is_spent(&self, place: u32) -> bool {
        self.is_marked(self.map.spent, place)
    }

    /// Puts the ticket at `place`, which is not there yet, into the class that is served in order of arrival.
    pub(crate) fn mark_spent(&mut self, place: u32) {
        let Some(row) = self.map.spent else { return };
        self.mark(row, place);
        self.spent += 1;
    }

    /// Takes the ticket at `place` out of that class, if it is there, since it leaves.
    pub(super) fn unmark_spent(&mut self, place: u32) {
        let Some(row) = self.map.spent.filter(|_| self.is_spent(place)) else { return };
        let (number, block, at) = locate(place);
        self.runs[number].clear(row, block * BLOCK + at);
        self.forget_spent(number, block);
        self.spent -= 1;
    }

    /// Takes a block out of the summary of that class, if nobody in it is left there.
    pub(super) fn forget_spent(&mut self, number: usize, block: usize) {
        let Some(row) = self.map.spent else { return };
        let run = &self.runs[number];
        let (lane, spot) = (wide(run.lane), wide(run.position) * BLOCKS + block);
        // The class is rare: a summary that forgets nobody would soon lead everywhere.
        if !run.block(block).row(row).any()
            && let Some(summary) = self.lanes[lane].summary.get_mut(spot / SUMMARY_BLOCKS)
        {
            summary[row].clear(spot % SUMMARY_BLOCKS);
        }
    }
}

/// Where a candidate lies.
struct Spot<'a> {
    lane: &'a Lane,
    number: u32,
    block: usize,
    at: usize,
    handle: u32,
}

impl<P: Pool> Hunt<'_, P> {
    /// Chooses who came first of those who fit and were passed over as often as anybody may be.
    pub(super) fn oldest(&mut self) {
        let Some(row) = self.index.map.spent else { return };
        let (index, query) = (self.index, self.query);
        let mut first: Option<Spot<'_>> = None;
        let bands = query.bands(index);
        for group in index.fitting(query) {
            for member in group.lanes.iter().filter(|member| query.wants(**member, bands)) {
                self.oldest_of(&index.lanes[wide(member.lane)], row, &mut first);
            }
        }
        let Some(Spot { lane, number, block, at, .. }) = first else { return };
        let run = &index.runs[wide(number)];
        let mut only = Bits::default();
        only.set(at);
        // With nobody to beat, the one column is kept, with its points.
        self.choose(lane, (run, &run.block(block)), block, only, None);
    }

    fn oldest_of<'a>(&self, lane: &'a Lane, row: usize, first: &mut Option<Spot<'a>>) {
        let blocks = lane.runs.len() * BLOCKS;
        for from in (0..blocks).step_by(SUMMARY_BLOCKS) {
            if let Some(summary) = lane.summary.get(from / SUMMARY_BLOCKS) {
                summary[row].each(|at| self.oldest_in(lane, from + at, row, first));
            } else {
                (from..blocks.min(from + SUMMARY_BLOCKS)).for_each(|spot| self.oldest_in(lane, spot, row, first));
            }
        }
    }

    /// Looks for somebody earlier in one block.
    fn oldest_in<'a>(&self, lane: &'a Lane, spot: usize, row: usize, first: &mut Option<Spot<'a>>) {
        let (pool, number, block) = (self.pool, lane.runs[spot / BLOCKS], spot % BLOCKS);
        let Some(run) = self.index.runs.get(wide(number)).filter(|run| block < run.blocks()) else { return };
        if first.as_ref().is_some_and(|first| run.first_rank[block] > pool.rank(first.handle)) {
            return;
        }
        let rows = run.block(block);
        let start = rows.row(row);
        if !start.any() {
            return;
        }
        self.query.block(&rows, start, lane.known(self.query.band)).each(|at| {
            let handle = run.handle(block * BLOCK + at);
            let is_first = first.as_ref().is_none_or(|first| pool.is_before(handle, first.handle));
            if is_first && !pool.is_barred(handle) {
                *first = Some(Spot { lane, number, block, at, handle });
            }
        });
    }
}
