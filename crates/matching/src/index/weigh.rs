//! Who comes first among those who fit: tier by tier of shared tags, each only as far as it can still win.
//! Every bound is an upper one, so that an exact search never loses anybody.

#![expect(clippy::indexing_slicing, reason = "columns and packed words are numbered by the index")]

use super::counts::Counts;
use super::lanes::{Lane, MIXED, UNBANDED};
use super::order::Sequences;
use super::run::{BLOCK, Bits, Block, Run};
use super::scoring::{Packs, Window};
use super::search::{Found, Hunt, Pool};
use super::{narrow, wide};
use crate::rank::Rank;
use crate::score::near;

/// So few candidates are weighed without sorting them first.
const FEW: u32 = 4;

/// What anybody in a block has at most.
#[derive(Clone, Copy)]
pub(super) struct Bound {
    /// Points besides those for shared tags and the same category, those for merit, class and aging among them.
    most: u32,
    /// How many of them are for aging.
    aged: u32,
    /// Points that everybody loses since the value is so far away; `most` is without them.
    lost: u32,
    first_rank: Rank,
}

impl Bound {
    fn plus(self, points: u32) -> Self {
        Self { most: self.most + points, ..self }
    }
}

impl Window {
    /// Points that everybody loses whose value lies from `low` to `high`.
    fn lost(&self, low: usize, high: usize) -> u32 {
        let away = low.saturating_sub(self.mine).max(self.mine.saturating_sub(high));
        self.most.min(narrow(away).saturating_mul(self.slope))
    }
}

impl<P: Pool> Hunt<'_, P> {
    /// The smallest number of shared tags with which somebody in a lane, or in a block of it, can win; more than the cap:
    /// nobody can.
    pub(super) fn lowest_tier(&self, lane: &Lane, block: Option<(&Run, usize)>) -> u32 {
        let scoring = &self.scoring;
        let own = self.query.cluster.is_some_and(|(own, _)| lane.cluster == own);
        let is_apart = scoring.same_is_cluster && lane.cluster != MIXED && !own;
        let same = scoring.same.filter(|_| !is_apart).map_or(0, |same| same.1);
        let bound = self.bound(lane, block);
        self.lowest_winning(bound.most + same, bound.first_rank)
    }

    /// What anybody in a lane, or in a block of it, has at most.
    fn bound(&self, lane: &Lane, block: Option<(&Run, usize)>) -> Bound {
        let (index, scoring) = (self.index, &self.scoring);
        let fairness = &index.fairness;
        let (merit, class, aged, first_rank, lost) = if let Some((run, block)) = block {
            // Nobody in the block has waited longer than its first.
            let waited = self.tick.wrapping_sub(fairness.tick(run.first_rank[block].enqueued()));
            let (low, high) = run.near[block];
            let lost = scoring.window.map_or(0, |window| window.lost(low.into(), high.into()));
            (run.top_merit[block], run.top_class[block], waited.min(fairness.aging_cap), run.first_rank[block], lost)
        } else {
            let window = scoring.window.filter(|window| window.is_band && lane.band != UNBANDED);
            let lost = window.map_or(0, |window| window.lost(lane.values.0.into(), lane.values.1.into()));
            (index.top_merit, index.top_class, fairness.aging_cap, Rank::FIRST, lost)
        };
        let bonus = u32::from(merit) + u32::from(class) * fairness.class_bonus + aged;
        let most = scoring.fixed + scoring.rest + self.pool.extra_most() + bonus - lost;
        Bound { most, aged, lost, first_rank }
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
        let bound = self.bound(lane, Some((at.0, block)));
        let counts = counts.unwrap_or_else(|| Counts::new(self.scoring, rows));
        let Some((row, points)) = self.scoring.same else {
            self.tiers(at, block, (fits, 0), bound, &counts);
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
        self.tiers(at, block, (same, points), bound.plus(points), &counts);
        self.tiers(at, block, (other, 0), bound, &counts);
    }

    /// Visits candidates from many shared tags to few, those that can still win; all of them have `points` for the same
    /// category.
    fn tiers(&mut self, at: (&Run, &Block<'_>), block: usize, (columns, points): (Bits, u32), bound: Bound, counts: &Counts) {
        if !columns.any() {
            return;
        }
        let (each, cap) = (self.scoring.tier.each, self.scoring.tier.cap);
        let (run, rows) = at;
        let lowest = self.lowest_winning(bound.most, bound.first_rank);
        if lowest > cap {
            return;
        }
        let mut columns = columns;
        if lowest > 0 {
            columns.and(&counts.at_least(lowest));
        }
        if columns.count() <= FEW {
            self.fetch(run, block, &columns);
            columns.each(|at| {
                self.weigh((run, rows), block, at, points, counts.get(at).min(cap));
            });
            return;
        }
        for tier in (lowest..=cap).rev() {
            let bound = bound.plus(tier * each);
            if !columns.any() || !self.could_win(bound.most, bound.first_rank) {
                return;
            }
            let mut here = columns;
            if tier > 0 {
                here.and(&counts.at_least(tier));
            }
            columns.and_not(&here);
            self.narrow_down(rows, &mut here, bound);
            if here.count() < self.index.crowds.equals {
                self.fetch(run, block, &here);
                here.each(|at| {
                    self.weigh((run, rows), block, at, points, tier);
                });
            } else {
                // Nobody beats the first to have as much as anybody can who did not come before.
                let most = bound.most - bound.aged;
                let map = &self.index.map;
                Sequences::new(rows, map)
                    .each(&here, |at| self.weigh((run, rows), block, at, points, tier).is_some_and(|points| points >= most));
            }
        }
    }

    /// In a large pool, starts to load what is asked of candidates, so that they are waited for together.
    fn fetch(&self, run: &Run, block: usize, columns: &Bits) {
        if self.index.is_large() {
            columns.each(|at| run.fetch_column(block * BLOCK + at));
        }
    }

    /// Leaves out those whose value is too far away to win.
    fn narrow_down(&self, rows: &Block<'_>, columns: &mut Bits, bound: Bound) {
        let (Some(window), Some(best)) = (self.scoring.window, self.best) else { return };
        // Points that may be lost before the candidate falls behind, counted from the seeker's value: not what all lose anyway.
        let spare = (bound.most + bound.lost).saturating_sub(best.total);
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

    /// Computes a candidate's points and keeps it if it comes first. Returns them with the class bonus, without aging,
    /// unless a younger one with as many could be kept.
    fn weigh(&mut self, (run, rows): (&Run, &Block<'_>), block: usize, at: usize, same: u32, shared: u32) -> Option<u32> {
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
        let bonus = map.class.map_or(0, |at| (words[at.word] >> at.shift & at.mask) * self.index.fairness.class_bonus);
        let aged = map.tick.map_or(0, |word| self.tick.wrapping_sub(words[word]).min(self.index.fairness.aging_cap));
        let handle = run.handle(column);
        let extra_most = self.pool.extra_most();
        if extra_most > 0 {
            if self.best.is_some_and(|best| points + bonus + aged + extra_most < best.total) {
                return None;
            }
            points += self.pool.extra(handle).min(extra_most);
        }
        let total = if self.is_in_order() { 0 } else { points + bonus + aged };
        if let Some(best) = self.best
            && (total < best.total || total == best.total && !self.pool.is_before(handle, best.handle))
        {
            return Some(points + bonus);
        }
        self.pool.fetch(handle);
        if self.pool.is_barred(handle) {
            return None;
        }
        self.keep(Found { handle, points, total, rank: self.pool.rank(handle) });
        // With several kept, there may be room for the next one behind it.
        self.best.filter(|best| best.handle == handle).map(|_| points + bonus)
    }
}
