//! The index: who could fit, decided for 512 tickets at a time.
//! Tickets are columns; groups split by the small categories, lanes within a group by the cluster dimension, runs
//! of columns in order of arrival within a lane.

#![expect(
    clippy::indexing_slicing,
    reason = "groups, lanes and runs are numbered by the index itself and live as long as a place refers to them"
)]

mod counts;
mod fold;
mod lanes;
mod oldest;
mod order;
mod query;
mod rows;
mod run;
mod saved;
mod scoring;
mod search;
mod tidy;
mod top;
mod walk;
mod weigh;

use alloc::vec;
use alloc::vec::Vec;

use crate::config::Fairness;
use crate::layout::{BANDS, Layout};
use crate::predicate::small;
use crate::rank::Rank;
use crate::score::{Term, Weights};
use crate::slots::NONE;

pub(crate) use lanes::Crowds;
use lanes::{Group, Lane, SUMMARY_BLOCKS};
pub(crate) use query::Query;
use rows::{LIVE, PASS_PLANES, RowMap, Spans};
use run::{BLOCK, BLOCKS, Run};
pub(crate) use saved::SavedIndex;
pub(crate) use search::{How, Pool, Workspace};

/// Column bits of a place; the rest is the number of the run.
const COLUMN_BITS: u32 = 10;

#[derive(Clone, Debug)]
pub(crate) struct Index {
    map: RowMap,
    fairness: Fairness,
    layout: Layout,
    /// The first is that of the rare.
    groups: Vec<Group>,
    /// Segments ever met, sorted: tickets of it, number of its group or zero.
    segments: Vec<(u64, u32, u32)>,
    lanes: Vec<Lane>,
    /// A run that was given back has no blocks.
    runs: Vec<Run>,
    free_runs: Vec<u32>,
    /// For each run that takes no more: its live columns, as if it had all blocks. Else the largest number.
    ripe: Vec<u16>,
    /// Memory for the words being filled.
    spare_front: Vec<Vec<u64>>,
    live: u32,
    used: u32,
    overdue: u32,
    /// Tickets that were passed over as often as anybody may be.
    spent: u32,
    /// Highest class ever stored, for bounds; zero if a class gives no points.
    top_class: u8,
    /// Highest merit ever stored, for bounds; zero if merit gives no points.
    top_merit: u8,
    /// How many tickets, out of a sample, set each row.
    counts: Vec<u32>,
    sampled: u32,
    /// The same in thousandths, brought up to date now and then.
    shares: Vec<u16>,
    /// The rows of the ticket at hand.
    spans: Spans,
    /// The run that is being emptied, and the column to look at next.
    victim: Option<(u32, usize)>,
    /// Dead columns below which no victim is looked for.
    patience: u32,
    /// The run whose word the last insert has filled, until it is folded.
    full: Option<u32>,
    pub(crate) crowds: Crowds,
}

pub(crate) fn wide(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// The ordinal by whose value crowds are kept apart: the one whose nearness gives the most points, since those far away
/// can then be left out together; else the one with the most values.
fn best_band(layout: &Layout, weights: &Weights) -> Option<usize> {
    let near = rows::nearest(weights).and_then(|number| match *weights.terms.get(number)? {
        Term::Near { dim, .. } => Some(dim),
        _ => None,
    });
    near.filter(|dim| layout.places[*dim].size >= BANDS).or(layout.band)
}

fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(NONE)
}

/// Run, block and column within the block.
fn locate(place: u32) -> (usize, usize, usize) {
    let column = wide(place & ((1 << COLUMN_BITS) - 1));
    (wide(place >> COLUMN_BITS), column / BLOCK, column % BLOCK)
}

impl Index {
    pub(crate) fn new(layout: &Layout, weights: &Weights, fairness: &Fairness) -> Self {
        let mut layout = layout.clone();
        layout.band = best_band(&layout, weights);
        let map = RowMap::new(&layout, weights, fairness);
        Self {
            counts: vec![0; map.rows],
            shares: vec![500; map.rows],
            map,
            fairness: *fairness,
            layout,
            groups: Vec::new(),
            segments: Vec::new(),
            lanes: Vec::new(),
            runs: Vec::new(),
            free_runs: Vec::new(),
            ripe: Vec::new(),
            spare_front: Vec::new(),
            live: 0,
            used: 0,
            overdue: 0,
            spent: 0,
            top_class: 0,
            top_merit: 0,
            sampled: 0,
            spans: Spans::default(),
            victim: None,
            patience: 0,
            full: None,
            crowds: Crowds::MEASURED,
        }
    }

    /// Adds a ticket as a column and returns its place. [`fold`](Self::fold) must follow.
    pub(crate) fn insert(&mut self, record: &[u64], handle: u32, rank: Rank, passes: u8, overdue: bool) -> u32 {
        let segment = self.segment_at(self.layout.segment(record));
        let lane = self.lane_for(segment, record);
        let number = self.open_run(lane);
        let column = self.runs[number].used();
        self.runs[number].set_used(column + 1);
        self.used += 1;
        self.put_column(number, column, record, handle, rank);
        if (column + 1).is_multiple_of(fold::WORD) {
            self.full = Some(narrow(number));
        }
        let place = narrow(number) << COLUMN_BITS | narrow(column);
        self.settle(place, segment, passes, overdue);
        place
    }

    /// What remains to be noted about a new column.
    fn settle(&mut self, place: u32, segment: usize, passes: u8, overdue: bool) {
        self.segments[segment].1 += 1;
        self.set_passes(place, passes);
        if overdue {
            self.mark_overdue(place);
        }
        if self.fairness.overdue_passes.is_some_and(|limit| passes >= limit) {
            self.mark_spent(place);
        }
    }

    fn put_column(&mut self, number: usize, column: usize, record: &[u64], handle: u32, rank: Rank) {
        let Self { runs, lanes, map, spans, .. } = self;
        map.all(record, spans);
        let run = &mut runs[number];
        let block = column / BLOCK;
        let lane = &mut lanes[wide(run.lane)];
        // Ever fewer: the shares hardly change any more.
        let sample = handle.is_multiple_of(if handle < 4_096 { 4 } else { 32 });
        if let Some(front) = run.front_of(column) {
            let bit = 1u64 << (column % 64);
            front[LIVE] |= bit;
            // Only a row that lies alone can be one that the run does not have.
            for row in spans.single() {
                if let Some(word) = front.get_mut(row) {
                    *word |= bit;
                }
            }
            for rows in spans.several() {
                front[rows].iter_mut().for_each(|word| *word |= bit);
            }
        } else {
            let height = run.height();
            let spot = wide(run.position) * BLOCKS + block;
            let mut summary = lane.summary.get_mut(spot / SUMMARY_BLOCKS);
            for row in spans.rows().filter(|row| *row < height).chain([LIVE]) {
                run.set(row, column);
                if let Some(summary) = &mut summary {
                    summary[row].set(spot % SUMMARY_BLOCKS);
                }
            }
        }
        if sample {
            self.sampled += 1;
            spans.rows().for_each(|row| self.counts[row] += 1);
            if self.sampled.is_power_of_two() || self.sampled.is_multiple_of(1024) {
                for (share, count) in self.shares.iter_mut().zip(&self.counts) {
                    let thousandths = u64::from(*count) * 1000 / u64::from(self.sampled);
                    *share = u16::try_from(thousandths).unwrap_or(1000);
                }
                self.shares[LIVE] = 1000;
            }
        }
        run.follow(map, column, rank);
        run.live += 1;
        run.block_live[block] += 1;
        run.set_handle(column, handle);
        let tick = self.fairness.tick(rank.enqueued());
        map.write_packed(record, tick, run.packed_mut(column));
        let ends = map.ends(run.packed(column));
        run.note_rank(block, rank);
        run.note_ends(block, ends);
        self.top_merit = self.top_merit.max(ends.merit);
        self.top_class = self.top_class.max(ends.class);
        lane.live += 1;
        self.live += 1;
        let group = &mut self.groups[wide(lane.group)];
        group.live += 1;
        if let Some(dim) = self.layout.cluster {
            group.counts[usize::from(small(self.layout.places[dim].value.get(record)))] += 1;
        }
    }

    /// Removes the ticket at `place`; `record` is what it was stored with.
    pub(crate) fn remove(&mut self, place: u32, record: &[u64]) {
        let (number, block, at) = locate(place);
        if self.is_overdue(place) {
            self.overdue -= 1;
        }
        if self.spent > 0 {
            self.unmark_spent(place);
        }
        let cluster = self.cluster_of(record);
        let segment = self.segment_at(self.layout.segment(record));
        self.segments[segment].1 -= 1;
        let run = &mut self.runs[number];
        run.clear(LIVE, block * BLOCK + at);
        run.live -= 1;
        run.block_live[block] -= 1;
        run.set_handle(block * BLOCK + at, NONE);
        let (own, position, is_empty) = (wide(run.lane), wide(run.position), run.block_live[block] == 0);
        if is_empty {
            run.forget(block);
        }
        let lane = &mut self.lanes[own];
        lane.live -= 1;
        let spot = position * BLOCKS + block;
        if is_empty && let Some(summary) = lane.summary.get_mut(spot / SUMMARY_BLOCKS) {
            summary[LIVE].clear(spot % SUMMARY_BLOCKS);
        }
        let group = &mut self.groups[wide(lane.group)];
        group.live -= 1;
        if let Some(count) = group.counts.get_mut(usize::from(cluster)) {
            *count -= 1;
        }
        self.live -= 1;
        self.ripen(number);
        self.notice_sparse(number);
        self.give_back(number);
        self.gather(own);
    }

    /// Rewrites what a ticket accepts; it moves only if a small category is among the changes.
    pub(crate) fn widen(&mut self, place: u32, old: &[u64], new: &[u64], handle: u32, rank: Rank) -> u32 {
        if self.layout.segment(old) != self.layout.segment(new) {
            let (passes, overdue) = (self.passes(place), self.is_overdue(place));
            self.remove(place, old);
            return self.insert(new, handle, rank, passes, overdue);
        }
        let (number, block, at) = locate(place);
        let Self { runs, lanes, map, spans, .. } = self;
        let run = &mut runs[number];
        let column = block * BLOCK + at;
        map.accepted(old, spans);
        spans.rows().for_each(|row| run.clear(row, column));
        map.accepted(new, spans);
        spans.rows().for_each(|row| run.set(row, column));
        let spot = wide(run.position) * BLOCKS + block;
        if let Some(summary) = lanes[wide(run.lane)].summary.get_mut(spot / SUMMARY_BLOCKS) {
            spans.rows().for_each(|row| summary[row].set(spot % SUMMARY_BLOCKS));
        }
        place
    }

    /// How often the ticket at `place` was passed over, at most 31.
    pub(crate) fn passes(&self, place: u32) -> u8 {
        let Some(first) = self.map.passes else { return 0 };
        let (number, block, at) = locate(place);
        let run = &self.runs[number];
        (0..PASS_PLANES).rev().fold(0, |sum, plane| sum << 1 | u8::from(run.has(first + plane, block * BLOCK + at)))
    }

    fn set_passes(&mut self, place: u32, passes: u8) {
        let Some(first) = self.map.passes else { return };
        let (number, block, at) = locate(place);
        let run = &mut self.runs[number];
        for plane in (0..PASS_PLANES).filter(|plane| passes >> plane & 1 == 1) {
            run.set(first + plane, block * BLOCK + at);
        }
    }

    fn is_overdue(&self, place: u32) -> bool {
        self.is_marked(self.map.overdue, place)
    }

    fn is_marked(&self, row: Option<usize>, place: u32) -> bool {
        let (number, block, at) = locate(place);
        row.is_some_and(|row| self.runs[number].has(row, block * BLOCK + at))
    }

    /// Sets the bit of the ticket at `place` in a row, and that of its block in the summary.
    fn mark(&mut self, row: usize, place: u32) {
        let (number, block, at) = locate(place);
        let run = &mut self.runs[number];
        run.set(row, block * BLOCK + at);
        let (lane, spot) = (wide(run.lane), wide(run.position) * BLOCKS + block);
        if let Some(summary) = self.lanes[lane].summary.get_mut(spot / SUMMARY_BLOCKS) {
            summary[row].set(spot % SUMMARY_BLOCKS);
        }
    }

    /// Puts the ticket at `place`, which is not overdue, into the class that is served first.
    pub(crate) fn mark_overdue(&mut self, place: u32) {
        let Some(row) = self.map.overdue else { return };
        self.mark(row, place);
        self.overdue += 1;
    }

    /// Whether the rows are too many for the caches, so that it pays to load them ahead.
    #[inline]
    fn is_large(&self) -> bool {
        self.live >= self.crowds.ahead
    }

    /// Takes memory to number the runs of so many more tickets; the runs themselves are made one by one.
    pub(crate) fn reserve(&mut self, more: usize) {
        let runs = more.div_ceil(BLOCK * BLOCKS);
        self.runs.reserve(runs);
        self.ripe.reserve(runs);
    }

    /// Gives back what nobody needs.
    pub(crate) fn shrink(&mut self) {
        self.runs.shrink_to_fit();
        self.ripe.shrink_to_fit();
        self.free_runs.shrink_to_fit();
        self.spare_front = Vec::new();
        for lane in &mut self.lanes {
            lane.runs.shrink_to_fit();
            lane.gaps.shrink_to_fit();
        }
    }

    /// Number of columns of tickets that wait, counted.
    #[cfg(all(test, feature = "serde"))]
    pub(crate) fn columns(&self) -> u32 {
        let blocks = self.runs.iter().flat_map(|run| (0..run.blocks()).map(|block| run.block(block)));
        blocks.map(|block| block.row(LIVE).count()).sum()
    }

    pub(crate) fn bytes(&self) -> usize {
        let runs: usize = self.runs.iter().map(Run::bytes).sum();
        let summaries: usize = self.lanes.iter().map(|lane| lane.summary.len() * self.map.rows * 64).sum();
        let fronts: usize = self.spare_front.iter().map(|front| front.capacity() * 8).sum();
        let lanes = self.lanes.capacity() * size_of::<Lane>() + self.groups.capacity() * size_of::<Group>();
        runs + fronts + summaries + lanes + self.counts.capacity() * 4
    }
}
