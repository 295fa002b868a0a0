//! Changing and deleting what is already in a chat, and reacting to it.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::files::InputMedia;
use super::messages::message_ids;
use super::send;
use crate::refusal::{ApiError, Outcome, done};
use crate::shared::Shared;
use crate::strict::markup::{self, Allowed};
use crate::strict::params::Params;
use crate::strict::reactions::is_reaction;
use crate::strict::text::{self, Formatted};
use crate::world::World;
use crate::world::channel::{Channel, Room};
use crate::world::mention::Stranger;
use crate::world::message::{Content, Kind, LIVE, Message};
use crate::world::record::Record;

/// Messages can be deleted for this long (Bot API, `deleteMessage`).
const DELETABLE_S: i64 = 48 * 60 * 60;

/// `editMessageText`
pub(crate) fn edit_text(shared: &Shared, params: &Params) -> Outcome {
    let formatted = text::message_text(params.text("text"), params.text("parse_mode"), params.list("entities"))?;
    let preview = params.value("link_preview_options").cloned();
    edit(shared, params, move |_, message| {
        if message.content.kind != Kind::Text {
            return Err(ApiError::bad_request("there is no text in the message to edit"));
        }
        message.content = Arc::new(Content::of_text(formatted.text, formatted.entities));
        if message.more.is_some() || preview.is_some() {
            message.more_mut().link_preview = preview;
        }
        Ok(())
    })
}

/// `editMessageCaption`
pub(crate) fn edit_caption(shared: &Shared, params: &Params) -> Outcome {
    let caption = params.text("caption").unwrap_or_default();
    let Formatted { text, entities } = text::caption(caption, params.text("parse_mode"), params.list("caption_entities"))?;
    let above = params.is_on("show_caption_above_media");
    edit(shared, params, move |_, message| {
        if !message.content.kind.has_caption() {
            return Err(ApiError::bad_request("there is no caption in the message to edit"));
        }
        let old = message.content.as_ref().clone();
        message.content = Arc::new(Content { text, entities, caption_above: above, ..old });
        Ok(())
    })
}

/// `editMessageMedia`: another file, by its id; without a caption the old one goes.
pub(crate) fn edit_media(shared: &Shared, params: &Params) -> Outcome {
    let media = params.value("media").ok_or_else(|| ApiError::bad_request("input media is not specified"))?;
    let media = InputMedia::read(media)?;
    edit(shared, params, |world, message| {
        if !message.content.kind.is_replaceable() {
            return Err(ApiError::bad_request("there is no media in the message to edit"));
        }
        message.content = Arc::new(media.into_content(world)?);
        Ok(())
    })
}

/// `editMessageLiveLocation` with a point, `stopMessageLiveLocation` without one.
pub(crate) fn edit_live(shared: &Shared, params: &Params, point: Option<Map<String, Value>>) -> Outcome {
    let now = shared.now_ms();
    edit(shared, params, |_, message| {
        if !message.is_live(now) {
            return Err(ApiError::bad_request("there is no live location in the message to edit"));
        }
        if let Some(place) = Arc::make_mut(&mut message.content).body.get_mut("location").and_then(Value::as_object_mut) {
            match point {
                Some(point) => place.extend(point),
                None => place.retain(|name, _| !LIVE.contains(&name.as_str())),
            }
        }
        Ok(())
    })
}

/// `editMessageReplyMarkup`
pub(crate) fn edit_markup(shared: &Shared, params: &Params) -> Outcome {
    edit(shared, params, |_, _| Ok(()))
}

/// Edits a message of the bot; the inline keyboard becomes the one given, or none.
fn edit(shared: &Shared, params: &Params, change: impl FnOnce(&World, &mut Message) -> Result<(), ApiError>) -> Outcome {
    let chat_id = params.chat("chat_id")?;
    let id = params.message_id()?;
    let markup = markup::read(params, Allowed::Inline)?;
    let now = shared.now_ms();
    shared.with(|world| {
        let old = send::known_chat(world, chat_id)?.find(id).ok_or_else(|| ApiError::bad_request("message to edit not found"))?;
        // A message with a reply keyboard cannot be edited, nor can one of somebody else.
        if !old.by_bot || (old.markup.is_some() && old.inline_keyboard().is_none()) {
            return Err(ApiError::bad_request("message can't be edited"));
        }
        let is_invoice = old.content.kind == Kind::Invoice;
        markup::check_pay(markup.as_deref(), is_invoice)?;
        let mut message = old.clone();
        change(world, &mut message)?;
        if message.content != old.content {
            world.name_mentioned(&mut message.content, Stranger::Dropped);
        }
        // Without a keyboard an invoice has its Pay button again.
        let amount = old.content.body.pointer("/invoice/total_amount").and_then(Value::as_u64);
        let usual = amount.and_then(|amount| u32::try_from(amount).ok()).map(|amount| Arc::new(markup::pay_keyboard(amount)));
        message.markup = markup.or(usual);
        let is_same = message.content == old.content
            && message.markup == old.markup
            && message.rare(|more| more.link_preview.as_ref()) == old.rare(|more| more.link_preview.as_ref());
        if is_same {
            return Err(ApiError::bad_request(
                "message is not modified: specified new message content and reply markup are exactly the same as a \
                 current content and reply markup of the message",
            ));
        }
        send::open_chat(world, chat_id)?;
        message.edit_date = Some(now / 1000);
        world.commit(Record::Message { chat: chat_id, message });
        send::shown(world, chat_id, id)
    })
}

/// `deleteMessage`
pub(crate) fn delete(shared: &Shared, params: &Params) -> Outcome {
    let chat = params.chat("chat_id")?;
    let id = params.message_id()?;
    let now = shared.now_ms();
    shared.with(|world| {
        delete_one(world, now, chat, id)?;
        done()
    })
}

/// `deleteMessages`: those that cannot be deleted are passed over.
pub(crate) fn delete_many(shared: &Shared, params: &Params) -> Outcome {
    let chat = params.chat("chat_id")?;
    let ids = message_ids(params)?;
    let now = shared.now_ms();
    shared.with(|world| {
        send::known_chat(world, chat)?;
        for id in ids {
            // Passing over what cannot be deleted is what this method promises.
            let _ = delete_one(world, now, chat, id);
        }
        done()
    })
}

fn delete_one(world: &mut World, now_ms: i64, chat: i64, id: i64) -> Result<(), ApiError> {
    let room = send::known_chat(world, chat)?;
    let message = room.find(id).ok_or_else(|| ApiError::bad_request("message to delete not found"))?;
    let is_old = now_ms / 1000 - message.date > DELETABLE_S;
    match room {
        Room::Private(_) if is_old || message.is_fresh_dice(now_ms) => {
            return Err(ApiError::bad_request("message can't be deleted for everyone"));
        }
        // The 48 hours hold in channels too, whatever rights the bot has (`TDLib`, `can_delete_channel_message`).
        Room::Channel(Channel { info, .. }) if is_old || !(info.can_delete || message.by_bot && info.can_post) => {
            return Err(ApiError::bad_request("message can't be deleted"));
        }
        Room::Private(_) | Room::Channel(_) => {}
    }
    world.commit(Record::Gone { chat, id });
    Ok(())
}

/// `setMessageReaction`: one of the usual emoji, or none.
pub(crate) fn react(shared: &Shared, params: &Params) -> Outcome {
    let chat = params.chat("chat_id")?;
    let id = params.message_id()?;
    let reactions = params.list("reaction").map(Vec::as_slice).unwrap_or_default();
    let emoji = match reactions {
        [] => None,
        [one] => {
            let emoji = one.get("emoji").and_then(Value::as_str).unwrap_or_default();
            if one.get("type") != Some(&json!("emoji")) || !is_reaction(emoji) {
                return Err(ApiError::bad_request("REACTION_INVALID"));
            }
            Some(emoji.to_owned())
        }
        _ => return Err(ApiError::bad_request("REACTIONS_TOO_MANY")),
    };
    shared.with(|world| {
        send::open_chat(world, chat)?;
        let old = send::known_chat(world, chat)?.find(id);
        let mut message = old.cloned().ok_or_else(|| ApiError::bad_request("message to react not found"))?;
        message.more_mut().bot_reaction = emoji;
        world.commit(Record::Message { chat, message });
        done()
    })
}
