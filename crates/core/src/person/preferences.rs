//! Whom a person wants to meet.

use super::{Age, Country, GenderSet, Reminders};

/// A range of ages, both ends included; the lower end is never above the upper one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgeRange {
    low: Age,
    high: Age,
}

impl AgeRange {
    /// Everybody.
    pub const ANY: Self = Self { low: Age::YOUNGEST, high: Age::OLDEST };

    /// Makes a range; `None` if `low` is above `high`.
    pub fn new(low: Age, high: Age) -> Option<Self> {
        (low <= high).then_some(Self { low, high })
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
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own on the settings' pages")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preferences {
    /// Genders wanted; never empty for a registered person.
    pub genders: GenderSet,
    /// Ages wanted.
    pub ages: AgeRange,
    /// Only people of this country; `None` = any.
    pub country: Option<Country>,
    /// Whether a language in common is required; on by default.
    pub requires_common_language: bool,
    /// Whether only verified people are wanted; off by default.
    pub requires_verified: bool,
    /// Only people of one's own city; off by default. Without a city of one's own it asks for nothing.
    pub requires_same_city: bool,
    /// Only people with an interest in common; off by default.
    pub requires_common_interest: bool,
    /// Whether pictures and videos of partners are passed on; on by default.
    pub accepts_media: bool,
    /// Whether partners are kept from saving and forwarding what this person sends; off by default.
    pub protects_content: bool,
    /// Whether and when they want to hear from us unasked.
    pub reminders: Reminders,
}

impl Preferences {
    /// Returns what of them counts in a search without premium: gender, language and verification. Ages, country, city and
    /// interests are kept and count again with premium.
    #[must_use]
    pub fn without_premium(&self) -> Self {
        Self { ages: AgeRange::ANY, country: None, requires_same_city: false, requires_common_interest: false, ..self.clone() }
    }

    /// Reports whether any filter is on that counts for premium people only.
    pub fn asks_for_premium(&self) -> bool {
        self.ages != AgeRange::ANY || self.country.is_some() || self.requires_same_city || self.requires_common_interest
    }

    /// The preferences somebody has after registration: these genders, anything else open.
    pub fn open_to(genders: GenderSet) -> Self {
        Self {
            genders,
            ages: AgeRange::ANY,
            country: None,
            requires_common_language: true,
            requires_verified: false,
            requires_same_city: false,
            requires_common_interest: false,
            accepts_media: true,
            protects_content: false,
            reminders: Reminders::default(),
        }
    }
}
