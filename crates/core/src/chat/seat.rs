//! A person's seat: waiting for a partner, meeting one, or chatting with one; one of these, once.

use super::hold::Answers;
use crate::code::bit_set;
use crate::filter::Filter;
use crate::id::ChatId;
use crate::time::{TelegramTime, Timestamp};

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

    /// Returns the other side.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::First => Self::Second,
            Self::Second => Self::First,
        }
    }

    /// Returns what a pair holds for this side.
    pub const fn of<T>(self, [first, second]: &[T; 2]) -> &T {
        match self {
            Self::First => first,
            Self::Second => second,
        }
    }

    /// Returns what a pair holds for this side, to be changed.
    pub const fn of_mut<T>(self, [first, second]: &mut [T; 2]) -> &mut T {
        match self {
            Self::First => first,
            Self::Second => second,
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

bit_set! {
    /// Filters dropped for one search.
    Widening of Filter as u16
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
    /// Seeing the card of somebody who fits; a chat opens only if both press "Chat".
    Meeting {
        /// The number of the meeting, which is its chat's once it opens.
        meeting: ChatId,
        /// Which place in it.
        side: Side,
        /// Since when the person has waited, meeting included: their place in the line if the meeting fails.
        since: Timestamp,
        /// Filters the person dropped for this search.
        widening: Widening,
        /// When the meeting fails if one of the two has not pressed "Chat".
        answer_by: Timestamp,
        /// Whether the person has pressed "Chat".
        has_agreed: bool,
        /// Whether the person searched before, so that the search goes on if the meeting fails; an invitation can bring
        /// somebody here who did not.
        was_searching: bool,
    },
    /// In a chat.
    Chatting {
        /// Which chat.
        chat: ChatId,
        /// Which place in it.
        side: Side,
        /// Since when.
        since: Timestamp,
        /// When the notice that opened the chat reached this person, on Telegram's clock; what they wrote before that
        /// second was not meant for this partner. `None` = not known yet.
        heard_at: Option<TelegramTime>,
        /// Whether a message of this person was passed on.
        has_written: bool,
        /// What the person has answered in this chat.
        answers: Answers,
    },
}

impl Seat {
    /// Returns the chat or the meeting that this seat belongs to.
    pub const fn place(&self) -> Option<ChatId> {
        match self {
            Self::Waiting { .. } => None,
            Self::Meeting { meeting: chat, .. } | Self::Chatting { chat, .. } => Some(*chat),
        }
    }

    /// Returns since when the person has waited, or the chat has been open.
    pub const fn since(&self) -> Timestamp {
        match self {
            Self::Waiting { since, .. } | Self::Meeting { since, .. } | Self::Chatting { since, .. } => *since,
        }
    }

    /// Returns the chat, if this is a place in one.
    pub const fn chat(&self) -> Option<ChatId> {
        match self {
            Self::Waiting { .. } | Self::Meeting { .. } => None,
            Self::Chatting { chat, .. } => Some(*chat),
        }
    }
}
