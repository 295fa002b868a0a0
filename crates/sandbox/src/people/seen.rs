//! A chat as the person in front of it sees it.

use serde::Serialize;
use serde_json::Value;

use crate::strict::markup;
use crate::world::message::{Kind, Message};

/// A message in a person's chat.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own that a test asks for")]
#[derive(Debug, Clone, Serialize)]
pub struct SeenMessage {
    /// The message's id, as the bot knows it.
    pub id: i64,
    /// Whether the bot sent it.
    pub from_bot: bool,
    /// Seconds since 1970.
    pub date: i64,
    /// What kind of thing it holds.
    pub kind: Kind,
    /// The text, or the caption of media.
    pub text: String,
    /// Entities of the text or caption, as Bot API objects, in order of their offsets.
    pub entities: Vec<Value>,
    /// The fields that hold the media, such as `photo`; null for text.
    pub media: Value,
    /// Inline buttons, row by row.
    pub buttons: Vec<Vec<SeenButton>>,
    /// A reply keyboard that came with the message, or its removal, as a Bot API object.
    pub keyboard: Option<Value>,
    /// The message it replies to.
    pub reply_to: Option<i64>,
    /// What it quotes of that message.
    pub quote: Option<String>,
    /// Who wrote it first, for a forwarded message.
    pub forwarded_from: Option<String>,
    /// Albums: messages with the same name belong together.
    pub album: Option<String>,
    /// The invoice it holds.
    pub invoice: Option<SeenInvoice>,
    /// Whether it was edited.
    pub is_edited: bool,
    /// Whether it cannot be saved or forwarded.
    pub is_protected: bool,
    /// Whether it is hidden until tapped.
    pub has_spoiler: bool,
    /// The bot's reaction.
    pub bot_reaction: Option<String>,
    /// The person's own reaction.
    pub own_reaction: Option<String>,
    /// Whether links are shown without a preview.
    pub has_preview: bool,
    /// The world's change number when this message was last touched; see [`crate::Sandbox::mark`].
    pub version: u64,
}

/// A button under a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SeenButton {
    /// What it says.
    pub text: String,
    /// What a press sends to the bot.
    pub data: Option<String>,
    /// What a press opens.
    pub url: Option<String>,
    /// Whether it pays the invoice it stands under; see [`crate::Sandbox::pay`].
    pub is_pay: bool,
}

/// An invoice as the person sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SeenInvoice {
    /// What is sold.
    pub title: String,
    /// More about it.
    pub description: String,
    /// The price in Stars.
    pub amount: u32,
    /// Seconds between two payments, for a subscription.
    pub period_s: Option<u32>,
    /// Whether this message's invoice was paid; links can be paid many times.
    pub is_paid: bool,
    /// The message that says so.
    pub receipt: Option<i64>,
}

/// How a button is named by who presses it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Button {
    /// By the whole of what it says.
    Text(String),
    /// By the first one that says this somewhere.
    Containing(String),
    /// By its callback data.
    Data(String),
}

impl Button {
    pub(crate) fn fits(&self, button: &SeenButton) -> bool {
        match self {
            Self::Text(text) => button.text == *text,
            Self::Containing(text) => button.text.contains(text.as_str()),
            Self::Data(data) => button.data.as_deref() == Some(data.as_str()),
        }
    }
}

impl From<&str> for Button {
    /// By the whole of what it says.
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl SeenMessage {
    pub(crate) fn new(message: &Message) -> Self {
        let content = &message.content;
        let rare = |pick: fn(&crate::world::message::More) -> Option<&String>| message.rare(pick).cloned();
        let is_keyboard = |markup: &&Value| markup.get("keyboard").or_else(|| markup.get("remove_keyboard")).is_some();
        Self {
            id: message.id,
            from_bot: message.by_bot,
            date: message.date,
            kind: content.kind,
            text: content.text.clone(),
            entities: content.entities.clone(),
            media: content.body.clone(),
            buttons: buttons(message.markup.as_deref(), "inline_keyboard"),
            keyboard: message.markup.as_deref().filter(is_keyboard).cloned(),
            reply_to: message.reply_to,
            quote: message.rare(|more| more.quote.as_ref()?.get("text")?.as_str()).map(str::to_owned),
            forwarded_from: message.rare(|more| more.origin.as_ref()).map(origin),
            album: rare(|more| more.album.as_ref()),
            invoice: invoice(message),
            is_edited: message.edit_date.is_some(),
            is_protected: message.protected,
            has_spoiler: content.spoiler,
            bot_reaction: rare(|more| more.bot_reaction.as_ref()),
            own_reaction: rare(|more| more.person_reaction.as_ref()),
            has_preview: message
                .rare(|more| more.link_preview.as_ref())
                .and_then(|preview| preview.get("is_disabled")?.as_bool())
                != Some(true),
            version: message.version,
        }
    }

    /// Whether an inline button says exactly this.
    pub fn has_button(&self, text: &str) -> bool {
        self.buttons.iter().flatten().any(|button| button.text == text)
    }
}

/// The name in a Bot API `MessageOrigin`.
fn origin(origin: &Value) -> String {
    let name = |path: &str| origin.pointer(path).and_then(Value::as_str);
    let parts = [name("/sender_user/first_name"), name("/sender_user/last_name"), name("/sender_user_name")];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// The invoice in a message.
fn invoice(message: &Message) -> Option<SeenInvoice> {
    let body = message.content.body.get("invoice").filter(|_| message.content.kind == Kind::Invoice)?;
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    Some(SeenInvoice {
        title: text("title"),
        description: text("description"),
        amount: body.get("total_amount")?.as_u64()?.try_into().ok()?,
        period_s: None,
        is_paid: message.rare(|more| more.receipt.as_ref()).is_some(),
        receipt: message.rare(|more| more.receipt.as_ref()).copied(),
    })
}

/// The buttons of a keyboard, row by row.
pub(crate) fn buttons(markup: Option<&Value>, field: &str) -> Vec<Vec<SeenButton>> {
    let text = |button: &Value, name: &str| button.get(name).and_then(Value::as_str).map(str::to_owned);
    let seen = |button: &Value| SeenButton {
        text: text(button, "text").unwrap_or_default(),
        data: text(button, "callback_data"),
        is_pay: button.get("pay").and_then(Value::as_bool).unwrap_or_default(),
        url: text(button, "url").or_else(|| button.pointer("/web_app/url")?.as_str().map(str::to_owned)),
    };
    markup.into_iter().flat_map(|markup| markup::rows(markup, field)).map(|row| row.iter().map(seen).collect()).collect()
}
