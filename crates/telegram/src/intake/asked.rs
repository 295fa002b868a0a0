//! What a text or a button asks for: commands of the engine apart from what lanes answer and from plain talk.

use luvhive_core::engine::event::Command;

use crate::callback::Callback;
use crate::locale::{menu_command, slash_command};

/// The longest text that can be a button of the menu, in bytes.
const MAX_BUTTON_BYTES: usize = 128;

/// What a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// A command that the engine decides.
    Command(Command),
    /// A command, known or not, that a lane answers.
    Lane,
    /// Talk.
    Plain,
}

/// Reads a text: a slash makes a command, the text of a menu button in any language too.
pub(super) fn of_text(text: &str) -> Asked {
    let is_slash = text.starts_with('/');
    let command = match (is_slash, text.len() <= MAX_BUTTON_BYTES) {
        (true, _) => slash_command(text),
        (false, true) => menu_command(text),
        (false, false) => None,
    };
    match command {
        Some(command) => command.engine_command().map_or(Asked::Lane, Asked::Command),
        None if is_slash => Asked::Lane,
        None => Asked::Plain,
    }
}

/// Reads a button's data; `None` = a lane answers, forged and outdated data included.
pub(super) fn of_button(data: &str) -> Option<Command> {
    match Callback::parse(data) {
        Some(Callback::Command(command)) => Some(command),
        _ => None,
    }
}
