//! What a lane heard: who said or pressed what, read from an update as it was stored.

#[cfg(test)]
mod tests;

use luvhive_core::chat::Questions;
use luvhive_core::id::MessageId;
use luvhive_core::premium::ChargeId;
use luvhive_core::time::{TelegramTime, Timestamp};
use serde_json::Value;

use super::payment::{GivenBack, Paid};
use crate::callback::Callback;
use crate::locale::MenuCommand;
use crate::wire::{self, Message, MessageDetails, User};

/// An update.
pub(super) struct Update {
    /// The sender's language tag.
    pub(super) language_tag: Option<String>,
    /// What happened.
    pub(super) what: Heard,
}

/// What happened.
pub(super) enum Heard {
    /// A message in the private chat.
    Said(Said),
    /// A button.
    Pressed(Press),
    /// A message of theirs was changed.
    Edited(Edit),
    /// They paid.
    Paid(Paid),
    /// They were given a payment back.
    GivenBack(GivenBack),
    /// They paid or were given something back, and the receipt does not say which payment it is about.
    UnreadableReceipt {
        /// Whether it tells of a refund.
        is_refund: bool,
    },
    /// Their subscription was cancelled or could not be renewed, or goes on.
    SubscriptionChanged {
        /// Whether it goes on.
        is_active: bool,
    },
    /// A command in a group.
    CalledInGroup,
    /// Nothing that asks for an answer.
    Nothing,
}

/// A message.
pub(super) struct Said {
    /// The text, if it has one.
    pub(super) text: Option<String>,
    /// What it asks for, if it is a command or a button of the menu. Only what the person typed or pressed is one.
    pub(super) command: Option<MenuCommand>,
    /// Whether the person wrote it: it was neither forwarded nor made by another bot.
    pub(super) is_own: bool,
    /// The message it replies to.
    pub(super) reply_to: Option<MessageId>,
    /// The id of the photo in its largest size, if it is one.
    pub(super) photo: Option<String>,
}

/// A pressed button.
pub(super) struct Press {
    /// The query.
    pub(super) query: Box<str>,
    /// What the button carries, if it is one of ours and of today's form.
    pub(super) callback: Option<Callback>,
    /// The message with the button.
    pub(super) message: Option<MessageId>,
}

/// A changed message.
pub(super) struct Edit {
    /// Which.
    pub(super) message: MessageId,
    /// When it was written, if Telegram says so.
    pub(super) written_at: Option<TelegramTime>,
    /// Its text or caption now.
    pub(super) content: EditContent,
    /// Whether the person wrote it: it was not made by another bot.
    pub(super) is_own: bool,
    /// Whether a name in it links to an account.
    pub(super) names_account: bool,
    /// What in it can identify its writer.
    pub(super) leaks: Questions,
    /// When it was changed, if Telegram says so.
    pub(super) edited_at: Option<TelegramTime>,
}

/// What a changed message holds now; media that were exchanged are not told apart from unchanged ones.
pub(super) enum EditContent {
    /// A text.
    Text {
        /// Its words.
        text: String,
        /// Its formatting.
        entities: Vec<Value>,
        /// How the preview of its link looks, if that was chosen.
        link_preview_options: Option<Value>,
    },
    /// What stands beside a picture and its like.
    Caption {
        /// Its words; empty if they were taken away.
        caption: String,
        /// Its formatting.
        entities: Vec<Value>,
        /// Whether it stands above.
        is_above: bool,
    },
}

/// Reads raw JSON; `None` if it is no update at all.
///
/// `own` is the bot's user name, as [`wire::asked`] takes it.
pub(super) fn read(payload: &str, own: &str) -> Option<Update> {
    let update: wire::Update<Message> = serde_json::from_str(payload).ok()?;
    let Ok(details) = serde_json::from_str::<wire::Details<'_>>(payload) else {
        // Of what cannot be read, nothing that tells of money is passed over.
        let message = update.message.filter(Message::is_about_money)?;
        let is_refund = message.is_refund();
        let language_tag = message.from.and_then(|user| user.language_code);
        return Some(Update { language_tag, what: Heard::UnreadableReceipt { is_refund } });
    };
    let (from, what) = if let Some((message, details)) = update.message.zip(details.message) {
        said(message, &details, own)
    } else if let Some((message, details)) = update.edited_message.zip(details.edited_message) {
        edited(message, details, payload)
    } else if let Some(press) = update.callback_query {
        pressed(press)
    } else if let Some((subscription, details)) = update.subscription.zip(details.subscription) {
        (Some(subscription.user), Heard::SubscriptionChanged { is_active: details.state == "active" })
    } else {
        (None, Heard::Nothing)
    };
    Some(Update { language_tag: from.and_then(|user| user.language_code), what })
}

fn said(message: Message, details: &MessageDetails<'_>, own: &str) -> (Option<User>, Heard) {
    let command = message.command(own);
    let what = if let Some(money) = money(&message, details) {
        money
    } else if message.chat.is_private() {
        Heard::Said(Said {
            command,
            is_own: message.is_own(),
            reply_to: message.reply_to(),
            photo: details.photo(),
            text: message.text,
        })
    } else if command.is_some() && message.text.as_deref().is_some_and(wire::has_slash) {
        Heard::CalledInGroup
    } else {
        Heard::Nothing
    };
    (message.from, what)
}

/// Reads what a message says about money, if it does.
fn money(message: &Message, details: &MessageDetails<'_>) -> Option<Heard> {
    let seconds = |seconds: i64| Timestamp::from_millis(seconds.saturating_mul(1_000));
    let at = seconds(message.date.unwrap_or_default());
    if let Some(refund) = &details.refunded_payment {
        let charge = ChargeId::new(&refund.telegram_payment_charge_id);
        let unreadable = Heard::UnreadableReceipt { is_refund: true };
        return Some(charge.map_or(unreadable, |charge| Heard::GivenBack(GivenBack { charge, at })));
    }
    let receipt = details.successful_payment.as_ref()?;
    let Some(charge) = ChargeId::new(&receipt.telegram_payment_charge_id) else {
        return Some(Heard::UnreadableReceipt { is_refund: false });
    };
    Some(Heard::Paid(Paid {
        charge,
        currency: receipt.currency.clone(),
        amount: receipt.total_amount,
        payload: receipt.invoice_payload.clone(),
        at,
        is_recurring: receipt.is_recurring,
        is_found: receipt.is_found,
        is_first: (receipt.is_recurring && !receipt.is_found).then_some(receipt.is_first_recurring),
        subscription_until: receipt.subscription_expiration_date.map(seconds),
    }))
}

fn edited(message: Message, details: MessageDetails<'_>, payload: &str) -> (Option<User>, Heard) {
    let (written_at, edited_at) =
        (message.date.map(TelegramTime::from_seconds), message.edit_date.map(TelegramTime::from_seconds));
    let leaks = message.leaks(payload);
    let (id, is_own, has_caption, names_account) =
        (message.id(), message.is_own(), message.has_caption(), message.names_account());
    let content = match message.text {
        _ if !message.chat.is_private() => None,
        Some(text) => {
            let link_preview_options = details.link_preview_options;
            Some(EditContent::Text { text, entities: details.entities, link_preview_options })
        }
        None if has_caption => Some(EditContent::Caption {
            caption: message.caption.unwrap_or_default(),
            entities: details.caption_entities,
            is_above: details.show_caption_above_media,
        }),
        // A live location moves every few seconds; nothing else can be edited.
        None => None,
    };
    let edit = |content| Heard::Edited(Edit { message: id, written_at, content, is_own, names_account, leaks, edited_at });
    (message.from, content.map_or(Heard::Nothing, edit))
}

fn pressed(press: wire::Press) -> (Option<User>, Heard) {
    let message = press.message();
    let callback = press.data.as_deref().and_then(Callback::parse);
    (Some(press.from), Heard::Pressed(Press { query: press.id.into(), callback, message }))
}
