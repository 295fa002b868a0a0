//! The index: who could fit, decided for 512 tickets at a time.
//! Tickets are columns; groups split by the small categories, lanes within a group by the cluster dimension, runs
//! of columns in order of arrival within a lane.

#![expect(
    clippy::indexing_slicing,
    reason = "groups, lanes and runs are numbered by the index itself and live as long as a place refers to them"
)]

mod counts;
mod query;
mod rows;
mod run;
mod saved;
mod search;

use alloc::vec;
use alloc::vec::Vec;

use crate::config::Fairness;
use crate::layout::Layout;
use crate::predicate::small;
use crate::score::Weights;
use crate::slots::NONE;

pub(crate) use query::Query;
use rows::{LIVE, PASS_PLANES, RowMap};
use run::{BLOCK, BLOCKS, Bits, Run};
pub(crate) use saved::SavedIndex;
pub(crate) use search::{How, Pool};

/// A segment gets a group of its own when there are so many tickets of it.
const OWN_GROUP: u32 = 256;
/// A value of the cluster dimension gets a lane of its own when a group has so many tickets of it.
const OWN_LANE: u32 = 2048;
/// A lane keeps a summary from so many runs on.
const SUMMARY_FROM: usize = 16;
/// Blocks covered by one summary.
const SUMMARY_BLOCKS: usize = 512;
/// The lane of everybody whose cluster is small.
const MIXED: u16 = u16::MAX;
/// Column bits of a place; the rest is the number of the run.
const COLUMN_BITS: u32 = 10;

/// Tickets with the same values and rules in the small categories, or all those of rare ones.
#[derive(Clone, Debug)]
struct Group {
    /// `None` for the group of the rare.
    segment: Option<u64>,
    live: u32,
    /// Tickets by value of the cluster dimension.
    counts: Vec<u32>,
    /// Lane by value of the cluster dimension.
    own: Vec<u32>,
    /// All lanes, the mixed one first.
    lanes: Vec<u32>,
}

/// Tickets stored beside each other.
#[derive(Clone, Debug)]
struct Lane {
    group: u32,
    cluster: u16,
    has_segment: bool,
    live: u32,
    /// Runs by position; `NONE` where one was given back.
    runs: Vec<u32>,
    gaps: Vec<u32>,
    open: u32,
    /// For each 512 blocks: which of them have a bit in a row.
    summary: Vec<Vec<Bits>>,
}

impl Lane {
    fn known(&self) -> query::Known {
        query::Known { cluster: self.cluster != MIXED, segment: self.has_segment }
    }
}

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
    live: u32,
    used: u32,
    overdue: u32,
    /// Highest class ever stored, for bounds.
    top_class: u32,
    /// How many tickets, out of a sample, set each row.
    counts: Vec<u32>,
    sampled: u32,
    /// The same in thousandths, brought up to date now and then.
    shares: Vec<u16>,
    /// The run that is being emptied, and the column to look at next.
    victim: Option<(u32, usize)>,
    /// Dead columns below which no victim is looked for.
    patience: u32,
}

pub(crate) fn wide(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
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
        let map = RowMap::new(layout, weights, fairness);
        Self {
            counts: vec![0; map.rows],
            shares: vec![500; map.rows],
            map,
            fairness: *fairness,
            layout: layout.clone(),
            groups: Vec::new(),
            segments: Vec::new(),
            lanes: Vec::new(),
            runs: Vec::new(),
            free_runs: Vec::new(),
            live: 0,
            used: 0,
            overdue: 0,
            top_class: 0,
            sampled: 0,
            victim: None,
            patience: 0,
        }
    }

    /// Position of a segment, which becomes known if it was not.
    fn segment_at(&mut self, segment: u64) -> usize {
        match self.segments.binary_search_by_key(&segment, |entry| entry.0) {
            Ok(at) => at,
            Err(at) => {
                self.segments.insert(at, (segment, 0, 0));
                at
            }
        }
    }

    fn group_of(&mut self, segment: u64) -> usize {
        if self.groups.is_empty() {
            self.new_group(None);
        }
        let at = self.segment_at(segment);
        let (_, live, group) = self.segments[at];
        if group != 0 || live < OWN_GROUP {
            return wide(group);
        }
        let group = self.new_group(Some(segment));
        self.segments[at].2 = narrow(group);
        group
    }

    fn new_group(&mut self, segment: Option<u64>) -> usize {
        let clusters = self.layout.cluster.map_or(0, |dim| usize::from(self.layout.places[dim].size));
        let number = self.groups.len();
        let mixed = self.new_lane(number, MIXED, segment.is_some());
        let (counts, own) = (vec![0; clusters], vec![NONE; clusters]);
        self.groups.push(Group { segment, live: 0, counts, own, lanes: vec![mixed] });
        number
    }

    fn new_lane(&mut self, group: usize, cluster: u16, has_segment: bool) -> u32 {
        self.lanes.push(Lane {
            group: narrow(group),
            cluster,
            has_segment,
            live: 0,
            runs: Vec::new(),
            gaps: Vec::new(),
            open: NONE,
            summary: Vec::new(),
        });
        narrow(self.lanes.len() - 1)
    }

    fn cluster_of(&self, record: &[u64]) -> u16 {
        self.layout.cluster.map_or(MIXED, |dim| small(self.layout.places[dim].value.get(record)))
    }

    /// The lane for a ticket, a new one if its cluster has become large enough.
    fn lane_for(&mut self, record: &[u64]) -> usize {
        let group = self.group_of(self.layout.segment(record));
        let cluster = self.cluster_of(record);
        let Some(own) = self.groups[group].own.get(usize::from(cluster)).copied() else {
            return wide(self.groups[group].lanes[0]);
        };
        if own != NONE {
            return wide(own);
        }
        if self.groups[group].counts[usize::from(cluster)] < OWN_LANE {
            return wide(self.groups[group].lanes[0]);
        }
        let has_segment = self.groups[group].segment.is_some();
        let lane = self.new_lane(group, cluster, has_segment);
        self.groups[group].own[usize::from(cluster)] = lane;
        self.groups[group].lanes.push(lane);
        wide(lane)
    }

    /// The run of a lane that takes new columns.
    fn open_run(&mut self, lane: usize) -> usize {
        let open = self.lanes[lane].open;
        if open != NONE {
            if !self.runs[wide(open)].is_full() {
                return wide(open);
            }
            self.lanes[lane].open = NONE;
            self.give_back(wide(open));
        }
        let is_first = self.lanes[lane].runs.iter().all(|run| *run == NONE);
        let position = self.lanes[lane].gaps.pop().unwrap_or_else(|| {
            self.lanes[lane].runs.push(NONE);
            narrow(self.lanes[lane].runs.len() - 1)
        });
        self.add_run(lane, position, if is_first { 1 } else { BLOCKS })
    }

    fn add_run(&mut self, lane: usize, position: u32, blocks: usize) -> usize {
        let run = Run::new(narrow(lane), position, blocks, self.map.rows, self.map.words);
        let number = if let Some(number) = self.free_runs.pop() {
            self.runs[wide(number)] = run;
            number
        } else {
            self.runs.push(run);
            narrow(self.runs.len() - 1)
        };
        self.lanes[lane].runs[wide(position)] = number;
        self.lanes[lane].open = number;
        self.grow_summary(lane);
        wide(number)
    }

    /// Gives a run back if nothing lives in it and nothing will.
    fn give_back(&mut self, number: usize) {
        let run = &mut self.runs[number];
        let (lane, position) = (wide(run.lane), run.position);
        if run.live > 0 || self.lanes[lane].open == narrow(number) {
            return;
        }
        self.used -= narrow(run.used);
        self.lanes[lane].runs[wide(position)] = NONE;
        self.lanes[lane].gaps.push(position);
        self.runs[number] = Run::default();
        self.free_runs.push(narrow(number));
        if self.victim.is_some_and(|(victim, _)| wide(victim) == number) {
            self.victim = None;
        }
        // A summary bit of a block that is gone must not lead a search there, nor stay set for the next one.
        let first = wide(position) * BLOCKS;
        if let Some(summary) = self.lanes[lane].summary.get_mut(first / SUMMARY_BLOCKS) {
            for row in summary {
                (first..first + BLOCKS).for_each(|block| row.clear(block % SUMMARY_BLOCKS));
            }
        }
    }

    /// Makes the summary cover every run of the lane, once there are enough of them.
    fn grow_summary(&mut self, lane: usize) {
        let runs = self.lanes[lane].runs.len();
        let needed = if runs < SUMMARY_FROM { 0 } else { (runs * BLOCKS).div_ceil(SUMMARY_BLOCKS) };
        while self.lanes[lane].summary.len() < needed {
            let at = self.lanes[lane].summary.len();
            let mut summary = vec![Bits::default(); self.map.rows];
            for position in at * SUMMARY_BLOCKS / BLOCKS..runs.min((at + 1) * SUMMARY_BLOCKS / BLOCKS) {
                let number = self.lanes[lane].runs[position];
                let Some(run) = self.runs.get(wide(number)) else { continue };
                for (row, bits) in summary.iter_mut().enumerate() {
                    for block in (0..run.blocks).filter(|block| run.row(row, *block).any()) {
                        bits.set((position * BLOCKS + block) % SUMMARY_BLOCKS);
                    }
                }
            }
            self.lanes[lane].summary.push(summary);
        }
    }

    /// Adds a ticket as a column and returns its place.
    pub(crate) fn insert(&mut self, record: &[u64], handle: u32, rank: u64, passes: u8, overdue: bool) -> u32 {
        let lane = self.lane_for(record);
        let number = self.open_run(lane);
        let column = self.runs[number].used;
        self.runs[number].used += 1;
        self.used += 1;
        self.put_column(number, column, record, handle, rank);
        let place = narrow(number) << COLUMN_BITS | narrow(column);
        self.settle(place, record, passes, overdue);
        place
    }

    /// What remains to be noted about a new column.
    fn settle(&mut self, place: u32, record: &[u64], passes: u8, overdue: bool) {
        let segment = self.segment_at(self.layout.segment(record));
        self.segments[segment].1 += 1;
        self.set_passes(place, passes);
        if overdue {
            self.mark_overdue(place);
        }
    }

    fn put_column(&mut self, number: usize, column: usize, record: &[u64], handle: u32, rank: u64) {
        let Self { runs, lanes, map, .. } = self;
        let run = &mut runs[number];
        let (block, at) = (column / BLOCK, column % BLOCK);
        let lane = &mut lanes[wide(run.lane)];
        let blocks = run.blocks;
        let (word, bit) = (at / 64, 1u64 << (at % 64));
        let rows = &mut run.rows;
        let sample = handle.is_multiple_of(4);
        let counts = &mut self.counts;
        let spot = wide(run.position) * BLOCKS + block;
        let mut set = |row: usize| rows[row * blocks + block].0[word] |= bit;
        set(LIVE);
        map.each(record, &mut set);
        if let Some(summary) = lane.summary.get_mut(spot / SUMMARY_BLOCKS) {
            summary[LIVE].set(spot % SUMMARY_BLOCKS);
            map.each(record, |row| summary[row].set(spot % SUMMARY_BLOCKS));
        }
        if sample {
            self.sampled += 1;
            map.each(record, |row| counts[row] += 1);
            if self.sampled.is_power_of_two() || self.sampled.is_multiple_of(1024) {
                for (share, count) in self.shares.iter_mut().zip(counts.iter()) {
                    let thousandths = u64::from(*count) * 1000 / u64::from(self.sampled);
                    *share = u16::try_from(thousandths).unwrap_or(1000);
                }
                self.shares[LIVE] = 1000;
            }
        }
        run.live += 1;
        run.block_live[block] += 1;
        run.first_rank[block] = run.first_rank[block].min(rank);
        run.last_rank[block] = run.last_rank[block].max(rank);
        run.handles[column] = handle;
        let tick = (rank >> 20) / self.fairness.aging_every_ms;
        let tick = u32::try_from(tick & u64::from(u32::MAX)).unwrap_or(0);
        map.write_packed(record, tick, &mut run.packed[column * map.words..(column + 1) * map.words]);
        lane.live += 1;
        self.live += 1;
        self.top_class = self.top_class.max(u32::try_from(self.layout.class.get(record)).unwrap_or(0));
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
        let cluster = self.cluster_of(record);
        let segment = self.segment_at(self.layout.segment(record));
        self.segments[segment].1 -= 1;
        let run = &mut self.runs[number];
        run.row_mut(LIVE, block).clear(at);
        run.live -= 1;
        run.block_live[block] -= 1;
        run.handles[block * BLOCK + at] = NONE;
        let (lane, position, is_empty) = (wide(run.lane), wide(run.position), run.block_live[block] == 0);
        let lane = &mut self.lanes[lane];
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
        self.give_back(number);
    }

    /// Rewrites what a ticket accepts; it moves only if a small category is among the changes.
    pub(crate) fn widen(&mut self, place: u32, old: &[u64], new: &[u64], handle: u32, rank: u64) -> u32 {
        if self.layout.segment(old) != self.layout.segment(new) {
            let (passes, overdue) = (self.passes(place), self.is_overdue(place));
            self.remove(place, old);
            return self.insert(new, handle, rank, passes, overdue);
        }
        let (number, block, at) = locate(place);
        let Self { runs, lanes, map, .. } = self;
        let run = &mut runs[number];
        map.each_accepted(old, |row| run.row_mut(row, block).clear(at));
        map.each_accepted(new, |row| run.row_mut(row, block).set(at));
        let spot = wide(run.position) * BLOCKS + block;
        if let Some(summary) = lanes[wide(run.lane)].summary.get_mut(spot / SUMMARY_BLOCKS) {
            map.each_accepted(new, |row| summary[row].set(spot % SUMMARY_BLOCKS));
        }
        place
    }

    /// How often the ticket at `place` was passed over, at most 31.
    pub(crate) fn passes(&self, place: u32) -> u8 {
        let Some(first) = self.map.passes else { return 0 };
        let (number, block, at) = locate(place);
        let run = &self.runs[number];
        (0..PASS_PLANES).rev().fold(0, |sum, plane| sum << 1 | u8::from(run.row(first + plane, block).has(at)))
    }

    fn set_passes(&mut self, place: u32, passes: u8) {
        let Some(first) = self.map.passes else { return };
        let (number, block, at) = locate(place);
        let run = &mut self.runs[number];
        for plane in (0..PASS_PLANES).filter(|plane| passes >> plane & 1 == 1) {
            run.row_mut(first + plane, block).set(at);
        }
    }

    fn is_overdue(&self, place: u32) -> bool {
        let (number, block, at) = locate(place);
        self.map.overdue.is_some_and(|row| self.runs[number].row(row, block).has(at))
    }

    /// Puts the ticket at `place`, which is not overdue, into the class that is served first.
    pub(crate) fn mark_overdue(&mut self, place: u32) {
        let Some(row) = self.map.overdue else { return };
        let (number, block, at) = locate(place);
        let run = &mut self.runs[number];
        run.row_mut(row, block).set(at);
        let (lane, spot) = (wide(run.lane), wide(run.position) * BLOCKS + block);
        if let Some(summary) = self.lanes[lane].summary.get_mut(spot / SUMMARY_BLOCKS) {
            summary[row].set(spot % SUMMARY_BLOCKS);
        }
        self.overdue += 1;
    }

    /// A ticket in a run that is mostly dead, if too many columns are: its place and handle.
    pub(crate) fn stray(&mut self) -> Option<(u32, u32)> {
        let dead = self.used - self.live;
        if self.victim.is_none() {
            if dead <= self.live / 12 + 16 * narrow(BLOCK) || dead < self.patience {
                return None;
            }
            self.victim = self.choose_victim();
            if self.victim.is_none() {
                self.patience = dead + narrow(BLOCK);
                return None;
            }
            self.patience = 0;
        }
        let (number, from) = self.victim?;
        let run = &self.runs[wide(number)];
        let Some(column) = (from..run.used).find(|column| run.handles[*column] != NONE) else {
            self.victim = None;
            return None;
        };
        let found = (number << COLUMN_BITS | narrow(column), run.handles[column]);
        self.victim = Some((number, column + 1));
        Some(found)
    }

    /// The full run with the smallest share of live columns, if that share is worth moving.
    fn choose_victim(&self) -> Option<(u32, usize)> {
        let runs = self.runs.iter().enumerate();
        let closed = runs.filter(|(number, run)| run.blocks > 0 && self.lanes[wide(run.lane)].open != narrow(*number));
        let (number, run) = closed.min_by_key(|(number, run)| (wide(run.live) * BLOCKS / run.blocks, *number))?;
        (wide(run.live) * 10 < run.used * 9).then_some((narrow(number), 0))
    }

    /// Moves a ticket to the open run of its lane.
    pub(crate) fn relocate(&mut self, place: u32, record: &[u64], handle: u32, rank: u64) -> u32 {
        let (passes, overdue) = (self.passes(place), self.is_overdue(place));
        self.remove(place, record);
        self.insert(record, handle, rank, passes, overdue)
    }

    pub(crate) fn bytes(&self) -> usize {
        let runs: usize = self.runs.iter().map(Run::bytes).sum();
        let summaries: usize = self.lanes.iter().map(|lane| lane.summary.len() * self.map.rows * 64).sum();
        let lanes = self.lanes.capacity() * size_of::<Lane>() + self.groups.capacity() * size_of::<Group>();
        runs + summaries + lanes + self.counts.capacity() * 4
    }
}
