//! What was posted into the evidence chat and what is to be: reported messages that wait to be copied, alerts, and posts whose
//! time is over. The frozen messages themselves are the queue; a row is written before a post leaves and completed after it.

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, SmallInt, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use luvhive_core::case::uncopied;
use luvhive_core::conduct::ReportReason;
use luvhive_core::evidence::{COPIES, Copies, PostOutcome, WINDOW};
use luvhive_core::id::{BotId, MessageId, ReportId, TelegramId};
use luvhive_core::ports::StoreError;
use luvhive_core::time::Timestamp;

use crate::codes::read;
use crate::error::{Stopped, of_run, transact};
use crate::moment::Moment;
use crate::pool::Pool;
use crate::schema::{evidence_posts, reports};

/// The place of an alert.
const ALERT: i16 = -1;
/// The report of what is about none.
const NO_REPORT: i64 = 0;
/// How many alerts or removals one look brings.
const AT_ONCE: i64 = 20;

/// The posts of one bot, over a pool.
#[derive(Clone, Debug)]
pub struct PgEvidence {
    pool: Pool,
    bot: BotId,
}

/// Which post it is: the report, and the place of the message in it, 0 for the head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PostKey {
    report: i64,
    place: i16,
}

/// A post that is to leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextPost {
    /// Which.
    pub key: PostKey,
    /// The case that its report belongs to.
    pub case: ReportId,
    /// What the report is for.
    pub reason: ReportReason,
    /// When it was made.
    pub reported_at: Timestamp,
    /// The message to copy, in this private chat; `None` = the head of the report.
    pub source: Option<(TelegramId, MessageId)>,
}

/// What the copier is to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Nothing waits.
    Idle,
    /// So many were posted lately that the next may leave only at this time.
    Later(Timestamp),
    /// This one is under way from now on.
    Post(Box<NextPost>),
    /// This one was under way when the program ended or Telegram's answer was lost, in this channel; the last post known there
    /// has this number.
    Unclear(PostKey, TelegramId, Option<MessageId>),
}

/// A report that cannot wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alert {
    /// Its number.
    pub report: ReportId,
    /// That of its case.
    pub case: ReportId,
    /// What it is for.
    pub reason: ReportReason,
}

/// A post that is to be taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DuePost {
    /// Which.
    pub key: PostKey,
    /// The channel in which it lies.
    pub channel: TelegramId,
    /// Its number there.
    pub message: MessageId,
}

#[derive(QueryableByName)]
struct NextRow {
    #[diesel(sql_type = BigInt)]
    report_id: i64,
    #[diesel(sql_type = BigInt)]
    case_id: i64,
    #[diesel(sql_type = Text)]
    reason: String,
    #[diesel(sql_type = Timestamptz)]
    reported_at: Moment,
    #[diesel(sql_type = BigInt)]
    telegram_id: i64,
    #[diesel(sql_type = SmallInt)]
    place: i16,
    #[diesel(sql_type = Nullable<Integer>)]
    message_id: Option<i32>,
}

#[derive(QueryableByName)]
struct AlertRow {
    #[diesel(sql_type = BigInt)]
    report_id: i64,
    #[diesel(sql_type = BigInt)]
    case_id: i64,
    #[diesel(sql_type = Text)]
    reason: String,
}

#[derive(QueryableByName)]
struct DueRow {
    #[diesel(sql_type = BigInt)]
    report_id: i64,
    #[diesel(sql_type = SmallInt)]
    place: i16,
    #[diesel(sql_type = BigInt)]
    channel_id: i64,
    #[diesel(sql_type = Integer)]
    message_id: i32,
}

fn uncopied_codes() -> Vec<&'static str> {
    uncopied().map(ReportReason::code).collect()
}

impl PgEvidence {
    /// Makes them.
    pub fn new(pool: Pool, bot: BotId) -> Self {
        Self { pool, bot }
    }

    /// Finds what to post next in a channel, and notes that it is under way.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn begin(&self, channel: TelegramId, now: Timestamp) -> Result<Turn, StoreError> {
        let bot = self.bot.get();
        transact!(self.pool, conn => begin(conn, bot, channel, now))
    }

    /// Notes what became of a post that was under way, with its number if it is there.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn finish(&self, key: PostKey, outcome: PostOutcome, message: Option<MessageId>) -> Result<(), StoreError> {
        let bot = self.bot.get();
        let work = async move |conn: &mut AsyncPgConnection| {
            let values = (
                evidence_posts::outcome.eq(outcome.code()),
                evidence_posts::message_id.eq(message.map(MessageId::get)),
                evidence_posts::removal_tried_at.eq(None::<Moment>),
            );
            let row = evidence_posts::table.find((bot, key.report, key.place));
            diesel::update(row).set(values).execute(conn).await.map(drop)
        };
        self.pool.run(work).await.map_err(of_run)
    }

    /// Notes that a post did not leave, so that its turn comes again.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn forget(&self, key: PostKey) -> Result<(), StoreError> {
        let bot = self.bot.get();
        let work = async move |conn: &mut AsyncPgConnection| {
            let row = evidence_posts::table.find((bot, key.report, key.place)).filter(evidence_posts::outcome.is_null());
            diesel::delete(row).execute(conn).await.map(drop)
        };
        self.pool.run(work).await.map_err(of_run)
    }

    /// Lists reports that cannot wait and that the chat was not told of, the first 20 of them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn list_unalerted(&self) -> Result<Vec<Alert>, StoreError> {
        let bot = self.bot.get();
        let work = async move |conn: &mut AsyncPgConnection| {
            let urgent: Vec<&str> =
                ReportReason::ALL.iter().filter(|reason| reason.is_urgent()).map(|reason| reason.code()).collect();
            diesel::sql_query(include_str!("../sql/list_unalerted.sql"))
                .bind::<BigInt, _>(bot)
                .bind::<Array<Text>, _>(urgent)
                .bind::<BigInt, _>(AT_ONCE)
                .load::<AlertRow>(conn)
                .await
        };
        let alert = |row: AlertRow| {
            let reason = read(ReportReason::read(&row.reason), "report reason")?;
            Ok(Alert { report: ReportId::new(row.report_id), case: ReportId::new(row.case_id), reason })
        };
        self.pool.run(work).await.map_err(of_run)?.into_iter().map(alert).collect()
    }

    /// Notes an alert that was posted: about a report, or, without one, where the audit log ends.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn insert_alert(
        &self,
        report: Option<ReportId>,
        (channel, message): (TelegramId, MessageId),
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let key = PostKey { report: report.map_or(NO_REPORT, ReportId::get), place: ALERT };
        let bot = self.bot.get();
        let work = async move |conn: &mut AsyncPgConnection| {
            let values = (
                evidence_posts::channel_id.eq(channel.get()),
                evidence_posts::tried_at.eq(Moment(now)),
                evidence_posts::message_id.eq(message.get()),
                evidence_posts::outcome.eq(PostOutcome::Posted.code()),
            );
            let row = (
                evidence_posts::bot_id.eq(bot),
                evidence_posts::report_id.eq(key.report),
                evidence_posts::place.eq(key.place),
                values,
            );
            let unique = (evidence_posts::bot_id, evidence_posts::report_id, evidence_posts::place);
            diesel::insert_into(evidence_posts::table)
                .values(row)
                .on_conflict(unique)
                .do_update()
                .set(values)
                .execute(conn)
                .await
                .map(drop)
        };
        self.pool.run(work).await.map_err(of_run)
    }

    /// Lists posts from before `kept_from`, and others that are to be taken away, the first 20 of those about which Telegram was
    /// not asked since `asked_from`; forgets what is over of reports that an erasure removed.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn list_due(&self, kept_from: Timestamp, asked_from: Timestamp) -> Result<Vec<DuePost>, StoreError> {
        let bot = self.bot.get();
        let work = async move |conn: &mut AsyncPgConnection| {
            let is_over = evidence_posts::bot_id.eq(bot).and(evidence_posts::outcome.ne(PostOutcome::Posted.code()));
            let known = reports::table.filter(reports::bot_id.eq(bot)).select(reports::id);
            diesel::delete(evidence_posts::table.filter(is_over.and(evidence_posts::report_id.ne_all(known))))
                .execute(conn)
                .await?;
            diesel::sql_query(include_str!("../sql/list_due_evidence.sql"))
                .bind::<BigInt, _>(bot)
                .bind::<Array<Text>, _>(uncopied_codes())
                .bind::<Timestamptz, _>(Moment(kept_from))
                .bind::<Timestamptz, _>(Moment(asked_from))
                .bind::<BigInt, _>(AT_ONCE)
                .load::<DueRow>(conn)
                .await
        };
        let due = |row: DueRow| DuePost {
            key: PostKey { report: row.report_id, place: row.place },
            channel: TelegramId::new(row.channel_id),
            message: MessageId::new(row.message_id),
        };
        Ok(self.pool.run(work).await.map_err(of_run)?.into_iter().map(due).collect())
    }

    /// Notes that Telegram refused to take a post away.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn keep(&self, key: PostKey, now: Timestamp) -> Result<(), StoreError> {
        let bot = self.bot.get();
        let work = async move |conn: &mut AsyncPgConnection| {
            diesel::update(evidence_posts::table.find((bot, key.report, key.place)))
                .set(evidence_posts::removal_tried_at.eq(Moment(now)))
                .execute(conn)
                .await
                .map(drop)
        };
        self.pool.run(work).await.map_err(of_run)
    }
}

async fn begin(conn: &mut AsyncPgConnection, bot: i64, channel: TelegramId, now: Timestamp) -> Result<Turn, Stopped> {
    let of_bot = evidence_posts::table.filter(evidence_posts::bot_id.eq(bot));
    let unclear: Option<(i64, i16, i64)> = of_bot
        .filter(evidence_posts::outcome.is_null())
        .order((evidence_posts::tried_at, evidence_posts::report_id, evidence_posts::place))
        .select((evidence_posts::report_id, evidence_posts::place, evidence_posts::channel_id))
        .first(conn)
        .await
        .optional()?;
    if let Some((report, place, channel)) = unclear {
        let last: Option<i32> = of_bot
            .filter(evidence_posts::channel_id.eq(channel))
            .select(diesel::dsl::max(evidence_posts::message_id))
            .first(conn)
            .await?;
        return Ok(Turn::Unclear(PostKey { report, place }, TelegramId::new(channel), last.map(MessageId::new)));
    }
    let full: Option<Moment> = of_bot
        .filter(evidence_posts::channel_id.eq(channel.get()).and(evidence_posts::place.ge(0)))
        .order(evidence_posts::tried_at.desc())
        .offset(i64::from(COPIES) - 1)
        .select(evidence_posts::tried_at)
        .first(conn)
        .await
        .optional()?;
    let next: Option<NextRow> = diesel::sql_query(include_str!("../sql/find_next_evidence.sql"))
        .bind::<BigInt, _>(bot)
        .bind::<Array<Text>, _>(uncopied_codes())
        .get_result(conn)
        .await
        .optional()?;
    let Some(next) = next else { return Ok(Turn::Idle) };
    if let Some(free_at) = full.map(|at| at.0.plus(WINDOW)).filter(|at| *at > now) {
        return Ok(Turn::Later(free_at));
    }
    let row = (
        evidence_posts::bot_id.eq(bot),
        evidence_posts::report_id.eq(next.report_id),
        evidence_posts::place.eq(next.place),
        evidence_posts::channel_id.eq(channel.get()),
        evidence_posts::tried_at.eq(Moment(now)),
    );
    diesel::insert_into(evidence_posts::table).values(row).execute(conn).await?;
    Ok(Turn::Post(Box::new(NextPost {
        key: PostKey { report: next.report_id, place: next.place },
        case: ReportId::new(next.case_id),
        reason: read(ReportReason::read(&next.reason), "report reason")?,
        reported_at: next.reported_at.into(),
        source: next.message_id.map(|message| (TelegramId::new(next.telegram_id), MessageId::new(message))),
    })))
}

/// Counts the copies of a report's messages.
pub(crate) async fn count_copies(conn: &mut AsyncPgConnection, bot: i64, report: i64) -> QueryResult<Copies> {
    let of_report = evidence_posts::bot_id.eq(bot).and(evidence_posts::report_id.eq(report)).and(evidence_posts::place.gt(0));
    let rows: Vec<(i16, Option<String>)> = evidence_posts::table
        .filter(of_report)
        .order(evidence_posts::place)
        .select((evidence_posts::place, evidence_posts::outcome))
        .load(conn)
        .await?;
    let mut copies = Copies::default();
    for (place, outcome) in rows {
        match outcome.as_deref().and_then(PostOutcome::from_code) {
            Some(PostOutcome::Posted) => copies.copied = copies.copied.saturating_add(1),
            Some(outcome) => copies.missing.push((u8::try_from(place).unwrap_or(0), outcome)),
            None => {}
        }
    }
    Ok(copies)
}
