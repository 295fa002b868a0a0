//! A person's seat: waiting for a partner or chatting with one, never both, never twice.

use std::fmt;

use crate::id::ChatId;
use crate::person::interest::{bit_set, coded_enum};
use crate::time::Timestamp;

/// Which of the two places of a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// Side 0 in the database.
    First,
    /// Side 1 in the database.
    Second,
}

impl Side {
    /// Returns the number used in the database: 0 or 1.
    pub const fn number(self) -> i16 {
        match self {
            Self::First => 0,
            Self::Second => 1,
        }
    }

    /// Finds the side of a number; `None` unless it is 0 or 1.
    pub const fn from_number(number: i16) -> Option<Self> {
        match number {
            0 => Some(Self::First),
            1 => Some(Self::Second),
            _ => None,
        }
    }
}

coded_enum! {
    /// A filter that a searching person can drop for this one search, by their own tap.
    Filter {
        Age = "age", Country = "country", Language = "language", Verified = "verified", Gender = "gender",
        City = "city", Interest = "interest",
    }
}

bit_set! {
    /// Filters dropped for one search.
    Widening of Filter as u8
}

/// A person's one seat. People without a seat are idle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seat {
    /// Searching for a partner.
    Waiting {
        /// Since when; kept across restarts and after a partner vanished.
        since: Timestamp,
        /// Filters the person dropped for this search.
        widening: Widening,
    },
    /// In a chat.
    Chatting {
        /// Which chat.
        chat: ChatId,
        /// Which place in it.
        side: Side,
        /// Since when.
        since: Timestamp,
    },
}
