//! Copies and forwards: what Telegram sends anew when a bot copies a message, and what it keeps.

use std::fmt::Write as _;
use std::sync::Arc;

use fastrand::Rng;
use serde_json::{Value, json};

use super::messages::message_ids;
use super::send::{self, Options, deliver};
use crate::people::forward::origin;
use crate::refusal::{ApiError, Outcome};
use crate::shared::Shared;
use crate::strict::params::Params;
use crate::strict::text;
use crate::world::World;
use crate::world::message::{Content, Kind, LIVE, Message};

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
        options.link_preview = source.rare(|more| more.link_preview.as_ref()).cloned();
        let content = Arc::clone(&source.content);
        let mut content = sent_anew(world, content);
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

/// The message to copy. A bot may copy protected ones as well; it may only not forward them (`TDLib`, `forward_messages`:
/// `can_save_message` is not asked of a bot that copies).
fn find_source(world: &World, from: i64, id: i64) -> Result<&Message, ApiError> {
    let source = send::known_chat(world, from)?.find(id).ok_or_else(|| ApiError::bad_request("message to copy not found"))?;
    if !source.content.kind.can_be_copied() {
        return Err(ApiError::bad_request("the message can't be copied"));
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
            return Err(ApiError::bad_request("there are no messages to forward"));
        }
        let mut out = String::from("[");
        for (source, content, album) in sources {
            let mut content = sent_anew(world, content);
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

/// `forwardMessage`: the message as it is, with its origin; protected ones stay where they are.
pub(crate) fn forward_message(shared: &Shared, params: &Params) -> Outcome {
    let chat = params.chat("chat_id")?;
    let from = params.chat("from_chat_id")?;
    let message_id = params.message_id()?;
    let mut options = Options::read(params, chat)?;
    options.copied_from = Some((from, message_id));
    let now = shared.now_ms();
    shared.with(|world| {
        send::open_chat(world, chat)?;
        let source = send::known_chat(world, from)?;
        let message = source.find(message_id).ok_or_else(|| ApiError::bad_request("message to forward not found"))?;
        if message.protected || !message.content.kind.can_be_copied() {
            return Err(ApiError::bad_request("the message can't be forwarded"));
        }
        options.origin = Some(origin(world, source, message));
        let content = Arc::clone(&message.content);
        let id = deliver(world, now, content, options)?;
        send::shown(world, chat, id)
    })
}

/// The content of a copy (`TDLib`, `dup_message_content`): a dice is rolled again, a live location becomes a fixed one, and a
/// poll begins again under a new id. Anything else stays as it is.
fn sent_anew(world: &mut World, mut content: Arc<Content>) -> Arc<Content> {
    let rng = &mut world.rng;
    match content.kind {
        Kind::Dice => set(&mut content, "/dice", |dice| {
            let emoji = dice.get("emoji").and_then(Value::as_str).unwrap_or_default();
            dice["value"] = json!(roll(rng, emoji));
        }),
        Kind::Location => set(&mut content, "/location", |place| {
            if let Some(fields) = place.as_object_mut() {
                fields.retain(|name, _| !LIVE.contains(&name.as_str()));
            }
        }),
        Kind::Poll => set(&mut content, "/poll", |poll| {
            poll["id"] = json!(rng.u64(..1 << 60).to_string());
            poll["total_voter_count"] = json!(0);
            poll["is_closed"] = json!(false);
            for option in poll.get_mut("options").and_then(Value::as_array_mut).into_iter().flatten() {
                option["voter_count"] = json!(0);
            }
        }),
        _ => {}
    }
    content
}

/// Changes one object in the fields of a message.
fn set(content: &mut Arc<Content>, path: &str, change: impl FnOnce(&mut Value)) {
    if let Some(value) = Arc::make_mut(content).body.pointer_mut(path).filter(|value| value.is_object()) {
        change(value);
    }
}

/// A roll of this emoji (Bot API, `Dice`).
pub(super) fn roll(rng: &mut Rng, emoji: &str) -> u8 {
    rng.u8(match emoji {
        "🎰" => 1..=64,
        "🏀" | "⚽" => 1..=5,
        _ => 1..=6,
    })
}
