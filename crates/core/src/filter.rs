//! The filters of a search, one row each: what a filter is called, whether it is part of premium, and how people set it.
//!
//! A new filter that is on or off is a row here, an arm of the policy (`search/policy.rs`), a column and its name in every
//! language; everything else follows from the row.

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
}

/// Declares the filters. `City = "city": Premium, Off;` gives `Filter::City` with the code `city`, which counts for premium
/// people only and is a switch that is off after registration.
macro_rules! filters {
    ($($filter:ident = $code:literal: $tier:ident, $control:ident;)+) => {
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
        }
    };
}

// In the order in which the settings list them.
filters! {
    Gender = "gender": Free, Value;
    Age = "age": Premium, Value;
    Country = "country": Premium, Value;
    City = "city": Premium, Off;
    Interest = "interest": Premium, Off;
    Language = "language": Free, On;
    Verified = "verified": Free, Off;
}

impl Filter {
    /// Reports whether the filter counts for premium people only.
    pub fn needs_premium(self) -> bool {
        self.tier() == Tier::Premium
    }

    /// Reports whether the filter is a switch, on or off; the others have a value of their own.
    pub fn is_switch(self) -> bool {
        self.control() != Control::Value
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
