//! Chats and message pairs: their rows, and the store that reads them.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use luvhive_core::conduct::SubjectHash;
use luvhive_core::id::{ChatId, MessageId, PersonId, TelegramId};
use luvhive_core::ports::StoreError;
use luvhive_core::ports::chats::{ChatRecord, ChatStore, MessagePair, Occupant};
use luvhive_core::time::Timestamp;

use crate::error::of_run;
use crate::moment::Moment;
use crate::schema::{blocks, chat_leavers, chats, message_map};
use crate::store::PgStore;

/// The most pairs one call lists.
const MAX_PAIRS: u16 = 100;

#[derive(Queryable, Selectable)]
#[diesel(table_name = chats, check_for_backend(diesel::pg::Pg))]
struct ChatRow {
    id: i64,
    first_person_id: Option<i64>,
    second_person_id: Option<i64>,
    started_at: Moment,
    is_meeting: bool,
    ended_at: Option<Moment>,
}

impl ChatRow {
    fn into_record(self, leavers: &[(i16, Vec<u8>)]) -> ChatRecord {
        let left = |side: i16| {
            let hash = leavers.iter().find(|(of, _)| *of == side).and_then(|(_, hash)| hash.as_slice().try_into().ok());
            Occupant::Left(hash.map(SubjectHash::new))
        };
        let occupant = |side, person: Option<i64>| person.map_or_else(|| left(side), |id| Occupant::Here(PersonId::new(id)));
        ChatRecord {
            chat: ChatId::new(self.id),
            people: [occupant(0, self.first_person_id), occupant(1, self.second_person_id)],
            started_at: self.started_at.into(),
            is_meeting: self.is_meeting,
            ended_at: self.ended_at.map(Timestamp::from),
        }
    }
}

/// Adds who left, if somebody did.
async fn into_record(conn: &mut AsyncPgConnection, bot: i64, row: Option<ChatRow>) -> QueryResult<Option<ChatRecord>> {
    let Some(row) = row else { return Ok(None) };
    if row.first_person_id.is_some() && row.second_person_id.is_some() {
        return Ok(Some(row.into_record(&[])));
    }
    let leavers = chat_leavers::table
        .filter(chat_leavers::bot_id.eq(bot).and(chat_leavers::chat_id.eq(row.id)))
        .order(chat_leavers::side)
        .select((chat_leavers::side, chat_leavers::subject_hash))
        .load(conn)
        .await?;
    Ok(Some(row.into_record(&leavers)))
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = message_map, check_for_backend(diesel::pg::Pg))]
#[expect(clippy::struct_field_names, reason = "they are the names of the columns")]
struct PairRow {
    chat_id: i64,
    from_telegram_id: i64,
    source_id: i32,
    to_telegram_id: i64,
    copy_id: i32,
}

impl From<PairRow> for MessagePair {
    fn from(row: PairRow) -> Self {
        Self {
            chat: ChatId::new(row.chat_id),
            from: TelegramId::new(row.from_telegram_id),
            source: MessageId::new(row.source_id),
            to: TelegramId::new(row.to_telegram_id),
            copy: MessageId::new(row.copy_id),
        }
    }
}

async fn find_chat(conn: &mut AsyncPgConnection, bot: i64, chat: i64) -> QueryResult<Option<ChatRecord>> {
    let row = chats::table.find((bot, chat)).select(ChatRow::as_select()).first(conn).await.optional()?;
    into_record(conn, bot, row).await
}

/// Numbers of chats grow, so the last chat is the one with the highest number, whether or not the other one is still there;
/// each side is one step into its index.
async fn find_last_chat(conn: &mut AsyncPgConnection, bot: i64, person: i64) -> QueryResult<Option<ChatRecord>> {
    let of_bot = chats::table.filter(chats::bot_id.eq(bot).and(chats::is_meeting.eq(false)));
    let last = of_bot.select(ChatRow::as_select()).order(chats::id.desc()).limit(1);
    let first = last.filter(chats::first_person_id.eq(person)).first(conn).await.optional()?;
    let second = last.filter(chats::second_person_id.eq(person)).first(conn).await.optional()?;
    let last = [first, second].into_iter().flatten().max_by_key(|row: &ChatRow| row.id);
    into_record(conn, bot, last).await
}

/// A message id is unique in its private chat, so at most one row fits, but for a copy that was made twice.
async fn find_pair(conn: &mut AsyncPgConnection, bot: i64, telegram: i64, message: i32) -> QueryResult<Option<PairRow>> {
    let pairs = message_map::table
        .filter(message_map::bot_id.eq(bot))
        .select(PairRow::as_select())
        .order((message_map::chat_id.desc(), message_map::id.desc()))
        .limit(1);
    let sent = pairs
        .filter(message_map::from_telegram_id.eq(telegram).and(message_map::source_id.eq(message)))
        .first(conn)
        .await
        .optional()?;
    if sent.is_some() {
        return Ok(sent);
    }
    pairs.filter(message_map::to_telegram_id.eq(telegram).and(message_map::copy_id.eq(message))).first(conn).await.optional()
}

async fn list_last_pairs(conn: &mut AsyncPgConnection, bot: i64, chat: i64, limit: i64) -> QueryResult<Vec<PairRow>> {
    message_map::table
        .filter(message_map::bot_id.eq(bot).and(message_map::chat_id.eq(chat)))
        .order(message_map::id.desc())
        .limit(limit)
        .select(PairRow::as_select())
        .load(conn)
        .await
}

async fn has_block(conn: &mut AsyncPgConnection, bot: i64, one: i64, other: i64) -> QueryResult<bool> {
    let either = diesel::dsl::exists(blocks::table.find((bot, one, other)));
    let way = diesel::dsl::exists(blocks::table.find((bot, other, one)));
    diesel::select(either.or(way)).get_result(conn).await
}

#[async_trait::async_trait]
impl ChatStore for PgStore {
    async fn find_chat(&self, chat: ChatId) -> Result<Option<ChatRecord>, StoreError> {
        let (bot, chat) = (self.bot.get(), chat.get());
        self.pool.run(async move |conn: &mut AsyncPgConnection| find_chat(conn, bot, chat).await).await.map_err(of_run)
    }

    async fn find_last_chat(&self, person: PersonId) -> Result<Option<ChatRecord>, StoreError> {
        let (bot, person) = (self.bot.get(), person.get());
        self.pool.run(async move |conn: &mut AsyncPgConnection| find_last_chat(conn, bot, person).await).await.map_err(of_run)
    }

    async fn find_pair(&self, telegram: TelegramId, message: MessageId) -> Result<Option<MessagePair>, StoreError> {
        let (bot, telegram, message) = (self.bot.get(), telegram.get(), message.get());
        let row = self
            .pool
            .run(async move |conn: &mut AsyncPgConnection| find_pair(conn, bot, telegram, message).await)
            .await
            .map_err(of_run)?;
        Ok(row.map(MessagePair::from))
    }

    async fn has_block(&self, one: PersonId, other: PersonId) -> Result<bool, StoreError> {
        let (bot, one, other) = (self.bot.get(), one.get(), other.get());
        self.pool.run(async move |conn: &mut AsyncPgConnection| has_block(conn, bot, one, other).await).await.map_err(of_run)
    }

    async fn list_last_pairs(&self, chat: ChatId, limit: u16) -> Result<Vec<MessagePair>, StoreError> {
        let (bot, chat, limit) = (self.bot.get(), chat.get(), i64::from(limit.clamp(1, MAX_PAIRS)));
        let rows = self
            .pool
            .run(async move |conn: &mut AsyncPgConnection| list_last_pairs(conn, bot, chat, limit).await)
            .await
            .map_err(of_run)?;
        Ok(rows.into_iter().rev().map(MessagePair::from).collect())
    }
}
