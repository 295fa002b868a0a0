//! What the staff read of a report: the messages that it froze, what stood in them before they were changed, and what the
//! reporter said in their own words.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Bytea, Nullable, SmallInt, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use luvhive_core::case::{Exhibit, Former, Queue};
use luvhive_core::chat::ChatText;
use luvhive_core::conduct::ReportWords;

use crate::codes::{child_safety, sent};
use crate::moment::Moment;
use crate::schema::{report_messages, reports};
use crate::vault::{FORMER_WORDS, REPORT_WORDS, Vault};

/// A message as it was frozen: whether the reported person wrote it, its id on the reporter's side, kind and time.
type FrozenRow = (i16, Option<bool>, Option<i32>, Option<String>, Option<Moment>);

#[derive(QueryableByName)]
struct FormerRow {
    #[diesel(sql_type = SmallInt)]
    place: i16,
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Nullable<Bytea>)]
    words_sealed: Option<Vec<u8>>,
    #[diesel(sql_type = Bool)]
    is_for_child_safety: bool,
}

impl FormerRow {
    fn former(&self, bot: i64, queue: Queue, vault: &Vault) -> Former {
        if self.is_for_child_safety && queue != Queue::ChildSafety {
            return Former::ForChildSafety;
        }
        let words = self.words_sealed.as_deref().and_then(|sealed| vault.open(&FORMER_WORDS, (bot, self.id), sealed));
        words.map_or(Former::Unknown, |words| Former::Words(ChatText::new(words)))
    }
}

/// Lists what was frozen with a report of a case in this queue; the ids of the messages are never shown.
pub(super) async fn list(
    conn: &mut AsyncPgConnection,
    (bot, report): (i64, i64),
    queue: Queue,
    vault: &Vault,
) -> QueryResult<Vec<Exhibit>> {
    let meant: Option<Option<i32>> =
        reports::table.find((bot, report)).select(reports::message_id).first(conn).await.optional()?;
    let rows: Vec<FrozenRow> = report_messages::table
        .filter(report_messages::bot_id.eq(bot).and(report_messages::report_id.eq(report)))
        .order(report_messages::place)
        .select((
            report_messages::place,
            report_messages::is_by_reported,
            report_messages::reporter_message_id,
            report_messages::content,
            report_messages::written_at,
        ))
        .load(conn)
        .await?;
    let former: Vec<FormerRow> = diesel::sql_query(include_str!("../../sql/list_former_words.sql"))
        .bind::<BigInt, _>(bot)
        .bind::<BigInt, _>(report)
        .bind::<Array<Text>, _>(child_safety())
        .load(conn)
        .await?;
    let exhibit = |(place, is_by_reported, id, content, written_at): FrozenRow| Exhibit {
        is_by_reported,
        is_meant: id.is_some() && meant.flatten() == id,
        sent: sent(content.as_deref(), written_at),
        former: former.iter().filter(|row| row.place == place).map(|row| row.former(bot, queue, vault)).collect(),
    };
    Ok(rows.into_iter().map(exhibit).collect())
}

/// Reads what a reporter said in their own words.
pub(super) async fn words(
    conn: &mut AsyncPgConnection,
    (bot, report): (i64, i64),
    vault: &Vault,
) -> QueryResult<Option<ChatText>> {
    let sealed: Option<Vec<u8>> = reports::table.find((bot, report)).select(reports::words_sealed).first(conn).await?;
    let words = sealed.and_then(|sealed| vault.open(&REPORT_WORDS, (bot, report), &sealed));
    Ok(words.map(ChatText::new))
}

/// Puts what a reporter says in their own words to their open report about a chat; once. Without a key nothing is kept.
pub(crate) async fn put_words(
    conn: &mut AsyncPgConnection,
    bot: i64,
    ReportWords { chat, reporter, words }: &ReportWords,
    vault: &Vault,
) -> QueryResult<()> {
    let open = reports::table
        .filter(reports::bot_id.eq(bot).and(reports::chat_id.eq(chat.get())).and(reports::reporter_id.eq(reporter.get())))
        .filter(reports::closed_at.is_null().and(reports::words_sealed.is_null()));
    let report: Option<i64> = open.select(reports::id).first(conn).await.optional()?;
    let Some(report) = report else { return Ok(()) };
    let kept = vault.put(&REPORT_WORDS, (bot, report), Some(words.as_str()));
    diesel::update(reports::table.find((bot, report))).set(reports::words_sealed.eq(kept.sealed)).execute(conn).await.map(drop)
}
