//! Who comes first among those who fit: tier by tier of shared tags, each only as far as it can still win.
//! Every bound is an upper one, so that an exact search never loses anybody.

#![expect(clippy::indexing_slicing, reason = "columns and packed words are numbered by the index")]

use super::counts::Counts;
use super::lanes::{Lane, MIXED, UNBANDED};
use super::run::{BLOCK, Bits, Block, Run};
use super::scoring::Packs;
use super::search::{Found, Hunt, Pool};
use super::{narrow, wide};
use crate::rank::Rank;
use crate::score::near;

/// So few candidates are weighed without sorting them first.
const FEW: u32 = 4;

impl<P: Pool> Hunt<'_, P> {
    /// The smallest number of shared tags with which somebody in a lane, or in a block of it, can win; more than the cap:
    /// nobody can.
    pub(super) fn lowest_tier(&self, lane: &Lane, block: Option<(&Run, usize)>) -> u32 {
        let scoring = &self.scoring;
        let own = self.query.cluster.is_some_and(|(own, _)| lane.cluster == own);
        let is_apart = scoring.same_is_cluster && lane.cluster != MIXED && !own;
        let same = scoring.same.filter(|_| !is_apart).map_or(0, |same| same.1);
        let (bonus, first_rank) =
            block.map_or((self.bonus, Rank::FIRST), |(run, block)| (self.bonus_in(run, block), run.first_rank[block]));
        self.lowest_winning(self.rest(lane) + bonus + same, first_rank)
    }

    /// Most points somebody in a lane can have besides those for shared tags and the same category, and besides the bonus.
    fn rest(&self, lane: &Lane) -> u32 {
        self.scoring.fixed + self.scoring.rest + self.pool.extra_most() - self.lost(lane)
    }

    /// Most points somebody in a block has for merit, class and aging.
    fn bonus_in(&self, run: &Run, block: usize) -> u32 {
        let fairness = &self.index.fairness;
        // Nobody in the block has waited longer than its first.
        let waited = self.tick.wrapping_sub(fairness.tick(run.first_rank[block].enqueued()));
        let class = self.index.top_class * fairness.class_bonus;
        u32::from(run.top_merit[block]) + class + waited.min(fairness.aging_cap)
    }

    /// Points that everybody in a lane loses since its band is so far away.
    fn lost(&self, lane: &Lane) -> u32 {
        let Some(window) = self.scoring.window.filter(|window| window.is_band && lane.band != UNBANDED) else { return 0 };
        let (low, high) = (usize::from(lane.values.0), usize::from(lane.values.1));
        let away = low.saturating_sub(window.mine).max(window.mine.saturating_sub(high));
        window.most.min(narrow(away).saturating_mul(window.slope))
    }

    /// The smallest tier that can win with so many points besides; more than the cap: none can.
    fn lowest_winning(&self, rest: u32, first_rank: Rank) -> u32 {
        let (each, cap) = (self.scoring.tier.each, self.scoring.tier.cap);
        let Some(best) = self.best.filter(|_| !self.could_win(rest, first_rank)) else { return 0 };
        if each == 0 {
            return cap + 1;
        }
        // The first tier with as many points as the best or more; with as many, it depends on who came first.
        let tier = (best.total - rest).div_ceil(each);
        if self.could_win(rest + tier * each, first_rank) { tier } else { tier + 1 }
    }

    /// Whether a candidate with so many points at most, from a block whose oldest rank is given, could come first.
    fn could_win(&self, most: u32, first_rank: Rank) -> bool {
        self.best.is_none_or(|best| most > best.total || most == best.total && first_rank <= best.rank)
    }

    /// Looks for somebody better among the columns that fit.
    pub(super) fn choose(&mut self, lane: &Lane, at: (&Run, &Block<'_>), block: usize, fits: Bits, counts: Option<Counts>) {
        let rows = at.1;
        if !self.scoring.is_ready {
            self.scoring.compile(self.index, self.weights, self.record);
        }
        let rest = self.rest(lane) + self.bonus_in(at.0, block);
        let counts = counts.unwrap_or_else(|| Counts::new(self.scoring, rows));
        let Some((row, points)) = self.scoring.same else {
            self.tiers(at, block, fits, 0, rest, &counts);
            return;
        };
        let (mut same, mut other) = (fits, fits);
        if self.scoring.same_is_cluster && lane.cluster != MIXED {
            // All have the same value, mine or another.
            let own = self.query.cluster.is_some_and(|(own, _)| lane.cluster == own);
            *(if own { &mut other } else { &mut same }) = Bits::default();
        } else {
            let row = rows.row(row);
            same.and(&row);
            other.and_not(&row);
        }
        self.tiers(at, block, same, points, rest + points, &counts);
        self.tiers(at, block, other, 0, rest, &counts);
    }

    /// Visits candidates from many shared tags to few, those that can still win.
    fn tiers(&mut self, at: (&Run, &Block<'_>), block: usize, columns: Bits, points: u32, rest: u32, counts: &Counts) {
        if !columns.any() {
            return;
        }
        let (each, cap) = (self.scoring.tier.each, self.scoring.tier.cap);
        let (run, rows) = at;
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
            self.fetch(run, block, &columns);
            columns.each(|at| self.weigh((run, rows), block, at, points, counts.get(at).min(cap)));
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
            self.narrow_down(at, &mut here, rest + tier * each);
            self.fetch(run, block, &here);
            here.each(|at| self.weigh((run, rows), block, at, points, tier));
        }
    }

    /// In a large pool, starts to load what is asked of candidates, so that they are waited for together.
    fn fetch(&self, run: &Run, block: usize, columns: &Bits) {
        if self.index.is_large() {
            columns.each(|at| run.fetch_column(block * BLOCK + at));
        }
    }

    /// Leaves out those whose value is too far away to win; `most` is without what their lane loses.
    fn narrow_down(&self, (run, rows): (&Run, &Block<'_>), columns: &mut Bits, most: u32) {
        let (Some(window), Some(best)) = (self.scoring.window, self.best) else { return };
        // Points that may be lost before the candidate falls behind, counted from the seeker's value and not from the band's edge.
        let spare = (most + self.lost(&self.index.lanes[wide(run.lane)])).saturating_sub(best.total);
        if spare >= window.most || columns.count() < FEW {
            return;
        }
        let reach = wide(spare / window.slope);
        let high = window.mine + reach;
        if high + 1 < window.size {
            columns.and(&rows.row(window.have + high));
        }
        if window.mine > reach {
            columns.and_not(&rows.row(window.have + window.mine - reach - 1));
        }
    }

    /// Computes a candidate's points and keeps it if it comes first.
    fn weigh(&mut self, (run, rows): (&Run, &Block<'_>), block: usize, at: usize, same: u32, shared: u32) {
        self.cost.scored += 1;
        let query = &self.scoring;
        let map = &self.index.map;
        let column = block * BLOCK + at;
        let words = run.packed(column);
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
            let shared = other.rows.iter().filter(|row| rows.row(**row).has(at)).count();
            points += narrow(shared).min(other.cap) * other.each;
        }
        if let Some(at) = map.merit {
            points += words[at.word] >> at.shift & at.mask;
        }
        let mut bonus = map.class.map_or(0, |at| (words[at.word] >> at.shift & at.mask) * self.index.fairness.class_bonus);
        if let Some(word) = map.tick {
            bonus += self.tick.wrapping_sub(words[word]).min(self.index.fairness.aging_cap);
        }
        let handle = run.handle(column);
        let extra_most = self.pool.extra_most();
        if extra_most > 0 {
            if self.best.is_some_and(|best| points + bonus + extra_most < best.total) {
                return;
            }
            points += self.pool.extra(handle).min(extra_most);
        }
        let total = if self.is_in_order() { 0 } else { points + bonus };
        if let Some(best) = self.best
            && (total < best.total || total == best.total && !self.pool.is_before(handle, best.handle))
        {
            return;
        }
        self.pool.fetch(handle);
        if self.pool.is_barred(handle) {
            return;
        }
        self.keep(Found { handle, points, total, rank: self.pool.rank(handle) });
    }
}
