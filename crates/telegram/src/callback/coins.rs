//! What the buttons of coins carry. Whatever spends coins names the moment of its page, so that it happens once a page.

use luvhive_core::coins::Gift;

use super::{Receiver, number};

/// What a button of coins asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CoinAction {
    /// Shows how many there are and what can be done.
    Open,
    /// Takes the daily ones.
    Daily,
    /// Spins.
    Spin,
    /// Shows what can be given to a partner or friend.
    Gifts(Receiver),
    /// Gives to a partner or friend.
    Give {
        /// How much.
        gift: Gift,
        /// To whom.
        to: Receiver,
        /// When the page was made, in milliseconds since 1970.
        page_ms: u64,
    },
    /// Asks whether coins shall be turned into premium.
    AskRedeem,
    /// Turns coins into premium.
    Redeem {
        /// When the page was made, in milliseconds since 1970.
        page_ms: u64,
    },
    /// Shows the link that invites friends.
    Invite,
}

impl CoinAction {
    pub(super) fn encode(self) -> String {
        match self {
            Self::Open => "open".to_owned(),
            Self::Daily => "daily".to_owned(),
            Self::Spin => "spin".to_owned(),
            Self::Gifts(to) => format!("gifts:{to}"),
            Self::Give { gift, to, page_ms } => format!("give:{gift}:{to}:{page_ms}"),
            Self::AskRedeem => "redeem?".to_owned(),
            Self::Redeem { page_ms } => format!("redeem:{page_ms}"),
            Self::Invite => "invite".to_owned(),
        }
    }

    pub(super) fn parse(fields: &[&str]) -> Option<Self> {
        Some(match fields {
            ["open"] => Self::Open,
            ["daily"] => Self::Daily,
            ["spin"] => Self::Spin,
            ["gifts", to] => Self::Gifts(Receiver::parse(to)?),
            ["give", gift, to, page] => {
                Self::Give { gift: Gift::from_code(gift)?, to: Receiver::parse(to)?, page_ms: number(page)? }
            }
            ["redeem?"] => Self::AskRedeem,
            ["redeem", page] => Self::Redeem { page_ms: number(page)? },
            ["invite"] => Self::Invite,
            _ => return None,
        })
    }
}
