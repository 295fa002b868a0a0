//! Where tickets lie, as data: restored exactly, so that a bounded search meets the same tickets as before.
//! Loading checks every number before it is used.

#![expect(clippy::indexing_slicing, reason = "runs and lanes are looked up before they are indexed")]

use alloc::vec;
use alloc::vec::Vec;

use super::lanes::{Lane, MIXED, Member, UNBANDED};
use super::run::{BLOCK, BLOCKS, Run};
use super::{COLUMN_BITS, Index, narrow, wide};
use crate::error::RestoreError;
use crate::layout::{BANDS, SPLIT_LIMIT};
use crate::rank::Rank;
use crate::slots::NONE;

/// The shape of an index and the number of the ticket in each column.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct SavedIndex {
    groups: Vec<Option<u64>>,
    segments: Vec<(u64, u32)>,
    lanes: Vec<SavedLane>,
    runs: Vec<Option<SavedRun>>,
    free_runs: Vec<u32>,
    victim: Option<(u32, u32)>,
    patience: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct SavedLane {
    group: u32,
    cluster: u16,
    band: u16,
    positions: u32,
    gaps: Vec<u32>,
    open: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct SavedRun {
    lane: u32,
    position: u32,
    is_full_size: bool,
    /// Number of the ticket in each column given out.
    columns: Vec<u32>,
}

/// The error that names a part of the index.
fn damaged(part: &'static str) -> RestoreError {
    RestoreError::Damaged { part }
}

impl Index {
    /// Copies the shape; `number` tells the number of a ticket from its handle.
    pub(crate) fn save(&self, number: impl Fn(u32) -> u32) -> SavedIndex {
        let number = |handle: u32| if handle == NONE { NONE } else { number(handle) };
        let run = |run: &Run| {
            (run.blocks() > 0).then(|| SavedRun {
                lane: run.lane,
                position: run.position,
                is_full_size: run.blocks() == BLOCKS,
                columns: (0..run.used()).map(|column| number(run.handle(column))).collect(),
            })
        };
        let lane = |lane: &Lane| SavedLane {
            group: lane.group,
            cluster: lane.cluster,
            band: lane.band,
            positions: narrow(lane.runs.len()),
            gaps: lane.gaps.clone(),
            open: lane.open,
        };
        SavedIndex {
            groups: self.groups.iter().map(|group| group.segment).collect(),
            segments: self.segments.iter().map(|segment| (segment.0, segment.2)).collect(),
            lanes: self.lanes.iter().map(lane).collect(),
            runs: self.runs.iter().map(run).collect(),
            free_runs: self.free_runs.clone(),
            victim: self.victim.map(|(run, column)| (run, narrow(column))),
            patience: self.patience,
        }
    }

    /// Rebuilds the shape in an empty index; returns the place of each of so many tickets, which are to be
    /// [put back](Self::put_back) there.
    pub(crate) fn load(&mut self, saved: &SavedIndex, tickets: usize) -> Result<Vec<u32>, RestoreError> {
        // One for each segment, and that of the rare.
        if saved.groups.len() > usize::from(SPLIT_LIMIT) + 1 {
            return Err(damaged("the number of groups"));
        }
        for segment in &saved.groups {
            self.load_group(*segment);
        }
        self.load_segments(saved)?;
        // Each position of a lane has a run or is a gap.
        let mut positions = saved.runs.len() + saved.lanes.iter().map(|lane| lane.gaps.len()).sum::<usize>();
        for (number, lane) in (0u32..).zip(&saved.lanes) {
            let (cluster, band) = (lane.cluster, lane.band);
            let has_band = self.layout.band.is_some() && band < BANDS;
            if wide(lane.group) >= self.groups.len() || band != UNBANDED && !has_band {
                return Err(damaged("group or band of a lane"));
            }
            let mut loaded = self.make_lane(lane.group, cluster, band);
            let group = self.groups.get_mut(wide(lane.group)).ok_or(damaged("group of a lane"))?;
            let is_welcome = group.enter(Member { lane: number, cluster, band });
            if !is_welcome {
                return Err(damaged("the cluster of a lane"));
            }
            positions = positions.checked_sub(wide(lane.positions)).ok_or(damaged("a gap of a lane"))?;
            loaded.runs = vec![NONE; wide(lane.positions)];
            loaded.gaps.clone_from(&lane.gaps);
            loaded.open = lane.open;
            self.lanes.push(loaded);
        }
        let is_mixed = |lane: &Member| lane.cluster == MIXED && lane.band == UNBANDED;
        if !self.groups.iter().all(|group| group.lanes.first().is_some_and(is_mixed)) {
            return Err(damaged("lanes of a group"));
        }
        let mut places = vec![NONE; tickets];
        for (number, run) in saved.runs.iter().enumerate() {
            let run = self.load_run(number, run.as_ref(), &mut places)?;
            self.used += narrow(run.used());
            self.runs.push(run);
            self.ripe.push(u16::MAX);
        }
        if places.contains(&NONE) {
            return Err(damaged("a ticket without a column"));
        }
        self.load_rest(saved)?;
        for lane in 0..self.lanes.len() {
            self.grow_summary(lane);
        }
        Ok(places)
    }

    fn load_run(&mut self, number: usize, saved: Option<&SavedRun>, places: &mut [u32]) -> Result<Run, RestoreError> {
        let Some(saved) = saved else { return Ok(Run::default()) };
        let blocks = if saved.is_full_size { BLOCKS } else { 1 };
        let lane = self.lanes.get_mut(wide(saved.lane)).ok_or(damaged("lane of a run"))?;
        let spot = lane.runs.get_mut(wide(saved.position)).ok_or(damaged("position of a run"))?;
        if *spot != NONE || saved.columns.len() > blocks * BLOCK || number >> (32 - COLUMN_BITS) != 0 {
            return Err(damaged("position or columns of a run"));
        }
        *spot = narrow(number);
        if lane.open != narrow(number) && saved.columns.iter().all(|ticket| *ticket == NONE) {
            return Err(damaged("a run without tickets"));
        }
        for (column, ticket) in saved.columns.iter().enumerate().filter(|(_, ticket)| **ticket != NONE) {
            let place = places.get_mut(wide(*ticket)).ok_or(damaged("ticket of a column"))?;
            if *place != NONE {
                return Err(damaged("a ticket with two columns"));
            }
            *place = narrow(number) << COLUMN_BITS | narrow(column);
        }
        let rows = self.height(wide(saved.lane));
        let mut run = Run::new(saved.lane, saved.position, blocks, rows, self.map.words);
        run.set_used(saved.columns.len());
        Ok(run)
    }

    /// Checks that groups and segments name each other, and takes the segments over.
    fn load_segments(&mut self, saved: &SavedIndex) -> Result<(), RestoreError> {
        if self.groups.first().is_some_and(|group| group.segment.is_some()) {
            return Err(damaged("the group of the rare"));
        }
        let is_sorted = saved.segments.windows(2).all(|pair| matches!(pair, [first, second] if first.0 < second.0));
        let is_named = |(segment, group): &(u64, u32)| {
            *group == 0 || self.groups.get(wide(*group)).is_some_and(|group| group.segment == Some(*segment))
        };
        let owners = saved.segments.iter().filter(|segment| segment.1 != 0).count();
        if !is_sorted || !saved.segments.iter().all(is_named) || owners != self.groups.len().saturating_sub(1) {
            return Err(damaged("a segment"));
        }
        self.segments = saved.segments.iter().map(|(segment, group)| (*segment, 0, *group)).collect();
        Ok(())
    }

    fn load_rest(&mut self, saved: &SavedIndex) -> Result<(), RestoreError> {
        let mut vacant = self.runs.iter().filter(|run| run.blocks() == 0).count();
        let mut is_free = vec![false; self.runs.len()];
        for run in &saved.free_runs {
            let is_new = is_free.get_mut(wide(*run)).is_some_and(|is_free| !core::mem::replace(is_free, true));
            if !is_new || vacant == 0 || self.runs[wide(*run)].blocks() > 0 {
                return Err(damaged("a free run"));
            }
            vacant -= 1;
        }
        if vacant > 0 {
            return Err(damaged("a run that is neither used nor free"));
        }
        for (number, lane) in (0u32..).zip(&self.lanes) {
            let is_mine = |run: &Run| run.blocks() > 0 && run.lane == number;
            if lane.open != NONE && !self.runs.get(wide(lane.open)).is_some_and(is_mine) {
                return Err(damaged("the open run of a lane"));
            }
            let mut gaps = lane.gaps.clone();
            gaps.sort_unstable();
            let vacant = (0u32..).zip(&lane.runs).filter(|(_, run)| **run == NONE).map(|(position, _)| position);
            if !vacant.eq(gaps) {
                return Err(damaged("a gap of a lane"));
            }
        }
        let is_moving = |run: u32| {
            let found = self.runs.get(wide(run)).filter(|run| run.blocks() > 0);
            found.is_some_and(|found| self.lanes[wide(found.lane)].open != run)
        };
        if saved.victim.is_some_and(|(run, column)| !is_moving(run) || wide(column) > BLOCK * BLOCKS) {
            return Err(damaged("the run that is being emptied"));
        }
        self.free_runs.clone_from(&saved.free_runs);
        self.victim = saved.victim.map(|(run, column)| (run, wide(column)));
        self.patience = saved.patience;
        Ok(())
    }

    /// Checks that the lane of a place is one for tickets like this.
    pub(crate) fn check_place(&self, place: u32, record: &[u64]) -> Result<(), RestoreError> {
        let segment = self.layout.segment(record);
        if self.segments.binary_search_by_key(&segment, |known| known.0).is_err() {
            return Err(damaged("a segment"));
        }
        let run = self.runs.get(wide(place >> COLUMN_BITS));
        let lane = run.and_then(|run| self.lanes.get(wide(run.lane))).ok_or(damaged("the lane of a ticket"))?;
        let is_right = self.groups[wide(lane.group)].segment.is_none_or(|own| own == segment)
            && (lane.cluster == MIXED || lane.cluster == self.cluster_of(record))
            && (lane.band == UNBANDED || lane.band == self.band_of(record));
        if is_right { Ok(()) } else { Err(damaged("the lane of a ticket")) }
    }

    /// Puts a ticket back into the column it had.
    pub(crate) fn put_back(&mut self, place: u32, record: &[u64], handle: u32, rank: Rank, passes: u8, overdue: bool) {
        let (run, column) = (wide(place >> COLUMN_BITS), wide(place & ((1 << COLUMN_BITS) - 1)));
        self.put_column(run, column, record, handle, rank);
        let segment = self.segment_at(self.layout.segment(record));
        self.settle(place, segment, passes, overdue);
        self.ripen(run);
    }
}
