//! What the buttons of coins carry. A button that spends coins names the moment of its page, so that it acts once per page.

use luvhive_core::coins::Gift;

use super::Receiver;
use super::field::{Field, buttons, codec};

buttons! {
    /// What a button of coins asks for.
    CoinAction {
        /// Shows how many there are and what can be done.
        Open = "open",
        /// Takes the daily ones.
        Daily = "daily",
        /// Spins.
        Spin = "spin",
        /// Shows what can be given to a partner or friend.
        Gifts(to: Receiver) = "gifts",
        /// Gives to a partner or friend.
        Give {
            /// How much.
            gift: Gift,
            /// To whom.
            to: Receiver,
            /// When the page was made, in milliseconds since 1970.
            page_ms: u64,
        } = "give",
        /// Asks whether coins shall be turned into premium.
        AskRedeem = "redeem?",
        /// Turns coins into premium.
        Redeem {
            /// When the page was made, in milliseconds since 1970.
            page_ms: u64,
        } = "redeem",
        /// Shows the link that invites friends.
        Invite = "invite",
    }
}
