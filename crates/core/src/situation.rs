//! Where a person stands, as far as an operator has to know it who decides about them: no name, no Telegram account, no
//! text of theirs.

use crate::chat::Seat;
use crate::code::coded_enum;
use crate::coins::Coins;
use crate::conduct::{Pseudonym, SanctionKind};
use crate::person::UiLanguage;
use crate::time::Timestamp;

/// How many sanctions a situation lists, the latest first.
pub const SANCTIONS_SHOWN: usize = 20;

coded_enum! {
    /// What a person does who is not idle.
    SeatKind { Waiting = "waiting", Meeting = "meeting", Chatting = "chatting" }
}

impl SeatKind {
    /// What a seat means, and since when.
    pub fn of(seat: &Seat) -> (Self, Timestamp) {
        match seat {
            Seat::Waiting { since, .. } => (Self::Waiting, *since),
            Seat::Meeting { since, .. } => (Self::Meeting, *since),
            Seat::Chatting { since, .. } => (Self::Chatting, *since),
        }
    }
}

/// A decision of the staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastSanction {
    /// What was decided.
    pub kind: SanctionKind,
    /// Until when, [`Timestamp::MAX`] for a ban; `None` = it was lifted.
    pub until: Option<Timestamp>,
    /// When.
    pub decided_at: Timestamp,
    /// By whom.
    pub decided_by: String,
}

/// Where a person stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Situation {
    /// They are registered.
    Member(Member),
    /// They have left.
    Left {
        /// Their pseudonym.
        pseudonym: Pseudonym,
        /// Until when the account is suspended, [`Timestamp::MAX`] for a ban; `None` = it is not.
        suspended_until: Option<Timestamp>,
        /// How many reports about them are open.
        open_reports: u32,
        /// Who they are now, if the account is back.
        back_as: Option<Pseudonym>,
    },
    /// The account is not registered, and is refused as a minor's.
    Refused {
        /// Since when.
        since: Timestamp,
    },
}

/// A registered person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Their pseudonym.
    pub pseudonym: Pseudonym,
    /// When they registered.
    pub registered_at: Timestamp,
    /// The language in which the bot speaks to them.
    pub language: UiLanguage,
    /// What they do, and since when; `None` = they are idle.
    pub seat: Option<(SeatKind, Timestamp)>,
    /// Until when they are premium; `None` = they are not.
    pub premium_until: Option<Timestamp>,
    /// How many coins they have.
    pub coins: Coins,
    /// Until when they are suspended, [`Timestamp::MAX`] for a ban; `None` = they are not.
    pub suspended_until: Option<Timestamp>,
    /// When a correction found them to be a minor; `None` = they are not refused.
    pub refused_at: Option<Timestamp>,
    /// How many reports about them are open.
    pub open_reports: u32,
    /// What was decided about them, the latest first, at most [`SANCTIONS_SHOWN`].
    pub sanctions: Vec<PastSanction>,
}
