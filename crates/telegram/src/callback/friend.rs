//! Buttons about friends, and how a button names the person who gets a gift.

use std::fmt;

use luvhive_core::id::ChatId;
#[cfg(test)]
use proptest::prelude::*;

use super::field::{Field, buttons, codec, fields};

/// The person who gets a gift.
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
    fn parse(field: &str) -> Option<Self> {
        let chat = |field: &str| field.parse().ok().map(ChatId::new);
        match field.strip_prefix('f') {
            Some(friend) => chat(friend).map(Self::Friend),
            None => chat(field).map(Self::Partner),
        }
    }
}

fields! {
    Receiver: Receiver::to_string, Self::parse,
        prop_oneof![ChatId::any().prop_map(Self::Partner), ChatId::any().prop_map(Self::Friend)];
}

buttons! {
    /// What a button about friends asks for.
    FriendAction {
        /// Lists them.
        Open = "open",
        /// Asks the partner of this chat.
        Ask(chat: ChatId) = "ask",
        /// Accepts the request of the partner of this chat.
        Accept(chat: ChatId) = "yes",
        /// Does not.
        Decline(chat: ChatId) = "no",
        /// Shows the friend met in this chat.
        Show(chat: ChatId) = "show",
        /// Invites that friend to chat.
        Invite(chat: ChatId) = "invite",
        /// Asks whether that friend shall be removed.
        AskRemove(chat: ChatId) = "remove?",
        /// Removes that friend.
        Remove(chat: ChatId) = "remove",
    }
}
