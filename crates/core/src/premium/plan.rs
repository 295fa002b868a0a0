//! What can be bought with Telegram Stars: the price list.
//! A stored payment and an invoice keep their own price and days, so this list can change without touching what was sold.

use std::fmt;
use std::time::Duration;

use crate::code::coded_enum;

/// An amount of Telegram Stars.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stars(u32);

impl Stars {
    /// Wraps an amount.
    pub const fn new(amount: u32) -> Self {
        Self(amount)
    }

    /// Returns the amount.
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl fmt::Display for Stars {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What something was offered for, and how much premium it gives: the list of the day on which it was offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price {
    /// What it costs.
    pub stars: Stars,
    /// How many days of premium it gives; 0 for what gives none.
    pub days: u16,
}

coded_enum! {
    /// What can be bought.
    Plan {
        Week = "week", Month = "month", HalfYear = "half_year", Year = "year", Monthly = "monthly",
        GiftWeek = "gift_week", GiftMonth = "gift_month", RatingReset = "rating_reset",
    }
}

impl Plan {
    /// Returns the price.
    pub const fn stars(self) -> Stars {
        Stars::new(match self {
            Self::Week | Self::GiftWeek => 100,
            Self::Month | Self::GiftMonth => 250,
            Self::HalfYear => 600,
            Self::Year => 1_000,
            Self::Monthly => 225,
            Self::RatingReset => 10,
        })
    }

    /// Returns how many days of premium it gives; 0 for what gives none.
    pub const fn days(self) -> u16 {
        match self {
            Self::Week | Self::GiftWeek => 7,
            Self::Month | Self::GiftMonth | Self::Monthly => 30,
            Self::HalfYear => 180,
            Self::Year => 365,
            Self::RatingReset => 0,
        }
    }

    /// Returns the price and the days together, as an invoice keeps them.
    pub const fn price(self) -> Price {
        Price { stars: self.stars(), days: self.days() }
    }

    /// Reports whether it is bought for somebody else.
    pub const fn is_gift(self) -> bool {
        matches!(self, Self::GiftWeek | Self::GiftMonth)
    }

    /// Returns after how long it renews; `None` unless it is a subscription. Telegram knows 30 days only.
    pub const fn renews_every(self) -> Option<Duration> {
        match self {
            Self::Monthly => Some(Duration::from_hours(30 * 24)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_price_list_is_the_published_one() {
        let list: Vec<_> = Plan::ALL.iter().map(|plan| (plan.code(), plan.stars().get(), plan.days())).collect();
        let published = [
            ("week", 100, 7),
            ("month", 250, 30),
            ("half_year", 600, 180),
            ("year", 1000, 365),
            ("monthly", 225, 30),
            ("gift_week", 100, 7),
            ("gift_month", 250, 30),
            ("rating_reset", 10, 0),
        ];
        assert_eq!(list, published);
    }
}
