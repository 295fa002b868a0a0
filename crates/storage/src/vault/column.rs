//! The columns that hold encrypted texts: one row a column, from which their statements are made.

use super::Row;

/// A column with a text, beside it the column `<text>_sealed` with the same encrypted.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub(super) table: &'static str,
    /// The column that holds it in clear.
    pub(super) text: &'static str,
    /// The column that is, with the bot, a key of the table.
    pub(super) row: &'static str,
    /// What stands in the clear column once the text is encrypted.
    pub(super) emptied: &'static str,
}

/// What a person writes about themselves.
pub(crate) const BIO: Column = Column { table: "people", text: "bio", row: "telegram_id", emptied: "NULL" };
/// Where they live.
pub(crate) const CITY: Column = Column { table: "people", text: "city", row: "telegram_id", emptied: "NULL" };
/// What somebody has answered so far.
pub(crate) const DIALOG: Column = Column { table: "dialogs", text: "state", row: "telegram_id", emptied: "''" };
/// An update that waits for its turn.
pub(crate) const UPDATE: Column = Column { table: "inbox", text: "payload", row: "id", emptied: "''" };
/// What a lane asks of the engine, an edited message among others.
pub(crate) const COMMAND: Column = Column { table: "commands", text: "body", row: "id", emptied: "''" };
/// A call of ours that waits to be sent.
pub(crate) const CALL: Column = Column { table: "outbox", text: "body", row: "id", emptied: "''" };

/// Every column, in the order in which portions are taken.
pub(super) const ALL: [&Column; 6] = [&BIO, &CITY, &DIALOG, &UPDATE, &COMMAND, &CALL];

impl Column {
    /// Names table, column and row, as they are bound to an encrypted text.
    pub(super) fn bind(&self, (bot, row): Row) -> Vec<u8> {
        let mut place = Vec::with_capacity(64);
        for part in [self.table.as_bytes(), b".", self.text.as_bytes(), b"\0", &bot.to_be_bytes(), &row.to_be_bytes()] {
            place.extend_from_slice(part);
        }
        place
    }

    /// Puts its names into a statement.
    pub(super) fn fill(&self, statement: &str) -> String {
        let Self { table, text, row, emptied } = self;
        [("{table}", table), ("{text}", text), ("{row}", row), ("{emptied}", emptied)]
            .into_iter()
            .fold(statement.to_owned(), |filled, (gap, name)| filled.replace(gap, name))
    }
}
