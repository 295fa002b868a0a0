//! Raw JSON to the engine's slim events, one update at a time. What cannot be read becomes [`Event::Undecodable`].

#[cfg(test)]
mod tests;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use luvhive_core::chat::Content;
use luvhive_core::engine::event::{Event, Press, Update, UpdateKind};
use luvhive_core::id::{InboxId, MessageId, TelegramId, UpdateId};
use luvhive_core::time::TelegramTime;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::asked::{self, Asked};
use super::checkout::CheckoutQuery;
use super::wire::{WireCallback, WireChat, WireCheckout, WireMessage, WireSender, WireUpdate, WireUser};
use super::{Incoming, nul};

/// The longest update that is handled, in bytes. The longest text with its reply and entities takes about 100,000.
pub const MAX_UPDATE_BYTES: usize = 256 << 10;

/// Splits the reply of `getUpdates` into updates and reads each. `None` if the reply as a whole is not readable, or
/// there is something in it and not one number of an update.
///
/// `own` is the bot's user name: a command that names another bot is talk. An empty one stands for any name.
pub fn read_batch(reply: &str, own: &str) -> Option<Vec<Incoming>> {
    #[derive(Deserialize)]
    struct Reply<'a> {
        #[serde(borrow)]
        result: Vec<&'a RawValue>,
    }
    let reply: Reply<'_> = serde_json::from_str(reply).ok()?;
    let updates: Vec<_> = reply.result.iter().filter_map(|raw| read(raw.get(), own)).collect();
    (reply.result.is_empty() || !updates.is_empty()).then_some(updates)
}

/// Reads one update, as [`read_batch`] does. `None` if not even its number can be found.
pub fn read(raw: &str, own: &str) -> Option<Incoming> {
    let raw = nul::strip(raw);
    match decode(&raw, own) {
        Ok((id, meaning)) => {
            let payload = Arc::from(raw.as_ref());
            Some(match meaning {
                Meaning::Event(event) => Incoming { id, payload, event, checkout: None },
                Meaning::Checkout(query) => Incoming { id, payload, event: None, checkout: Some(query) },
            })
        }
        Err(reason) => {
            let id = find_id(&raw)?;
            let event = Event::Undecodable { id, from: find_sender(&raw), reason };
            Some(Incoming { id, payload: Arc::from(""), event: Some(event), checkout: None })
        }
    }
}

/// Reads a stored update again, as [`read_batch`] did; it keeps its inbox row. `None` if it is not readable any more.
pub fn read_stored(payload: &str, own: &str, inbox: InboxId) -> Option<Event> {
    match decode(payload, own) {
        Ok((_, Meaning::Event(Some(Event::Update { update, .. })))) => Some(Event::Update { update, inbox: Some(inbox) }),
        _ => None,
    }
}

/// Finds the number of a stored update.
pub fn find_stored_id(payload: &str) -> Option<UpdateId> {
    find_id(payload)
}

/// What an update means, and to whom.
enum Meaning {
    /// To the engine; `None` = nothing.
    Event(Option<Event>),
    /// To the desk at the till.
    Checkout(CheckoutQuery),
}

/// Returns the update's number and what it means, or why it cannot be read, without any of its content.
fn decode(raw: &str, own: &str) -> Result<(UpdateId, Meaning), Box<str>> {
    if raw.len() > MAX_UPDATE_BYTES {
        return Err("update is too long".into());
    }
    let wire: WireUpdate = serde_json::from_str(raw).map_err(|error| {
        // The error's own text may quote the update.
        Box::<str>::from(format!("not readable at column {} ({:?})", error.column(), error.classify()))
    })?;
    let id = UpdateId::new(wire.update_id);
    if let Some(query) = wire.pre_checkout_query {
        return Ok((id, Meaning::Checkout(of_checkout(query))));
    }
    let update = if let Some(message) = wire.message {
        of_message(id, message, own)?
    } else if let Some(edited) = wire.edited_message {
        match edited.from {
            Some(from) if is_private(&edited.chat, &from) => Some(Update {
                written_at: edited.edit_date.map(TelegramTime::from_seconds),
                ..of_user(id, from, None, UpdateKind::Edit)
            }),
            _ => None,
        }
    } else if let Some(callback) = wire.callback_query {
        Some(of_callback(id, callback))
    } else if let Some(member) = wire.my_chat_member {
        match member.new_chat_member.status.as_str() {
            _ if !is_private(&member.chat, &member.from) => None,
            "kicked" => Some(of_user(id, member.from, None, UpdateKind::BotBlocked)),
            "member" => Some(of_user(id, member.from, None, UpdateKind::BotUnblocked)),
            _ => return Err("status of a chat member is not known".into()),
        }
    } else if let Some(subscription) = wire.subscription {
        Some(of_user(id, subscription.user, None, UpdateKind::Payment))
    } else {
        return Err("kind of update is not known".into());
    };
    Ok((id, Meaning::Event(update.map(|update| Event::Update { update, inbox: None }))))
}

fn of_checkout(query: WireCheckout) -> CheckoutQuery {
    CheckoutQuery {
        id: query.id.into(),
        from: TelegramId::new(query.from.id),
        language: query.from.language_code.map(Into::into),
        currency: query.currency.into(),
        amount: query.total_amount,
        payload: query.invoice_payload.into(),
    }
}

fn of_message(id: UpdateId, message: WireMessage, own: &str) -> Result<Option<Update>, Box<str>> {
    if message.successful_payment.is_some() || message.refunded_payment.is_some() {
        return Ok(of_payment(id, message));
    }
    let content = content_of(&message);
    let Some(from) = message.from else { return Ok(None) };
    if !is_private(&message.chat, &from) {
        return Ok(None);
    }
    if message.message_id <= 0 {
        return Err("message has no id".into());
    }
    // What somebody else wrote is talk, whatever it says.
    let is_own = message.forward_origin.is_none() && message.via_bot.is_none();
    let asked = message.text.as_deref().filter(|_| is_own).map_or(Asked::Plain, |text| asked::of_text(text, own));
    let written_at = message.date.map(TelegramTime::from_seconds);
    let kind = match asked {
        Asked::Command(command) => UpdateKind::Command(command),
        Asked::Lane => UpdateKind::Other,
        Asked::Safety => UpdateKind::Safety,
        Asked::Plain => UpdateKind::Message {
            message: MessageId::new(message.message_id),
            content,
            reply_to: message.reply_to_message.map(|reply| MessageId::new(reply.message_id)),
        },
    };
    Ok(Some(Update { written_at, ..of_user(id, from, None, kind) }))
}

/// A press carries no time of its own: the date of its message is the message's.
fn of_callback(id: UpdateId, callback: WireCallback) -> Update {
    let data = callback.data.as_deref().unwrap_or_default();
    let kind = match asked::of_button(data) {
        Asked::Command(command) => UpdateKind::Command(command),
        Asked::Safety => UpdateKind::Safety,
        Asked::Lane | Asked::Plain => UpdateKind::Other,
    };
    let message = callback.message.filter(|message| is_private(&message.chat, &callback.from));
    let message = message.map(|message| MessageId::new(message.message_id));
    let mut hasher = DefaultHasher::new();
    (data, message.map(MessageId::get)).hash(&mut hasher);
    let press = Press { message, button: hasher.finish() };
    Update { press: Some(press), ..of_user(id, callback.from, Some(callback.id.into()), kind) }
}

/// A receipt lies in the payer's private chat, whoever is said to have written it.
fn of_payment(id: UpdateId, message: WireMessage) -> Option<Update> {
    let language_code = message.from.and_then(|from| from.language_code);
    let payer = WireUser { id: message.chat.id, language_code };
    (message.chat.kind == "private").then(|| of_user(id, payer, None, UpdateKind::Payment))
}

fn of_user(id: UpdateId, from: WireUser, callback: Option<Box<str>>, kind: UpdateKind) -> Update {
    let language = from.language_code.map(Into::into);
    Update { language, callback, ..Update::new(id, TelegramId::new(from.id), kind) }
}

/// Reports whether this is the private chat of its sender; the bot does nothing in any other.
fn is_private(chat: &WireChat, from: &WireUser) -> bool {
    chat.kind == "private" && chat.id == from.id
}

/// Tells what a message holds. An animation also comes as a document, a venue also as a location.
fn content_of(message: &WireMessage) -> Content {
    let kinds = [
        (message.text.is_some(), Content::Text),
        (message.photo.is_some(), Content::Photo),
        (message.sticker.is_some(), Content::Sticker),
        (message.voice.is_some(), Content::Voice),
        (message.video.is_some(), Content::Video),
        (message.animation.is_some(), Content::Animation),
        (message.document.is_some(), Content::Document),
        (message.venue.is_some(), Content::Venue),
        (message.location.is_some(), Content::Location),
        (message.audio.is_some(), Content::Audio),
        (message.video_note.is_some(), Content::VideoNote),
        (message.dice.is_some(), Content::Dice),
        (message.contact.is_some(), Content::Contact),
        (message.poll.is_some(), Content::Poll),
    ];
    kinds.into_iter().find(|&(is_there, _)| is_there).map_or(Content::Other, |(_, content)| content)
}

/// Finds the number of an update that cannot be read, even in broken JSON.
fn find_id(raw: &str) -> Option<UpdateId> {
    let (_, rest) = raw.split_once("\"update_id\"")?;
    let rest = rest.trim_start().strip_prefix(':')?.trim_start();
    let digits = rest.split(|letter: char| !letter.is_ascii_digit()).next()?;
    digits.parse().ok().map(UpdateId::new)
}

/// Finds whose an update is that cannot be read; nobody's unless it came from a private chat.
fn find_sender(raw: &str) -> Option<TelegramId> {
    let wire: WireSender = serde_json::from_str(raw).ok()?;
    let message = wire.message.or(wire.edited_message);
    let private = message.filter(|message| message.chat.as_ref().is_some_and(|chat| chat.id == message.from.id));
    private.or(wire.callback_query).or(wire.pre_checkout_query).map(|source| TelegramId::new(source.from.id))
}
