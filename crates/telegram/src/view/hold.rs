//! Messages that wait for an answer: the question, and what becomes of them.

use luvhive_core::chat::Questions;
use luvhive_core::conduct::ReportReason;
use luvhive_core::engine::event::Command;
use luvhive_core::id::{ChatId, HoldId, MessageId};

use super::screen::{Button, Screen};
use crate::callback::Callback;
use crate::locale::Words;

/// Whether the partner's photos and videos may pass.
pub(super) fn ask_media(words: Words, hold: HoldId) -> Screen {
    let answer = |key: &str, is_on| press(words, key, Command::TakeMedia { hold, is_on });
    let answers = vec![answer("ask-media-yes", true), answer("ask-media-no", false)];
    Screen::plain(words.text("ask-media")).with_buttons(vec![answers])
}

/// Whether a message goes although something in it can identify its writer.
pub(super) fn ask_leak(words: Words, hold: HoldId, (message, leaks): (MessageId, Questions)) -> Screen {
    let kinds = words.list(leaks.iter().map(|leak| words.text(&format!("leak-{leak}"))));
    let answer = |key: &str, is_yes| press(words, key, Command::SendAnyway { hold, is_yes });
    let answers = vec![answer("ask-leak-yes", true), answer("ask-leak-no", false)];
    Screen::plain(words.with("ask-leak", &[("kinds", kinds.into())])).with_buttons(vec![answers]).replying(message)
}

/// Whether the writer of a message that says so is under 18.
pub(super) fn ask_age(words: Words, hold: HoldId, message: MessageId) -> Screen {
    let answer = |key: &str, is_yes| press(words, key, Command::SayAdult { hold, is_yes });
    let is_minor = Button::new(words.text("ask-age-yes"), Callback::Underage);
    let answers = vec![vec![is_minor, answer("ask-age-no", true)], vec![answer("ask-age-back", false)]];
    Screen::plain(words.text("ask-age")).with_buttons(answers).replying(message)
}

/// Whether a partner who says that they are not under 18 seems so.
pub(super) fn ask_seems_minor(words: Words, chat: ChatId) -> Screen {
    let report = Callback::Report { chat, message: None, reason: ReportReason::Minor };
    let answers = [("ask-seems-minor-report", report), ("ask-seems-minor-no", Callback::Dismiss)];
    let answers = answers.map(|(key, callback)| Button::new(words.text(key), callback)).to_vec();
    Screen::plain(words.text("ask-seems-minor")).with_buttons(vec![answers])
}

/// Whether they pass now, with the way back.
pub(super) fn media(words: Words, chat: ChatId, is_on: bool) -> Screen {
    let (text, turn) = if is_on { ("media-on", "media-turn-off") } else { ("media-off", "media-turn-on") };
    let button = press(words, turn, Command::TurnMedia { chat, is_on: !is_on });
    Screen::plain(words.text(text)).with_buttons(vec![vec![button]])
}

/// Says something below a message of theirs.
pub(super) fn below(words: Words, message: MessageId, key: &str) -> Screen {
    Screen::plain(words.text(key)).replying(message)
}

fn press(words: Words, key: &str, command: Command) -> Button {
    Button::new(words.text(key), Callback::Command(command))
}
