//! Commands to the engine as rows: versioned JSON, so that a newer program can read what an older one left.

use luvhive_core::engine::EngineCommand;
use luvhive_core::engine::event::EndCause;
use luvhive_core::id::{ChatId, PersonId};
use luvhive_core::ports::StoreError;
use luvhive_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::codes::{corrupt, read, storable};

/// The form written today.
pub(crate) const VERSION: i16 = 1;

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum CommandRow {
    Separate { by: i64, other: i64, cause: String },
    Leave { person: i64 },
    Sanction { person: i64, until_us: Option<i64>, reason: String },
    Rated { person: i64, is_good: bool, chat: i64 },
}

/// Writes a command as JSON.
pub(crate) fn write(command: &EngineCommand) -> Result<String, StoreError> {
    let row = match command {
        EngineCommand::Separate { by, other, cause } => {
            CommandRow::Separate { by: by.get(), other: other.get(), cause: cause.code().to_owned() }
        }
        EngineCommand::Leave { person } => CommandRow::Leave { person: person.get() },
        EngineCommand::Sanction { person, until, reason } => CommandRow::Sanction {
            person: person.get(),
            until_us: until.map(Timestamp::as_micros),
            reason: storable(reason).into_owned(),
        },
        EngineCommand::Rated { person, is_good, chat } => {
            CommandRow::Rated { person: person.get(), is_good: *is_good, chat: chat.get() }
        }
    };
    serde_json::to_string(&row).map_err(|_impossible| corrupt("command"))
}

/// Reads a command.
///
/// # Errors
/// [`StoreError::Corrupt`] for a form or kind that this program does not know.
pub(crate) fn parse(version: i16, body: &str) -> Result<EngineCommand, StoreError> {
    if version != VERSION {
        return Err(corrupt("command"));
    }
    let row: CommandRow = serde_json::from_str(body).map_err(|_unreadable| corrupt("command"))?;
    Ok(match row {
        CommandRow::Separate { by, other, cause } => EngineCommand::Separate {
            by: PersonId::new(by),
            other: PersonId::new(other),
            cause: read(EndCause::from_code(&cause), "command")?,
        },
        CommandRow::Leave { person } => EngineCommand::Leave { person: PersonId::new(person) },
        CommandRow::Sanction { person, until_us, reason } => {
            EngineCommand::Sanction { person: PersonId::new(person), until: until_us.map(Timestamp::from_micros), reason }
        }
        CommandRow::Rated { person, is_good, chat } => {
            EngineCommand::Rated { person: PersonId::new(person), is_good, chat: ChatId::new(chat) }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_comes_back() {
        let person = PersonId::new(7);
        for command in [
            EngineCommand::Separate { by: person, other: PersonId::new(8), cause: EndCause::Report },
            EngineCommand::Leave { person },
            EngineCommand::Sanction { person, until: Some(Timestamp::MAX), reason: "spam \"x\"".to_owned() },
            EngineCommand::Sanction { person, until: None, reason: String::new() },
            EngineCommand::Rated { person, is_good: true, chat: ChatId::new(9) },
        ] {
            assert_eq!(parse(VERSION, &write(&command).unwrap()).unwrap(), command);
        }
    }

    #[test]
    fn unknown_forms_are_corrupt_not_a_panic() {
        assert!(matches!(parse(VERSION + 1, r#"{"kind":"leave","person":1}"#), Err(StoreError::Corrupt { .. })));
        assert!(matches!(parse(VERSION, r#"{"kind":"dance","person":1}"#), Err(StoreError::Corrupt { .. })));
        assert!(matches!(parse(VERSION, "{"), Err(StoreError::Corrupt { .. })));
    }
}
