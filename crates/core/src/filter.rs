//! The filters of a search, one row each: what a filter is called, whether it is part of premium, how people set it, and
//! what it asks of a partner.
//!
//! A new filter that is on or off is a row here, a column and its name in every language. What it asks is an arm of the
//! policy (`search/policy.rs`), if no other filter asks the same.

use crate::code::{bit_set, coded_enum};

/// Who may use a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tier {
    Free,
    Premium,
}

/// How a filter is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Control {
    /// By a value of its own in the preferences, such as a range of ages.
    Value,
    /// By a switch, which registration leaves off.
    Off,
    /// By a switch, which registration leaves on.
    On,
    /// By a switch that nobody is shown yet, so it counts for nobody, not even where it is stored as on.
    Later,
}

/// What a filter asks of a partner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asks {
    /// One of the genders wanted.
    WantedGender,
    /// An age within the range wanted.
    WantedAge,
    /// The country wanted.
    WantedCountry,
    /// The same as the person who asks, or at least one of the same.
    Shared(Trait),
    /// To be verified.
    Verified,
}

/// What two people can share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trait {
    Country,
    City,
    Interest,
    Language,
}

/// Declares the filters. `City = "city": Premium, Off, Asks::Shared(Trait::City);` gives `Filter::City` with the code `city`,
/// which counts for premium people only, is a switch that is off after registration, and asks for people of the same city.
macro_rules! filters {
    ($($filter:ident = $code:literal: $tier:ident, $control:ident, $asks:expr;)+) => {
        coded_enum! {
            /// Something that a searching person can ask of a partner, and can leave out for one search by their own tap.
            Filter { $($filter = $code),+ }
        }

        impl Filter {
            const fn tier(self) -> Tier {
                match self { $(Self::$filter => Tier::$tier),+ }
            }

            const fn control(self) -> Control {
                match self { $(Self::$filter => Control::$control),+ }
            }

            /// What it asks of a partner.
            pub(crate) const fn asks(self) -> Asks {
                match self { $(Self::$filter => $asks),+ }
            }
        }
    };
}

// In the order in which the settings list them.
filters! {
    Gender = "gender": Free, Value, Asks::WantedGender;
    Age = "age": Premium, Value, Asks::WantedAge;
    Country = "country": Premium, Value, Asks::WantedCountry;
    City = "city": Premium, Off, Asks::Shared(Trait::City);
    Interest = "interest": Premium, Off, Asks::Shared(Trait::Interest);
    Language = "language": Free, On, Asks::Shared(Trait::Language);
    // Nobody can be verified yet.
    Verified = "verified": Free, Later, Asks::Verified;
}

impl Filter {
    /// Reports whether the filter counts for premium people only.
    pub fn needs_premium(self) -> bool {
        self.tier() == Tier::Premium
    }

    /// Reports whether the filter is a switch, on or off; the others have a value of their own.
    pub fn is_switch(self) -> bool {
        matches!(self.control(), Control::Off | Control::On)
    }

    /// Reports whether people are offered the filter, so that it counts.
    pub fn is_offered(self) -> bool {
        self.control() != Control::Later
    }

    /// Lists the filters that are switches.
    pub fn switches() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(|filter| filter.is_switch())
    }
}

bit_set! {
    /// A set of filters.
    FilterSet of Filter as u16
}

impl FilterSet {
    /// The switches that are on after registration.
    pub fn of_newcomers() -> Self {
        Filter::ALL.iter().copied().filter(|filter| filter.control() == Control::On).collect()
    }
}
