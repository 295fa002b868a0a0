//! What a button carries: a typed value, written as at most 64 bytes with a version in front.
//! Anything else that arrives as callback data (older forms, forgeries) does not parse.

mod coins;
mod friend;
mod pages;
mod premium;

use std::str::FromStr;

use luvhive_core::chat::Content;
use luvhive_core::conduct::ReportReason;
use luvhive_core::engine::event::Command;
use luvhive_core::filter::Filter;
use luvhive_core::id::{ChatId, MessageId};
use luvhive_core::person::{Country, Gender, Interest, SpokenLanguage, UiLanguage};
use luvhive_core::time::Day;

pub use coins::CoinAction;
pub use friend::{FriendAction, Receiver};
pub use pages::{ProfileAction, SettingsAction};
pub use premium::PremiumAction;

/// The most bytes that callback data may have (Bot API 10.3, `InlineKeyboardButton.callback_data`).
pub const MAX_CALLBACK_BYTES: usize = 64;

/// The form written today. Buttons of other forms are answered as too old.
const VERSION: &str = "1";

/// What pressing an inline button asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Callback {
    /// Something the engine decides at once.
    Command(Command),
    /// A move in an unfinished conversation.
    Step {
        /// The number of the screen that shows the button; any other than the current one is stale.
        serial: u32,
        /// The move.
        action: StepAction,
    },
    /// A change of the settings.
    Settings(SettingsAction),
    /// A change of the profile.
    Profile(ProfileAction),
    /// Premium: plans, gifts, money back.
    Premium(PremiumAction),
    /// Coins: getting, giving and spending them.
    Coins(CoinAction),
    /// Friends: asking, accepting, listing, removing.
    Friends(FriendAction),
    /// A rating of the partner of this chat.
    Rate {
        /// The chat.
        chat: ChatId,
        /// Good or bad.
        is_good: bool,
    },
    /// Shows what can be said about the partner of this chat.
    Card {
        /// The chat.
        chat: ChatId,
    },
    /// Asks whether the partner of this chat shall be blocked.
    AskBlock {
        /// The chat.
        chat: ChatId,
    },
    /// Blocks the partner of this chat.
    Block {
        /// The chat.
        chat: ChatId,
    },
    /// Asks what a report is about.
    AskReport {
        /// The chat.
        chat: ChatId,
        /// One message on the reporter's side, or the whole chat.
        message: Option<MessageId>,
    },
    /// Reports the partner of this chat.
    Report {
        /// The chat.
        chat: ChatId,
        /// One message on the reporter's side, or the whole chat.
        message: Option<MessageId>,
        /// What for.
        reason: ReportReason,
    },
    /// Deletes the account.
    Delete {
        /// When the question was asked, in seconds since 1970; an old question does not count.
        asked_at_s: u32,
    },
    /// Does not delete the account, or closes a question without an answer.
    Dismiss,
}

/// A move in an unfinished conversation. Choices name the wanted state, so that a repeated press changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepAction {
    /// Agrees to what is asked.
    Agree,
    /// One step back.
    Back,
    /// On to the next step with what is chosen.
    Continue,
    /// Confirms this date of birth.
    Born(Day),
    /// This is my gender.
    Gender(Gender),
    /// Wants or does not want to meet this gender.
    Want(Gender, bool),
    /// Wants to meet everyone.
    WantEveryone,
    /// Lives in this country.
    Country(Country),
    /// Shows this page of a list, from 0.
    Page(u8),
    /// Wants to name a city.
    City,
    /// Names no city.
    NoCity,
    /// Speaks or does not speak this language.
    Language(SpokenLanguage, bool),
    /// Likes or does not like this.
    Interest(Interest, bool),
    /// The bot's texts in this language.
    Ui(UiLanguage),
}

impl Callback {
    /// Writes the value as callback data: ASCII, at most [`MAX_CALLBACK_BYTES`].
    pub fn encode(self) -> String {
        let body = match self {
            Self::Command(command) => format!("c:{}", encode_command(command)),
            Self::Step { serial, action } => format!("s:{serial}:{}", encode_step(action)),
            Self::Settings(action) => format!("o:{}", action.encode()),
            Self::Profile(action) => format!("p:{}", action.encode()),
            Self::Premium(action) => format!("v:{}", action.encode()),
            Self::Coins(action) => format!("k:{}", action.encode()),
            Self::Friends(action) => format!("f:{}", action.encode()),
            Self::Rate { chat, is_good } => format!("rate:{chat}:{}", flag(is_good)),
            Self::Card { chat } => format!("card:{chat}"),
            Self::AskBlock { chat } => format!("block?:{chat}"),
            Self::Block { chat } => format!("block:{chat}"),
            Self::AskReport { chat, message } => format!("report?:{chat}:{}", message_field(message)),
            Self::Report { chat, message, reason } => format!("report:{chat}:{}:{reason}", message_field(message)),
            Self::Delete { asked_at_s } => format!("delete:{asked_at_s}"),
            Self::Dismiss => "dismiss".to_owned(),
        };
        format!("{VERSION}{body}")
    }

    /// Reads callback data; `None` for anything that [`Callback::encode`] does not write today.
    pub fn parse(data: &str) -> Option<Self> {
        if data.len() > MAX_CALLBACK_BYTES {
            return None;
        }
        let fields: Vec<&str> = data.strip_prefix(VERSION)?.split(':').collect();
        let parsed = match fields.as_slice() {
            ["c", rest @ ..] => Self::Command(parse_command(rest)?),
            ["s", serial, rest @ ..] => Self::Step { serial: number(serial)?, action: parse_step(rest)? },
            ["o", rest @ ..] => Self::Settings(SettingsAction::parse(rest)?),
            ["p", rest @ ..] => Self::Profile(ProfileAction::parse(rest)?),
            ["v", rest @ ..] => Self::Premium(PremiumAction::parse(rest)?),
            ["k", rest @ ..] => Self::Coins(CoinAction::parse(rest)?),
            ["f", rest @ ..] => Self::Friends(FriendAction::parse(rest)?),
            ["rate", chat, is_good] => Self::Rate { chat: chat_id(chat)?, is_good: parse_flag(is_good)? },
            ["card", chat] => Self::Card { chat: chat_id(chat)? },
            ["block?", chat] => Self::AskBlock { chat: chat_id(chat)? },
            ["block", chat] => Self::Block { chat: chat_id(chat)? },
            ["report?", chat, "all"] => Self::AskReport { chat: chat_id(chat)?, message: None },
            ["report?", chat, message] => Self::AskReport { chat: chat_id(chat)?, message: Some(message_id(message)?) },
            ["report", chat, message, reason] => {
                let message = if *message == "all" { None } else { Some(message_id(message)?) };
                Self::Report { chat: chat_id(chat)?, message, reason: ReportReason::from_code(reason)? }
            }
            ["delete", asked] => Self::Delete { asked_at_s: number(asked)? },
            ["dismiss"] => Self::Dismiss,
            _ => return None,
        };
        // Only the canonical writing counts: `+5` or `05` would be a second name for the same button.
        (parsed.encode() == data).then_some(parsed)
    }
}

fn encode_command(command: Command) -> String {
    match command {
        Command::Find => "find".to_owned(),
        Command::CancelSearch => "cancel".to_owned(),
        Command::Next => "next".to_owned(),
        Command::Stop => "stop".to_owned(),
        Command::Widen(filter) => format!("widen:{filter}"),
        Command::Agree(meeting) => format!("chat:{meeting}"),
        Command::TakeBack(meeting) => format!("wait:{meeting}"),
        Command::Decline(meeting) => format!("not:{meeting}"),
        Command::AcceptInvitation(chat) => format!("come:{chat}"),
        Command::DeclineInvitation(chat) => format!("stay:{chat}"),
        Command::SendNow { chat, message, content } => format!("send:{chat}:{message}:{content}"),
    }
}

fn parse_command(fields: &[&str]) -> Option<Command> {
    Some(match fields {
        ["find"] => Command::Find,
        ["cancel"] => Command::CancelSearch,
        ["next"] => Command::Next,
        ["stop"] => Command::Stop,
        ["widen", filter] => Command::Widen(Filter::from_code(filter)?),
        ["chat", meeting] => Command::Agree(chat_id(meeting)?),
        ["wait", meeting] => Command::TakeBack(chat_id(meeting)?),
        ["not", meeting] => Command::Decline(chat_id(meeting)?),
        ["come", chat] => Command::AcceptInvitation(chat_id(chat)?),
        ["stay", chat] => Command::DeclineInvitation(chat_id(chat)?),
        ["send", chat, message, content] => {
            Command::SendNow { chat: chat_id(chat)?, message: message_id(message)?, content: Content::from_code(content)? }
        }
        _ => return None,
    })
}

fn encode_step(action: StepAction) -> String {
    match action {
        StepAction::Agree => "agree".to_owned(),
        StepAction::Back => "back".to_owned(),
        StepAction::Continue => "go".to_owned(),
        StepAction::Born(day) => format!("born:{day}"),
        StepAction::Gender(gender) => format!("gender:{gender}"),
        StepAction::Want(gender, on) => format!("want:{gender}:{}", flag(on)),
        StepAction::WantEveryone => "everyone".to_owned(),
        StepAction::Country(country) => format!("country:{country}"),
        StepAction::Page(page) => format!("page:{page}"),
        StepAction::City => "city".to_owned(),
        StepAction::NoCity => "nocity".to_owned(),
        StepAction::Language(language, on) => format!("lang:{language}:{}", flag(on)),
        StepAction::Interest(interest, on) => format!("like:{interest}:{}", flag(on)),
        StepAction::Ui(language) => format!("ui:{language}"),
    }
}

fn parse_step(fields: &[&str]) -> Option<StepAction> {
    Some(match fields {
        ["agree"] => StepAction::Agree,
        ["back"] => StepAction::Back,
        ["go"] => StepAction::Continue,
        ["born", day] => StepAction::Born(parse_day(day)?),
        ["gender", gender] => StepAction::Gender(Gender::from_code(gender)?),
        ["want", gender, on] => StepAction::Want(Gender::from_code(gender)?, parse_flag(on)?),
        ["everyone"] => StepAction::WantEveryone,
        ["country", code] => StepAction::Country(Country::from_code(code)?),
        ["page", page] => StepAction::Page(number(page)?),
        ["city"] => StepAction::City,
        ["nocity"] => StepAction::NoCity,
        ["lang", language, on] => StepAction::Language(SpokenLanguage::from_code(language)?, parse_flag(on)?),
        ["like", interest, on] => StepAction::Interest(Interest::from_code(interest)?, parse_flag(on)?),
        ["ui", language] => StepAction::Ui(UiLanguage::from_code(language)?),
        _ => return None,
    })
}

const fn flag(on: bool) -> &'static str {
    if on { "1" } else { "0" }
}

fn parse_flag(field: &str) -> Option<bool> {
    match field {
        "1" => Some(true),
        "0" => Some(false),
        _ => None,
    }
}

fn number<N: FromStr>(field: &str) -> Option<N> {
    field.parse().ok()
}

fn chat_id(field: &str) -> Option<ChatId> {
    number(field).map(ChatId::new)
}

fn message_field(message: Option<MessageId>) -> String {
    message.map_or_else(|| "all".to_owned(), |message| message.to_string())
}

fn message_id(field: &str) -> Option<MessageId> {
    number(field).map(MessageId::new)
}

fn parse_day(field: &str) -> Option<Day> {
    let mut parts = field.splitn(3, '-').map(str::parse::<u32>);
    let (year, month, day) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    Day::from_ymd(i32::try_from(year).ok()?, month, day)
}

#[cfg(test)]
pub(crate) mod tests;
