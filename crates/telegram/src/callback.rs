//! What a button carries: a typed value, written as at most 64 bytes with a version in front.
//! Anything else that arrives as callback data (older forms, forgeries) does not parse.

mod coins;
mod field;
mod friend;
mod premium;
mod profile;
mod settings;
mod step;

use luvhive_core::chat::Content;
use luvhive_core::conduct::ReportReason;
use luvhive_core::engine::event::Command;
use luvhive_core::filter::Filter;
use luvhive_core::id::{ChatId, HoldId, MessageId, SanctionId};

pub use coins::CoinAction;
use field::{Field, buttons, codec};
pub use friend::{FriendAction, Receiver};
pub use premium::{ChargeMark, PremiumAction};
pub use profile::{ProfileAction, ProfilePage, ProfileValue};
pub use settings::{Demand, SettingsAction, SettingsPage, SettingsValue};
pub use step::StepAction;

/// The most bytes that callback data may have (Bot API 10.3, `InlineKeyboardButton.callback_data`).
pub const MAX_CALLBACK_BYTES: usize = 64;

/// The form written today. Buttons of other forms are answered as too old.
const VERSION: &str = "1";

buttons! {
    /// What pressing an inline button asks for.
    Callback {
        /// Something the engine decides at once.
        Command(command: Command) = "c",
        /// A move in an unfinished conversation.
        Step {
            /// The number of the screen that shows the button; any other than the current one is stale.
            serial: u32,
            /// The move.
            action: StepAction,
        } = "s",
        /// A change of the settings.
        Settings(action: SettingsAction) = "o",
        /// A change of the profile.
        Profile(action: ProfileAction) = "p",
        /// Premium: plans, gifts, money back.
        Premium(action: PremiumAction) = "v",
        /// Coins: getting, giving and spending them.
        Coins(action: CoinAction) = "k",
        /// Friends: asking, accepting, listing, removing.
        Friends(action: FriendAction) = "f",
        /// A rating of the partner of this chat.
        Rate {
            /// The chat.
            chat: ChatId,
            /// Good or bad.
            is_good: bool,
        } = "rate",
        /// Shows what can be said about the partner of this chat.
        Card {
            /// The chat.
            chat: ChatId,
        } = "card",
        /// Asks whether the partner of this chat shall be blocked.
        AskBlock {
            /// The chat.
            chat: ChatId,
        } = "block?",
        /// Blocks the partner of this chat.
        Block {
            /// The chat.
            chat: ChatId,
        } = "block",
        /// Asks what a report is about.
        AskReport {
            /// The chat.
            chat: ChatId,
            /// One message on the reporter's side, or the whole chat.
            message: Option<MessageId>,
        } = "report?",
        /// Reports the partner of this chat.
        Report {
            /// The chat.
            chat: ChatId,
            /// One message on the reporter's side, or the whole chat.
            message: Option<MessageId>,
            /// What for.
            reason: ReportReason,
        } = "report",
        /// Asks for the words of an appeal against a decision of the staff.
        Appeal {
            /// The decision.
            sanction: SanctionId,
        } = "appeal",
        /// Says that they are under 18.
        Underage = "minor",
        /// Deletes the account.
        Delete {
            /// When the question was asked, in seconds since 1970; an old question does not count.
            asked_at_s: u32,
        } = "delete",
        /// Does not delete an account that was to be deleted.
        Keep = "keep",
        /// Does not delete the account, or closes a question without an answer.
        Dismiss = "dismiss",
    }
}

codec! {
    Command {
        Find = "find",
        CancelSearch = "cancel",
        Next = "next",
        Stop = "stop",
        Widen(filter: Filter) = "widen",
        Agree(meeting: ChatId) = "chat",
        TakeBack(meeting: ChatId) = "wait",
        Decline(meeting: ChatId) = "not",
        AcceptInvitation(chat: ChatId) = "come",
        DeclineInvitation(chat: ChatId) = "stay",
        SendNow { chat: ChatId, message: MessageId, content: Content } = "send",
        SendAnyway { hold: HoldId, is_yes: bool } = "any",
        SayAdult { hold: HoldId, is_yes: bool } = "adult",
        TakeMedia { hold: HoldId, is_on: bool } = "take",
        TurnMedia { chat: ChatId, is_on: bool } = "turn",
    }
}

impl Callback {
    /// Writes the value as callback data: ASCII, at most [`MAX_CALLBACK_BYTES`].
    pub fn encode(self) -> String {
        let mut fields = Vec::new();
        self.write(&mut fields);
        format!("{VERSION}{}", fields.join(":"))
    }

    /// Reads callback data; `None` for anything that [`Callback::encode`] does not write today.
    pub fn parse(data: &str) -> Option<Self> {
        if data.len() > MAX_CALLBACK_BYTES {
            return None;
        }
        let parsed = Self::read(&mut data.strip_prefix(VERSION)?.split(':'))?;
        // Only the canonical writing counts: `+5` or `05` would be a second name for the same button.
        (parsed.encode() == data).then_some(parsed)
    }
}

#[cfg(test)]
pub(crate) mod tests;
