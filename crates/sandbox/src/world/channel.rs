//! The one channel of the world: private, with the bot as its administrator. Its messages have ids of their own, as those of
//! every Telegram channel.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::message::Message;
use super::{Chat, World};
use crate::person::Bot;
use crate::refusal::ApiError;

/// How the bot stands with the channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Membership {
    /// It is an administrator: bots are nothing else in a channel.
    Administrator,
    /// It left.
    Left,
    /// It was removed.
    Kicked,
}

/// What can be changed about the channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelInfo {
    /// Its title.
    pub title: String,
    /// Its username without the `@`: a channel that has one is public.
    pub username: Option<String>,
    /// The id of the group in which its posts are discussed.
    pub linked_chat: Option<i64>,
    /// After how many seconds a post vanishes; 0 = never.
    pub auto_delete_s: u32,
    /// How the bot stands with it.
    pub membership: Membership,
    /// Whether the bot may post.
    pub can_post: bool,
    /// Whether the bot may delete posts of others.
    pub can_delete: bool,
}

/// The channel with its posts; a post of the bot's own is one `by_bot`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Channel {
    pub(crate) id: i64,
    pub(crate) info: ChannelInfo,
    /// The next post's id; the first was given to the message that says that the channel was made.
    pub(crate) next: i64,
    /// By id, oldest first; records of their own.
    #[serde(skip)]
    pub(crate) messages: VecDeque<Message>,
}

impl Channel {
    /// The channel of a new world. Its id is above 32 bits and begins with -100, as Telegram's do.
    pub(super) fn of(bot: &Bot) -> Self {
        let info = ChannelInfo {
            title: "Evidence".to_owned(),
            username: None,
            linked_chat: None,
            auto_delete_s: 0,
            membership: Membership::Administrator,
            can_post: true,
            can_delete: true,
        };
        Self { id: -1_002_000_000_000 - bot.id % 1_000_000_000, info, next: 2, messages: VecDeque::new() }
    }

    /// A Bot API `Chat`.
    pub(crate) fn as_chat(&self) -> Value {
        let (id, title) = (self.id, &self.info.title);
        match &self.info.username {
            Some(username) => json!({"id": id, "title": title, "username": username, "type": "channel"}),
            None => json!({"id": id, "title": title, "type": "channel"}),
        }
    }

    /// A Bot API `ChatMember`: the bot as it stands, with the rights that a channel knows.
    pub(crate) fn as_member(&self, bot: &Bot, membership: Membership) -> Value {
        let user = bot.as_user();
        match membership {
            Membership::Left => json!({"status": "left", "user": user}),
            Membership::Kicked => json!({"status": "kicked", "user": user, "until_date": 0}),
            Membership::Administrator => json!({
                "status": "administrator", "user": user, "can_be_edited": false, "is_anonymous": false,
                "can_manage_chat": true, "can_delete_messages": self.info.can_delete, "can_manage_video_chats": false,
                "can_restrict_members": false, "can_promote_members": false, "can_change_info": false,
                "can_invite_users": false, "can_post_stories": false, "can_edit_stories": false, "can_delete_stories": false,
                "can_send_welcome_messages": false, "can_post_messages": self.info.can_post, "can_edit_messages": false,
                "can_manage_direct_messages": false,
            }),
        }
    }

    /// Whether the bot may look at it (Bot API server, `check_chat_access`).
    ///
    /// # Errors
    /// 403 unless it is a member.
    pub(crate) fn check_access(&self) -> Result<(), ApiError> {
        match self.info.membership {
            Membership::Administrator => Ok(()),
            Membership::Left => Err(ApiError::forbidden("bot is not a member of the channel chat")),
            Membership::Kicked => Err(ApiError::forbidden("bot was kicked from the channel chat")),
        }
    }

    /// Whether the bot may post (`TDLib`, `can_send_message`).
    ///
    /// # Errors
    /// 403 unless it is a member, 400 without the right.
    pub(crate) fn check_posting(&self) -> Result<(), ApiError> {
        self.check_access()?;
        if self.info.can_post { Ok(()) } else { Err(ApiError::bad_request("need administrator rights in the channel chat")) }
    }
}

/// A place with messages, as a method of the Bot API finds it.
#[derive(Clone, Copy)]
pub(crate) enum Room<'a> {
    /// Somebody's chat with the bot.
    Private(&'a Chat),
    /// The channel.
    Channel(&'a Channel),
}

impl<'a> Room<'a> {
    /// The message with this id.
    pub(crate) fn find(self, id: i64) -> Option<&'a Message> {
        let messages = match self {
            Self::Private(chat) => &chat.messages,
            Self::Channel(channel) => &channel.messages,
        };
        let at = messages.binary_search_by_key(&id, |message| message.id).ok()?;
        messages.get(at)
    }
}

impl World {
    /// The messages of a chat or of the channel.
    pub(super) fn messages_mut(&mut self, chat: i64) -> Option<&mut VecDeque<Message>> {
        if chat == self.channel.id {
            return Some(&mut self.channel.messages);
        }
        self.chats.get_mut(&chat).map(|chat| &mut chat.messages)
    }

    /// Posts whose time is over.
    pub(crate) fn list_vanished(&self, now_ms: i64) -> Vec<i64> {
        let kept = i64::from(self.channel.info.auto_delete_s);
        let is_over = |message: &&Message| kept > 0 && now_ms / 1000 >= message.date + kept;
        self.channel.messages.iter().take_while(is_over).map(|message| message.id).collect()
    }
}
