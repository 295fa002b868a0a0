//! The columns that hold encrypted texts: one row a column, from which their statements are made.

use super::Row;

/// A text, encrypted in the column `<text>_sealed`, and as a rule a column beside it that held it in clear.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub(super) table: &'static str,
    /// Its name, which is that of the column that holds it in clear.
    pub(super) text: &'static str,
    /// The column that is, with the bot, a key of the table.
    pub(super) row: &'static str,
    /// What stands in the clear column once the text is encrypted; `None` = there is no such column.
    pub(super) emptied: Option<&'static str>,
}

/// What a person writes about themselves.
pub(crate) const BIO: Column = Column { table: "people", text: "bio", row: "telegram_id", emptied: Some("NULL") };
/// Where they live.
pub(crate) const CITY: Column = Column { table: "people", text: "city", row: "telegram_id", emptied: Some("NULL") };
/// What somebody has answered so far.
pub(crate) const DIALOG: Column = Column { table: "dialogs", text: "state", row: "telegram_id", emptied: Some("''") };
/// An update that waits for its turn.
pub(crate) const UPDATE: Column = Column { table: "inbox", text: "payload", row: "id", emptied: Some("''") };
/// What a lane asks of the engine, an edited message among others.
pub(crate) const COMMAND: Column = Column { table: "commands", text: "body", row: "id", emptied: Some("''") };
/// A call of ours that waits to be sent.
pub(crate) const CALL: Column = Column { table: "outbox", text: "body", row: "id", emptied: Some("''") };

/// What stood in a message before it was changed.
pub(crate) const FORMER_WORDS: Column = Column { table: "former_words", text: "words", row: "id", emptied: None };

/// What a reporter says in their own words.
pub(crate) const REPORT_WORDS: Column = Column { table: "reports", text: "words", row: "id", emptied: None };

/// What somebody says against a decision.
pub(crate) const APPEAL: Column = Column { table: "appeals", text: "words", row: "sanction_id", emptied: None };

/// Every column, in the order in which portions are taken.
pub(super) const ALL: [&Column; 9] = [&BIO, &CITY, &DIALOG, &UPDATE, &COMMAND, &CALL, &FORMER_WORDS, &REPORT_WORDS, &APPEAL];

impl Column {
    /// The column by whose number a row is bound to its text.
    pub(crate) const fn row_name(&self) -> &'static str {
        self.row
    }

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
        let (clear, emptying) = match emptied {
            Some(emptied) => ((*text).to_owned(), format!("{text} = {emptied}, ")),
            None => ("NULL::text".to_owned(), String::new()),
        };
        [("{table}", *table), ("{text}", *text), ("{row}", *row), ("{clear}", &clear), ("{emptying}", &emptying)]
            .into_iter()
            .fold(statement.to_owned(), |filled, (gap, name)| filled.replace(gap, name))
    }
}
