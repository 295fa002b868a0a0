//! News: what a person is told without having asked, when nothing but the telling is left for the engine to do.
//!
//! A new piece of news is a variant here, a row in storage's `command.rs` and a screen in the telegram side's `view/news.rs`.
//! What does more than tell, such as a sanction or a correction, is a command of its own.

use crate::coins::Coins;
use crate::friend::FriendNews;
use crate::id::ChatId;
use crate::premium::{Entitlement, PremiumNews};

/// A piece of news for one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// A partner gave them coins.
    Coins(Coins),
    /// Somebody they invited has completed a first chat, which brought them coins.
    InvitePaid(Coins),
    /// What they reported was decided.
    Report {
        /// Whether something was done about it.
        is_upheld: bool,
    },
    /// Something about friends.
    Friend {
        /// What.
        news: FriendNews,
        /// With whom: the partner of this chat.
        chat: ChatId,
    },
    /// Something happened to their premium.
    Premium {
        /// What.
        news: PremiumNews,
        /// What they are entitled to, if no finished lane has told it.
        entitlement: Option<Entitlement>,
    },
}
