//! Whom a person wants to meet.

use super::{Age, Country, GenderSet, Reminders};
use crate::chat::Contents;
use crate::filter::{Filter, FilterSet};

/// A range of ages, both ends included; the lower end is never above the upper one, and it is no narrower than the band in
/// which a card shows an age, so that a search tells no more than a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgeRange {
    low: Age,
    high: Age,
}

impl AgeRange {
    /// Everybody.
    pub const ANY: Self = Self { low: Age::YOUNGEST, high: Age::OLDEST };

    /// Makes a range; `None` if `low` is above `high`. One of fewer than five years becomes the bands that it touches, also
    /// where an earlier release stored it.
    pub fn new(low: Age, high: Age) -> Option<Self> {
        let years = high.years().checked_sub(low.years())?;
        if years.saturating_add(1) >= Age::BAND {
            return Some(Self { low, high });
        }
        let ((low, _), (_, high)) = (low.band(), high.band());
        Some(Self { low, high })
    }

    /// Returns the lower end.
    pub const fn low(self) -> Age {
        self.low
    }

    /// Returns the upper end.
    pub const fn high(self) -> Age {
        self.high
    }

    /// Reports whether an age lies inside.
    pub fn contains(self, age: Age) -> bool {
        self.low <= age && age <= self.high
    }
}

/// Whom a person wants to meet, and how they want to be treated. All values are valid but for an empty set of genders, which no constructor makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preferences {
    /// Genders wanted; never empty for a registered person.
    pub genders: GenderSet,
    /// Ages wanted.
    pub ages: AgeRange,
    /// Only people of this country; `None` = any.
    pub country: Option<Country>,
    /// Filters whose switch is on. Genders, ages and country are not among them, for they have values.
    pub demands: FilterSet,
    /// Whether partners can send more than text and stickers; on by default. Off is text-only mode.
    pub accepts_media: bool,
    /// What is never passed on of what this person sends, of [`Content::WITHHOLDABLE`](crate::chat::Content::WITHHOLDABLE);
    /// nothing by default.
    pub withheld: Contents,
    /// Whether partners are kept from saving and forwarding what this person sends; off by default.
    pub protects_content: bool,
    /// Whether and when they want to hear from us unasked.
    pub reminders: Reminders,
}

impl Preferences {
    /// Lists the filters that ask for something, of those that people are offered.
    pub fn filters(&self) -> FilterSet {
        let has_ages = (self.ages != AgeRange::ANY).then_some(Filter::Age);
        let has_country = self.country.map(|_| Filter::Country);
        let all = self.demands.iter().chain([Filter::Gender]).chain(has_ages).chain(has_country);
        all.filter(|filter| filter.is_offered()).collect()
    }

    /// Reports whether any filter is on that counts for premium people only.
    pub fn asks_for_premium(&self) -> bool {
        self.filters().iter().any(Filter::needs_premium)
    }

    /// The same with another country wanted; `None` = any.
    #[must_use]
    pub fn with_country(&self, country: Option<Country>) -> Self {
        // One's own city lies in one's own country: the two filters do not go together.
        let demands = if country.is_some() { self.demands.without(Filter::City) } else { self.demands };
        Self { country, demands, ..self.clone() }
    }

    /// The same with a switch on.
    #[must_use]
    pub fn with_demand(&self, filter: Filter) -> Self {
        let country = self.country.filter(|_| filter != Filter::City);
        Self { country, demands: self.demands.with(filter), ..self.clone() }
    }

    /// The same with a switch off.
    #[must_use]
    pub fn without_demand(&self, filter: Filter) -> Self {
        Self { demands: self.demands.without(filter), ..self.clone() }
    }

    /// The preferences somebody has after registration: these genders, anything else open.
    pub fn open_to(genders: GenderSet) -> Self {
        Self {
            genders,
            ages: AgeRange::ANY,
            country: None,
            demands: FilterSet::of_newcomers(),
            accepts_media: true,
            withheld: Contents::EMPTY,
            protects_content: false,
            reminders: Reminders::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_range_tells_more_of_an_age_than_a_card() {
        for (low, high, widened) in [
            (27, 27, (26, 30)),
            (26, 29, (26, 30)),
            (25, 26, (21, 30)),
            (18, 18, (18, 20)),
            (20, 21, (18, 25)),
            (120, 120, (116, 120)),
            (22, 26, (22, 26)),
            (18, 120, (18, 120)),
        ] {
            let age = |years| Age::new(years).unwrap();
            let range = AgeRange::new(age(low), age(high)).unwrap();
            assert_eq!((range.low().years(), range.high().years()), widened, "{low} to {high}");
            assert_eq!(AgeRange::new(range.low(), range.high()), Some(range), "once is enough");
        }
        assert_eq!(AgeRange::new(Age::OLDEST, Age::YOUNGEST), None);
    }
}
