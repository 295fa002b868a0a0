//! Checks a ticket against its schema and encodes it as a record and a plan.
//! A ticket that passes here can be stored, compared and searched for without further checks.

#![expect(clippy::indexing_slicing, reason = "positions of steps are below their number, which the limit keeps below 64")]

use alloc::string::String;
use alloc::vec::Vec;
use core::ops::RangeInclusive;

use crate::MAX_SPAN_MS;
use crate::dim::Dim;
use crate::error::TicketError;
use crate::layout::Place;
use crate::plan::{MAX_STEPS, Plan};
use crate::rule::Rule;
use crate::schema::{Kind, Schema};
use crate::set::Set;
use crate::ticket::{Accept, Have, StepDraft, TagRule, Ticket};

impl Schema {
    /// Writes the ticket, as it is when it starts to wait, into `record` and its plan into `plan`; at most 63 steps.
    pub(crate) fn encode<K: Copy>(
        &self,
        ticket: &Ticket<K>,
        step_limit: usize,
        classes: u8,
        record: &mut Vec<u64>,
        plan: &mut Plan,
    ) -> Result<(), TicketError> {
        record.clear();
        record.extend_from_slice(&self.layout.open);
        plan.words.clear();
        self.encode_values(ticket, record)?;
        let mut seen = 0;
        for (dim, accept) in &ticket.accept {
            let place = self.new_place(&mut seen, *dim)?;
            self.rule(*dim, place, accept)?.write(place, record);
        }
        self.encode_rest(ticket, classes, record)?;
        if ticket.steps.len() > step_limit.min(MAX_STEPS) {
            return Err(TicketError::TooManySteps { limit: step_limit });
        }
        plan.ttl_ms = ticket.ttl_ms.map(|ttl_ms| span("ttl", ttl_ms)).transpose()?;
        if ticket.steps.is_empty() {
            return Ok(());
        }
        let encoded = self.encode_steps(&ticket.steps, record, plan);
        record.truncate(self.layout.words);
        encoded
    }

    fn encode_values<K: Copy>(&self, ticket: &Ticket<K>, record: &mut [u64]) -> Result<(), TicketError> {
        let mut seen = 0;
        for (dim, have) in &ticket.have {
            let place = self.new_place(&mut seen, *dim)?;
            match (place.kind, have) {
                (Kind::Category, Have::Category(value)) => self.put_value(*dim, place, i64::from(*value), record)?,
                (Kind::Wide, Have::Wide(value)) => place.value.put(record, u64::from(*value)),
                (Kind::Ordinal, Have::Ordinal(value)) => self.put_value(*dim, place, i64::from(*value), record)?,
                (Kind::Tags | Kind::AnyTags | Kind::Common, Have::Tags(tags)) => {
                    self.check_set(*dim, place, tags)?;
                    if place.kind == Kind::Common && tags.is_empty() {
                        return Err(TicketError::Missing { dimension: self.name_of(*dim) });
                    }
                    place.tags.put(record, &tags.words);
                }
                _ => return Err(self.wrong_kind(*dim)),
            }
        }
        let missing = self.layout.required & !seen;
        if missing != 0 {
            let first = Dim::numbered(u8::try_from(missing.trailing_zeros()).unwrap_or(u8::MAX));
            return Err(TicketError::Missing { dimension: self.name_of(first) });
        }
        Ok(())
    }

    #[inline]
    fn put_value(&self, dim: Dim, place: &Place, value: i64, record: &mut [u64]) -> Result<(), TicketError> {
        // What is below the domain becomes a number far above it.
        let offset = (value - i64::from(place.base)).cast_unsigned();
        if offset >= u64::from(place.size) {
            return Err(TicketError::OutOfDomain { dimension: self.name_of(dim), value });
        }
        place.value.put(record, offset);
        Ok(())
    }

    fn encode_rest<K: Copy>(&self, ticket: &Ticket<K>, classes: u8, record: &mut [u64]) -> Result<(), TicketError> {
        let mut seen = 0u32;
        for (mark, value) in &ticket.marks {
            let Some(field) = self.layout.marks.get(mark.at()) else {
                return Err(TicketError::Unknown { handle: "mark", number: mark.at(), known: self.marks.join(", ") });
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

    /// Takes the steps one after the other in a second copy of the record, behind the first one, which stays as it is.
    fn encode_steps(&self, steps: &[StepDraft], record: &mut Vec<u64>, plan: &mut Plan) -> Result<(), TicketError> {
        let words = self.layout.words;
        record.extend_from_within(..);
        let relaxed = &mut record[words..];
        let order = in_order(steps);
        for at in &order[..steps.len()] {
            let step = &steps[usize::from(*at)];
            let place = self.place(step.dim)?;
            let rule = self.rule(step.dim, place, &step.accept)?;
            let after_ms = span("relax", step.after_ms)?;
            if !rule.widens(place, relaxed) {
                return Err(TicketError::Narrows { dimension: self.name_of(step.dim), after_ms: step.after_ms });
            }
            rule.write(place, relaxed);
            plan.push(after_ms, step.dim.number(), place, rule);
        }
        Ok(())
    }

    /// The rule that says what is accepted.
    #[inline]
    fn rule<'a>(&self, dim: Dim, place: &Place, accept: &'a Accept) -> Result<Rule<'a>, TicketError> {
        match (place.kind, accept) {
            (_, Accept::Any) => Ok(Rule::Open),
            (Kind::Category, Accept::OneOf(set)) => {
                self.check_set(dim, place, set)?;
                if set.is_empty() { Err(self.nothing(dim)) } else { Ok(Rule::Values(&set.words)) }
            }
            (Kind::Wide, Accept::Among(set)) => self.list(dim, place, &set.values),
            (Kind::Ordinal, Accept::Range(range)) => clip(place, range).ok_or_else(|| self.nothing(dim)),
            (Kind::Tags | Kind::AnyTags, Accept::Tags(rule)) => self.tags(dim, place, rule),
            _ => Err(self.wrong_kind(dim)),
        }
    }

    fn list<'a>(&self, dim: Dim, place: &Place, values: &'a [u64]) -> Result<Rule<'a>, TicketError> {
        let (dimension, accepted, limit) = (|| self.name_of(dim), values.len(), place.list.most);
        match values {
            [] => Err(self.nothing(dim)),
            [0, ..] => Err(TicketError::OutOfDomain { dimension: dimension(), value: 0 }),
            _ if accepted > usize::from(limit) => Err(TicketError::TooManyAccepted { dimension: dimension(), accepted, limit }),
            _ => Ok(Rule::List(values)),
        }
    }

    fn tags<'a>(&self, dim: Dim, place: &Place, rule: &'a TagRule) -> Result<Rule<'a>, TicketError> {
        let TagRule { any, all, none } = rule;
        for set in [any, all, none] {
            self.check_set(dim, place, set)?;
        }
        if !all.is_empty() || !none.is_empty() {
            if place.kind == Kind::AnyTags {
                return Err(self.wrong_kind(dim));
            }
            if all.meets(none) || !any.is_empty() && none.covers(any) {
                return Err(self.nothing(dim));
            }
        }
        Ok(Rule::Tags(&any.words, &all.words, &none.words))
    }

    #[inline]
    fn place(&self, dim: Dim) -> Result<&Place, TicketError> {
        self.layout.places.get(dim.at()).ok_or_else(|| self.unknown(dim))
    }

    /// The place of a dimension that must not have been named before.
    #[inline]
    fn new_place(&self, seen: &mut u32, dim: Dim) -> Result<&Place, TicketError> {
        let place = self.place(dim)?;
        if *seen >> dim.at() & 1 == 1 {
            return Err(TicketError::Repeated { dimension: self.name_of(dim) });
        }
        *seen |= 1 << dim.at();
        Ok(place)
    }

    /// Whether a set holds nothing but values of the dimension.
    #[inline]
    fn check_set(&self, dim: Dim, place: &Place, set: &Set) -> Result<(), TicketError> {
        let domain = if place.kind == Kind::Category { &place.any } else { &place.tags };
        if set.beyond.is_none() && domain.has_room_for(&set.words) { Ok(()) } else { Err(self.out_of_domain(dim, set)) }
    }

    #[cold]
    fn unknown(&self, dim: Dim) -> TicketError {
        let names: Vec<&str> = self.dims.iter().map(|dim| dim.name.as_str()).collect();
        TicketError::Unknown { handle: "dimension", number: dim.at(), known: names.join(", ") }
    }

    #[cold]
    fn name_of(&self, dim: Dim) -> String {
        self.name(dim).unwrap_or_default().into()
    }

    #[cold]
    fn wrong_kind(&self, dim: Dim) -> TicketError {
        TicketError::WrongKind { dimension: self.name_of(dim) }
    }

    #[cold]
    fn nothing(&self, dim: Dim) -> TicketError {
        TicketError::EmptyAccept { dimension: self.name_of(dim) }
    }

    #[cold]
    fn out_of_domain(&self, dim: Dim, set: &Set) -> TicketError {
        let size = self.layout.places.get(dim.at()).map_or(0, |place| place.size);
        let value = set.first_beyond(size).map_or(0, i64::from);
        TicketError::OutOfDomain { dimension: self.name_of(dim), value }
    }
}

/// A range cut to the domain of an ordinal; `None` if nothing of it is left.
#[inline]
fn clip(place: &Place, range: &RangeInclusive<i32>) -> Option<Rule<'static>> {
    if range.is_empty() {
        return None;
    }
    let offset = |value: &i32| i64::from(*value) - i64::from(place.base);
    let (low, high) = (offset(range.start()).max(0), offset(range.end()).min(i64::from(place.size) - 1));
    // A domain has 256 values at most.
    let byte = |offset: i64| u8::try_from(offset & 255).unwrap_or(0);
    (low <= high).then_some(Rule::Range(byte(low), byte(high)))
}

/// Positions of the steps by time, equals as they were written; at most [`MAX_STEPS`].
#[inline]
fn in_order(steps: &[StepDraft]) -> [u8; MAX_STEPS] {
    let mut order = [0; MAX_STEPS];
    // Nearly always in order already, so that hardly anything is moved.
    for (at, (number, step)) in (0u8..).zip(steps).enumerate() {
        let mut to = at;
        while to > 0 && steps[usize::from(order[to - 1])].after_ms > step.after_ms {
            order[to] = order[to - 1];
            to -= 1;
        }
        order[to] = number;
    }
    order
}

#[inline]
fn span(field: &'static str, value: u64) -> Result<u32, TicketError> {
    match u32::try_from(value) {
        Ok(span) if (1..=MAX_SPAN_MS).contains(&value) => Ok(span),
        _ => Err(TicketError::Span { field, value, limit: MAX_SPAN_MS }),
    }
}
