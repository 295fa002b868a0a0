//! The menu in the keyboard's place, which follows what the person is doing, and short answers around it.

use super::screen::{Keyboard, Screen};
use crate::locale::Words;

/// Rows of words; pressing one sends them as a message, see [`crate::locale::menu_command`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Menu(Vec<Vec<String>>);

impl Menu {
    /// For somebody who neither searches nor chats.
    pub(crate) fn idle(words: Words) -> Self {
        Self::of(words, &[&["button-find"], &["button-profile", "button-settings"], &["button-premium", "button-help"]])
    }

    /// For somebody who searches.
    pub(crate) fn searching(words: Words) -> Self {
        Self::of(words, &[&["button-cancel-search"], &["button-profile", "button-settings"], &["button-premium", "button-help"]])
    }

    /// For somebody in a chat.
    pub(crate) fn chatting(words: Words) -> Self {
        Self::of(words, &[&["button-next", "button-stop"], &["button-report", "button-block"]])
    }

    /// The texts by row.
    pub(crate) fn rows(&self) -> &[Vec<String>] {
        &self.0
    }

    fn of(words: Words, keys: &[&[&str]]) -> Self {
        Self(keys.iter().map(|row| row.iter().map(|key| words.text(key)).collect()).collect())
    }
}

/// The menu of somebody who is not in a chat.
pub(crate) fn idle(words: Words) -> Screen {
    Screen::titled(words.text("menu-title"), words.text("menu-body")).with(Keyboard::Menu(Menu::idle(words)))
}

/// The menu of somebody in a chat.
pub(crate) fn chatting(words: Words) -> Screen {
    Screen::plain(words.text("menu-body-chat")).with(Keyboard::Menu(Menu::chatting(words)))
}

/// What somebody hears who writes to nobody.
pub(crate) fn idle_hint(words: Words) -> Screen {
    Screen::plain(words.text("idle-hint")).with(Keyboard::Menu(Menu::idle(words)))
}

/// What somebody hears who calls the bot in a group.
pub(crate) fn private_only(words: Words) -> Screen {
    Screen::plain(words.text("private-only"))
}

/// A text as it is, without a keyboard.
pub(crate) fn sentence_of(text: String) -> Screen {
    Screen::plain(text)
}

/// One sentence, without a keyboard.
pub(crate) fn sentence(words: Words, key: &str) -> Screen {
    Screen::plain(words.text(key))
}
