//! What is accepted in one dimension, ready to be written into a record.

use crate::layout::Place;
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
            }
            _ => false,
        }
    }
}
