//! Which tickets lie beside each other: groups, lanes within a group, runs within a lane.
//! A lane is made once there are enough tickets for it, so that a small pool stays in few places.

#![expect(clippy::indexing_slicing, reason = "groups, lanes and runs are numbered by the index itself")]

use alloc::vec;
use alloc::vec::Vec;

use super::query::Span;
use super::rows::Tells;
use super::run::{BLOCKS, Bits, Run};
use super::tidy::SMALL;
use super::{Index, narrow, wide};
use crate::layout::BANDS;
use crate::predicate::small;
use crate::set::Set;
use crate::slots::NONE;

/// How many tickets, or runs, it takes until something of its own is made for them. Whom a search finds does not depend on it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Crowds {
    /// A segment gets a group of its own when there are so many tickets of it.
    pub(crate) group: u32,
    /// A group gets a lane for each band when there are so many tickets in it.
    pub(crate) bands: u32,
    /// A value of the cluster dimension gets lanes of its own, by band, when a group has so many tickets of it.
    pub(crate) cluster: u32,
    /// The same where nothing can be banded: one lane.
    pub(crate) lane: u32,
    /// A lane keeps a summary from so many runs on.
    pub(crate) summary: usize,
    /// Rows are loaded ahead from so many tickets on.
    /// Measured: with 10,000 waiting loading ahead costs 4 %, with 100,000 it gains as much.
    pub(crate) ahead: u32,
    /// So many who share the same tags are weighed in order of arrival, up to the first whom nobody can beat.
    pub(crate) equals: u32,
}

impl Crowds {
    pub(super) const MEASURED: Self =
        Self { group: 256, bands: 3072, cluster: 8192, lane: 2048, summary: 16, ahead: 40_000, equals: 16 };
}

/// Blocks covered by one summary; few under test, so that a lane of a few thousand tickets has several.
pub(super) const SUMMARY_BLOCKS: usize = if cfg!(test) { 4 } else { 512 };
/// The lane of everybody whose cluster is small.
pub(super) const MIXED: u16 = u16::MAX;
/// The lane of everybody who came before there were bands.
pub(super) const UNBANDED: u16 = u16::MAX;
/// Lanes of one cluster: one for each band, and before them the one without.
const LANES: usize = 13;
const _: () = assert!(LANES == 13 && BANDS == 12, "a lane for each band and one more");

/// Tickets with the same values and rules in the small categories, or all those of rare ones.
#[derive(Clone, Debug)]
pub(super) struct Group {
    /// `None` for the group of the rare.
    pub(super) segment: Option<u64>,
    pub(super) live: u32,
    /// Tickets by value of the cluster dimension.
    pub(super) counts: Vec<u32>,
    /// Values of the cluster dimension that have lanes of their own.
    pub(super) clusters: Set,
    /// Lanes by value of the cluster dimension, the mixed ones last, and band.
    own: Vec<u32>,
    /// All lanes, the mixed one first.
    pub(super) lanes: Vec<Member>,
}

/// A lane as its group knows it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    pub(super) lane: u32,
    pub(super) cluster: u16,
    pub(super) band: u16,
}

/// Tickets stored beside each other. What a search needs lies in one cache line.
#[derive(Clone, Debug)]
#[repr(C, align(64))]
pub(super) struct Lane {
    /// Runs by position; `NONE` where one was given back.
    pub(super) runs: Vec<u32>,
    /// For each 512 blocks: which of them have a bit in a row.
    pub(super) summary: Vec<Vec<Bits>>,
    pub(super) live: u32,
    pub(super) cluster: u16,
    pub(super) band: u16,
    /// Values in the banded dimension, ends included; any, without a band.
    pub(super) values: (u16, u16),
    pub(super) has_segment: bool,
    pub(super) group: u32,
    pub(super) open: u32,
    pub(super) gaps: Vec<u32>,
}

const _: () = assert!(core::mem::offset_of!(Lane, group) == 64 || size_of::<usize>() < 8, "as the comment on `Lane` says");

impl Lane {
    /// What its tickets have in common; a cluster of its own is an accepted one.
    #[inline]
    pub(super) fn known(&self, asked: Option<Span>) -> Tells {
        let (low, high) = self.values;
        let is_within = self.band != UNBANDED && asked.is_some_and(|asked| asked.low <= low && high <= asked.high);
        Tells::all([(Tells::CLUSTER, self.cluster != MIXED), (Tells::SEGMENT, self.has_segment), (Tells::BAND, is_within)])
    }
}

impl Group {
    fn new(segment: Option<u64>, clusters: usize) -> Self {
        let (counts, own) = (vec![0; clusters], vec![NONE; (clusters + 1) * LANES]);
        Self { segment, live: 0, counts, clusters: Set::EMPTY, own, lanes: Vec::new() }
    }

    #[inline]
    fn spot(&self, cluster: u16, band: u16) -> usize {
        let row = if cluster == MIXED { self.counts.len() } else { usize::from(cluster) };
        row * LANES + usize::from(band.wrapping_add(1))
    }

    /// The lane for a cluster and band, if it was made.
    #[inline]
    pub(super) fn own(&self, cluster: u16, band: u16) -> Option<u32> {
        self.own.get(self.spot(cluster, band)).copied().filter(|lane| *lane != NONE)
    }

    /// Enters a lane; whether there was room for it. The first must be the mixed one without a band.
    pub(super) fn enter(&mut self, member: Member) -> bool {
        self.lanes.push(member);
        let spot = self.spot(member.cluster, member.band);
        let is_known = member.cluster == MIXED || usize::from(member.cluster) < self.counts.len();
        if is_known && member.cluster != MIXED {
            self.clusters.insert(member.cluster);
        }
        match self.own.get_mut(spot).filter(|_| is_known && (member.band == UNBANDED || member.band < BANDS)) {
            Some(own) if *own == NONE => {
                *own = member.lane;
                true
            }
            _ => false,
        }
    }
}

impl Index {
    /// Number of values of the cluster dimension.
    fn clusters(&self) -> usize {
        self.layout.cluster.map_or(0, |dim| usize::from(self.layout.places[dim].size))
    }

    /// Position of a segment, which becomes known if it was not.
    pub(super) fn segment_at(&mut self, segment: u64) -> usize {
        match self.segments.binary_search_by_key(&segment, |entry| entry.0) {
            Ok(at) => at,
            Err(at) => {
                self.segments.insert(at, (segment, 0, 0));
                at
            }
        }
    }

    /// The group for tickets of the segment at a position.
    fn group_of(&mut self, at: usize) -> usize {
        if self.groups.is_empty() {
            self.new_group(None);
        }
        let (segment, live, group) = self.segments[at];
        if group != 0 || live < self.crowds.group {
            return wide(group);
        }
        let group = self.new_group(Some(segment));
        self.segments[at].2 = narrow(group);
        group
    }

    fn new_group(&mut self, segment: Option<u64>) -> usize {
        let number = self.groups.len();
        self.groups.push(Group::new(segment, self.clusters()));
        self.new_lane(number, MIXED, UNBANDED);
        number
    }

    /// An empty group, for loading.
    pub(super) fn load_group(&mut self, segment: Option<u64>) {
        self.groups.push(Group::new(segment, self.clusters()));
    }

    fn new_lane(&mut self, group: usize, cluster: u16, band: u16) -> u32 {
        let lane = narrow(self.lanes.len());
        let new = self.make_lane(narrow(group), cluster, band);
        self.lanes.push(new);
        self.groups[group].enter(Member { lane, cluster, band });
        lane
    }

    /// A lane that no group knows yet.
    pub(super) fn make_lane(&self, group: u32, cluster: u16, band: u16) -> Lane {
        let size = self.layout.band.map_or(1, |dim| self.layout.places[dim].size);
        let first = |band: u16| (band * size).div_ceil(BANDS);
        Lane {
            group,
            cluster,
            band,
            values: if band < BANDS { (first(band), first(band + 1) - 1) } else { (0, u16::MAX) },
            has_segment: self.groups[wide(group)].segment.is_some(),
            live: 0,
            runs: Vec::new(),
            gaps: Vec::new(),
            open: NONE,
            summary: Vec::new(),
        }
    }

    /// Value in the cluster dimension; `MIXED` if there is no such dimension.
    pub(super) fn cluster_of(&self, record: &[u64]) -> u16 {
        self.layout.cluster.map_or(MIXED, |dim| small(self.layout.places[dim].value.get(record)))
    }

    /// The band of a value in the banded dimension.
    pub(super) fn band_at(&self, value: u16) -> u16 {
        self.layout.band.map_or(UNBANDED, |dim| value * BANDS / self.layout.places[dim].size)
    }

    pub(super) fn band_of(&self, record: &[u64]) -> u16 {
        self.layout.band.map_or(UNBANDED, |dim| self.band_at(small(self.layout.places[dim].value.get(record))))
    }

    /// The lane for a ticket of the segment at a position, a new one if there have come to be enough like it.
    pub(super) fn lane_for(&mut self, segment: usize, record: &[u64]) -> usize {
        let number = self.group_of(segment);
        let (cluster, band) = (self.cluster_of(record), self.band_of(record));
        let group = &self.groups[number];
        let count = group.counts.get(usize::from(cluster)).copied().unwrap_or(0);
        let (of_cluster, of_band) =
            if band == UNBANDED { (self.crowds.lane, u32::MAX) } else { (self.crowds.cluster, self.crowds.bands) };
        let choices = [(cluster, cluster != MIXED && count >= of_cluster), (MIXED, group.live >= of_band)];
        for (cluster, is_large) in choices {
            if let Some(lane) = group.own(cluster, band) {
                return wide(lane);
            }
            if is_large {
                return wide(self.new_lane(number, cluster, band));
            }
        }
        wide(group.lanes[0].lane)
    }

    /// The run of a lane that takes new columns, ready for the next one.
    pub(super) fn open_run(&mut self, lane: usize) -> usize {
        let open = self.lanes[lane].open;
        if open != NONE {
            let run = &self.runs[wide(open)];
            if !run.is_full() {
                if !run.has_front(run.used()) {
                    self.next_front(wide(open));
                }
                return wide(open);
            }
            self.close_front(wide(open));
            self.lanes[lane].open = NONE;
            self.ripen(wide(open));
            self.give_back(wide(open));
        }
        let is_small = self.lanes[lane].live <= SMALL;
        let position = self.lanes[lane].gaps.pop().unwrap_or_else(|| {
            self.lanes[lane].runs.push(NONE);
            narrow(self.lanes[lane].runs.len() - 1)
        });
        let number = self.add_run(lane, position, if is_small { 1 } else { BLOCKS });
        self.next_front(number);
        number
    }

    fn next_front(&mut self, number: usize) {
        self.close_front(number);
        let memory = self.spare_front.pop().unwrap_or_default();
        let run = &mut self.runs[number];
        run.open_front(run.used(), memory);
    }

    /// Moves the word being filled into the rows and notes it in the summary.
    pub(super) fn close_front(&mut self, number: usize) {
        let Self { runs, lanes, .. } = self;
        let run = &mut runs[number];
        let lane = &mut lanes[wide(run.lane)];
        let first = wide(run.position) * BLOCKS;
        let block = run.filling();
        let mut summary = lane.summary.get_mut(first / SUMMARY_BLOCKS);
        let note = |row: usize| {
            if let Some(summary) = &mut summary {
                summary[row].set((first + block) % SUMMARY_BLOCKS);
            }
        };
        if let Some(memory) = run.close_front(note) {
            self.spare_front.push(memory);
        }
    }

    fn add_run(&mut self, lane: usize, position: u32, blocks: usize) -> usize {
        let rows = self.height(lane);
        let run = Run::new(narrow(lane), position, blocks, rows, self.map.words);
        let number = if let Some(number) = self.free_runs.pop() {
            self.runs[wide(number)] = run;
            number
        } else {
            self.runs.push(run);
            self.ripe.push(u16::MAX);
            narrow(self.runs.len() - 1)
        };
        self.lanes[lane].runs[wide(position)] = number;
        self.lanes[lane].open = number;
        self.grow_summary(lane);
        wide(number)
    }

    /// Rows of a lane's runs.
    pub(super) fn height(&self, lane: usize) -> usize {
        if self.lanes[lane].cluster == MIXED { self.map.rows } else { self.map.known_rows }
    }

    /// Gives a run back if nothing lives in it and nothing will.
    pub(super) fn give_back(&mut self, number: usize) {
        let run = &mut self.runs[number];
        let (lane, position) = (wide(run.lane), run.position);
        if run.live > 0 || self.lanes[lane].open == narrow(number) {
            return;
        }
        self.used -= narrow(run.used());
        self.lanes[lane].runs[wide(position)] = NONE;
        self.lanes[lane].gaps.push(position);
        self.runs[number] = Run::default();
        self.ripe[number] = u16::MAX;
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
    pub(super) fn grow_summary(&mut self, lane: usize) {
        let runs = self.lanes[lane].runs.len();
        let needed = if runs < self.crowds.summary { 0 } else { (runs * BLOCKS).div_ceil(SUMMARY_BLOCKS) };
        while self.lanes[lane].summary.len() < needed {
            let at = self.lanes[lane].summary.len();
            let mut summary = vec![Bits::default(); self.height(lane)];
            for position in at * SUMMARY_BLOCKS / BLOCKS..runs.min((at + 1) * SUMMARY_BLOCKS / BLOCKS) {
                let number = self.lanes[lane].runs[position];
                let Some(run) = self.runs.get(wide(number)) else { continue };
                for (row, bits) in summary.iter_mut().enumerate() {
                    for block in (0..run.blocks()).filter(|block| run.block(*block).row(row).any()) {
                        bits.set((position * BLOCKS + block) % SUMMARY_BLOCKS);
                    }
                }
            }
            self.lanes[lane].summary.push(summary);
        }
    }
}
