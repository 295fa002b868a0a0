//! The pairs of a window chosen together: whom each ticket could be paired with is collected, then the heaviest pairs that
//! are possible together are found, then they are made. All of it in pieces, and kept between them.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::search::Hit;
use super::{Key, Match, Matcher};
use crate::index::wide;
use crate::observer::Observer;
use crate::optimum::Solver;
use crate::predicate::fits;
use crate::score::{Score, pair_points};

/// So many edges and vertices looked at take about as long as a search.
const LOOKS: usize = 512;
/// So many candidates that are listed take about as long as a search.
const LISTED: usize = 32;

/// How far it has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) enum Stage {
    /// Not begun in this window.
    #[default]
    Before,
    /// Candidates are being listed.
    Listing,
    /// Pairs are being chosen.
    Choosing,
    /// Pairs are being made.
    Pairing,
    /// Done in this window, or not to be done.
    After,
}

/// What must not be lost on the way.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Course<K> {
    pub(crate) stage: Stage,
    /// When it began, in ticks of aging.
    tick: u32,
    /// Who is to be paired.
    pub(crate) seekers: Vec<K>,
    /// The candidates of the first of them and the weights of the pairs.
    pub(crate) lists: Vec<Vec<(K, i64)>>,
    /// Steps that the solver has gone.
    pub(crate) steps: u64,
    /// The pairs still to be made, the heaviest last.
    pub(crate) pairs: Vec<(K, K)>,
    /// Pieces of work that were done before they were counted.
    debt: u64,
}

impl<K> Default for Course<K> {
    fn default() -> Self {
        let (seekers, lists, pairs) = (Vec::new(), Vec::new(), Vec::new());
        Self { stage: Stage::Before, tick: 0, seekers, lists, steps: 0, pairs, debt: 0 }
    }
}

/// The choice under way; it follows from the course.
#[derive(Clone, Debug)]
pub(crate) struct Choice<K> {
    solver: Solver,
    /// The key of each vertex, those who seek first, and the other way round.
    keys: Vec<K>,
    numbers: BTreeMap<K, usize>,
}

impl<K> Default for Choice<K> {
    fn default() -> Self {
        Self { solver: Solver::default(), keys: Vec::new(), numbers: BTreeMap::new() }
    }
}

impl<K: Key> Choice<K> {
    fn new(seekers: &[K]) -> Self {
        let numbers = seekers.iter().enumerate().map(|(number, key)| (*key, number)).collect();
        Self { solver: Solver::new(seekers.len()), keys: seekers.to_vec(), numbers }
    }

    /// Adds the candidates of a seeker.
    fn add(&mut self, seeker: usize, list: &[(K, i64)]) {
        for (other, weight) in list {
            let number = *self.numbers.entry(*other).or_insert_with(|| {
                self.solver.add();
                self.keys.push(*other);
                self.keys.len() - 1
            });
            self.solver.connect(seeker, number, *weight);
        }
    }
}

impl<K: Key> Course<K> {
    /// The choice, as far as it had come.
    pub(crate) fn choice(&self) -> Choice<K> {
        let mut choice = Choice::new(&self.seekers);
        for (seeker, list) in self.lists.iter().enumerate() {
            choice.add(seeker, list);
        }
        for _ in 0..self.steps {
            if choice.solver.step().is_none() {
                break;
            }
        }
        choice
    }

    /// Counts work for which there is no room in a piece.
    fn owe(&mut self, work: usize, each: usize) {
        self.debt += u64::try_from(work / each).unwrap_or(0);
    }

    /// Notes the pairs that were chosen; who came later seeks.
    fn choose(&mut self, choice: &Choice<K>) {
        let count = self.seekers.len();
        let weight = |one: usize, other: K| self.lists.get(one)?.iter().find(|found| found.0 == other).map(|found| found.1);
        let mut pairs = Vec::new();
        for (number, one) in self.seekers.iter().enumerate() {
            let Some(mate) = choice.solver.mate(number).filter(|mate| *mate >= count || *mate < number) else { continue };
            let Some(two) = choice.keys.get(mate) else { continue };
            pairs.push((weight(number, *two).or_else(|| weight(mate, *one)), *one, *two));
        }
        pairs.sort_by_key(|pair| pair.0);
        self.pairs = pairs.into_iter().map(|(_, one, two)| (one, two)).collect();
    }
}

impl<K: Key, S: Score, O: Observer<K>> Matcher<K, S, O> {
    /// Whether the tickets of a window are to be paired together, now that all have searched and nobody overdue is left.
    pub(super) fn is_together(&mut self) -> bool {
        let most = wide(self.config.optimum);
        if most == 0 || self.closing.course.stage == Stage::After {
            return false;
        }
        if self.closing.course.stage != Stage::Before {
            return true;
        }
        // Who is overdue is served first.
        if self.closing.found.peek().is_none_or(|best| best.0 > 0) {
            return false;
        }
        let mut all: Vec<_> =
            self.closing.found.iter().map(|best| best.2.0).filter(|next| self.standing(*next).is_some()).collect();
        all.sort_unstable();
        let tick = self.config.fairness.tick(self.now);
        let course = &mut self.closing.course;
        if all.len() > most {
            course.stage = Stage::After;
            return false;
        }
        course.stage = Stage::Listing;
        course.tick = tick;
        course.seekers = all.into_iter().map(|(_, key)| key).collect();
        self.closing.choice = Choice::new(&course.seekers);
        true
    }

    /// Goes on by a piece.
    pub(super) fn go_on_together(&mut self) -> Option<Match<K>> {
        if self.closing.course.debt > 0 {
            self.closing.course.debt -= 1;
            return None;
        }
        match self.closing.course.stage {
            Stage::Listing => {
                let number = self.closing.course.lists.len();
                if let Some(key) = self.closing.course.seekers.get(number) {
                    let list = self.slots.find(*key).map_or(Vec::new(), |handle| self.list(handle));
                    self.closing.choice.add(number, &list);
                    self.closing.course.owe(list.len(), LISTED);
                    self.closing.course.lists.push(list);
                } else {
                    self.closing.course.stage = Stage::Choosing;
                }
                None
            }
            Stage::Choosing => {
                let super::Closing { course, choice, .. } = &mut self.closing;
                let mut looks = 0;
                while looks < LOOKS {
                    let Some(work) = choice.solver.step() else {
                        course.choose(choice);
                        course.stage = Stage::Pairing;
                        *choice = Choice::default();
                        (course.seekers, course.lists, course.steps) = (Vec::new(), Vec::new(), 0);
                        return None;
                    };
                    course.steps += 1;
                    looks += work + 1;
                }
                course.owe(looks - LOOKS, LOOKS);
                None
            }
            Stage::Pairing => {
                let Some((seeker, partner)) = self.closing.course.pairs.pop() else {
                    self.closing.course.stage = Stage::After;
                    return None;
                };
                self.pair_as_chosen(seeker, partner)
            }
            Stage::Before | Stage::After => None,
        }
    }

    /// Whom a ticket could be paired with, the best first, and the weights of the pairs: as many as there are tickets to pair,
    /// since the others cannot take more of them away.
    fn list(&self, handle: u32) -> Vec<(K, i64)> {
        let course = &self.closing.course;
        let count = course.seekers.len();
        let scale = i64::try_from(count).unwrap_or(i64::MAX) + 1;
        let fairness = &self.config.fairness;
        let (layout, record) = (&self.schema.layout, self.slots.record(handle));
        let bonus = |handle: u32| {
            let waited = course.tick.wrapping_sub(fairness.tick(self.slots.get(handle).enqueued()));
            // Who came since has waited for a negative time.
            let aged = if waited > u32::MAX / 2 { 0 } else { waited.min(fairness.aging_cap) };
            let class = u32::try_from(layout.class.get(self.slots.record(handle))).unwrap_or(0);
            i64::from(aged) + i64::from(class * fairness.class_bonus)
        };
        let most = u32::try_from(count).unwrap_or(u32::MAX);
        let candidates = self.first(record, self.slots.get(handle).key, most).into_iter().map(|other| {
            let points = i64::from(pair_points(&self.score, &self.schema, record, self.slots.record(other)));
            // More pairs are better than fewer with as many points.
            (self.slots.get(other).key, (points + bonus(handle) + bonus(other)) * scale + 1)
        });
        candidates.collect()
    }

    /// Makes a pair that was chosen, if both still wait and fit; if somebody has become overdue meanwhile, they go first.
    fn pair_as_chosen(&mut self, seeker: K, partner: K) -> Option<Match<K>> {
        let (handle, other) = (self.slots.find(seeker)?, self.slots.find(partner)?);
        let (one, two) = (self.slots.record(handle), self.slots.record(other));
        if !fits(&self.schema.layout, one, two) || self.exclusions.until(seeker, partner).is_some() {
            return None;
        }
        let points = pair_points(&self.score, &self.schema, one, two);
        let mut hit = self.look_around(handle)?;
        if self.class_of(handle).max(self.class_of(hit.handle)) == 0 {
            hit = Hit { handle: other, points };
        }
        Some(self.settle(handle, hit))
    }
}
