//! A record and a plan as the ticket they came from: the way back of `encode`.

use core::ops::RangeInclusive;

use crate::dim::{Dim, Mark};
use crate::layout::Place;
use crate::plan::Plan;
use crate::predicate::small;
use crate::rule::Rule;
use crate::schema::{Kind, Schema};
use crate::set::Set;
use crate::ticket::{Accept, Have, TagRule, Ticket};
use crate::wide::{WideSet, low_half};

impl Schema {
    /// The ticket of a record, with the steps of the plan from `level` on.
    pub(crate) fn decode<K: Copy>(&self, key: K, record: &[u64], plan: &Plan, level: u16) -> Ticket<K> {
        let layout = &self.layout;
        let mut ticket = Ticket::new(key).merit(u8::try_from(layout.merit.get(record)).unwrap_or(u8::MAX));
        ticket = ticket.priority(u8::try_from(layout.class.get(record)).unwrap_or(u8::MAX));
        for (at, place) in (0u8..).zip(&layout.places) {
            let dim = Dim::numbered(at);
            ticket = ticket.have(dim, have(place, record));
            if place.kind != Kind::Common {
                ticket = ticket.accept(dim, accepted(place, record));
            }
        }
        for (at, field) in (0u8..).zip(&layout.marks) {
            let mark = u32::try_from(field.get(record)).unwrap_or(0);
            if mark != 0 {
                ticket = ticket.mark(Mark(at), mark);
            }
        }
        let mut level = level;
        while let Some((step, next)) = plan.step(level) {
            if let Some(place) = layout.places.get(usize::from(step.dim)) {
                ticket = ticket.relax(Dim::numbered(step.dim), u64::from(step.after_ms), accept(place, step.rule));
            }
            level = next;
        }
        match plan.ttl_ms {
            Some(ttl_ms) => ticket.ttl_ms(u64::from(ttl_ms)),
            None => ticket,
        }
    }
}

/// What the owner of a record has in one dimension.
pub(crate) fn have(place: &Place, record: &[u64]) -> Have {
    match place.kind {
        Kind::Category => Have::Category(small(place.value.get(record))),
        Kind::Wide => Have::Wide(low_half(place.value.get(record))),
        Kind::Ordinal => Have::Ordinal(value(place, place.value.get(record))),
        Kind::Tags | Kind::AnyTags | Kind::Common => Have::Tags(place.tags.get(record)),
    }
}

fn accepted(place: &Place, record: &[u64]) -> Accept {
    match place.kind {
        Kind::Category => Accept::OneOf(place.any.get(record)),
        Kind::Wide if place.list.is_open(record) => Accept::Any,
        Kind::Wide => Accept::Among(place.list.values(record).collect()),
        Kind::Ordinal => Accept::Range(range(place, place.low.get(record), place.high.get(record))),
        Kind::Tags | Kind::AnyTags => {
            Accept::Tags(TagRule { any: place.any.get(record), all: place.all.get(record), none: place.none.get(record) })
        }
        Kind::Common => Accept::Any,
    }
}

/// A number of an ordinal that was counted from zero.
fn value(place: &Place, counted: u64) -> i32 {
    place.base + i32::from(small(counted))
}

fn range(place: &Place, low: u64, high: u64) -> RangeInclusive<i32> {
    value(place, low)..=value(place, high)
}

fn accept(place: &Place, rule: Rule<'_>) -> Accept {
    match rule {
        Rule::Open => Accept::Any,
        Rule::Values(set) => Accept::OneOf(Set::from_words(*set)),
        Rule::List(values) => Accept::Among(WideSet { values: values.to_vec() }),
        Rule::Range(low, high) => Accept::Range(range(place, u64::from(low), u64::from(high))),
        Rule::Tags(any, all, none) => {
            let [any, all, none] = [any, all, none].map(|words| Set::from_words(*words));
            Accept::Tags(TagRule { any, all, none })
        }
    }
}
