//! Relaxation plans: how tickets change while they wait.
//! Each is stored once however many tickets follow it: real people relax in few ways, so a plan costs a ticket four bytes.

#![expect(clippy::indexing_slicing, reason = "a plan number is given out by `intern` and stays valid while it is held")]

use alloc::vec::Vec;

use crate::MAX_SPAN_MS;
use crate::layout::{Layout, Place};
use crate::rule::{NOTHING, Rule};
use crate::schema::Kind;
use crate::set::Set;
use crate::table::{Keyed, Table};

fn low_byte(value: u64) -> u8 {
    u8::try_from(value & 255).unwrap_or(0)
}

/// One relaxation step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Step<'a> {
    pub(crate) after_ms: u32,
    pub(crate) dim: u8,
    pub(crate) rule: Rule<'a>,
}

/// How a ticket changes while it waits.
///
/// Steps are words, by time and then as written: time in the upper half, then dimension, shape of the rule and, for a
/// range, its ends, or for a list, its length; the words of its sets, or the values of its list, follow. A step is known by the position of its first word.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Plan {
    pub(crate) words: Vec<u64>,
    pub(crate) ttl_ms: Option<u32>,
}

/// Largest number of steps.
pub(crate) const MAX_STEPS: usize = 63;
/// Words of the longest plan: all steps with the longest rule.
const MAX_WORDS: usize = MAX_STEPS * 13;

const SHAPE_VALUES: u64 = 1;
const SHAPE_RANGE: u64 = 2;
const SHAPE_TAGS: u64 = 3;
const SHAPE_NO_TAGS: u64 = 4;
const SHAPE_LIST: u64 = 5;

impl Plan {
    /// Adds a step that makes `rule` the one of the dimension at `place`.
    #[inline]
    pub(crate) fn push(&mut self, after_ms: u32, dim: u8, place: &Place, rule: Rule<'_>) {
        let head = u64::from(after_ms) << 32 | u64::from(dim) << 24;
        let range = |low: u8, high: u8| head | SHAPE_RANGE << 16 | u64::from(low) << 8 | u64::from(high);
        match (place.kind, rule) {
            (Kind::Common, _) | (Kind::Wide, Rule::Open) => self.words.push(head),
            (Kind::Ordinal, Rule::Open) => self.words.push(range(0, low_byte(u64::from(place.size) - 1))),
            (_, Rule::Range(low, high)) => self.words.push(range(low, high)),
            (Kind::Category, Rule::Open) => {
                self.words.push(head | SHAPE_VALUES << 16);
                self.words.extend(Set::full(place.size).words);
            }
            (_, Rule::Values(set)) => {
                self.words.push(head | SHAPE_VALUES << 16);
                self.words.extend(set);
            }
            (_, Rule::List(values)) => {
                self.words.push(head | SHAPE_LIST << 16 | u64::try_from(values.len()).unwrap_or(0));
                self.words.extend(values);
            }
            (_, Rule::Open | Rule::Tags(&NOTHING, &NOTHING, &NOTHING)) => self.words.push(head | SHAPE_NO_TAGS << 16),
            (_, Rule::Tags(any, all, none)) => {
                self.words.push(head | SHAPE_TAGS << 16);
                for set in [any, all, none] {
                    self.words.extend(set);
                }
            }
        }
    }

    /// The words of a set; none, if the plan ends before them.
    #[inline]
    fn set(&self, at: usize) -> &[u64; 4] {
        self.words.get(at..).and_then(|words| words.first_chunk()).unwrap_or(&NOTHING)
    }

    /// Whether a plan that was not made here can be followed: its steps are in order, `level` is one of them or the end,
    /// those before it are due after `waited_ms`, and those from it on widen what `record` accepts.
    pub(crate) fn is_sound(&self, layout: &Layout, level: u16, waited_ms: u64, record: &[u64]) -> bool {
        let is_span = |span: u32| (1..=MAX_SPAN_MS).contains(&u64::from(span));
        if self.words.len() > MAX_WORDS || !self.ttl_ms.is_none_or(is_span) {
            return false;
        }
        let (mut at, mut is_level, mut last) = (0, level == 0, 1);
        let mut relaxed = Vec::new();
        while let Some((step, next)) = self.step(at) {
            let Some(place) = layout.places.get(usize::from(step.dim)) else { return false };
            let fits = match (place.kind, step.rule) {
                (Kind::Category, Rule::Values(set)) => *set != NOTHING && place.any.has_room_for(set),
                (Kind::Ordinal, Rule::Range(low, high)) => low <= high && u16::from(high) < place.size,
                (Kind::Tags, Rule::Tags(any, all, none)) => [any, all, none].iter().all(|set| place.tags.has_room_for(set)),
                (Kind::AnyTags, Rule::Tags(any, all, none)) => {
                    place.tags.has_room_for(any) && *all == NOTHING && *none == NOTHING
                }
                (Kind::Wide, Rule::List(values)) => place.list.takes(values),
                (Kind::Common | Kind::Wide, Rule::Open) => true,
                _ => false,
            };
            if !fits || usize::from(next) > self.words.len() || step.after_ms < last || !is_span(step.after_ms) {
                return false;
            }
            if at < level {
                if u64::from(step.after_ms) > waited_ms {
                    return false;
                }
            } else {
                if at == level {
                    relaxed.extend_from_slice(record);
                }
                if !step.rule.widens(place, &relaxed) {
                    return false;
                }
                step.rule.write(place, &mut relaxed);
            }
            is_level |= next == level;
            (at, last) = (next, step.after_ms);
        }
        is_level
    }

    /// When the step at `level` is due, in milliseconds of waiting; `None` after the last.
    #[inline]
    pub(crate) fn due(&self, level: u16) -> Option<u32> {
        self.words.get(usize::from(level)).and_then(|head| u32::try_from(head >> 32).ok())
    }

    /// The step at `level` and the level after it.
    #[inline]
    pub(crate) fn step(&self, level: u16) -> Option<(Step<'_>, u16)> {
        let at = usize::from(level);
        let head = *self.words.get(at)?;
        let (rule, length) = match head >> 16 & 255 {
            SHAPE_VALUES => (Rule::Values(self.set(at + 1)), 5),
            SHAPE_RANGE => (Rule::Range(low_byte(head >> 8), low_byte(head)), 1),
            SHAPE_LIST => {
                let length = u16::from(low_byte(head));
                // A plan that ends before its list is refused by its length.
                let values = self.words.get(at + 1..at + 1 + usize::from(length)).unwrap_or_default();
                (Rule::List(values), 1 + length)
            }
            SHAPE_NO_TAGS => (Rule::Tags(&NOTHING, &NOTHING, &NOTHING), 1),
            SHAPE_TAGS => (Rule::Tags(self.set(at + 1), self.set(at + 5), self.set(at + 9)), 13),
            _ => (Rule::Open, 1),
        };
        let after_ms = u32::try_from(head >> 32).unwrap_or(0);
        Some((Step { after_ms, dim: low_byte(head >> 24), rule }, level + length))
    }
}

impl Layout {
    /// Writes all steps due after `waited_ms` into `record`, from `level` on; returns the level reached.
    pub(crate) fn take_steps(&self, plan: &Plan, level: u16, waited_ms: u64, record: &mut [u64]) -> u16 {
        let mut level = level;
        while plan.due(level).is_some_and(|due| u64::from(due) <= waited_ms) {
            let Some((step, next)) = plan.step(level) else { break };
            if let Some(place) = self.places.get(usize::from(step.dim)) {
                step.rule.write(place, record);
            }
            level = next;
        }
        level
    }
}

#[derive(Clone, Debug)]
struct Entry {
    plan: Plan,
    hash: u64,
    holders: u32,
}

#[derive(Clone, Debug)]
pub(crate) struct Plans {
    entries: Vec<Entry>,
    free: Vec<u32>,
    table: Table,
    keyed: Keyed,
}

fn at(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

impl Plans {
    pub(crate) fn new(keyed: Keyed) -> Self {
        Self { entries: Vec::new(), free: Vec::new(), table: Table::default(), keyed }
    }

    pub(crate) fn get(&self, number: u32) -> &Plan {
        &self.entries[at(number)].plan
    }

    /// Finds or stores `plan` and counts one more holder.
    pub(crate) fn intern(&mut self, plan: &Plan) -> u32 {
        let hash = self.keyed.hash_of(plan);
        let entries = &self.entries;
        if let Some(found) = self.table.find(hash, |number| entries[at(number)].plan == *plan) {
            self.entries[at(found)].holders += 1;
            return found;
        }
        let entry = Entry { plan: plan.clone(), hash, holders: 1 };
        let number = if let Some(number) = self.free.pop() {
            self.entries[at(number)] = entry;
            number
        } else {
            self.entries.push(entry);
            u32::try_from(self.entries.len() - 1).unwrap_or(u32::MAX)
        };
        let entries = &self.entries;
        self.table.insert(hash, number, |number| entries[at(number)].hash);
        number
    }

    /// Takes one holder away; the last one frees the plan.
    pub(crate) fn release(&mut self, number: u32) {
        let entry = &mut self.entries[at(number)];
        entry.holders -= 1;
        if entry.holders > 0 {
            return;
        }
        entry.plan = Plan::default();
        let hash = entry.hash;
        let entries = &self.entries;
        self.table.remove(hash, |found| found == number, |number| entries[at(number)].hash);
        self.free.push(number);
    }

    /// Gives back what nobody needs.
    pub(crate) fn shrink(&mut self) {
        self.entries.shrink_to_fit();
        self.free.shrink_to_fit();
        let entries = &self.entries;
        self.table.resize(0, |number| entries[at(number)].hash);
    }

    pub(crate) fn bytes(&self) -> usize {
        let words: usize = self.entries.iter().map(|entry| entry.plan.words.capacity() * 8).sum();
        self.entries.capacity() * size_of::<Entry>() + words + self.free.capacity() * 4 + self.table.bytes()
    }
}
