//! Where tickets lie, as data: restored exactly, so that a bounded search meets the same tickets as before.
//! Loading checks every number before it is used.

use alloc::vec;
use alloc::vec::Vec;

use super::lanes::{Lane, MIXED, Member, UNBANDED};
use super::run::{BLOCK, BLOCKS, Run};
use super::{COLUMN_BITS, Index, narrow, wide};
use crate::error::RestoreError;
use crate::layout::BANDS;
use crate::rank::Rank;
use crate::slots::NONE;

/// The shape of an index and the number of the ticket in each column.
#[derive(Clone, Debug, PartialEq, Eq)]
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

#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct SavedLane {
    group: u32,
    cluster: u16,
    band: u16,
    positions: u32,
    gaps: Vec<u32>,
    open: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct SavedRun {
    lane: u32,
    position: u32,
    is_full_size: bool,
    /// Number of the ticket in each column given out.
    columns: Vec<u32>,
}

const DAMAGED: RestoreError = RestoreError::Damaged { part: "the index" };

impl Index {
    /// Copies the shape; `number` tells the number of a ticket from its handle.
    pub(crate) fn save(&self, number: impl Fn(u32) -> u32) -> SavedIndex {
        let number = |handle: &u32| if *handle == NONE { NONE } else { number(*handle) };
        let run = |run: &Run| {
            (run.blocks > 0).then(|| SavedRun {
                lane: run.lane,
                position: run.position,
                is_full_size: run.blocks == BLOCKS,
                columns: run.handles.iter().take(run.used).map(number).collect(),
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
        for segment in &saved.groups {
            self.load_group(*segment);
        }
        if self.groups.first().is_some_and(|group| group.segment.is_some()) {
            return Err(DAMAGED);
        }
        for (number, lane) in (0u32..).zip(&saved.lanes) {
            let (cluster, band) = (lane.cluster, lane.band);
            let has_band = self.layout.band.is_some() && band < BANDS;
            if wide(lane.group) >= self.groups.len() || band != UNBANDED && !has_band {
                return Err(DAMAGED);
            }
            let mut loaded = self.make_lane(lane.group, cluster, band);
            let group = self.groups.get_mut(wide(lane.group)).ok_or(DAMAGED)?;
            let is_welcome = group.enter(Member { lane: number, cluster, band });
            if !is_welcome || lane.positions > narrow(saved.runs.len()) + narrow(lane.gaps.len()) {
                return Err(DAMAGED);
            }
            loaded.runs = vec![NONE; wide(lane.positions)];
            loaded.gaps.clone_from(&lane.gaps);
            loaded.open = lane.open;
            self.lanes.push(loaded);
        }
        let is_mixed = |lane: &Member| lane.cluster == MIXED && lane.band == UNBANDED;
        if !self.groups.iter().all(|group| group.lanes.first().is_some_and(is_mixed)) {
            return Err(DAMAGED);
        }
        let mut places = vec![NONE; tickets];
        for (number, run) in saved.runs.iter().enumerate() {
            let run = self.load_run(number, run.as_ref(), &mut places)?;
            self.used += narrow(run.used);
            self.runs.push(run);
            self.ripe.push(u16::MAX);
        }
        if places.contains(&NONE) {
            return Err(DAMAGED);
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
        let lane = self.lanes.get_mut(wide(saved.lane)).ok_or(DAMAGED)?;
        let spot = lane.runs.get_mut(wide(saved.position)).ok_or(DAMAGED)?;
        if *spot != NONE || saved.columns.len() > blocks * BLOCK || number >> (32 - COLUMN_BITS) != 0 {
            return Err(DAMAGED);
        }
        *spot = narrow(number);
        for (column, ticket) in saved.columns.iter().enumerate().filter(|(_, ticket)| **ticket != NONE) {
            let place = places.get_mut(wide(*ticket)).ok_or(DAMAGED)?;
            if *place != NONE {
                return Err(DAMAGED);
            }
            *place = narrow(number) << COLUMN_BITS | narrow(column);
        }
        let rows = self.height(wide(saved.lane));
        let mut run = Run::new(saved.lane, saved.position, blocks, rows, self.map.words);
        run.used = saved.columns.len();
        Ok(run)
    }

    fn load_rest(&mut self, saved: &SavedIndex) -> Result<(), RestoreError> {
        let is_vacant = |run: &u32| self.runs.get(wide(*run)).is_some_and(|run| run.blocks == 0);
        let vacant = self.runs.iter().filter(|run| run.blocks == 0).count();
        if !saved.free_runs.iter().all(is_vacant) || saved.free_runs.len() != vacant {
            return Err(DAMAGED);
        }
        let is_used = |run: u32| self.runs.get(wide(run)).is_some_and(|run| run.blocks > 0);
        for (number, lane) in (0u32..).zip(&self.lanes) {
            let is_gap = |gap: &u32| lane.runs.get(wide(*gap)) == Some(&NONE);
            let is_mine =
                lane.open == NONE || self.runs.get(wide(lane.open)).is_some_and(|run| run.blocks > 0 && run.lane == number);
            if !is_mine || !lane.gaps.iter().all(is_gap) {
                return Err(DAMAGED);
            }
        }
        let is_sorted = saved.segments.windows(2).all(|pair| matches!(pair, [first, second] if first.0 < second.0));
        let is_known = |group: u32| wide(group) < self.groups.len().max(1);
        if !is_sorted || !saved.segments.iter().all(|segment| is_known(segment.1)) {
            return Err(DAMAGED);
        }
        if saved.victim.is_some_and(|(run, _)| !is_used(run)) {
            return Err(DAMAGED);
        }
        self.free_runs.clone_from(&saved.free_runs);
        self.segments = saved.segments.iter().map(|(segment, group)| (*segment, 0, *group)).collect();
        self.victim = saved.victim.map(|(run, column)| (run, wide(column)));
        self.patience = saved.patience;
        Ok(())
    }

    /// Whether the lane of a place is one for tickets like this.
    pub(crate) fn would_hold(&self, place: u32, record: &[u64]) -> bool {
        let run = self.runs.get(wide(place >> COLUMN_BITS));
        let Some(lane) = run.and_then(|run| self.lanes.get(wide(run.lane))) else { return false };
        let segment = self.groups.get(wide(lane.group)).and_then(|group| group.segment);
        segment.is_none_or(|segment| segment == self.layout.segment(record))
            && (lane.cluster == MIXED || lane.cluster == self.cluster_of(record))
            && (lane.band == UNBANDED || lane.band == self.band_of(record))
    }

    /// Puts a ticket back into the column it had.
    pub(crate) fn put_back(&mut self, place: u32, record: &[u64], handle: u32, rank: Rank, passes: u8, overdue: bool) {
        let (run, column) = (wide(place >> COLUMN_BITS), wide(place & ((1 << COLUMN_BITS) - 1)));
        self.put_column(run, column, record, handle, rank);
        self.settle(place, record, passes, overdue);
        self.ripen(run);
    }
}
