//! What a text or a button asks for: commands of the engine apart from what lanes answer and from plain talk.

use luvhive_core::engine::event::Command;

use crate::callback::Callback;
use crate::locale::{MenuCommand, menu_command, slash_command};

/// The longest text that can be a button of the menu, in bytes.
const MAX_BUTTON_BYTES: usize = 128;

/// What a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// A command that the engine decides.
    Command(Command),
    /// A command that a lane answers.
    Lane,
    /// A command that a lane answers and nothing may keep out: report, block, leave.
    Safety,
    /// Talk.
    Plain,
}

/// Reads a text that a person typed or pressed: a command has a slash in front, a button of the menu is known by its text
/// in any language. Slash text that is no command of ours is talk.
pub(super) fn of_text(text: &str, own: &str) -> Asked {
    let is_slash = text.starts_with('/');
    let command = match (is_slash, text.len() <= MAX_BUTTON_BYTES) {
        (true, _) => slash_command(text, own),
        (false, true) => menu_command(text),
        (false, false) => None,
    };
    match command {
        Some(MenuCommand::Report | MenuCommand::Block | MenuCommand::DeleteMe) => Asked::Safety,
        Some(command) => command.engine_command().map_or(Asked::Lane, Asked::Command),
        None => Asked::Plain,
    }
}

/// Reads a button's data; a lane answers forged and outdated data too.
pub(super) fn of_button(data: &str) -> Asked {
    match Callback::parse(data) {
        Some(Callback::Command(command)) => Asked::Command(command),
        Some(
            Callback::AskBlock { .. }
            | Callback::Block { .. }
            | Callback::AskReport { .. }
            | Callback::Report { .. }
            | Callback::Delete { .. },
        ) => Asked::Safety,
        _ => Asked::Lane,
    }
}
