//! Compaction: runs that are mostly dead are emptied, a few tickets with each operation.
//! Where a ticket lies never changes whom an exact search finds.

#![expect(clippy::indexing_slicing, reason = "runs and lanes are numbered by the index itself")]

use super::lanes::Lane;
use super::run::{BLOCK, BLOCKS};
use super::{COLUMN_BITS, Index, narrow, wide};
use crate::rank::Rank;
use crate::slots::NONE;

/// A full run with fewer live columns of 1,024 is emptied at once: that is little work for a block less to search.
const SPARSE: u16 = 128;

/// A lane of up to so many tickets is gathered in one block, however many it had before. A block takes no more words from
/// 448 on: between the two a lane may be spread or not, so that it does not go back and forth.
pub(super) const SMALL: u32 = 320;

impl Index {
    /// A ticket in a run that is mostly dead, if too many columns are: its place and handle.
    pub(crate) fn stray(&mut self) -> Option<(u32, u32)> {
        let dead = self.used - self.live;
        if self.victim.is_none() {
            if dead <= self.live / 10 + 16 * narrow(BLOCK) || dead < self.patience {
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
        let Some(column) = (from..run.used()).find(|column| run.handle(*column) != NONE) else {
            self.victim = None;
            return None;
        };
        let found = (number << COLUMN_BITS | narrow(column), run.handle(column));
        self.victim = Some((number, column + 1));
        Some(found)
    }

    /// Notes how many columns of a run live, if it takes no more.
    pub(super) fn ripen(&mut self, number: usize) {
        let run = &self.runs[number];
        let is_open = run.blocks() == 0 || self.lanes[wide(run.lane)].open == narrow(number);
        let live = wide(run.live) * BLOCKS / run.blocks().max(1);
        self.ripe[number] = if is_open { u16::MAX } else { u16::try_from(live).unwrap_or(u16::MAX) };
    }

    /// Chooses a run to be emptied that somebody has left, if hardly anybody lives in it any more.
    pub(super) fn notice_sparse(&mut self, number: usize) {
        if self.ripe[number] < SPARSE && self.victim.is_none() {
            self.victim = Some((narrow(number), 0));
        }
    }

    /// Chooses a run to be emptied that somebody has left, if its lane has few tickets in more than one block: each block
    /// takes a search as long as a full one.
    pub(super) fn gather(&mut self, lane: usize) {
        let Lane { runs, live, open, .. } = &self.lanes[lane];
        if self.victim.is_some() || *live > SMALL {
            return;
        }
        let open = *open;
        let victim = runs.iter().copied().find(|run| *run != NONE && *run != open);
        let is_spread = |run: u32| self.runs.get(wide(run)).is_some_and(|run| run.used() > BLOCK);
        if victim.is_none() && is_spread(open) {
            self.close_front(wide(open));
            self.lanes[lane].open = NONE;
            self.ripen(wide(open));
            self.victim = Some((open, 0));
            self.give_back(wide(open));
        } else {
            self.victim = victim.map(|run| (run, 0));
        }
    }

    /// The full run with the smallest share of live columns, if that share is worth moving.
    fn choose_victim(&self) -> Option<(u32, usize)> {
        let least = self.ripe.iter().copied().min().filter(|least| *least != u16::MAX)?;
        let number = self.ripe.iter().position(|live| *live == least)?;
        let run = &self.runs[number];
        (wide(run.live) * 10 < run.used() * 9).then_some((narrow(number), 0))
    }

    /// Moves a ticket to the open run of its lane.
    pub(crate) fn relocate(&mut self, place: u32, record: &[u64], handle: u32, rank: Rank) -> u32 {
        let (passes, overdue) = (self.passes(place), self.is_overdue(place));
        self.remove(place, record);
        self.insert(record, handle, rank, passes, overdue)
    }
}
