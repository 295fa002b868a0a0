//! Checks a ticket against its schema and encodes it as a record and a plan.
//! A ticket that passes here can be stored, compared and searched for without further checks.

use alloc::string::String;
use alloc::vec::Vec;
use core::ops::RangeInclusive;

use crate::MAX_SPAN_MS;
use crate::error::TicketError;
use crate::layout::{Layout, Place};
use crate::schema::{Dim, Dimension, Kind, Schema};
use crate::set::Set;
use crate::ticket::{Accept, Have, TagRule, Ticket};

/// A rule ready to be written into a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    Values(Set),
    Range(u8, u8),
    Tags(Set, Set, Set),
    Nothing,
}

impl Rule {
    pub(crate) fn write(&self, place: &Place, record: &mut [u64]) {
        match self {
            Self::Values(set) => place.any.put(record, set),
            Self::Range(low, high) => {
                place.low.put(record, u64::from(*low));
                place.high.put(record, u64::from(*high));
            }
            Self::Tags(any, all, none) => {
                place.any.put(record, any);
                place.all.put(record, all);
                place.none.put(record, none);
            }
            Self::Nothing => {}
        }
    }
}

fn low_byte(value: u64) -> u8 {
    u8::try_from(value & 255).unwrap_or(0)
}

/// One relaxation step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) after_ms: u32,
    pub(crate) dim: u8,
    pub(crate) rule: Rule,
}

/// How a ticket changes while it waits; equal plans are stored once.
///
/// Steps are words, by time and then as written: time in the upper half, then dimension, shape of the rule and, for a
/// range, its ends; the words of its sets follow. A step is known by the position of its first word.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Plan {
    pub(crate) words: Vec<u64>,
    pub(crate) ttl_ms: Option<u32>,
}

/// Words of the longest plan: 63 steps of the longest rule.
const MAX_WORDS: usize = 63 * 13;

const SHAPE_VALUES: u64 = 1;
const SHAPE_RANGE: u64 = 2;
const SHAPE_TAGS: u64 = 3;
const SHAPE_NO_TAGS: u64 = 4;

impl Plan {
    /// Adds a step that makes the rule in one dimension the one in `record`.
    fn push(&mut self, after_ms: u32, dim: u8, place: &Place, record: &[u64]) {
        let head = u64::from(after_ms) << 32 | u64::from(dim) << 24;
        match place.kind {
            Kind::Category => {
                self.words.push(head | SHAPE_VALUES << 16);
                self.words.extend(place.any.get(record).words);
            }
            Kind::Ordinal => {
                let (low, high) = (place.low.get(record), place.high.get(record));
                self.words.push(head | SHAPE_RANGE << 16 | low << 8 | high);
            }
            Kind::Tags | Kind::AnyTags => {
                let sets = [&place.any, &place.all, &place.none];
                if sets.iter().all(|set| set.is_empty(record)) {
                    self.words.push(head | SHAPE_NO_TAGS << 16);
                    return;
                }
                self.words.push(head | SHAPE_TAGS << 16);
                for set in sets {
                    self.words.extend(set.get(record).words);
                }
            }
            Kind::Common => self.words.push(head),
        }
    }

    fn set(&self, at: usize) -> Set {
        let word = |more: usize| self.words.get(at + more).copied().unwrap_or(0);
        Set::from_words([word(0), word(1), word(2), word(3)])
    }

    /// Whether a plan that was not made here can be followed: its steps are in order, `level` is one of them or the end,
    /// those before it are due after `waited_ms`, and those from it on widen what `record` accepts.
    pub(crate) fn is_sound(&self, layout: &Layout, level: u16, waited_ms: u64, record: &[u64]) -> bool {
        let is_span = |span: u32| (1..=MAX_SPAN_MS).contains(&u64::from(span));
        if self.words.len() > MAX_WORDS || !self.ttl_ms.is_none_or(is_span) {
            return false;
        }
        let (mut at, mut is_level, mut last) = (0, level == 0, 1);
        let (mut new, mut old) = (Vec::new(), Vec::new());
        while let Some((step, next)) = self.step(at) {
            let Some(place) = layout.places.get(usize::from(step.dim)) else { return false };
            let size = place.size;
            let fits = match (place.kind, step.rule) {
                (Kind::Category, Rule::Values(set)) => !set.is_empty() && set.first_beyond(size).is_none(),
                (Kind::Ordinal, Rule::Range(low, high)) => low <= high && u16::from(high) < size,
                (Kind::Tags, Rule::Tags(any, all, none)) => [any, all, none].iter().all(|set| set.first_beyond(size).is_none()),
                (Kind::AnyTags, Rule::Tags(any, all, none)) => {
                    any.first_beyond(size).is_none() && all.is_empty() && none.is_empty()
                }
                (Kind::Common, Rule::Nothing) => true,
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
                    new.extend_from_slice(record);
                }
                old.clone_from(&new);
                step.rule.write(place, &mut new);
                if !widens(place, &new, &old) {
                    return false;
                }
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
    pub(crate) fn step(&self, level: u16) -> Option<(Step, u16)> {
        let at = usize::from(level);
        let head = *self.words.get(at)?;
        let (rule, length) = match head >> 16 & 255 {
            SHAPE_VALUES => (Rule::Values(self.set(at + 1)), 5),
            SHAPE_RANGE => (Rule::Range(low_byte(head >> 8), low_byte(head)), 1),
            SHAPE_NO_TAGS => (Rule::Tags(Set::EMPTY, Set::EMPTY, Set::EMPTY), 1),
            SHAPE_TAGS => (Rule::Tags(self.set(at + 1), self.set(at + 5), self.set(at + 9)), 13),
            _ => (Rule::Nothing, 1),
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

struct Check<'a> {
    dim: &'a Dimension,
}

impl Check<'_> {
    fn name(&self) -> String {
        self.dim.name.clone()
    }

    fn set(&self, set: &Set) -> Result<Set, TicketError> {
        match set.first_beyond(self.dim.size) {
            Some(value) => Err(TicketError::OutOfDomain { dimension: self.name(), value: i64::from(value) }),
            None => Ok(*set),
        }
    }

    fn is_set(&self, set: &Set) -> Result<(), TicketError> {
        self.set(set).map(|_| ())
    }

    fn empty(&self) -> TicketError {
        TicketError::EmptyAccept { dimension: self.name() }
    }

    fn write_range(&self, range: &RangeInclusive<i32>, place: &Place, record: &mut [u64]) -> Result<(), TicketError> {
        let last = i64::from(self.dim.size) - 1;
        let low = (i64::from(*range.start()) - i64::from(self.dim.base)).max(0);
        let high = (i64::from(*range.end()) - i64::from(self.dim.base)).min(last);
        match (u64::try_from(low), u64::try_from(high)) {
            (Ok(low), Ok(high)) if low <= high => {
                place.low.put(record, low);
                place.high.put(record, high);
                Ok(())
            }
            _ => Err(self.empty()),
        }
    }

    fn write_tags(&self, rule: &TagRule, place: &Place, record: &mut [u64]) -> Result<(), TicketError> {
        let TagRule { any, all, none } = rule;
        self.is_set(any)?;
        self.is_set(all)?;
        self.is_set(none)?;
        if self.dim.kind == Kind::AnyTags && !(all.is_empty() && none.is_empty()) {
            return Err(TicketError::WrongKind { dimension: self.name() });
        }
        if all.meets(none) || !any.is_empty() && none.covers(any) {
            return Err(self.empty());
        }
        place.any.put(record, any);
        place.all.put(record, all);
        place.none.put(record, none);
        Ok(())
    }

    /// Writes what is accepted straight into the record: a rule in between would be copied several times.
    fn write(&self, accept: &Accept, place: &Place, record: &mut [u64]) -> Result<(), TicketError> {
        match (self.dim.kind, accept) {
            (_, Accept::Any) => {
                write_anything(place, record);
                Ok(())
            }
            (Kind::Category, Accept::OneOf(set)) => {
                self.is_set(set)?;
                if set.is_empty() {
                    return Err(self.empty());
                }
                place.any.put(record, set);
                Ok(())
            }
            (Kind::Ordinal, Accept::Range(range)) => self.write_range(range, place, record),
            (Kind::Tags | Kind::AnyTags, Accept::Tags(rule)) => self.write_tags(rule, place, record),
            _ => Err(TicketError::WrongKind { dimension: self.name() }),
        }
    }
}

fn write_anything(place: &Place, record: &mut [u64]) {
    match place.kind {
        Kind::Category => place.any.put(record, &Set::full(place.size)),
        Kind::Ordinal => {
            place.low.put(record, 0);
            place.high.put(record, u64::from(place.size) - 1);
        }
        Kind::Tags | Kind::AnyTags => [&place.any, &place.all, &place.none].iter().for_each(|set| set.put(record, &Set::EMPTY)),
        Kind::Common => {}
    }
}

/// Whether the rule of `new` in one dimension accepts whatever that of `old` does.
fn widens(place: &Place, new: &[u64], old: &[u64]) -> bool {
    match place.kind {
        Kind::Category => place.any.covers(new, old),
        Kind::Ordinal => place.low.get(new) <= place.low.get(old) && place.high.get(new) >= place.high.get(old),
        Kind::Tags | Kind::AnyTags => {
            let (any, all, none) = (&place.any, &place.all, &place.none);
            let any_widens = any.is_empty(new) || !any.is_empty(old) && any.covers(new, old);
            any_widens && all.covers(old, new) && none.covers(old, new)
        }
        Kind::Common => true,
    }
}

impl Schema {
    fn check(&self, dim: Dim) -> Result<(Check<'_>, &Place), TicketError> {
        match (self.dims.get(dim.at()), self.layout.places.get(dim.at())) {
            (Some(dim), Some(place)) => Ok((Check { dim }, place)),
            _ => Err(TicketError::UnknownDimension { index: dim.at() }),
        }
    }

    /// Writes the ticket, as it is when it starts to wait, into `record` and its plan into `plan`.
    pub(crate) fn encode<K: Copy>(
        &self,
        ticket: &Ticket<K>,
        step_limit: usize,
        classes: u8,
        record: &mut Vec<u64>,
        plan: &mut Plan,
    ) -> Result<(), TicketError> {
        record.clear();
        record.resize(self.layout.words, 0);
        plan.words.clear();
        let mut seen = 0u32;
        for (dim, have) in &ticket.have {
            let (check, place) = self.check(*dim)?;
            first_time(&mut seen, *dim, &check)?;
            match (place.kind, have) {
                (Kind::Category | Kind::Ordinal, Have::Value(value)) => {
                    let offset = i64::from(*value) - i64::from(place.base);
                    match u64::try_from(offset).ok().filter(|offset| *offset < u64::from(place.size)) {
                        Some(offset) => place.value.put(record, offset),
                        None => {
                            return Err(TicketError::OutOfDomain { dimension: check.name(), value: i64::from(*value) });
                        }
                    }
                }
                (Kind::Tags | Kind::AnyTags | Kind::Common, Have::Tags(tags)) => {
                    let tags = check.set(tags)?;
                    if place.kind == Kind::Common && tags.is_empty() {
                        return Err(TicketError::Missing { dimension: check.name() });
                    }
                    place.tags.put(record, &tags);
                }
                _ => {
                    return Err(TicketError::WrongKind { dimension: check.name() });
                }
            }
        }
        for (at, dim) in self.dims.iter().enumerate() {
            if !matches!(dim.kind, Kind::Tags | Kind::AnyTags) && seen >> at & 1 == 0 {
                return Err(TicketError::Missing { dimension: dim.name.clone() });
            }
        }
        self.encode_rules(ticket, record)?;
        self.encode_rest(ticket, classes, record)?;
        let encoded = self.encode_plan(ticket, step_limit, record, plan);
        record.truncate(self.layout.words);
        encoded
    }

    fn encode_rules<K: Copy>(&self, ticket: &Ticket<K>, record: &mut [u64]) -> Result<(), TicketError> {
        let mut seen = 0u32;
        for (dim, accept) in &ticket.accept {
            let (check, place) = self.check(*dim)?;
            first_time(&mut seen, *dim, &check)?;
            check.write(accept, place, record)?;
        }
        for (at, place) in self.layout.places.iter().enumerate() {
            if seen >> at & 1 == 0 {
                write_anything(place, record);
            }
        }
        Ok(())
    }

    fn encode_rest<K: Copy>(&self, ticket: &Ticket<K>, classes: u8, record: &mut [u64]) -> Result<(), TicketError> {
        let mut seen = 0u32;
        for (mark, value) in &ticket.marks {
            let Some(field) = self.layout.marks.get(mark.at()) else {
                return Err(TicketError::UnknownDimension { index: mark.at() });
            };
            if seen >> mark.at() & 1 == 1 {
                let dimension = self.marks.get(mark.at()).cloned().unwrap_or_default();
                return Err(TicketError::Repeated { dimension });
            }
            seen |= 1 << mark.at();
            field.put(record, u64::from(*value));
        }
        if ticket.class >= classes {
            return Err(TicketError::Priority { class: ticket.class, classes });
        }
        self.layout.class.put(record, u64::from(ticket.class));
        self.layout.merit.put(record, u64::from(ticket.merit));
        Ok(())
    }

    /// Takes the steps one after the other in a second copy of the record, behind the first one.
    fn encode_plan<K: Copy>(
        &self,
        ticket: &Ticket<K>,
        limit: usize,
        record: &mut Vec<u64>,
        plan: &mut Plan,
    ) -> Result<(), TicketError> {
        if ticket.steps.len() > limit {
            return Err(TicketError::TooManySteps { limit });
        }
        plan.ttl_ms = ticket.ttl_ms.map(|ttl_ms| span("ttl", ttl_ms)).transpose()?;
        let words = self.layout.words;
        record.resize(3 * words, 0);
        let (first, copies) = record.split_at_mut(words);
        let (new, old) = copies.split_at_mut(words);
        new.copy_from_slice(first);
        // Few steps, and nearly always in order: sorted by repeated selection, without memory of their own.
        let mut last = (0, 0);
        for _ in &ticket.steps {
            let mut next = None;
            for (at, step) in ticket.steps.iter().enumerate() {
                let order = (step.after_ms, at + 1);
                if order > last && next.is_none_or(|(least, _)| order < least) {
                    next = Some((order, step));
                }
            }
            let Some((order, step)) = next else { break };
            last = order;
            let (check, place) = self.check(step.dim)?;
            old.copy_from_slice(new);
            check.write(&step.accept, place, new)?;
            let after_ms = span("relax", step.after_ms)?;
            if !widens(place, new, old) {
                return Err(TicketError::Narrows { dimension: check.name(), after_ms: step.after_ms });
            }
            plan.push(after_ms, step.dim.0, place, new);
        }
        Ok(())
    }
}

fn first_time(seen: &mut u32, dim: Dim, check: &Check<'_>) -> Result<(), TicketError> {
    if *seen >> dim.at() & 1 == 1 {
        return Err(TicketError::Repeated { dimension: check.name() });
    }
    *seen |= 1 << dim.at();
    Ok(())
}

fn span(field: &'static str, value: u64) -> Result<u32, TicketError> {
    match u32::try_from(value) {
        Ok(span) if (1..=MAX_SPAN_MS).contains(&value) => Ok(span),
        _ => Err(TicketError::Span { field, value, limit: MAX_SPAN_MS }),
    }
}
