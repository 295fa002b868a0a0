//! A message of ours: a title, a text, a keyboard; sent anew or put in the place of an older one.
//! Texts go out plain with entities, never as HTML, so nothing that a person typed needs escaping.

use luvhive_core::engine::effect::Rendered;
use luvhive_core::id::{MessageId, TelegramId};
use luvhive_core::person::Photo;
use serde::Serialize;

use super::menu::Menu;
use crate::callback::Callback;
use crate::locale::Words;
use crate::rendered::render;

/// The most UTF-16 units of a message's text (Bot API 10.3, `sendMessage.text`).
#[cfg(test)]
pub(crate) const MAX_TEXT_UNITS: usize = 4096;

/// What one message shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Screen {
    title: Option<String>,
    body: String,
    keyboard: Keyboard,
    reply_to: Option<MessageId>,
}

/// What stands below a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Keyboard {
    /// Nothing; a menu that is there stays.
    None,
    /// Buttons on the message, by row.
    Inline(Vec<Vec<Button>>),
    /// The menu that takes the keyboard's place.
    Menu(Menu),
    /// Takes the menu away.
    Remove,
}

/// An inline button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Button {
    text: String,
    does: Does,
}

/// What pressing a button does.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Does {
    /// Asks something of the bot.
    Ask(Callback),
    /// Opens a link.
    Open(String),
}

impl Button {
    /// A button with these words.
    pub(crate) fn new(text: impl Into<String>, callback: Callback) -> Self {
        Self { text: text.into(), does: Does::Ask(callback) }
    }

    /// A button that opens a link.
    pub(crate) fn link(text: impl Into<String>, link: impl Into<String>) -> Self {
        Self { text: text.into(), does: Does::Open(link.into()) }
    }

    /// A choice that can be on or off; `callback` is given the state that pressing leads to.
    pub(crate) fn choice(words: Words, text: String, is_on: bool, callback: impl FnOnce(bool) -> Callback) -> Self {
        let text = if is_on { words.with("button-chosen", &[("choice", text.into())]) } else { text };
        Self { text, does: Does::Ask(callback(!is_on)) }
    }
}

/// Puts buttons into rows of at most `columns`.
pub(crate) fn rows(buttons: impl IntoIterator<Item = Button>, columns: usize) -> Vec<Vec<Button>> {
    let mut rows: Vec<Vec<Button>> = Vec::new();
    for button in buttons {
        match rows.last_mut() {
            Some(row) if row.len() < columns => row.push(button),
            _ => rows.push(vec![button]),
        }
    }
    rows
}

impl Screen {
    /// A screen with a title, shown in bold.
    pub(crate) fn titled(title: String, body: String) -> Self {
        Self { title: Some(title), body, keyboard: Keyboard::None, reply_to: None }
    }

    /// A screen without a title.
    pub(crate) fn plain(body: String) -> Self {
        Self { title: None, body, keyboard: Keyboard::None, reply_to: None }
    }

    /// The same with a keyboard.
    #[must_use]
    pub(crate) fn with(self, keyboard: Keyboard) -> Self {
        Self { keyboard, ..self }
    }

    /// The same with inline buttons.
    #[must_use]
    pub(crate) fn with_buttons(self, rows: Vec<Vec<Button>>) -> Self {
        self.with(Keyboard::Inline(rows))
    }

    /// The same with a line in front of the text, such as a hint.
    #[must_use]
    pub(crate) fn with_hint(self, hint: &str) -> Self {
        Self { body: format!("{hint}\n\n{}", self.body), ..self }
    }

    /// The same with a paragraph behind the text.
    #[must_use]
    pub(crate) fn with_paragraph(self, text: &str) -> Self {
        Self { body: format!("{}\n\n{text}", self.body), ..self }
    }

    /// The same as a reply to a message, where it is sent anew.
    #[must_use]
    pub(crate) fn replying(self, message: MessageId) -> Self {
        Self { reply_to: Some(message), ..self }
    }

    /// The whole text as people read it.
    pub(crate) fn text(&self) -> String {
        match &self.title {
            Some(title) => format!("{title}\n\n{}", self.body),
            None => self.body.clone(),
        }
    }

    /// Renders it as a new message.
    pub(crate) fn send(&self, to: TelegramId) -> Rendered {
        render("sendMessage", &self.params(to, None))
    }

    /// Renders it in the place of an older message. A menu cannot be put there: it is left out.
    pub(crate) fn edit(&self, to: TelegramId, message: MessageId) -> Rendered {
        render("editMessageText", &self.params(to, Some(message)))
    }

    /// Renders it as a new message with a photo; the text is the caption.
    pub(crate) fn send_photo(&self, to: TelegramId, photo: &Photo) -> Rendered {
        let Params { chat_id, text, entities, reply_markup, .. } = self.params(to, None);
        let photo = photo.as_str();
        render("sendPhoto", &PhotoParams { chat_id, photo, caption: text, caption_entities: entities, reply_markup })
    }

    fn params(&self, to: TelegramId, message: Option<MessageId>) -> Params {
        let length = self.title.as_ref().map(|title| title.encode_utf16().count());
        let entities = length.map(|length| Entity { kind: "bold", offset: 0, length }).into_iter().collect();
        let is_new = message.is_none();
        let reply_markup = match &self.keyboard {
            Keyboard::Inline(rows) => Some(Markup::Inline { inline_keyboard: rows.iter().map(|row| inline_row(row)).collect() }),
            Keyboard::Menu(menu) if is_new => {
                let row = |texts: &Vec<String>| texts.iter().map(|text| MenuButton { text: text.clone() }).collect();
                Some(Markup::Reply {
                    keyboard: menu.rows().iter().map(row).collect(),
                    resize_keyboard: true,
                    is_persistent: true,
                })
            }
            Keyboard::Remove if is_new => Some(Markup::Remove { remove_keyboard: true }),
            Keyboard::None | Keyboard::Menu(_) | Keyboard::Remove => None,
        };
        let reply_parameters = self
            .reply_to
            .filter(|_| is_new)
            .map(|message| ReplyParameters { message_id: message.get(), allow_sending_without_reply: true });
        let message_id = message.map(MessageId::get);
        Params { chat_id: to.get(), message_id, text: self.text(), entities, reply_markup, reply_parameters }
    }

    /// Title, text and keyboard as lines, for snapshots and journeys in tests.
    #[cfg(test)]
    pub(crate) fn sketch(&self) -> String {
        let mut lines = Vec::new();
        lines.extend(self.title.as_ref().map(|title| format!("# {title}")));
        lines.push(self.body.clone());
        match &self.keyboard {
            Keyboard::None => {}
            Keyboard::Inline(rows) => lines.extend(rows.iter().map(|row| {
                row.iter().map(|button| format!("[{} → {}]", button.text, button.does)).collect::<Vec<_>>().join(" ")
            })),
            Keyboard::Menu(menu) => lines.extend(menu.rows().iter().map(|row| format!("({})", row.join(") (")))),
            Keyboard::Remove => lines.push("(no menu)".to_owned()),
        }
        lines.join("\n")
    }
}

/// Takes a message of ours away.
pub(crate) fn delete(to: TelegramId, message: MessageId) -> Rendered {
    render("deleteMessage", &Delete { chat_id: to.get(), message_id: message.get() })
}

fn inline_row(row: &[Button]) -> Vec<InlineButton> {
    let button = |button: &Button| {
        let (callback_data, url) = match &button.does {
            Does::Ask(callback) => (Some(callback.encode()), None),
            Does::Open(link) => (None, Some(link.clone())),
        };
        InlineButton { text: button.text.clone(), callback_data, url }
    };
    row.iter().map(button).collect()
}

#[cfg(test)]
impl std::fmt::Display for Does {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Ask(callback) => f.write_str(&callback.encode()),
            Self::Open(link) => f.write_str(link),
        }
    }
}

#[derive(Serialize)]
struct Params {
    chat_id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_id: Option<i32>,
    text: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    entities: Vec<Entity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_markup: Option<Markup>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_parameters: Option<ReplyParameters>,
}

#[derive(Serialize)]
struct ReplyParameters {
    message_id: i32,
    allow_sending_without_reply: bool,
}

#[derive(Serialize)]
struct PhotoParams<'a> {
    chat_id: i64,
    photo: &'a str,
    caption: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    caption_entities: Vec<Entity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_markup: Option<Markup>,
}

#[derive(Serialize)]
struct Delete {
    chat_id: i64,
    message_id: i32,
}

#[derive(Serialize)]
struct Entity {
    #[serde(rename = "type")]
    kind: &'static str,
    offset: usize,
    length: usize,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Markup {
    Inline { inline_keyboard: Vec<Vec<InlineButton>> },
    Reply { keyboard: Vec<Vec<MenuButton>>, resize_keyboard: bool, is_persistent: bool },
    Remove { remove_keyboard: bool },
}

#[derive(Serialize)]
struct InlineButton {
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    callback_data: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Serialize)]
struct MenuButton {
    text: String,
}
