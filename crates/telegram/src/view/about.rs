//! Help, the documents, and leaving.

use std::time::Duration;

use frankenstein::input_file::FileUpload;
use frankenstein::methods::SendDocumentParams;
use luvhive_core::engine::effect::Rendered;
use luvhive_core::id::TelegramId;
use luvhive_core::time::Timestamp;

use super::premium;
use super::screen::{Button, Keyboard, Screen};
use crate::callback::Callback;
use crate::locale::{Words, typed};
use crate::rendered::{File, render_with};

/// How LuvHive works.
pub(crate) fn help(words: Words) -> Screen {
    Screen::titled(words.text("help-title"), words.text("help-body"))
}

/// The privacy notice, with those who answer for the bot as far as they are named: controller, support, child safety.
pub(crate) fn privacy(words: Words, [controller, support, safety]: [&str; 3]) -> Screen {
    let named = [("privacy-controller", controller), ("privacy-contact", support), ("privacy-safety", safety)];
    let named = named.into_iter().filter(|(_, who)| !who.is_empty());
    let lines: Vec<String> = named.map(|(key, who)| words.with(key, &[("who", typed(who).into())])).collect();
    let screen = Screen::titled(words.text("privacy-title"), words.text("privacy-body"));
    if lines.is_empty() { screen } else { screen.with_paragraph(&lines.join("\n")) }
}

/// The terms.
pub(crate) fn terms(words: Words, refund_days: u16) -> Screen {
    Screen::titled(words.text("terms-title"), premium::window(words, "terms-body", refund_days))
}

/// Says that nobody can register yet.
pub(crate) fn closed(words: Words) -> Screen {
    Screen::titled(words.text("closed-title"), words.text("closed-body"))
}

/// Asks whether the account shall be deleted.
pub(crate) fn ask_delete(words: Words, now: Timestamp, grace: Duration) -> Screen {
    let asked_at_s = seconds(now);
    let body = words.with("delete-body", &[("hours", hours(grace).into())]);
    Screen::titled(words.text("delete-title"), body).with_buttons(vec![
        vec![Button::new(words.text("delete-yes"), Callback::Delete { asked_at_s })],
        vec![Button::new(words.text("delete-no"), Callback::Dismiss)],
    ])
}

/// The file of everything that is stored about somebody, and when they can have it again.
pub(crate) fn data(words: Words, to: TelegramId, data: &str, next: Timestamp) -> Rendered {
    let params = SendDocumentParams::builder()
        .chat_id(to.get())
        .document(FileUpload::String("attach://file".to_owned()))
        .caption(words.with("data-caption", &[("next", words.moment(next).into())]))
        .build();
    render_with("sendDocument", &params, File { name: "luvhive-my-data.json".into(), text: data.into() })
}

/// Says when somebody can have the file of their data again.
pub(crate) fn data_later(words: Words, next: Timestamp) -> Screen {
    Screen::plain(words.with("data-later", &[("next", words.moment(next).into())]))
}

/// Says when an account will be deleted that can still be kept.
pub(crate) fn leaving(words: Words, at: Timestamp) -> Screen {
    Screen::titled(words.text("leaving-title"), words.with("leaving-body", &[("at", words.moment(at).into())]))
        .with_buttons(vec![vec![Button::new(words.text("leaving-keep"), Callback::Keep)]])
}

/// The last message to somebody who left.
pub(crate) fn goodbye(words: Words) -> Screen {
    Screen::titled(words.text("deleted-title"), words.text("deleted-body")).with(Keyboard::Remove)
}

fn hours(duration: Duration) -> u32 {
    u32::try_from(duration.as_secs() / 3_600).unwrap_or(u32::MAX)
}

/// Whole seconds since 1970, as a deletion's question carries them.
pub(crate) fn seconds(now: Timestamp) -> u32 {
    u32::try_from(now.as_micros() / 1_000_000).unwrap_or(u32::MAX)
}
