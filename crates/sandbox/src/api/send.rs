//! How a message of the bot reaches a chat, with any content: who may be written to, what it
//! replies to, and the id it gets.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::observe::Delivery;
use crate::person::Standing;
use crate::refusal::{ApiError, Outcome, to_result};
use crate::strict::markup::{self, Allowed};
use crate::strict::params::Params;
use crate::strict::text;
use crate::world::World;
use crate::world::channel::Room;
use crate::world::mention::Stranger;
use crate::world::message::{Content, Message, More};
use crate::world::record::Record;

/// The parameters all sending methods share.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    /// The chat it goes to.
    pub(crate) chat: i64,
    pub(crate) reply: Option<ReplyTarget>,
    pub(crate) markup: Option<Arc<Value>>,
    pub(crate) is_protected: bool,
    pub(crate) link_preview: Option<Value>,
    pub(crate) album: Option<String>,
    /// Where a forwarded message comes from, as a Bot API `MessageOrigin`.
    pub(crate) origin: Option<Value>,
    /// The slug of the invoice it holds.
    pub(crate) invoice: Option<String>,
    pub(crate) copied_from: Option<(i64, i64)>,
}

/// What a message replies to.
#[derive(Debug, Clone)]
pub(crate) struct ReplyTarget {
    message_id: i64,
    may_be_missing: bool,
    quote: Option<String>,
}

impl Options {
    /// Reads them.
    ///
    /// # Errors
    /// 400 as Telegram words it.
    pub(crate) fn read(params: &Params, chat: i64) -> Result<Self, ApiError> {
        Self::read_with(params, chat, Allowed::All)
    }

    /// Reads them, with these markups only.
    ///
    /// # Errors
    /// 400 as Telegram words it.
    pub(crate) fn read_with(params: &Params, chat: i64, allowed: Allowed) -> Result<Self, ApiError> {
        Ok(Self {
            chat,
            reply: read_reply(params, chat)?,
            markup: markup::read(params, allowed)?,
            is_protected: params.is_on("protect_content"),
            link_preview: params.value("link_preview_options").cloned(),
            album: None,
            origin: None,
            invoice: None,
            copied_from: None,
        })
    }
}

fn read_reply(params: &Params, chat: i64) -> Result<Option<ReplyTarget>, ApiError> {
    let Some(value) = params.value("reply_parameters") else {
        return Ok(None);
    };
    let other = value.get("chat_id").and_then(|id| id.as_i64().or_else(|| id.as_str()?.parse().ok()));
    if other.is_some_and(|other| other != chat) {
        return Err(ApiError::bad_request("the sandbox knows replies inside one chat only"));
    }
    let quote = match value.get("quote").and_then(Value::as_str) {
        Some(quote) => {
            let mode = value.get("quote_parse_mode").and_then(Value::as_str);
            let entities = value.get("quote_entities").and_then(Value::as_array);
            Some(text::format(quote, mode, entities)?.text)
        }
        None => None,
    };
    Ok(Some(ReplyTarget {
        message_id: value.get("message_id").and_then(Value::as_i64).unwrap_or_default(),
        may_be_missing: value.get("allow_sending_without_reply").and_then(Value::as_bool).unwrap_or_default(),
        quote,
    }))
}

/// The chat, if the bot may write there.
///
/// # Errors
/// 400 "chat not found"; 403 for a person who blocked the bot, is gone, or never wrote, and for a channel that it is not in;
/// 400 for one in which it may not post.
pub(crate) fn open_chat(world: &World, chat: i64) -> Result<Room<'_>, ApiError> {
    let room = known_chat(world, chat)?;
    let chat = match room {
        Room::Private(chat) => chat,
        Room::Channel(channel) => return channel.check_posting().map(|()| room),
    };
    match chat.person.standing {
        Standing::Open => Ok(room),
        Standing::New => Err(ApiError::forbidden("bot can't initiate conversation with a user")),
        Standing::Blocked => Err(ApiError::forbidden("bot was blocked by the user")),
        Standing::Deactivated => Err(ApiError::forbidden("user is deactivated")),
    }
}

/// The chat, whether or not the bot may write there.
///
/// # Errors
/// 400 "chat not found"; 403 for a channel that it is not in.
pub(crate) fn known_chat(world: &World, chat: i64) -> Result<Room<'_>, ApiError> {
    if chat == world.channel.id {
        return world.channel.check_access().map(|()| Room::Channel(&world.channel));
    }
    world.chats.get(&chat).map(Room::Private).ok_or_else(|| ApiError::bad_request("chat not found"))
}

/// Puts a message of the bot into a chat; returns its id.
///
/// # Errors
/// As [`open_chat`]; 400 when what it replies to is missing.
pub(crate) fn deliver(world: &mut World, now_ms: i64, mut content: Arc<Content>, options: Options) -> Result<i64, ApiError> {
    let chat_id = options.chat;
    let chat = open_chat(world, chat_id)?;
    world.name_mentioned(&mut content, if options.copied_from.is_some() { Stranger::Kept } else { Stranger::Dropped });
    let mut more = More {
        link_preview: options.link_preview,
        album: options.album,
        origin: options.origin,
        invoice: options.invoice,
        ..More::default()
    };
    let mut reply_to = None;
    if let Some(reply) = options.reply {
        match chat.find(reply.message_id) {
            Some(target) => {
                reply_to = Some(target.id);
                more.quote = quote(target, reply.quote)?;
            }
            None if reply.may_be_missing => {}
            None => return Err(ApiError::bad_request("message to be replied not found")),
        }
    }
    let id = match chat {
        Room::Private(_) => world.next.message,
        Room::Channel(channel) => channel.next,
    };
    if let (Some(observer), Room::Private(_)) = (&world.observer, chat) {
        observer.delivered(&Delivery {
            at_ms: now_ms,
            person: chat_id,
            message_id: id,
            text: &content.text,
            copied_from: options.copied_from,
            reply_to,
            markup: options.markup.as_deref(),
        });
    }
    let message = Message {
        id,
        by_bot: true,
        date: now_ms / 1000,
        edit_date: None,
        content,
        reply_to,
        markup: options.markup,
        protected: options.is_protected,
        more: more.boxed(),
        version: 0,
    };
    world.commit(Record::Message { chat: chat_id, message });
    Ok(id)
}

fn quote(target: &Message, quote: Option<String>) -> Result<Option<Value>, ApiError> {
    let Some(quote) = quote.filter(|quote| !quote.is_empty()) else {
        return Ok(None);
    };
    let (before, _) =
        target.content.text.split_once(quote.as_str()).ok_or_else(|| ApiError::bad_request("QUOTE_TEXT_INVALID"))?;
    Ok(Some(json!({"text": quote, "position": text::utf16_len(before), "is_manual": true})))
}

/// A message just delivered, as the method's result.
pub(crate) fn shown(world: &World, chat: i64, id: i64) -> Outcome {
    let chat = known_chat(world, chat)?;
    match chat.find(id) {
        Some(message) => to_result(&world.view(chat, message)),
        None => Err(ApiError::bad_request("message not found")),
    }
}
