//! A message of ours: a title, a text, a keyboard; sent anew or put in the place of an older one.
//! Texts go out plain with entities, never as HTML, so nothing that a person typed needs escaping; and without previews, so
//! that no link in them opens a picture.

use frankenstein::methods::{DeleteMessageParams, EditMessageTextParams, SendMessageParams, SendPhotoParams};
use frankenstein::types::{
    InlineKeyboardButton, InlineKeyboardMarkup, KeyboardButton, LinkPreviewOptions, MessageEntity, MessageEntityType,
    ReplyKeyboardMarkup, ReplyKeyboardRemove, ReplyMarkup, ReplyParameters,
};
use luvhive_core::engine::effect::Rendered;
use luvhive_core::id::{MessageId, TelegramId};
use luvhive_core::person::Photo;

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

    fn to_inline(&self) -> InlineKeyboardButton {
        let button = InlineKeyboardButton::builder().text(&self.text);
        match &self.does {
            Does::Ask(callback) => button.callback_data(callback.encode()).build(),
            Does::Open(link) => button.url(link).build(),
        }
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
        let params = SendMessageParams::builder()
            .chat_id(to.get())
            .text(self.text())
            .maybe_entities(self.entities())
            .link_preview_options(LinkPreviewOptions::DISABLED)
            .maybe_reply_parameters(self.reply_to.map(reply_to))
            .maybe_reply_markup(self.markup())
            .build();
        render("sendMessage", &params)
    }

    /// Renders it in the place of an older message. A menu cannot be put there: it is left out.
    pub(crate) fn edit(&self, to: TelegramId, message: MessageId) -> Rendered {
        let params = EditMessageTextParams::builder()
            .chat_id(to.get())
            .message_id(message.get())
            .text(self.text())
            .maybe_entities(self.entities())
            .link_preview_options(LinkPreviewOptions::DISABLED)
            .maybe_reply_markup(self.buttons())
            .build();
        render("editMessageText", &params)
    }

    /// Renders it as a new message with a photo; the text is the caption.
    pub(crate) fn send_photo(&self, to: TelegramId, photo: &Photo) -> Rendered {
        let params = SendPhotoParams::builder()
            .chat_id(to.get())
            .photo(photo.as_str().to_owned())
            .caption(self.text())
            .maybe_caption_entities(self.entities())
            .maybe_reply_markup(self.markup())
            .build();
        render("sendPhoto", &params)
    }

    /// The title's formatting. Telegram counts UTF-16 units, of which a whole text has at most 4096.
    fn entities(&self) -> Option<Vec<MessageEntity>> {
        let length = u16::try_from(self.title.as_ref()?.encode_utf16().count()).unwrap_or(u16::MAX);
        Some(vec![MessageEntity::builder().type_field(MessageEntityType::Bold).offset(0).length(length).build()])
    }

    /// What stands below a new message.
    fn markup(&self) -> Option<ReplyMarkup> {
        match &self.keyboard {
            Keyboard::None => None,
            Keyboard::Inline(_) => self.buttons().map(ReplyMarkup::InlineKeyboardMarkup),
            Keyboard::Menu(menu) => Some(ReplyMarkup::ReplyKeyboardMarkup(in_keyboards_place(menu))),
            Keyboard::Remove => {
                Some(ReplyMarkup::ReplyKeyboardRemove(ReplyKeyboardRemove { remove_keyboard: true, selective: None }))
            }
        }
    }

    /// The buttons on the message, if it has any.
    fn buttons(&self) -> Option<InlineKeyboardMarkup> {
        let Keyboard::Inline(rows) = &self.keyboard else { return None };
        let rows = rows.iter().map(|row| row.iter().map(Button::to_inline).collect());
        Some(InlineKeyboardMarkup::builder().inline_keyboard(rows.collect()).build())
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
    render("deleteMessage", &DeleteMessageParams::builder().chat_id(to.get()).message_id(message.get()).build())
}

/// Has a message quote another one, or go without the quote where that one is gone.
pub(crate) fn reply_to(message: MessageId) -> ReplyParameters {
    ReplyParameters::builder().message_id(message.get()).allow_sending_without_reply(true).build()
}

fn in_keyboards_place(menu: &Menu) -> ReplyKeyboardMarkup {
    let row = |row: &Vec<String>| row.iter().map(|text| KeyboardButton::builder().text(text).build()).collect();
    let rows = menu.rows().iter().map(row).collect();
    ReplyKeyboardMarkup::builder().keyboard(rows).is_persistent(true).resize_keyboard(true).build()
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
