//! What is accepted in one dimension, ready to be written into a record.

use crate::layout::Place;
use crate::schema::Kind;
use crate::set::Set;
use crate::ticket::TagRule;

/// Words of a set without values.
pub(crate) const NOTHING: [u64; 4] = [0; 4];

/// A rule whose values are all in the domain. Sets are words; they lie where the rule comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule<'a> {
    /// Anything.
    Open,
    /// These values of a category.
    Values(&'a [u64; 4]),
    /// These values of a wide category, in ascending order.
    List(&'a [u64]),
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
            Self::List(values) => place.list.put(record, values),
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

    /// Whether it accepts everything the rule in a record accepts.
    #[inline]
    pub(crate) fn widens(self, place: &Place, record: &[u64]) -> bool {
        match (place.kind, self) {
            (_, Self::Open) => true,
            (Kind::Category, Self::Values(set)) => place.any.is_within(record, set),
            (Kind::Wide, Self::List(values)) => place.list.is_within(record, values),
            (Kind::Ordinal, Self::Range(low, high)) => {
                u64::from(low) <= place.low.get(record) && u64::from(high) >= place.high.get(record)
            }
            (Kind::Tags | Kind::AnyTags, Self::Tags(any, all, none)) => {
                let [any, all, none] = [any, all, none].map(|words| Set::from_words(*words));
                let (has_any, has_all, has_none) = (place.any.get(record), place.all.get(record), place.none.get(record));
                widens(&TagRule { any: has_any, all: has_all, none: has_none }, &TagRule { any, all, none })
            }
            _ => false,
        }
    }
}

/// Whether everybody whom `old` accepts is accepted by `new`.
///
/// Exact: the fewest tags somebody accepted can have are all of `all`, and one of `any` that is not in `none` unless
/// `all` has one; any other tag that is not in `none` may come on top.
fn widens(old: &TagRule, new: &TagRule) -> bool {
    let mut open = old.any;
    open.words.iter_mut().zip(old.none.words).for_each(|(word, none)| *word &= !none);
    let asks_for_one = !old.any.is_empty() && !open.meets(&old.all);
    let mut sure = old.all;
    if asks_for_one && open.len() == 1 {
        sure.words.iter_mut().zip(open.words).for_each(|(word, open)| *word |= open);
    }
    (new.any.is_empty() || new.any.meets(&old.all) || asks_for_one && new.any.covers(&open))
        && sure.covers(&new.all)
        && old.none.covers(&new.none)
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
