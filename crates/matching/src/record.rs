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
use crate::ticket::{Accept, Have, Ticket};

/// A rule ready to be written into a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    Values(Set),
    Range(u8, u8),
    Tags(Set, Set, Set),
    Nothing,
}

impl Rule {
    fn covers(&self, old: &Self) -> bool {
        match (self, old) {
            (Self::Values(new), Self::Values(old)) => new.covers(old),
            (Self::Range(low, high), Self::Range(old_low, old_high)) => low <= old_low && high >= old_high,
            (Self::Tags(any, all, none), Self::Tags(old_any, old_all, old_none)) => {
                let any_ok = any.is_empty() || !old_any.is_empty() && any.covers(old_any);
                any_ok && old_all.covers(all) && old_none.covers(none)
            }
            (Self::Nothing, Self::Nothing) => true,
            _ => false,
        }
    }

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

    pub(crate) fn read(place: &Place, record: &[u64]) -> Self {
        match place.kind {
            Kind::Category => Self::Values(place.any.get(record)),
            Kind::Ordinal => Self::Range(low_byte(place.low.get(record)), low_byte(place.high.get(record))),
            Kind::Tags | Kind::AnyTags => Self::Tags(place.any.get(record), place.all.get(record), place.none.get(record)),
            Kind::Common => Self::Nothing,
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

const SHAPE_VALUES: u64 = 1;
const SHAPE_RANGE: u64 = 2;
const SHAPE_TAGS: u64 = 3;
const SHAPE_NO_TAGS: u64 = 4;

impl Plan {
    fn push(&mut self, step: &Step) {
        let head = u64::from(step.after_ms) << 32 | u64::from(step.dim) << 24;
        match step.rule {
            Rule::Values(set) => {
                self.words.push(head | SHAPE_VALUES << 16);
                self.words.extend(set.words);
            }
            Rule::Range(low, high) => {
                self.words.push(head | SHAPE_RANGE << 16 | u64::from(low) << 8 | u64::from(high));
            }
            Rule::Tags(any, all, none) if any.is_empty() && all.is_empty() && none.is_empty() => {
                self.words.push(head | SHAPE_NO_TAGS << 16);
            }
            Rule::Tags(any, all, none) => {
                self.words.push(head | SHAPE_TAGS << 16);
                for set in [any, all, none] {
                    self.words.extend(set.words);
                }
            }
            Rule::Nothing => self.words.push(head),
        }
    }

    fn set(&self, at: usize) -> Set {
        let word = |more: usize| self.words.get(at + more).copied().unwrap_or(0);
        Set::from_words([word(0), word(1), word(2), word(3)])
    }

    /// Whether every step can be taken, and `level` is one of them or the end.
    pub(crate) fn is_sound(&self, layout: &Layout, level: u16) -> bool {
        let (mut at, mut is_level) = (0, level == 0);
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
            if !fits || usize::from(next) > self.words.len() || self.due(at) == Some(0) {
                return false;
            }
            is_level |= next == level;
            at = next;
        }
        is_level && self.words.len() <= 63 * 13 && self.ttl_ms != Some(0)
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

    fn range(&self, range: &RangeInclusive<i32>) -> Result<Rule, TicketError> {
        let last = i64::from(self.dim.size) - 1;
        let low = (i64::from(*range.start()) - i64::from(self.dim.base)).max(0);
        let high = (i64::from(*range.end()) - i64::from(self.dim.base)).min(last);
        match (u8::try_from(low), u8::try_from(high)) {
            (Ok(low), Ok(high)) if low <= high => Ok(Rule::Range(low, high)),
            _ => Err(TicketError::EmptyAccept { dimension: self.name() }),
        }
    }

    fn anything(&self) -> Rule {
        let last = u8::try_from(self.dim.size - 1).unwrap_or(u8::MAX);
        match self.dim.kind {
            Kind::Category => Rule::Values(Set::full(self.dim.size)),
            Kind::Ordinal => Rule::Range(0, last),
            Kind::Tags | Kind::AnyTags => Rule::Tags(Set::EMPTY, Set::EMPTY, Set::EMPTY),
            Kind::Common => Rule::Nothing,
        }
    }

    fn rule(&self, accept: &Accept) -> Result<Rule, TicketError> {
        match (self.dim.kind, accept) {
            (_, Accept::Any) => Ok(self.anything()),
            (Kind::Category, Accept::OneOf(set)) => {
                let set = self.set(set)?;
                if set.is_empty() {
                    return Err(TicketError::EmptyAccept { dimension: self.name() });
                }
                Ok(Rule::Values(set))
            }
            (Kind::Ordinal, Accept::Range(range)) => self.range(range),
            (Kind::Tags | Kind::AnyTags, Accept::Tags(rule)) => {
                let (any, all, none) = (self.set(&rule.any)?, self.set(&rule.all)?, self.set(&rule.none)?);
                if self.dim.kind == Kind::AnyTags && !(all.is_empty() && none.is_empty()) {
                    return Err(TicketError::WrongKind { dimension: self.name() });
                }
                if all.meets(&none) || !any.is_empty() && none.covers(&any) {
                    return Err(TicketError::EmptyAccept { dimension: self.name() });
                }
                Ok(Rule::Tags(any, all, none))
            }
            _ => Err(TicketError::WrongKind { dimension: self.name() }),
        }
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
        self.encode_plan(ticket, step_limit, record, plan)
    }

    fn encode_rules<K: Copy>(&self, ticket: &Ticket<K>, record: &mut [u64]) -> Result<(), TicketError> {
        let mut seen = 0u32;
        for (dim, accept) in &ticket.accept {
            let (check, place) = self.check(*dim)?;
            first_time(&mut seen, *dim, &check)?;
            check.rule(accept)?.write(place, record);
        }
        for (at, (dim, place)) in self.dims.iter().zip(&self.layout.places).enumerate() {
            if seen >> at & 1 == 0 {
                Check { dim }.anything().write(place, record);
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

    fn encode_plan<K: Copy>(&self, ticket: &Ticket<K>, limit: usize, record: &[u64], plan: &mut Plan) -> Result<(), TicketError> {
        if ticket.steps.len() > limit {
            return Err(TicketError::TooManySteps { limit });
        }
        plan.ttl_ms = ticket.ttl_ms.map(|ttl_ms| span("ttl", ttl_ms)).transpose()?;
        // Few steps, and nearly always in order: sorted by repeated selection, without memory of their own.
        let mut last = (0, 0);
        for _ in &ticket.steps {
            let order = |at: &usize| (ticket.steps.get(*at).map_or(0, |step| step.after_ms), *at + 1);
            let next = (0..ticket.steps.len()).filter(|at| order(at) > last).min_by_key(order);
            let Some((at, step)) = next.and_then(|at| Some((at, ticket.steps.get(at)?))) else { break };
            last = (step.after_ms, at + 1);
            let (check, place) = self.check(step.dim)?;
            let rule = check.rule(&step.accept)?;
            let after_ms = span("relax", step.after_ms)?;
            let mut old = Rule::read(place, record);
            let mut level = 0;
            while let Some((earlier, next)) = plan.step(level) {
                if earlier.dim == step.dim.0 {
                    old = earlier.rule;
                }
                level = next;
            }
            if !rule.covers(&old) {
                return Err(TicketError::Narrows { dimension: check.name(), after_ms: step.after_ms });
            }
            plan.push(&Step { after_ms, dim: step.dim.0, rule });
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
