//! Buttons about friends, and how a button names whoever gets a gift.

use std::fmt;

use luvhive_core::id::ChatId;

use super::chat_id;

/// Whoever gets a gift.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receiver {
    /// The partner of this chat.
    Partner(ChatId),
    /// The friend met in this chat.
    Friend(ChatId),
}

impl fmt::Display for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Partner(chat) => write!(f, "{chat}"),
            Self::Friend(chat) => write!(f, "f{chat}"),
        }
    }
}

impl Receiver {
    pub(super) fn parse(field: &str) -> Option<Self> {
        match field.strip_prefix('f') {
            Some(chat) => chat_id(chat).map(Self::Friend),
            None => chat_id(field).map(Self::Partner),
        }
    }
}

/// What a button about friends asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FriendAction {
    /// Lists them.
    Open,
    /// Asks the partner of this chat.
    Ask(ChatId),
    /// Accepts the request of the partner of this chat.
    Accept(ChatId),
    /// Does not.
    Decline(ChatId),
    /// Shows the friend met in this chat.
    Show(ChatId),
    /// Invites that friend to chat.
    Invite(ChatId),
    /// Asks whether that friend shall be removed.
    AskRemove(ChatId),
    /// Removes that friend.
    Remove(ChatId),
}

impl FriendAction {
    pub(super) fn encode(self) -> String {
        match self {
            Self::Open => "open".to_owned(),
            Self::Ask(chat) => format!("ask:{chat}"),
            Self::Accept(chat) => format!("yes:{chat}"),
            Self::Decline(chat) => format!("no:{chat}"),
            Self::Show(chat) => format!("show:{chat}"),
            Self::Invite(chat) => format!("invite:{chat}"),
            Self::AskRemove(chat) => format!("remove?:{chat}"),
            Self::Remove(chat) => format!("remove:{chat}"),
        }
    }

    pub(super) fn parse(fields: &[&str]) -> Option<Self> {
        Some(match fields {
            ["open"] => Self::Open,
            ["ask", chat] => Self::Ask(chat_id(chat)?),
            ["yes", chat] => Self::Accept(chat_id(chat)?),
            ["no", chat] => Self::Decline(chat_id(chat)?),
            ["show", chat] => Self::Show(chat_id(chat)?),
            ["invite", chat] => Self::Invite(chat_id(chat)?),
            ["remove?", chat] => Self::AskRemove(chat_id(chat)?),
            ["remove", chat] => Self::Remove(chat_id(chat)?),
            _ => return None,
        })
    }
}
