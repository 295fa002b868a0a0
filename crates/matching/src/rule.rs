//! What is accepted in one dimension, ready to be written into a record.

#![expect(clippy::indexing_slicing, reason = "sets have four words")]

use core::array::from_fn;

use crate::layout::{Place, SetField};
use crate::schema::Kind;

/// Words of a set without values.
pub(crate) const NOTHING: [u64; 4] = [0; 4];

/// A rule whose values are all in the domain. Sets are words; they lie where the rule comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule<'a> {
    /// Anything.
    Open,
    /// These values of a category.
    Values(&'a [u64; 4]),
    /// These values of an ordinal, counted from zero, ends included.
    Range(u8, u8),
    /// Any of, all of, none of these tags.
    Tags(&'a [u64; 4], &'a [u64; 4], &'a [u64; 4]),
}

impl Rule<'_> {
    /// Replaces the rule in a record.
    #[inline]
    pub(crate) fn write(self, place: &Place, record: &mut [u64]) {
        match self {
            Self::Open => place.open(record),
            Self::Values(set) => place.any.put(record, set),
            Self::Range(low, high) => {
                place.low.put(record, u64::from(low));
                place.high.put(record, u64::from(high));
            }
            Self::Tags(any, all, none) => {
                place.any.put(record, any);
                place.all.put(record, all);
                place.none.put(record, none);
            }
        }
    }

    /// Whether it accepts whatever the rule in a record does.
    #[inline]
    pub(crate) fn widens(self, place: &Place, record: &[u64]) -> bool {
        match (place.kind, self) {
            (_, Self::Open) => true,
            (Kind::Category, Self::Values(set)) => place.any.is_within(record, set),
            (Kind::Ordinal, Self::Range(low, high)) => {
                u64::from(low) <= place.low.get(record) && u64::from(high) >= place.high.get(record)
            }
            (Kind::Tags | Kind::AnyTags, Self::Tags(any, all, none)) => {
                let any_widens = *any == NOTHING || !place.any.is_empty(record) && place.any.is_within(record, any);
                any_widens && place.all.has_all(record, all) && place.none.has_all(record, none)
                    || is_wider(place, record, &Tags { any: *any, all: *all, none: *none })
            }
            _ => false,
        }
    }
}

/// Whether a rule on tags accepts whatever the one in a record does, also by another kind of demand.
#[cold]
fn is_wider(place: &Place, record: &[u64], rule: &Tags) -> bool {
    Tags::of(place, record).are_within(rule)
}

/// The words of a rule on tags.
struct Tags {
    any: [u64; 4],
    all: [u64; 4],
    none: [u64; 4],
}

impl Tags {
    fn of(place: &Place, record: &[u64]) -> Self {
        let words = |field: &SetField| field.get(record).words;
        Self { any: words(&place.any), all: words(&place.all), none: words(&place.none) }
    }

    /// Whether everybody whom this rule accepts is accepted by the other.
    ///
    /// Exact: the fewest tags somebody accepted can have are all of `all`, and one of `any` that is not in `none` unless
    /// `all` has one; any other tag that is not in `none` may come on top.
    fn are_within(&self, other: &Self) -> bool {
        let open: [u64; 4] = from_fn(|at| self.any[at] & !self.none[at]);
        let asks_for_one = self.any != NOTHING && !meet(&open, &self.all);
        let is_single = asks_for_one && open.iter().map(|word| word.count_ones()).sum::<u32>() == 1;
        let sure: [u64; 4] = from_fn(|at| self.all[at] | if is_single { open[at] } else { 0 });
        (other.any == NOTHING || meet(&other.any, &sure) || asks_for_one && covers(&other.any, &open))
            && covers(&sure, &other.all)
            && covers(&self.none, &other.none)
    }
}

/// Whether two sets have a value in common.
fn meet(first: &[u64; 4], second: &[u64; 4]) -> bool {
    first.iter().zip(second).any(|(first, second)| first & second != 0)
}

/// Whether the first set holds all of the second.
fn covers(first: &[u64; 4], second: &[u64; 4]) -> bool {
    first.iter().zip(second).all(|(first, second)| second & !first == 0)
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::Rule;
    use crate::schema::Schema;

    /// All rules on three tags against all others, by everybody there can be.
    #[test]
    fn a_rule_on_tags_widens_exactly_if_it_accepts_everybody_as_before() {
        let mut schema = Schema::builder();
        schema.tags("trait", 3);
        let layout = schema.build().unwrap().layout;
        let place = &layout.places[0];
        let rules: Vec<[u64; 3]> = (0..512u64).map(|bits| [bits & 7, bits >> 3 & 7, bits >> 6]).collect();
        let accepts =
            |[any, all, none]: [u64; 3], tags: u64| (any == 0 || any & tags != 0) && all & !tags == 0 && none & tags == 0;
        // Rules that nobody can meet are refused before they get here.
        let rules: Vec<[u64; 3]> = rules.into_iter().filter(|rule| (0..8).any(|tags| accepts(*rule, tags))).collect();
        let write = |rule: [u64; 3], record: &mut [u64]| {
            let [any, all, none] = rule.map(|set| [set, 0, 0, 0]);
            Rule::Tags(&any, &all, &none).write(place, record);
        };
        let mut widening = 0;
        for old in &rules {
            let mut record = layout.open.clone();
            write(*old, &mut record);
            for new in &rules {
                let expected = (0..8).all(|tags| !accepts(*old, tags) || accepts(*new, tags));
                let [any, all, none] = new.map(|set| [set, 0, 0, 0]);
                assert_eq!(Rule::Tags(&any, &all, &none).widens(place, &record), expected, "{old:?} to {new:?}");
                widening += u32::from(expected);
            }
        }
        assert!(rules.len() > 150 && widening > 2_000, "{} {widening}", rules.len());
    }
}
