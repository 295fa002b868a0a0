//! The bot and the people of the world, and how the Bot API shows them.

use serde::{Deserialize, Serialize};

/// The Telegram id of a person in this world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonId(i64);

impl PersonId {
    /// The number Telegram shows, also the id of the person's chat with the bot.
    pub fn get(self) -> i64 {
        self.0
    }
}

impl From<i64> for PersonId {
    fn from(id: i64) -> Self {
        Self(id)
    }
}

impl std::fmt::Display for PersonId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// A person to be made.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PersonSpec {
    /// First name, as Telegram shows it; empty takes the next of a list.
    pub first_name: String,
    /// Last name, if any.
    pub last_name: Option<String>,
    /// Username without the `@`, if any.
    pub username: Option<String>,
    /// The IETF tag of the person's Telegram, such as `en` or `hi`; empty for one that tells none.
    pub language_code: String,
    /// Whether forwards of what the person writes show only their name, without a way to the account.
    pub hides_forwards: bool,
    /// Whether the person has already opened the chat with the bot, so that it may write first.
    pub has_started: bool,
    /// Whether the person has Telegram Premium.
    pub is_premium: bool,
    /// How many Stars the person has.
    pub stars: u32,
}

/// What people have who were made without a word about Stars.
const STARS: u32 = 10_000;

fn stars() -> u32 {
    STARS
}

impl Default for PersonSpec {
    fn default() -> Self {
        Self {
            first_name: String::new(),
            last_name: None,
            username: None,
            language_code: "en".to_owned(),
            hides_forwards: false,
            has_started: false,
            is_premium: false,
            stars: STARS,
        }
    }
}

impl PersonSpec {
    /// A person of this name whose Telegram speaks `language_code`.
    pub fn new(first_name: impl Into<String>, language_code: impl Into<String>) -> Self {
        Self { first_name: first_name.into(), language_code: language_code.into(), ..Self::default() }
    }
}

/// How a person stands with the bot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Never wrote to the bot: it cannot write first.
    New,
    /// Talks to the bot.
    Open,
    /// Blocked the bot.
    Blocked,
    /// Deleted the account.
    Deactivated,
}

/// A person of the world.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Person {
    /// The Telegram id.
    pub id: i64,
    /// Counted from 1: the phone `u<number>.localhost`.
    pub number: u32,
    /// First name.
    pub first_name: String,
    /// Last name, if any.
    #[serde(default)]
    pub last_name: Option<String>,
    /// Username without the `@`.
    pub username: Option<String>,
    /// IETF language tag; empty for a Telegram that tells none.
    pub language_code: String,
    /// Whether forwards of what the person writes show only their name.
    #[serde(default)]
    pub hides_forwards: bool,
    /// Whether the person has Telegram Premium.
    pub is_premium: bool,
    /// How many Stars the person has.
    #[serde(default = "stars")]
    pub stars: u32,
    /// The avatar's colour, as a CSS hue from 0 to 359.
    pub hue: u16,
    /// How the person stands with the bot.
    pub standing: Standing,
}

/// The bot's own account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Bot {
    pub(crate) id: i64,
    pub(crate) token: String,
    pub(crate) first_name: String,
    pub(crate) username: String,
}

/// A Bot API `User`.
#[derive(Serialize)]
pub(crate) struct UserView<'a> {
    id: i64,
    is_bot: bool,
    first_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_premium: Option<bool>,
}

/// A Bot API `Chat` of type `private`.
#[derive(Serialize)]
pub(crate) struct ChatView<'a> {
    id: i64,
    first_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<&'a str>,
    #[serde(rename = "type")]
    kind: &'static str,
}

impl Person {
    pub(crate) fn as_user(&self) -> UserView<'_> {
        UserView {
            id: self.id,
            is_bot: false,
            first_name: &self.first_name,
            last_name: self.last_name.as_deref(),
            username: self.username.as_deref(),
            // Telegram leaves it out for an app that tells none (Bot API, `User`: optional).
            language_code: Some(self.language_code.as_str()).filter(|code| !code.is_empty()),
            is_premium: self.is_premium.then_some(true),
        }
    }

    pub(crate) fn as_chat(&self) -> ChatView<'_> {
        ChatView {
            id: self.id,
            first_name: &self.first_name,
            last_name: self.last_name.as_deref(),
            username: self.username.as_deref(),
            kind: "private",
        }
    }

    /// First and last name.
    pub(crate) fn full_name(&self) -> String {
        match &self.last_name {
            Some(last) => format!("{} {last}", self.first_name),
            None => self.first_name.clone(),
        }
    }
}

impl Bot {
    pub(crate) fn as_user(&self) -> UserView<'_> {
        UserView {
            id: self.id,
            is_bot: true,
            first_name: &self.first_name,
            last_name: None,
            username: Some(&self.username),
            language_code: None,
            is_premium: None,
        }
    }
}
