//! Conduct: reports, sanctions and the pseudonyms under which staff see people.

use std::fmt;

use crate::id::{ChatId, MessageId, PersonId, ReportId};
use crate::person::interest::coded_enum;
use crate::time::Timestamp;

/// How many of a chat's last messages a report freezes, at most.
pub const REPORTED_MESSAGES: usize = 25;
/// How long after its end a chat can be reported or rated.
pub const REPORT_WINDOW: std::time::Duration = std::time::Duration::from_hours(48);

coded_enum! {
    /// What a report is about.
    ReportReason {
        Minor = "minor", Harassment = "harassment", Spam = "spam", Scam = "scam", Explicit = "explicit", Other = "other",
    }
}

coded_enum! {
    /// What the staff decided about a person.
    SanctionKind { Ban = "ban", Suspend = "suspend", Lift = "lift" }
}

/// The name under which staff see a person: 10 letters and digits, random, never derived from the Telegram id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pseudonym(String);

/// The length of a pseudonym.
pub const PSEUDONYM_LENGTH: usize = 10;
const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";

impl Pseudonym {
    /// Makes a pseudonym from 64 random bits, of which 50 are used.
    pub fn from_random(bits: u64) -> Self {
        let letter = |i: u32| {
            let index = usize::try_from((bits >> (5 * i)) & 31).unwrap_or(0);
            char::from(ALPHABET.get(index).copied().unwrap_or(b'a'))
        };
        Self((0..10).map(letter).collect())
    }

    /// Checks typed text; `None` unless it has the length and letters of a pseudonym.
    pub fn new(text: &str) -> Option<Self> {
        (text.len() == PSEUDONYM_LENGTH && text.bytes().all(|b| ALPHABET.contains(&b))).then(|| Self(text.to_owned()))
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Pseudonym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A report about to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewReport {
    /// The chat it is about.
    pub chat: ChatId,
    /// Who reports.
    pub reporter: PersonId,
    /// Who is reported.
    pub reported: PersonId,
    /// What for.
    pub reason: ReportReason,
    /// The message it is about, by its id on the reporter's side; `None` = the whole chat.
    pub message: Option<MessageId>,
    /// The ids of the chat's last messages on the reporter's side, oldest first, at most [`REPORTED_MESSAGES`].
    pub messages: Vec<MessageId>,
    /// When.
    pub reported_at: Timestamp,
}

/// An open report as staff see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenReport {
    /// Its number.
    pub report: ReportId,
    /// Who reports, by pseudonym.
    pub reporter: Pseudonym,
    /// Who is reported, by pseudonym.
    pub reported: Pseudonym,
    /// What for.
    pub reason: ReportReason,
    /// How many message ids were frozen.
    pub messages_count: u16,
    /// When.
    pub reported_at: Timestamp,
    /// How many reports are open about the same person, this one included.
    pub open_about_same: u32,
}

/// A decision about a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSanction {
    /// Whom it is about.
    pub pseudonym: Pseudonym,
    /// What was decided.
    pub kind: SanctionKind,
    /// Until when; [`Timestamp::MAX`] for a ban, ignored for a lift.
    pub until: Timestamp,
    /// The reason that the person reads: 1 to 500 characters.
    pub reason: String,
    /// Who decided: the operator's account name on the machine.
    pub decided_by: String,
    /// When.
    pub decided_at: Timestamp,
}
