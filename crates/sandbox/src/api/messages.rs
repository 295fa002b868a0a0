//! Sending texts, copying messages, and showing that the bot is at work.

use std::fmt::Write as _;
use std::sync::Arc;

use serde_json::Value;

use super::send::{self, Options, deliver};
use crate::refusal::{ApiError, Outcome, done};
use crate::shared::Shared;
use crate::strict::params::Params;
use crate::strict::text;
use crate::world::World;
use crate::world::message::{Content, Message};

/// How long a chat action is shown (Bot API, `sendChatAction`).
const ACTION_MS: i64 = 5000;
const ACTIONS: [&str; 11] = [
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
];

/// `sendMessage`
pub(crate) fn send_message(shared: &Shared, params: &Params) -> Outcome {
    let chat = params.chat("chat_id")?;
    let formatted = text::message_text(params.text("text"), params.text("parse_mode"), params.list("entities"))?;
    let options = Options::read(params, chat)?;
    let now = shared.now_ms();
    let content = Arc::new(Content::of_text(formatted.text, formatted.entities));
    shared.with(|world| {
        let id = deliver(world, now, content, options)?;
        send::shown(world, chat, id)
    })
}

/// `copyMessage`
pub(crate) fn copy_message(shared: &Shared, params: &Params) -> Outcome {
    let chat = params.chat("chat_id")?;
    let from = params.chat("from_chat_id")?;
    let message_id = params.message_id()?;
    let caption = params
        .text("caption")
        .map(|caption| text::caption(caption, params.text("parse_mode"), params.list("caption_entities")))
        .transpose()?;
    let above = params.value("show_caption_above_media").and_then(Value::as_bool);
    let mut options = Options::read(params, chat)?;
    options.copied_from = Some((from, message_id));
    let now = shared.now_ms();
    shared.with(|world| {
        send::open_chat(world, chat)?;
        let source = find_source(world, from, message_id)?;
        let mut content = Arc::clone(&source.content);
        options.link_preview = source.rare(|more| more.link_preview.as_ref()).cloned();
        if content.kind.has_caption() && (caption.is_some() || above.is_some()) {
            let changed = Arc::make_mut(&mut content);
            if let Some(caption) = caption {
                changed.text = caption.text;
                changed.entities = caption.entities;
            }
            changed.caption_above = above.unwrap_or(changed.caption_above);
        }
        let id = deliver(world, now, content, options)?;
        Ok(format!("{{\"message_id\":{id}}}"))
    })
}

fn find_source(world: &World, from: i64, id: i64) -> Result<&Message, ApiError> {
    let source = send::known_chat(world, from)?.find(id).ok_or_else(|| ApiError::bad_request("message to copy not found"))?;
    if source.protected || !source.content.kind.can_be_copied() {
        return Err(ApiError::bad_request("message can't be copied"));
    }
    Ok(source)
}

/// `copyMessages`: those that cannot be found or copied are passed over; albums stay together.
pub(crate) fn copy_messages(shared: &Shared, params: &Params) -> Outcome {
    let chat = params.chat("chat_id")?;
    let from = params.chat("from_chat_id")?;
    let ids = message_ids(params)?;
    if !ids.is_sorted_by(|a, b| a < b) {
        return Err(ApiError::bad_request("message identifiers must be in a strictly increasing order"));
    }
    let now = shared.now_ms();
    shared.with(|world| {
        send::open_chat(world, chat)?;
        send::known_chat(world, from)?;
        let sources: Vec<(i64, Arc<Content>, Option<String>)> = ids
            .iter()
            .filter_map(|id| find_source(world, from, *id).ok())
            .map(|source| (source.id, Arc::clone(&source.content), source.rare(|more| more.album.as_deref()).map(str::to_owned)))
            .collect();
        if sources.is_empty() {
            return Err(ApiError::bad_request("there are no messages to copy"));
        }
        let mut out = String::from("[");
        for (source, mut content, album) in sources {
            if params.is_on("remove_caption") && content.kind.has_caption() {
                let changed = Arc::make_mut(&mut content);
                changed.text.clear();
                changed.entities.clear();
            }
            let options = Options {
                chat,
                is_protected: params.is_on("protect_content"),
                // The copy of an album is an album of its own.
                album: album.map(|album| format!("{album}{}", chat % 100_000)),
                copied_from: Some((from, source)),
                ..Options::default()
            };
            let id = deliver(world, now, content, options)?;
            if out.len() > 1 {
                out.push(',');
            }
            let _ = write!(out, "{{\"message_id\":{id}}}");
        }
        out.push(']');
        Ok(out)
    })
}

/// `message_ids`, 1 to 100 of them.
pub(crate) fn message_ids(params: &Params) -> Result<Vec<i64>, ApiError> {
    let ids: Vec<i64> = params.list("message_ids").into_iter().flatten().filter_map(Value::as_i64).collect();
    match ids.len() {
        0 => Err(ApiError::bad_request("message identifiers are not specified")),
        1..=100 => Ok(ids),
        _ => Err(ApiError::bad_request("too many messages")),
    }
}

/// `sendChatAction`
pub(crate) fn send_chat_action(shared: &Shared, params: &Params) -> Outcome {
    let id = params.chat("chat_id")?;
    let action = params.text("action").unwrap_or_default();
    if !ACTIONS.contains(&action) {
        return Err(ApiError::bad_request("wrong parameter action in request"));
    }
    let now = shared.now_ms();
    shared.with(|world| {
        send::open_chat(world, id)?;
        world.version += 1;
        if let Some(chat) = world.chats.get_mut(&id) {
            chat.action = Some((action.to_owned(), now + ACTION_MS));
        }
        done()
    })
}
