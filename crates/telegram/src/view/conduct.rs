//! Rating, blocking and reporting the partner of a chat.

use luvhive_core::conduct::ReportReason;
use luvhive_core::engine::event::Command;
use luvhive_core::id::{ChatId, MessageId};

use super::friend;
use super::menu::Menu;
use super::screen::{Button, Keyboard, Screen, rows};
use crate::callback::Callback;
use crate::locale::Words;

/// The buttons below an ended chat; without a word of the partner's there is nothing to rate.
pub(super) fn rating_rows(words: Words, chat: ChatId, can_rate: bool) -> Vec<Vec<Button>> {
    let rate = |key: &str, is_good| Button::new(words.text(key), Callback::Rate { chat, is_good });
    let mut rows = Vec::new();
    if can_rate {
        rows.push(vec![rate("rate-good", true), rate("rate-bad", false)]);
    }
    rows.push(vec![friend::ask_button(words, chat)]);
    rows.push(conduct_row(words, chat));
    rows
}

pub(super) fn conduct_row(words: Words, chat: ChatId) -> Vec<Button> {
    vec![
        Button::new(words.text("button-report"), Callback::AskReport { chat, message: None }),
        Button::new(words.text("button-block"), Callback::AskBlock { chat }),
    ]
}

/// What can be done about the partner of a chat, once rated or when a question was closed.
pub(crate) fn card(words: Words, chat: ChatId) -> Screen {
    Screen::titled(words.text("ended-title"), words.text("ended-ask")).with_buttons(rating_rows(words, chat, true))
}

/// Thanks for a rating; reporting and blocking stay possible, and so does going on for somebody who is in no chat.
pub(crate) fn rated(words: Words, chat: ChatId, is_good: bool, is_free: bool) -> Screen {
    let (title, body) = if is_good { ("rated-good-title", "rated-good-body") } else { ("rated-bad-title", "rated-bad-body") };
    let find = Button::new(words.text("button-find"), Callback::Command(Command::Find));
    let mut rows = vec![vec![friend::ask_button(words, chat)], conduct_row(words, chat)];
    rows.extend(is_free.then(|| vec![find]));
    Screen::titled(words.text(title), words.text(body)).with_buttons(rows)
}

/// Asks whether to block. `back` is what "no" leads to.
pub(crate) fn ask_block(words: Words, chat: ChatId, back: Callback) -> Screen {
    Screen::titled(words.text("block-title"), words.text("block-body")).with_buttons(vec![
        vec![Button::new(words.text("block-yes"), Callback::Block { chat })],
        vec![Button::new(words.text("block-no"), back)],
    ])
}

/// Confirms a block.
pub(crate) fn blocked(words: Words, chat: ChatId) -> Screen {
    let report = Button::new(words.text("button-report"), Callback::AskReport { chat, message: None });
    Screen::titled(words.text("blocked-title"), words.text("blocked-body")).with_buttons(vec![vec![report]])
}

/// Asks what a report is about. `back` is what going back leads to.
pub(crate) fn ask_report(words: Words, chat: ChatId, message: Option<MessageId>, back: Callback) -> Screen {
    let reason = |&reason: &ReportReason| Button::new(words.reason(reason), Callback::Report { chat, message, reason });
    let mut buttons = rows(ReportReason::ALL.iter().map(reason), 1);
    buttons.push(vec![Button::new(words.text("button-back"), back)]);
    let screen = match message {
        Some(_) => Screen::titled(words.text("report-title"), words.text("report-body-message")),
        None => Screen::titled(words.text("report-title"), words.text("report-body-chat"))
            .with_paragraph(&words.text("report-one-hint")),
    };
    screen.with_buttons(buttons)
}

/// Confirms a report, in the words of this key.
pub(crate) fn reported(words: Words, key: &str) -> Screen {
    Screen::titled(words.text("report-done-title"), words.text(key))
}

/// Confirms a report, and asks to say in other words what it is about.
pub(crate) fn ask_report_words(words: Words) -> Screen {
    reported(words, "report-words-ask")
}

/// Says that there is no chat to report or nobody to block, by the key of the reason.
pub(crate) fn no_chat(words: Words, key: &str) -> Screen {
    Screen::plain(words.text(key)).with(Keyboard::Menu(Menu::idle(words)))
}
