//! Messages that wait for an answer, as columns of the one statement and as rows.

use diesel::prelude::*;
use luvhive_core::chat::{Content, Hold};
use luvhive_core::id::{AlbumId, ChatId, HoldId, MessageId, PersonId};
use luvhive_core::ports::StoreError;

use crate::codes::{corrupt, of_questions, questions, read};
use crate::moment::Moment;
use crate::schema::holds;

/// What a batch does to messages that wait, column by column.
#[derive(Default)]
pub(super) struct HoldColumns {
    pub(super) over: Vec<i64>,
    pub(super) id: Vec<i64>,
    pub(super) chat: Vec<i64>,
    pub(super) writer: Vec<i64>,
    pub(super) messages: Vec<String>,
    pub(super) album: Vec<Option<i64>>,
    pub(super) content: Vec<&'static str>,
    pub(super) reply_to: Vec<Option<i32>>,
    pub(super) questions: Vec<String>,
    pub(super) has_copy: Vec<bool>,
    pub(super) expires_at: Vec<Moment>,
}

impl HoldColumns {
    /// Turns them on their side.
    pub(super) fn new(changes: &[(HoldId, Option<Hold>)]) -> Self {
        let mut columns = Self::default();
        for (id, hold) in changes {
            match hold {
                Some(hold) => columns.push(hold),
                None => columns.over.push(id.get()),
            }
        }
        columns
    }

    fn push(&mut self, hold: &Hold) {
        self.id.push(hold.id.get());
        self.chat.push(hold.chat.get());
        self.writer.push(hold.writer.get());
        self.messages.push(hold.messages.iter().map(MessageId::to_string).collect::<Vec<_>>().join(","));
        self.album.push(hold.album.map(AlbumId::get));
        self.content.push(hold.content.code());
        self.reply_to.push(hold.reply_to.map(MessageId::get));
        self.questions.push(of_questions(hold.questions));
        self.has_copy.push(hold.has_copy);
        self.expires_at.push(Moment(hold.expires_at));
    }
}

/// A row.
#[derive(Queryable, Selectable)]
#[diesel(table_name = holds, check_for_backend(diesel::pg::Pg))]
pub(super) struct HoldRow {
    pub(super) id: i64,
    chat_id: i64,
    writer_id: i64,
    message_ids: Vec<i32>,
    album: Option<i64>,
    content: String,
    reply_to_id: Option<i32>,
    questions: Vec<String>,
    expires_at: Moment,
    has_copy: bool,
}

impl TryFrom<HoldRow> for Hold {
    type Error = StoreError;

    fn try_from(row: HoldRow) -> Result<Self, StoreError> {
        let questions = questions(&row.questions);
        // One that a newer program asked cannot be answered here.
        if questions.len() != u32::try_from(row.questions.len()).unwrap_or(u32::MAX) {
            return Err(corrupt("hold"));
        }
        Ok(Self {
            id: HoldId::new(row.id),
            chat: ChatId::new(row.chat_id),
            writer: PersonId::new(row.writer_id),
            messages: row.message_ids.into_iter().map(MessageId::new).collect(),
            album: row.album.map(AlbumId::new),
            content: read(Content::from_code(&row.content), "hold")?,
            reply_to: row.reply_to_id.map(MessageId::new),
            questions,
            has_copy: row.has_copy,
            expires_at: row.expires_at.into(),
        })
    }
}
