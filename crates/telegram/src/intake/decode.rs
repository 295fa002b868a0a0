//! Raw JSON to the engine's slim events, one update at a time. What cannot be read becomes [`Event::Undecodable`].

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use luvhive_core::chat::ChatText;
use luvhive_core::engine::event::{Event, Press, Update, UpdateKind};
use luvhive_core::id::{InboxId, MessageId, TelegramId, UpdateId};
use luvhive_core::time::TelegramTime;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::checkout::CheckoutQuery;
use super::{Incoming, nul};
use crate::callback::Callback;
use crate::locale::{Answers, MenuCommand};
use crate::wire;

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
    let wire: wire::Update = serde_json::from_str(raw).map_err(|error| {
        // The error's own text may quote the update.
        Box::<str>::from(format!("not readable at column {} ({:?})", error.column(), error.classify()))
    })?;
    let id = UpdateId::new(wire.id);
    if let Some(query) = wire.pre_checkout_query {
        return Ok((id, Meaning::Checkout(of_checkout(query))));
    }
    let update = if let Some(message) = wire.message {
        of_message(id, message, (raw, own))?
    } else if let Some(edited) = wire.edited_message {
        match edited.from {
            // Without that date nobody changed anything: a reaction came, or a preview.
            Some(from) if edited.chat.is_private_of(&from) && edited.edit_date.is_some() => Some(Update {
                written_at: edited.edit_date.map(TelegramTime::from_seconds),
                ..of_user(id, from, None, UpdateKind::Edit)
            }),
            _ => None,
        }
    } else if let Some(press) = wire.callback_query {
        Some(of_press(id, press))
    } else if let Some(member) = wire.my_chat_member {
        let kind = match member.new_chat_member.status.as_str() {
            _ if !member.chat.is_private_of(&member.from) => None,
            "kicked" => Some(UpdateKind::BotBlocked),
            "member" => Some(UpdateKind::BotUnblocked),
            _ => return Err("status of a chat member is not known".into()),
        };
        let written_at = member.date.map(TelegramTime::from_seconds);
        kind.map(|kind| Update { written_at, ..of_user(id, member.from, None, kind) })
    } else if let Some(subscription) = wire.subscription {
        Some(of_user(id, subscription.user, None, UpdateKind::Payment))
    } else {
        return Err("kind of update is not known".into());
    };
    Ok((id, Meaning::Event(update.map(|update| Event::Update { update, inbox: None }))))
}

fn of_checkout(query: wire::Checkout) -> CheckoutQuery {
    CheckoutQuery {
        id: query.id.into(),
        from: TelegramId::new(query.from.id),
        language: query.from.language_code.map(Into::into),
        currency: query.currency.into(),
        amount: query.total_amount,
        payload: query.invoice_payload.into(),
    }
}

fn of_message(id: UpdateId, message: wire::Message, (raw, own): (&str, &str)) -> Result<Option<Update>, Box<str>> {
    if message.is_about_money() {
        return Ok(of_payment(id, message));
    }
    if message.is_service() || !message.from.as_ref().is_some_and(|from| message.chat.is_private_of(from)) {
        return Ok(None);
    }
    if message.id().get() <= 0 {
        return Err("message has no id".into());
    }
    let kind = match message.command(own) {
        Some(command) => of_command(command),
        None => UpdateKind::Message {
            message: message.id(),
            content: message.content(),
            reply_to: message.reply_to(),
            album: message.album(),
            leaks: message.leaks(raw),
        },
    };
    let written_at = message.date.map(TelegramTime::from_seconds);
    let words =
        matches!(kind, UpdateKind::Message { .. }).then(|| ChatText::new(message.text.or(message.caption).unwrap_or_default()));
    Ok(message.from.map(|from| Update { written_at, words, ..of_user(id, from, None, kind) }))
}

/// What a command is to the engine; a lane answers the rest.
fn of_command(command: MenuCommand) -> UpdateKind {
    match command.answers() {
        Answers::Engine(command) => UpdateKind::Command(command),
        Answers::Safety => UpdateKind::Safety,
        Answers::Document | Answers::Lane => UpdateKind::Other,
    }
}

/// What a button is to the engine; a lane answers forged and outdated data too.
fn of_button(data: &str) -> UpdateKind {
    match Callback::parse(data) {
        Some(Callback::Command(command)) => UpdateKind::Command(command),
        Some(
            Callback::AskBlock { .. }
            | Callback::Block { .. }
            | Callback::AskReport { .. }
            | Callback::Report { .. }
            | Callback::Underage
            | Callback::Delete { .. },
        ) => UpdateKind::Safety,
        _ => UpdateKind::Other,
    }
}

/// A press carries no time of its own: the date of its message is the message's.
fn of_press(id: UpdateId, press: wire::Press) -> Update {
    let data = press.data.as_deref().unwrap_or_default();
    let (kind, message) = (of_button(data), press.message());
    let mut hasher = DefaultHasher::new();
    (data, message.map(MessageId::get)).hash(&mut hasher);
    let pressed = Press { message, button: hasher.finish() };
    Update { press: Some(pressed), ..of_user(id, press.from, Some(press.id.into()), kind) }
}

/// A receipt lies in the payer's private chat, no matter who is said to have written it.
fn of_payment(id: UpdateId, message: wire::Message) -> Option<Update> {
    let language_code = message.from.and_then(|from| from.language_code);
    let payer = wire::User { id: message.chat.id, is_bot: false, language_code };
    message.chat.is_private().then(|| of_user(id, payer, None, UpdateKind::Payment))
}

fn of_user(id: UpdateId, from: wire::User, callback: Option<Box<str>>, kind: UpdateKind) -> Update {
    let language = from.language_code.map(Into::into);
    Update { language, callback, ..Update::new(id, TelegramId::new(from.id), kind) }
}

/// Finds the number of an update that cannot be read, even in broken JSON.
fn find_id(raw: &str) -> Option<UpdateId> {
    let (_, rest) = raw.split_once("\"update_id\"")?;
    let rest = rest.trim_start().strip_prefix(':')?.trim_start();
    let digits = rest.split(|letter: char| !letter.is_ascii_digit()).next()?;
    digits.parse().ok().map(UpdateId::new)
}

/// Finds whose an update is that cannot be read.
fn find_sender(raw: &str) -> Option<TelegramId> {
    serde_json::from_str::<wire::Traces>(raw).ok()?.sender().map(TelegramId::new)
}

#[cfg(test)]
mod tests;
