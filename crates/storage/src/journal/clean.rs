//! Cleaning up what has had its time by `retention.rs`, in small batches, for a job.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text, Timestamptz};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use luvhive_core::ports::StoreError;
use luvhive_core::time::Timestamp;

use super::PgJournal;
use crate::codes::child_safety;
use crate::error::of_run;
use crate::former;
use crate::moment::Moment;
use crate::retention::{Kept, Step};
use crate::schema::{chat_leavers, chats, message_map};

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
    /// Messages that waited too long for an answer.
    pub holds: u64,
    /// Messages that reports had frozen.
    pub evidence: u64,
    /// What stood in messages before they were changed.
    pub former_words: u64,
    /// Registrations that were left unfinished.
    pub registrations: u64,
}

impl PgJournal {
    /// Removes what has had its time at `now`, step by step ([`Step::ALL`]). Runs in small transactions beside the bot; safe to
    /// repeat and to break off.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn clean(&self, now: Timestamp, kept: Kept) -> Result<Cleaned, StoreError> {
        let mut cleaned = Cleaned::default();
        for &step in Step::ALL {
            let before = Moment(now.minus(step.after(kept)));
            match step {
                Step::Chats => (cleaned.chats, cleaned.pairs) = self.clear_all_chats(before).await?,
                Step::Seen => cleaned.seen = self.clear(include_str!("../../sql/clean_seen.sql"), before).await?,
                Step::Dead => cleaned.dead = self.clear(include_str!("../../sql/clean_dead.sql"), before).await?,
                Step::Refusals => cleaned.refusals = self.clear(include_str!("../../sql/clean_refusals.sql"), before).await?,
                Step::Dialogs => {
                    cleaned.registrations = self.clear(include_str!("../../sql/clean_dialogs.sql"), before).await?;
                }
                Step::FormerAccounts => {
                    let bot = self.bot.get();
                    let adopt = async move |conn: &mut AsyncPgConnection| former::adopt_all(conn, bot, Moment(now)).await;
                    self.pool.run(adopt).await.map_err(of_run)?;
                    cleaned.former += self.clear(include_str!("../../sql/clean_former_accounts.sql"), before).await?;
                }
                Step::FormerBlocks => {
                    cleaned.former += self.clear(include_str!("../../sql/clean_former_blocks.sql"), before).await?;
                }
                Step::Holds => cleaned.holds = self.clear(include_str!("../../sql/clean_holds.sql"), before).await?,
                Step::Evidence => {
                    let latest = Some(Moment(now.minus(kept.child_safety)));
                    cleaned.evidence = self.clear_of(include_str!("../../sql/clean_evidence.sql"), before, latest).await?;
                }
                Step::FormerWords => {
                    cleaned.former_words = self.clear(include_str!("../../sql/clean_former_words.sql"), before).await?;
                }
                Step::Invitations => {
                    cleaned.invitations = self.clear(include_str!("../../sql/clean_invitations.sql"), before).await?;
                }
            }
        }
        Ok(cleaned)
    }

    /// Clears the chats that ended before this, and returns how many, and how many pairs they had.
    async fn clear_all_chats(&self, before: Moment) -> Result<(u64, u64), StoreError> {
        let bot = self.bot.get();
        let mut total = (0_u64, 0_u64);
        loop {
            let (chats, pairs) = self
                .pool
                .run(async move |conn: &mut AsyncPgConnection| clear_at_once(conn, bot, before).await)
                .await
                .map_err(of_run)?;
            if chats == 0 {
                return Ok(total);
            }
            total = (total.0.saturating_add(chats), total.1.saturating_add(pairs));
        }
    }

    async fn clear(&self, sql: &'static str, before: Moment) -> Result<u64, StoreError> {
        self.clear_of(sql, before, None).await
    }

    /// Clears by a statement that also takes `latest` and the reasons that are for child safety, if that is given.
    async fn clear_of(&self, sql: &'static str, before: Moment, latest: Option<Moment>) -> Result<u64, StoreError> {
        let bot = self.bot.get();
        let mut total = 0;
        loop {
            let rows = self
                .pool
                .run(async move |conn: &mut AsyncPgConnection| clear_rows(conn, sql, (bot, before, latest)).await)
                .await
                .map_err(of_run)?;
            if rows == 0 {
                return Ok(total);
            }
            total += u64::try_from(rows).unwrap_or(u64::MAX);
        }
    }
}

async fn clear_rows(
    conn: &mut AsyncPgConnection,
    sql: &'static str,
    (bot, before, latest): (i64, Moment, Option<Moment>),
) -> QueryResult<usize> {
    let statement = diesel::sql_query(sql).into_boxed::<Pg>();
    let mut statement = statement.bind::<BigInt, _>(bot).bind::<Timestamptz, _>(before).bind::<BigInt, _>(STEP);
    if let Some(latest) = latest {
        statement = statement.bind::<Timestamptz, _>(latest).bind::<Array<Text>, _>(child_safety());
    }
    statement.execute(conn).await
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
