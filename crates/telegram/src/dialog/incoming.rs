//! An update as the dialogs read it: who said or pressed what. Unknown kinds and fields are passed over.

use luvhive_core::id::MessageId;
use luvhive_core::premium::ChargeId;
use luvhive_core::time::Timestamp;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use serde_json::value::RawValue;

use super::payment::{GivenBack, Paid};
use crate::callback::Callback;
use crate::locale::{MenuCommand, menu_command, slash_command};

/// An update.
pub(super) struct Update {
    /// The sender's language tag.
    pub(super) language_tag: Option<String>,
    /// What happened.
    pub(super) what: Incoming,
}

impl Update {
    /// The query to answer, if it came from a button.
    pub(super) fn callback(&self) -> Option<Box<str>> {
        match &self.what {
            Incoming::Pressed(press) => Some(press.query.clone()),
            _ => None,
        }
    }
}

/// What happened.
pub(super) enum Incoming {
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
    /// Its text or caption now.
    pub(super) content: EditContent,
    /// Whether the person wrote it: it was not made by another bot.
    pub(super) is_own: bool,
}

/// What a changed message holds now; media that were exchanged are not told apart from unchanged ones.
pub(super) enum EditContent {
    /// A text with its formatting.
    Text(String, Vec<Value>),
    /// A caption with its formatting, empty if it was taken away.
    Caption(String, Vec<Value>),
}

/// Reads raw JSON; `None` if it is no update at all.
///
/// `own` is the bot's user name: a command that names another bot is talk.
pub(super) fn read(payload: &str, own: &str) -> Option<Update> {
    let raw: RawUpdate = serde_json::from_str(payload).ok()?;
    let nobody = Update { language_tag: None, what: Incoming::Nothing };
    Some(if let Some(message) = raw.message {
        Update { language_tag: tag(message.from.as_ref()), what: said(message, own) }
    } else if let Some(message) = raw.edited_message {
        Update { language_tag: tag(message.from.as_ref()), what: edited(message) }
    } else if let Some(query) = raw.callback_query {
        let message = query.message.filter(|message| message.chat.is_private());
        let press = Press {
            query: query.id.into(),
            callback: query.data.as_deref().and_then(Callback::parse),
            message: message.map(|message| MessageId::new(message.message_id)),
        };
        Update { language_tag: tag(Some(&query.from)), what: Incoming::Pressed(press) }
    } else if let Some(subscription) = raw.subscription {
        let what = Incoming::SubscriptionChanged { is_active: subscription.state == "active" };
        Update { language_tag: tag(Some(&subscription.user)), what }
    } else {
        nobody
    })
}

fn tag(user: Option<&RawUser>) -> Option<String> {
    user.and_then(|user| user.language_code.clone())
}

/// Reads what a message says about money, if it does.
fn money(message: &RawMessage) -> Option<Incoming> {
    let seconds = |seconds: i64| Timestamp::from_millis(seconds.saturating_mul(1_000));
    if let Some(back) = &message.refunded_payment {
        let charge = ChargeId::new(&back.telegram_payment_charge_id)?;
        return Some(Incoming::GivenBack(GivenBack { charge, at: seconds(message.date) }));
    }
    let paid = message.successful_payment.as_ref()?;
    Some(Incoming::Paid(Paid {
        charge: ChargeId::new(&paid.telegram_payment_charge_id)?,
        currency: paid.currency.clone(),
        amount: paid.total_amount,
        payload: paid.invoice_payload.clone(),
        at: seconds(message.date),
        is_recurring: paid.is_recurring,
        is_found: paid.is_found,
        is_first: paid.is_first_recurring,
        subscription_until: paid.subscription_expiration_date.map(seconds),
    }))
}

fn said(message: RawMessage, own: &str) -> Incoming {
    if let Some(money) = money(&message) {
        return money;
    }
    let is_own = message.is_own();
    let own_text = message.text.as_deref().filter(|_| is_own);
    let command = own_text.and_then(|text| slash_command(text, own).or_else(|| menu_command(text)));
    if !message.chat.is_private() {
        let is_call = message.text.as_deref().is_some_and(|text| text.starts_with('/')) && command.is_some();
        return if is_call { Incoming::CalledInGroup } else { Incoming::Nothing };
    }
    Incoming::Said(Said {
        command,
        is_own,
        text: message.text,
        reply_to: message.reply_to_message.map(|reply| MessageId::new(reply.message_id)),
        photo: message.photo.and_then(|sizes| largest(sizes.get())),
    })
}

/// Telegram lists the sizes of a photo from small to large.
fn largest(sizes: &str) -> Option<String> {
    serde_json::from_str::<Vec<RawSize>>(sizes).ok()?.pop().map(|size| size.file_id)
}

fn edited(message: RawMessage) -> Incoming {
    if !message.chat.is_private() {
        return Incoming::Nothing;
    }
    let (has_media, is_own) = (message.has_media(), message.is_own());
    let content = match message.text {
        Some(text) => EditContent::Text(text, anonymous(message.entities)),
        None if has_media => EditContent::Caption(message.caption.unwrap_or_default(), anonymous(message.caption_entities)),
        // A live location moves every few seconds; nothing else can be edited.
        None => return Incoming::Nothing,
    };
    Incoming::Edited(Edit { message: MessageId::new(message.message_id), content, is_own })
}

/// Formatting without mentions of accounts, which would name somebody.
fn anonymous(mut entities: Vec<Value>) -> Vec<Value> {
    entities.retain(|entity| entity.get("type").and_then(Value::as_str) != Some("text_mention"));
    entities
}

#[derive(Deserialize)]
struct RawUpdate {
    message: Option<RawMessage>,
    edited_message: Option<RawMessage>,
    callback_query: Option<RawQuery>,
    subscription: Option<RawSubscription>,
}

#[derive(Deserialize)]
struct RawSubscription {
    user: RawUser,
    state: String,
}

#[derive(Deserialize)]
struct RawPaid {
    currency: String,
    total_amount: i64,
    invoice_payload: String,
    telegram_payment_charge_id: String,
    #[serde(default)]
    is_recurring: bool,
    #[serde(default)]
    is_first_recurring: bool,
    #[serde(default, rename = "luvhive_found")]
    is_found: bool,
    subscription_expiration_date: Option<i64>,
}

#[derive(Deserialize)]
struct RawGivenBack {
    telegram_payment_charge_id: String,
}

#[derive(Deserialize)]
struct RawMessage {
    message_id: i32,
    #[serde(default)]
    date: i64,
    successful_payment: Option<RawPaid>,
    refunded_payment: Option<RawGivenBack>,
    from: Option<RawUser>,
    chat: RawChat,
    forward_origin: Option<IgnoredAny>,
    via_bot: Option<IgnoredAny>,
    text: Option<String>,
    #[serde(default)]
    entities: Vec<Value>,
    caption: Option<String>,
    #[serde(default)]
    caption_entities: Vec<Value>,
    reply_to_message: Option<RawReply>,
    photo: Option<Box<RawValue>>,
    video: Option<Box<RawValue>>,
    animation: Option<Box<RawValue>>,
    document: Option<Box<RawValue>>,
    audio: Option<Box<RawValue>>,
    voice: Option<Box<RawValue>>,
}

impl RawMessage {
    /// Bot API 10.3: `forward_origin` stands in forwarded messages, `via_bot` in those made by an inline bot.
    fn is_own(&self) -> bool {
        self.forward_origin.is_none() && self.via_bot.is_none()
    }

    fn has_media(&self) -> bool {
        let media = [&self.photo, &self.video, &self.animation, &self.document, &self.audio, &self.voice];
        media.into_iter().any(Option::is_some)
    }
}

#[derive(Deserialize)]
struct RawSize {
    file_id: String,
}

#[derive(Deserialize)]
struct RawReply {
    message_id: i32,
}

#[derive(Deserialize)]
struct RawUser {
    language_code: Option<String>,
}

#[derive(Deserialize)]
struct RawChat {
    #[serde(rename = "type")]
    kind: String,
}

impl RawChat {
    fn is_private(&self) -> bool {
        self.kind == "private"
    }
}

#[derive(Deserialize)]
struct RawQuery {
    id: String,
    from: RawUser,
    data: Option<String>,
    message: Option<RawQueryMessage>,
}

#[derive(Deserialize)]
struct RawQueryMessage {
    message_id: i32,
    chat: RawChat,
}
