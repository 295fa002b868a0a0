//! Chats between two people: seats, what is relayed, how a chat ends.

pub mod content;
pub mod hold;
pub mod icebreaker;
pub mod seat;
pub mod text;
pub mod undelivered;

pub use content::{Content, Contents, Sent};
pub use hold::{Answers, Hold, Question, Questions};
pub use icebreaker::Icebreaker;
pub use seat::{Seat, Side};
pub use text::ChatText;
pub use undelivered::Undelivered;

use crate::code::coded_enum;

coded_enum! {
    /// Why a chat or a meeting ended. The last two end meetings only.
    EndReason {
        Stopped = "stopped", Next = "next", Blocked = "blocked", Reported = "reported",
        Gone = "gone", Sanctioned = "sanctioned", Deleted = "deleted",
        Declined = "declined", Unanswered = "unanswered",
    }
}
