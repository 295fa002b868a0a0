//! Evidence: what becomes of the reported messages that are copied into the evidence chat, a private channel of the staff.

use std::time::Duration;

use crate::chat::Undelivered;
use crate::code::coded_enum;

/// How many copies are posted in [`WINDOW`] at most. Telegram takes 20 messages a minute in one channel (Bot FAQ); the others
/// are left to alerts.
pub const COPIES: u8 = 15;
/// The stretch of time in which [`COPIES`] are counted.
pub const WINDOW: Duration = Duration::from_mins(1);

coded_enum! {
    /// What became of a post.
    PostOutcome {
        Posted = "posted", Removed = "removed", Gone = "gone", Kind = "kind", Refused = "refused",
    }
}

impl PostOutcome {
    /// What a refusal of a copy means.
    pub const fn of_refusal(why: Undelivered) -> Self {
        match why {
            Undelivered::SourceGone => Self::Gone,
            Undelivered::Kind => Self::Kind,
            _ => Self::Refused,
        }
    }

    /// Says it to the staff.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Posted => "copied",
            Self::Removed => "taken away again",
            Self::Gone => "deleted before it could be copied",
            Self::Kind => "of a kind that cannot be copied",
            Self::Refused => "refused by Telegram",
        }
    }
}

/// How far the copies of a report's messages are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Copies {
    /// How many lie in the evidence chat.
    pub copied: u32,
    /// The places, from 1, of those that do not, and why.
    pub missing: Vec<(u8, PostOutcome)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_leave_room_for_alerts() {
        assert!(COPIES < 20 && WINDOW == Duration::from_mins(1), "Telegram takes 20 a minute");
    }

    #[test]
    fn a_refusal_says_why() {
        assert_eq!(PostOutcome::of_refusal(Undelivered::SourceGone), PostOutcome::Gone);
        assert_eq!(PostOutcome::of_refusal(Undelivered::Kind), PostOutcome::Kind);
        assert_eq!(PostOutcome::of_refusal(Undelivered::TooLong), PostOutcome::Refused);
    }
}
