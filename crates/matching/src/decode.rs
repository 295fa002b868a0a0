//! A record and a plan as the ticket they came from: the way back of `encode`.

use core::ops::RangeInclusive;

use crate::layout::Place;
use crate::plan::Plan;
use crate::predicate::small;
use crate::rule::Rule;
use crate::schema::{Dim, Kind, Mark, Schema};
use crate::set::Set;
use crate::ticket::{Accept, TagRule, Ticket};

impl Schema {
    /// The ticket of a record, with the steps of the plan from `level` on.
    pub(crate) fn decode<K: Copy>(&self, key: K, record: &[u64], plan: &Plan, level: u16) -> Ticket<K> {
        let layout = &self.layout;
        let mut ticket = Ticket::new(key).merit(u8::try_from(layout.merit.get(record)).unwrap_or(u8::MAX));
        ticket = ticket.priority(u8::try_from(layout.class.get(record)).unwrap_or(u8::MAX));
        for (at, place) in (0u8..).zip(&layout.places) {
            let dim = Dim(at);
            ticket = match place.kind {
                Kind::Category | Kind::Ordinal => ticket.have(dim, value(place, place.value.get(record))),
                Kind::Tags | Kind::AnyTags | Kind::Common => ticket.have(dim, place.tags.get(record)),
            };
            ticket = match place.kind {
                Kind::Category => ticket.accept(dim, place.any.get(record)),
                Kind::Ordinal => ticket.accept(dim, range(place, place.low.get(record), place.high.get(record))),
                Kind::Tags | Kind::AnyTags => {
                    let (any, all, none) = (place.any.get(record), place.all.get(record), place.none.get(record));
                    ticket.accept(dim, TagRule { any, all, none })
                }
                Kind::Common => ticket,
            };
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
                ticket = ticket.relax(u64::from(step.after_ms), Dim(step.dim), accept(place, step.rule));
            }
            level = next;
        }
        match plan.ttl_ms {
            Some(ttl_ms) => ticket.ttl_ms(u64::from(ttl_ms)),
            None => ticket,
        }
    }
}

/// A value of a domain that was counted from zero.
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
        Rule::Range(low, high) => Accept::Range(range(place, u64::from(low), u64::from(high))),
        Rule::Tags(any, all, none) => {
            let [any, all, none] = [any, all, none].map(|words| Set::from_words(*words));
            Accept::Tags(TagRule { any, all, none })
        }
    }
}
