//! Cases as the staff list, look at and decide them, beside a running bot.

mod evidence;

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use luvhive_core::case::{CLAIM, Case, CaseLine, CaseRefusal, Claim, Filed, Queue, Record, Verdict};
use luvhive_core::case::{gravity, severity, sort};
use luvhive_core::conduct::{NewSanction, Pseudonym, ReportReason};
use luvhive_core::decision::{Appeal, PendingBan, ReviewRefusal, STRIKE};
use luvhive_core::id::{BotId, ReportId, SanctionId};
use luvhive_core::ports::StoreError;
use luvhive_core::ports::case::{CaseError, CaseStore, NewReview, NewVerdict, Reader, ReviewError};
use luvhive_core::ports::conduct::SanctionOutcome;
use luvhive_core::time::Timestamp;

use crate::audit::{Act, Log};
use crate::codes::read;
use crate::conduct;
use crate::error::{Stopped, of_run, transact};
use crate::evidence::count_copies;
use crate::moment::Moment;
use crate::pool::Pool;
use crate::review;
use crate::schema::{case_claims, reports};
use crate::vault::Vault;

pub(crate) use evidence::put_words;

/// The most open reports that are looked at.
const MOST_REPORTS: i64 = 10_000;

/// Stores cases, for any bot of the database.
#[derive(Clone, Debug)]
pub struct PgCaseStore {
    pool: Pool,
    vault: Vault,
}

impl PgCaseStore {
    /// Makes a store over a pool, which chains the audit log by the keys of a vault.
    pub fn new(pool: Pool, vault: Vault) -> Self {
        Self { pool, vault }
    }
}

#[derive(QueryableByName)]
struct ReportRow {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = BigInt)]
    case_id: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    reporter_id: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    reported_id: Option<i64>,
    #[diesel(sql_type = Text)]
    about: String,
    #[diesel(sql_type = Text)]
    reason: String,
    #[diesel(sql_type = Bool)]
    is_about_one: bool,
    #[diesel(sql_type = Timestamptz)]
    reported_at: Moment,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    registered_at: Option<Moment>,
    #[diesel(sql_type = BigInt)]
    chats: i64,
    #[diesel(sql_type = BigInt)]
    upheld: i64,
    #[diesel(sql_type = BigInt)]
    dismissed: i64,
    #[diesel(sql_type = BigInt)]
    sanctions: i64,
    #[diesel(sql_type = Nullable<Text>)]
    claimed_by: Option<String>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    claimed_until: Option<Moment>,
}

fn count(count: i64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

impl ReportRow {
    fn reason(&self) -> Result<ReportReason, StoreError> {
        read(ReportReason::read(&self.reason), "report reason")
    }

    fn record(&self) -> Record {
        let registered = self.registered_at.map_or(self.reported_at.0, |at| at.0);
        Record {
            days: count(self.reported_at.0.since(registered).as_secs().cast_signed() / 86_400),
            chats: count(self.chats),
            upheld: count(self.upheld),
            dismissed: count(self.dismissed),
        }
    }

    fn claim(&self, now: Timestamp) -> Option<Claim> {
        let until = self.claimed_until?.0;
        self.claimed_by.clone().filter(|_| until > now).map(|by| Claim { by, until })
    }
}

/// Makes the line of a case out of its reports, of which there is at least one.
fn line(of_case: &[ReportRow], now: Timestamp) -> Result<Option<CaseLine>, StoreError> {
    let Some(first) = of_case.first() else { return Ok(None) };
    let mut gravest = (0, ReportReason::Other);
    let mut queue = Queue::General;
    for row in of_case {
        let reason = row.reason()?;
        let weighs = gravity(reason, &row.record());
        if weighs > gravest.0 {
            gravest = (weighs, reason);
        }
        queue = queue.min(Queue::of(reason));
    }
    Ok(Some(CaseLine {
        case: ReportId::new(first.case_id),
        about: read(Pseudonym::new(&first.about), "pseudonym")?,
        queue,
        severity: severity([gravest.0], count(first.sanctions)),
        reason: gravest.1,
        reports: u32::try_from(of_case.len()).unwrap_or(u32::MAX),
        opened_at: first.reported_at.into(),
        claim: first.claim(now),
    }))
}

/// Lists the open reports, case by case, without those of cases that the reader is involved in.
async fn list_open(conn: &mut AsyncPgConnection, bot: i64, reader: Reader<'_>) -> QueryResult<Open> {
    let rows: Vec<ReportRow> = diesel::sql_query(include_str!("../sql/list_case_reports.sql"))
        .bind::<BigInt, _>(bot)
        .bind::<BigInt, _>(MOST_REPORTS)
        .bind::<Timestamptz, _>(Moment(reader.at.minus(STRIKE)))
        .load(conn)
        .await?;
    let parties = rows.iter().flat_map(|row| [row.reporter_id, row.reported_id]).flatten().collect();
    let close = review::list_close(conn, bot, reader, parties).await?;
    let mut open = Open::default();
    for row in rows {
        if [row.reporter_id, row.reported_id].into_iter().flatten().any(|party| close.contains(&party)) {
            open.involved.insert(row.case_id);
        }
        open.cases.entry(row.case_id).or_default().push(row);
    }
    Ok(open)
}

/// The open reports by case, and the cases that the reader is involved in.
#[derive(Default)]
struct Open {
    cases: BTreeMap<i64, Vec<ReportRow>>,
    involved: BTreeSet<i64>,
}

impl Open {
    /// Takes a case out that the reader may see.
    fn take(
        &mut self,
        case: ReportId,
        reader: Reader<'_>,
    ) -> Result<Result<(CaseLine, Vec<ReportRow>), CaseRefusal>, StoreError> {
        let rows = self.cases.remove(&case.get()).unwrap_or_default();
        let Some(line) = line(&rows, reader.at)? else { return Ok(Err(CaseRefusal::Unknown)) };
        Ok(match line {
            _ if self.involved.contains(&case.get()) => Err(CaseRefusal::Involved),
            line if !reader.queues.contains(&line.queue) => Err(CaseRefusal::NotForYou),
            line => Ok((line, rows)),
        })
    }
}

async fn list(conn: &mut AsyncPgConnection, log: Log<'_>, reader: Reader<'_>) -> Result<Vec<CaseLine>, Stopped> {
    log.insert(conn, &Act { actor: reader.by, action: "list_cases", subject: "", detail: "", at: reader.at }).await?;
    let open = list_open(conn, log.bot, reader).await?;
    let mut lines = Vec::new();
    for (case, rows) in &open.cases {
        if let Some(line) = line(rows, reader.at)?
            && !open.involved.contains(case)
            && reader.queues.contains(&line.queue)
        {
            lines.push(line);
        }
    }
    sort(&mut lines);
    Ok(lines)
}

async fn show(
    conn: &mut AsyncPgConnection,
    log: Log<'_>,
    case: ReportId,
    reader: Reader<'_>,
) -> Result<Result<Case, CaseRefusal>, Stopped> {
    let (mut line, rows) = match list_open(conn, log.bot, reader).await?.take(case, reader)? {
        Ok(found) => found,
        Err(refusal) => return Ok(Err(refusal)),
    };
    line.claim = Some(claim(conn, log.bot, case, reader).await?);
    let detail = format!("case {case}");
    let act = Act { actor: reader.by, action: "read_case", subject: line.about.as_str(), detail: &detail, at: reader.at };
    log.insert(conn, &act).await?;
    let sanctions_before = rows.as_slice().first().map_or(0, |row| count(row.sanctions));
    let mut filed = Vec::new();
    for row in rows {
        let evidence = evidence::list(conn, (log.bot, row.id), line.queue, log.vault).await?;
        let words = evidence::words(conn, (log.bot, row.id), log.vault).await?;
        filed.push(Filed {
            report: ReportId::new(row.id),
            reason: row.reason()?,
            reported_at: row.reported_at.into(),
            reporter: row.record(),
            is_about_one: row.is_about_one,
            words,
            evidence,
            copies: count_copies(conn, log.bot, row.id).await?,
        });
    }
    Ok(Ok(Case { line, sanctions_before, reports: filed }))
}

/// Takes a case for a reader unless somebody else has it, and returns who has it now.
async fn claim(conn: &mut AsyncPgConnection, bot: i64, case: ReportId, reader: Reader<'_>) -> QueryResult<Claim> {
    let until = Moment(reader.at.plus(CLAIM));
    diesel::insert_into(case_claims::table)
        .values((
            case_claims::bot_id.eq(bot),
            case_claims::report_id.eq(case.get()),
            case_claims::claimed_by.eq(reader.by),
            case_claims::claimed_until.eq(until),
        ))
        .on_conflict((case_claims::bot_id, case_claims::report_id))
        .do_nothing()
        .execute(conn)
        .await?;
    let row = case_claims::table.find((bot, case.get()));
    let is_free = case_claims::claimed_until.le(Moment(reader.at)).or(case_claims::claimed_by.eq(reader.by));
    diesel::update(row.filter(is_free))
        .set((case_claims::claimed_by.eq(reader.by), case_claims::claimed_until.eq(until)))
        .execute(conn)
        .await?;
    let (by, until): (String, Moment) = row.select((case_claims::claimed_by, case_claims::claimed_until)).first(conn).await?;
    Ok(Claim { by, until: until.into() })
}

async fn decide(
    conn: &mut AsyncPgConnection,
    log: Log<'_>,
    new: &NewVerdict,
    reader: Reader<'_>,
) -> Result<Result<(), CaseRefusal>, Stopped> {
    let claim: Option<(String, Moment)> = case_claims::table
        .find((log.bot, new.case.get()))
        .select((case_claims::claimed_by, case_claims::claimed_until))
        .for_update()
        .first(conn)
        .await
        .optional()?;
    let (line, rows) = match list_open(conn, log.bot, reader).await?.take(new.case, reader)? {
        Ok(found) => found,
        Err(refusal) => return Ok(Err(refusal)),
    };
    match claim.filter(|(_, until)| until.0 > reader.at) {
        Some((by, _)) if by == reader.by => {}
        Some((by, until)) => return Ok(Err(CaseRefusal::Claimed(Claim { by, until: until.into() }))),
        None => return Ok(Err(CaseRefusal::NotClaimed)),
    }
    let (word, sanction) = match new.verdict {
        Verdict::Dismiss => ("dismiss", None),
        Verdict::Sanction { rule, decision } => {
            let sanction = NewSanction::new(line.about.as_str(), decision, &new.reason, reader.by, reader.at);
            let Ok(sanction) = sanction else { return Ok(Err(CaseRefusal::Reason)) };
            (sanction.kind.code(), Some(sanction.for_breaking(rule.unwrap_or(line.reason))))
        }
    };
    match sanction {
        None => close(conn, log.bot, &rows, reader.at).await?,
        Some(sanction) => {
            if conduct::decide(conn, log, &sanction).await? != SanctionOutcome::Stored {
                // Nothing is known of the account any more: there is nobody to sanction.
                close(conn, log.bot, &rows, reader.at).await?;
            }
        }
    }
    let detail = format!("case {}: {word}: {}", new.case, new.reason);
    let act = Act { actor: reader.by, action: "decide_case", subject: line.about.as_str(), detail: &detail, at: reader.at };
    log.insert(conn, &act).await?;
    diesel::delete(case_claims::table.find((log.bot, new.case.get()))).execute(conn).await?;
    Ok(Ok(()))
}

/// Closes the reports that were looked at without a sanction; one that came meanwhile stays open.
async fn close(conn: &mut AsyncPgConnection, bot: i64, rows: &[ReportRow], at: Timestamp) -> Result<(), Stopped> {
    let numbers: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let open = reports::table.filter(reports::bot_id.eq(bot).and(reports::id.eq_any(numbers)).and(reports::closed_at.is_null()));
    let closed = diesel::update(open).set(reports::closed_at.eq(Moment(at))).returning(reports::reporter_id);
    let by = closed.load::<Option<i64>>(conn).await?;
    conduct::tell_reporters(conn, bot, by, (Moment(at), false)).await
}

/// Open reports that cannot wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Urgent {
    /// How many there are.
    pub count: u32,
    /// The last one.
    pub newest: ReportId,
}

/// Finds the open reports that cannot wait ([`ReportReason::is_urgent`]).
///
/// # Errors
/// [`StoreError::Unavailable`].
pub async fn find_urgent(pool: &Pool, bot: BotId) -> Result<Option<Urgent>, StoreError> {
    let bot = bot.get();
    let find = async move |conn: &mut AsyncPgConnection| count_urgent(conn, bot).await;
    let (urgent, newest) = pool.run(find).await.map_err(of_run)?;
    Ok(newest.map(|newest| Urgent { count: count(urgent), newest: ReportId::new(newest) }))
}

async fn count_urgent(conn: &mut AsyncPgConnection, bot: i64) -> QueryResult<(i64, Option<i64>)> {
    let urgent = ReportReason::ALL.iter().filter(|reason| reason.is_urgent()).map(|reason| reason.code());
    reports::table
        .filter(reports::bot_id.eq(bot).and(reports::closed_at.is_null()).and(reports::reason.eq_any(urgent)))
        .select((diesel::dsl::count_star(), diesel::dsl::max(reports::id)))
        .first(conn)
        .await
}

#[async_trait::async_trait]
impl CaseStore for PgCaseStore {
    async fn list_cases(&self, bot: BotId, reader: Reader<'_>) -> Result<Vec<CaseLine>, StoreError> {
        transact!(self.pool, conn => list(conn, Log::new(bot, &self.vault), reader))
    }

    async fn show_case(&self, bot: BotId, case: ReportId, reader: Reader<'_>) -> Result<Case, CaseError> {
        let shown: Result<Result<Case, CaseRefusal>, StoreError> =
            transact!(self.pool, conn => show(conn, Log::new(bot, &self.vault), case, reader));
        Ok(shown??)
    }

    async fn decide_case(&self, bot: BotId, decided: &NewVerdict, reader: Reader<'_>) -> Result<(), CaseError> {
        let done: Result<Result<(), CaseRefusal>, StoreError> =
            transact!(self.pool, conn => decide(conn, Log::new(bot, &self.vault), decided, reader));
        Ok(done??)
    }

    async fn list_pending_bans(&self, bot: BotId, reader: Reader<'_>) -> Result<Vec<PendingBan>, StoreError> {
        transact!(self.pool, conn => review::list_pending(conn, Log::new(bot, &self.vault), reader))
    }

    async fn confirm_ban(&self, bot: BotId, ban: SanctionId, reader: Reader<'_>) -> Result<(), ReviewError> {
        let done: Result<Result<(), ReviewRefusal>, StoreError> =
            transact!(self.pool, conn => review::confirm(conn, Log::new(bot, &self.vault), ban, reader));
        Ok(done??)
    }

    async fn list_appeals(&self, bot: BotId, reader: Reader<'_>) -> Result<Vec<Appeal>, StoreError> {
        transact!(self.pool, conn => review::list_appeals(conn, Log::new(bot, &self.vault), reader))
    }

    async fn decide_appeal(&self, bot: BotId, decided: &NewReview, reader: Reader<'_>) -> Result<(), ReviewError> {
        let done: Result<Result<(), ReviewRefusal>, StoreError> =
            transact!(self.pool, conn => review::decide(conn, Log::new(bot, &self.vault), decided, reader));
        Ok(done??)
    }
}
