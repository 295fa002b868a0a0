//! Meetings: the card of somebody who fits, what becomes of it, and what was written too early.

use luvhive_core::chat::Content;
use luvhive_core::engine::event::Command;
use luvhive_core::engine::notice::{MatchCard, Standing};
use luvhive_core::id::{ChatId, MessageId};

use super::conduct;
use super::menu::Menu;
use super::notice;
use super::screen::{Button, Keyboard, Screen};
use crate::callback::Callback;
use crate::locale::Words;

/// The card of a meeting, as it stands.
pub(super) fn card(words: Words, card: &MatchCard, standing: Standing, lasts_s: u32) -> Screen {
    let meeting = card.chat;
    let press = |key: &str, command| Button::new(words.text(key), Callback::Command(command));
    let decline = press("meeting-not-now", Command::Decline(meeting));
    let (what, answers) = match standing {
        Standing::Asked => {
            let what = words.with("meeting-asked", &[("seconds", lasts_s.into())]);
            (what, Some(vec![press("meeting-chat", Command::Agree(meeting)), decline]))
        }
        Standing::Agreed => {
            let back = press("meeting-take-back", Command::TakeBack(meeting));
            (words.text("meeting-agreed"), Some(vec![back, decline]))
        }
        Standing::Opened => (words.text("meeting-opened"), None),
        Standing::Over => (words.text("meeting-over"), None),
    };
    let mut rows: Vec<_> = answers.into_iter().collect();
    rows.push(conduct::conduct_row(words, meeting));
    Screen::titled(words.text("meeting-title"), notice::who(words, card).join("\n")).with_paragraph(&what).with_buttons(rows)
}

/// It came to nothing, in the same words for any reason.
pub(super) fn failed(words: Words, is_searching: bool) -> Screen {
    if is_searching {
        Screen::plain(words.text("meeting-failed")).with(Keyboard::Menu(Menu::searching(words)))
    } else {
        Screen::plain(words.text("meeting-failed-idle")).with(Keyboard::Menu(Menu::idle(words)))
    }
}

/// The person did not answer; their search is paused.
pub(super) fn missed(words: Words) -> Screen {
    Screen::titled(words.text("meeting-missed-title"), words.text("meeting-missed-body")).with(Keyboard::Menu(Menu::idle(words)))
}

/// A message from before the chat, with the button that sends it.
pub(super) fn written_before(words: Words, chat: ChatId, message: MessageId, content: Content) -> Screen {
    let send = Callback::Command(Command::SendNow { chat, message, content });
    Screen::plain(words.text("written-before"))
        .with_buttons(vec![vec![Button::new(words.text("written-before-send"), send)]])
        .replying(message)
}

/// A command that came late, as a question.
pub(super) fn ask_again(words: Words, command: Command) -> Screen {
    let key = match command {
        Command::Next => "button-next",
        Command::Stop => "button-stop",
        Command::CancelSearch => "button-cancel-search",
        _ => "button-find",
    };
    let what = words.text(key);
    Screen::plain(words.with("ask-again", &[("what", what.clone().into())]))
        .with_buttons(vec![vec![Button::new(what, Callback::Command(command))]])
}
