//! Messages as the world keeps them and as the Bot API shows them.
//! Content is shared: a copy costs its own ids, never its text.

use std::sync::Arc;

use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use super::channel::Room;
use crate::person::Bot;

/// Makes [`Kind`] of its rows: variant, field of a Bot API message that holds it, what can be done with it, and what it is.
///
/// A row such as `Photo = "photo", [Copy, Caption], "A photo.";` becomes the variant `Photo`, which JSON calls `photo`, and
/// one line each in `field`, `of_field`, `can` and `of_method`.
macro_rules! kinds {
    ($($kind:ident = $field:literal, [$($can:ident),*], $doc:literal;)+) => {
        /// What kind of thing a message holds.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Kind { $(#[doc = $doc] #[serde(rename = $field)] $kind,)+ }

        impl Kind {
            /// The field of a Bot API message that holds it.
            pub(crate) fn field(self) -> &'static str {
                match self { $(Self::$kind => $field,)+ }
            }

            /// Finds the kind that this field holds.
            pub(crate) fn of_field(field: &str) -> Option<Self> {
                match field { $($field => Some(Self::$kind),)+ _ => None }
            }

            /// Finds what a method such as `sendPhoto` sends.
            pub(crate) fn of_method(method: &str) -> Option<Self> {
                match method.strip_prefix("send")? { $(stringify!($kind) => Some(Self::$kind),)+ _ => None }
            }

            fn can(self, what: Can) -> bool {
                match self { $(Self::$kind => [$(Can::$can),*].as_slice(),)+ }.contains(&what)
            }
        }
    };
}

/// What belongs to a live location alone (Bot API, `Location`).
pub(crate) const LIVE: [&str; 3] = ["live_period", "heading", "proximity_alert_radius"];
/// A live location without an end (Bot API, `sendLocation`).
const FOREVER_S: i64 = 0x7FFF_FFFF;
/// How long a dice cannot be deleted.
const DICE_STAYS_S: i64 = 24 * 60 * 60;

/// What can be done with a kind of message.
#[derive(PartialEq, Eq)]
enum Can {
    /// A bot may copy it.
    Copy,
    /// A caption may stand under it.
    Caption,
}

kinds! {
    Text = "text", [Copy], "Text with entities.";
    Photo = "photo", [Copy, Caption], "A photo in several sizes.";
    Sticker = "sticker", [Copy], "A static sticker.";
    Voice = "voice", [Copy, Caption], "A voice note.";
    Video = "video", [Copy, Caption], "A video.";
    Animation = "animation", [Copy, Caption], "A silent looping video.";
    Audio = "audio", [Copy, Caption], "Music.";
    Document = "document", [Copy, Caption], "A file.";
    VideoNote = "video_note", [Copy], "A round video.";
    Location = "location", [Copy], "A point on the map, live or not.";
    Venue = "venue", [Copy], "A named place.";
    Contact = "contact", [Copy], "A phone contact.";
    Dice = "dice", [Copy], "An emoji with a random value.";
    Poll = "poll", [Copy], "A poll.";
    Invoice = "invoice", [], "An invoice with its Pay button.";
    SuccessfulPayment = "successful_payment", [], "Telegram says that a payment was made.";
    RefundedPayment = "refunded_payment", [], "Telegram says that a payment was given back.";
    Other = "other", [], "Anything else.";
}

impl Kind {
    /// Whether a bot may copy it.
    pub(crate) fn can_be_copied(self) -> bool {
        self.can(Can::Copy)
    }

    /// Whether a file of this kind can stand in place of another one (Bot API, `InputMedia`).
    pub(crate) fn is_replaceable(self) -> bool {
        matches!(self, Self::Photo | Self::Video | Self::Animation | Self::Audio | Self::Document)
    }

    /// Whether a caption may stand under it.
    pub(crate) fn has_caption(self) -> bool {
        self.can(Can::Caption)
    }
}

/// What a message says, shared by all its copies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Content {
    pub(crate) kind: Kind,
    /// Fields put into the Bot API message as they are, such as `photo`; null for text.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub(crate) body: Value,
    /// The text or the caption.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) text: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) entities: Vec<Value>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) spoiler: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) caption_above: bool,
}

impl Content {
    /// Text with entities.
    pub(crate) fn of_text(text: String, entities: Vec<Value>) -> Self {
        Self { text, entities, ..Self::of_fields(Kind::Text, Value::Null) }
    }

    /// What these fields of a Bot API message hold, without a caption.
    pub(crate) fn of_fields(kind: Kind, body: Value) -> Self {
        Self { kind, body, text: String::new(), entities: Vec::new(), spoiler: false, caption_above: false }
    }
}

/// The rare parts of a message, boxed so that the common ones stay small.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct More {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) quote: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) link_preview: Option<Value>,
    /// Where a forwarded message comes from, as a Bot API `MessageOrigin`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) origin: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) album: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) bot_reaction: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) person_reaction: Option<String>,
    /// The slug of the invoice it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) invoice: Option<String>,
    /// The message that says that its invoice was paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) receipt: Option<i64>,
}

impl More {
    /// The parts of a message that has some.
    pub(crate) fn boxed(self) -> Option<Box<Self>> {
        (self != Self::default()).then(|| Box::new(self))
    }
}

/// One message of one chat.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Message {
    pub(crate) id: i64,
    pub(crate) by_bot: bool,
    /// Seconds since 1970.
    pub(crate) date: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) edit_date: Option<i64>,
    pub(crate) content: Arc<Content>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reply_to: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) markup: Option<Arc<Value>>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) protected: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) more: Option<Box<More>>,
    /// The world's change number when this message was last touched; not stored.
    #[serde(skip)]
    pub(crate) version: u64,
}

impl Message {
    /// What a person writes: nothing but its content.
    pub(crate) fn written(id: i64, date: i64, content: Content) -> Self {
        Self {
            id,
            by_bot: false,
            date,
            edit_date: None,
            content: Arc::new(content),
            reply_to: None,
            markup: None,
            protected: false,
            more: None,
            version: 0,
        }
    }

    /// A dice of a private chat stays for a day, so that nobody rolls again unseen (Bot API, `deleteMessage`).
    pub(crate) fn is_fresh_dice(&self, now_ms: i64) -> bool {
        self.content.kind == Kind::Dice && now_ms / 1000 - self.date < DICE_STAYS_S
    }

    /// Whether it is a live location that still moves.
    pub(crate) fn is_live(&self, now_ms: i64) -> bool {
        let period = self.content.body.pointer("/location/live_period").and_then(Value::as_i64);
        let goes_on = |period: i64| period == FOREVER_S || now_ms / 1000 < self.date + period;
        self.content.kind == Kind::Location && period.is_some_and(goes_on)
    }

    /// The inline keyboard, if that is the markup it has.
    pub(crate) fn inline_keyboard(&self) -> Option<&Arc<Value>> {
        self.markup.as_ref().filter(|markup| markup.get("inline_keyboard").is_some())
    }

    /// The rare parts, made if there are none yet.
    pub(crate) fn more_mut(&mut self) -> &mut More {
        self.more.get_or_insert_default()
    }

    /// One rare part.
    pub(crate) fn rare<'a, T: ?Sized>(&'a self, pick: impl Fn(&'a More) -> Option<&'a T>) -> Option<&'a T> {
        self.more.as_deref().and_then(pick)
    }
}

/// A message as a Bot API object.
pub(crate) struct MessageView<'a> {
    pub(crate) message: &'a Message,
    pub(crate) room: Room<'a>,
    pub(crate) bot: &'a Bot,
    /// The message it replies to, if that still exists.
    pub(crate) reply: Option<&'a Message>,
}

impl Serialize for MessageView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let message = self.message;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("message_id", &message.id)?;
        match self.room {
            Room::Private(chat) => {
                let from = if message.by_bot { self.bot.as_user() } else { chat.person.as_user() };
                map.serialize_entry("from", &from)?;
                map.serialize_entry("chat", &chat.person.as_chat())?;
            }
            // A post is the channel's, no matter who wrote it (Bot API, `Message`: `sender_chat`).
            Room::Channel(channel) => {
                map.serialize_entry("sender_chat", &channel.as_chat())?;
                map.serialize_entry("chat", &channel.as_chat())?;
            }
        }
        map.serialize_entry("date", &message.date)?;
        if let Some(date) = message.edit_date {
            map.serialize_entry("edit_date", &date)?;
        }
        if let Some(reply) = self.reply {
            let view = MessageView { message: reply, room: self.room, bot: self.bot, reply: None };
            map.serialize_entry("reply_to_message", &view)?;
        }
        if let Some(more) = message.more.as_deref() {
            if let Some(origin) = &more.origin {
                map.serialize_entry("forward_origin", origin)?;
            }
            if let Some(quote) = &more.quote {
                map.serialize_entry("quote", quote)?;
            }
            if let Some(album) = &more.album {
                map.serialize_entry("media_group_id", album)?;
            }
            if let Some(preview) = &more.link_preview {
                map.serialize_entry("link_preview_options", preview)?;
            }
        }
        if message.protected {
            map.serialize_entry("has_protected_content", &true)?;
        }
        serialize_content(&mut map, &message.content)?;
        if let Some(markup) = message.inline_keyboard() {
            map.serialize_entry("reply_markup", markup.as_ref())?;
        }
        map.end()
    }
}

fn serialize_content<M: SerializeMap>(map: &mut M, content: &Content) -> Result<(), M::Error> {
    if content.kind == Kind::Text {
        map.serialize_entry("text", &content.text)?;
        if !content.entities.is_empty() {
            map.serialize_entry("entities", &content.entities)?;
        }
        return Ok(());
    }
    if let Some(fields) = content.body.as_object() {
        for (name, value) in fields {
            map.serialize_entry(name, value)?;
        }
    }
    if !content.text.is_empty() {
        map.serialize_entry("caption", &content.text)?;
    }
    if !content.entities.is_empty() {
        map.serialize_entry("caption_entities", &content.entities)?;
    }
    if content.spoiler {
        map.serialize_entry("has_media_spoiler", &true)?;
    }
    if content.caption_above {
        map.serialize_entry("show_caption_above_media", &true)?;
    }
    Ok(())
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if asks for a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}
