//! Cleaning up what has had its time: message pairs, who left after a chat, webhook ids, updates set aside, refusals of
//! minors, invitations, accounts that were left long ago. Small batches, for a job.

use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Timestamptz};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use luvhive_core::ports::StoreError;
use luvhive_core::time::Timestamp;

use super::PgJournal;
use crate::error::of_run;
use crate::former;
use crate::moment::Moment;
use crate::schema::{chat_leavers, chats, message_map};

/// How long pairs are kept after the end of their chat, and webhook ids after they came.
const KEPT: Duration = Duration::from_hours(48);
/// How long an update that was set aside is remembered.
const DEAD_KEPT: Duration = Duration::from_hours(24 * 30);
/// How long accounts that were left, and their blocks, are known; the same days stand in `clean_former_accounts.sql`.
const FORMER_KEPT: Duration = Duration::from_hours(24 * 730);
/// How long invitations may be left when their time is over: the engine tells their people and removes them.
const INVITATIONS_KEPT: Duration = Duration::from_hours(1);
/// How many chats, or rows, one transaction clears.
const STEP: i64 = 200;

/// What a clean-up removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cleaned {
    /// Chats whose message pairs went.
    pub chats: u64,
    /// Message pairs.
    pub pairs: u64,
    /// Webhook ids.
    pub seen: u64,
    /// Updates set aside.
    pub dead: u64,
    /// Refusals of minors.
    pub refusals: u64,
    /// Accounts that were left 24 months before and are not suspended any more, and blocks as old.
    pub former: u64,
    /// Invitations whose time is over.
    pub invitations: u64,
}

impl PgJournal {
    /// Removes message pairs of chats that ended 48 hours before `now`, and with them who left after these chats, webhook
    /// ids as old, updates set aside 30 days before, refusals of minors that are 24 months old and whose 18th birthday by the
    /// typed date is past, accounts that were left 24 months before, and invitations whose time was over an hour before. Runs
    /// in small transactions beside the bot; safe to repeat and to break off.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn clean(&self, now: Timestamp) -> Result<Cleaned, StoreError> {
        let bot = self.bot.get();
        let mut cleaned = Cleaned::default();
        loop {
            let before = Moment(now.minus(KEPT));
            let (chats, pairs) = self
                .pool
                .run(async move |conn: &mut AsyncPgConnection| clear_at_once(conn, bot, before).await)
                .await
                .map_err(of_run)?;
            cleaned.chats += chats;
            cleaned.pairs += pairs;
            if chats == 0 {
                break;
            }
        }
        cleaned.seen = self.clear(include_str!("../../sql/clean_seen.sql"), Moment(now.minus(KEPT))).await?;
        cleaned.dead = self.clear(include_str!("../../sql/clean_dead.sql"), Moment(now.minus(DEAD_KEPT))).await?;
        cleaned.refusals = self.clear(include_str!("../../sql/clean_refusals.sql"), Moment(now)).await?;
        let bot = self.bot.get();
        let adopt = async move |conn: &mut AsyncPgConnection| former::adopt_all(conn, bot, Moment(now)).await;
        self.pool.run(adopt).await.map_err(of_run)?;
        for sql in [include_str!("../../sql/clean_former_accounts.sql"), include_str!("../../sql/clean_former_blocks.sql")] {
            cleaned.former += self.clear(sql, Moment(now.minus(FORMER_KEPT))).await?;
        }
        let before = Moment(now.minus(INVITATIONS_KEPT));
        cleaned.invitations = self.clear(include_str!("../../sql/clean_invitations.sql"), before).await?;
        Ok(cleaned)
    }

    async fn clear(&self, sql: &'static str, before: Moment) -> Result<u64, StoreError> {
        let bot = self.bot.get();
        let mut total = 0;
        loop {
            let rows = self
                .pool
                .run(async move |conn: &mut AsyncPgConnection| clear_rows(conn, sql, bot, before).await)
                .await
                .map_err(of_run)?;
            if rows == 0 {
                return Ok(total);
            }
            total += u64::try_from(rows).unwrap_or(u64::MAX);
        }
    }
}

async fn clear_rows(conn: &mut AsyncPgConnection, sql: &'static str, bot: i64, before: Moment) -> QueryResult<usize> {
    diesel::sql_query(sql).bind::<BigInt, _>(bot).bind::<Timestamptz, _>(before).bind::<BigInt, _>(STEP).execute(conn).await
}

async fn clear_at_once(conn: &mut AsyncPgConnection, bot: i64, before: Moment) -> QueryResult<(u64, u64)> {
    conn.transaction(async move |conn| clear_chats(conn, bot, before).await).await
}

async fn clear_chats(conn: &mut AsyncPgConnection, bot: i64, before: Moment) -> QueryResult<(u64, u64)> {
    let ended: Vec<i64> = chats::table
        .filter(chats::bot_id.eq(bot).and(chats::is_cleared.eq(false)))
        .filter(chats::ended_at.le(before))
        .order((chats::ended_at, chats::id))
        .limit(STEP)
        .select(chats::id)
        .load(conn)
        .await?;
    if ended.is_empty() {
        return Ok((0, 0));
    }
    let pairs = diesel::delete(message_map::table.filter(message_map::bot_id.eq(bot).and(message_map::chat_id.eq_any(&ended))))
        .execute(conn)
        .await?;
    diesel::delete(chat_leavers::table.filter(chat_leavers::bot_id.eq(bot).and(chat_leavers::chat_id.eq_any(&ended))))
        .execute(conn)
        .await?;
    let chats = diesel::update(chats::table.filter(chats::bot_id.eq(bot).and(chats::id.eq_any(&ended))))
        .set(chats::is_cleared.eq(true))
        .execute(conn)
        .await?;
    Ok((u64::try_from(chats).unwrap_or(u64::MAX), u64::try_from(pairs).unwrap_or(u64::MAX)))
}
