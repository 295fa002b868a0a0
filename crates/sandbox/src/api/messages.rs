//! Sending texts, and showing that the bot is at work.

use std::sync::Arc;

use serde_json::Value;

use super::send::{self, Options, deliver};
use crate::refusal::{ApiError, Outcome, done};
use crate::shared::Shared;
use crate::strict::params::Params;
use crate::strict::text;
use crate::world::message::Content;

/// How long a chat action is shown (Bot API, `sendChatAction`).
const ACTION_MS: i64 = 5000;
/// Three of them are old names that Telegram still takes.
const ACTIONS: [&str; 14] = [
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
    "record_audio",
    "upload_audio",
    "pick_up_location",
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

/// `message_ids`, 1 to 100 of them.
pub(crate) fn message_ids(params: &Params) -> Result<Vec<i64>, ApiError> {
    let ids: Vec<i64> = params.list("message_ids").into_iter().flatten().filter_map(Value::as_i64).collect();
    match ids.len() {
        0 => Err(ApiError::bad_request("message identifiers are not specified")),
        1..=100 => Ok(ids),
        _ => Err(ApiError::bad_request("too many message identifiers specified")),
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
