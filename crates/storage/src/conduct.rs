//! Reports and sanctions as operators handle them, beside a running bot.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use luvhive_core::conduct::ProfileText;
use luvhive_core::conduct::{NewSanction, OpenReport, Pseudonym, ReportReason, SanctionKind};
use luvhive_core::correction::Whom;
use luvhive_core::decision::DecisionNews;
use luvhive_core::engine::News;
use luvhive_core::engine::event::EngineCommand;
use luvhive_core::id::{BotId, PersonId, ReportId, SanctionId};
use luvhive_core::ports::StoreError;
use luvhive_core::ports::conduct::{ConductStore, SanctionOutcome};
use luvhive_core::situation::Situation;
use luvhive_core::tier::Upheld;
use luvhive_core::time::Timestamp;

use crate::audit::{Act, Log};
use crate::codes::{read, storable};
use crate::command::{self, Sender};
use crate::error::{Stopped, of_run, transact};
use crate::former;
use crate::moment::Moment;
use crate::pool::Pool;
use crate::sanction::{self, NewSanctionRow};
use crate::schema::{former_accounts, former_people, people, reports};
use crate::situation;
use crate::vault::Vault;

/// The most reports one call lists.
const MAX_REPORTS: u16 = 1000;

#[derive(QueryableByName)]
struct ReportRow {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    reported: String,
    #[diesel(sql_type = Text)]
    reason: String,
    #[diesel(sql_type = BigInt)]
    messages_count: i64,
    #[diesel(sql_type = Timestamptz)]
    reported_at: Moment,
    #[diesel(sql_type = BigInt)]
    open_about_same: i64,
}

impl TryFrom<ReportRow> for OpenReport {
    type Error = StoreError;

    fn try_from(row: ReportRow) -> Result<Self, StoreError> {
        Ok(Self {
            report: ReportId::new(row.id),
            reported: read(Pseudonym::new(&row.reported), "pseudonym")?,
            reason: read(ReportReason::read(&row.reason), "report reason")?,
            messages_count: u16::try_from(row.messages_count).unwrap_or(u16::MAX),
            reported_at: row.reported_at.into(),
            open_about_same: u32::try_from(row.open_about_same).unwrap_or(u32::MAX),
        })
    }
}

async fn list_open_reports(conn: &mut AsyncPgConnection, bot: i64, limit: i64) -> QueryResult<Vec<ReportRow>> {
    diesel::sql_query(include_str!("../sql/list_open_reports.sql"))
        .bind::<BigInt, _>(bot)
        .bind::<BigInt, _>(limit)
        .load(conn)
        .await
}

/// Stores what operators decide, for any bot of the database.
#[derive(Clone, Debug)]
pub struct PgConductStore {
    pool: Pool,
    vault: Vault,
}

impl PgConductStore {
    /// Makes a store over a pool, which chains the audit log by the keys of a vault.
    pub fn new(pool: Pool, vault: Vault) -> Self {
        Self { pool, vault }
    }
}

/// Whom a decision is about.
pub(crate) struct Subjects {
    /// The person, if they are there.
    pub(crate) person: Option<i64>,
    /// The account, if it was ever left.
    pub(crate) account: Option<Vec<u8>>,
    /// Until when they are suspended.
    pub(crate) suspended: Option<Timestamp>,
}

/// Finds and locks whom a pseudonym means: a person, or an account that was left and the person it is now.
pub(crate) async fn find_subjects(conn: &mut AsyncPgConnection, bot: i64, pseudonym: &str) -> QueryResult<Option<Subjects>> {
    let there: Option<(i64, Option<Moment>)> = people::table
        .filter(people::bot_id.eq(bot).and(people::pseudonym.eq(pseudonym)))
        .select((people::id, people::suspended_until))
        .for_no_key_update()
        .first(conn)
        .await
        .optional()?;
    if let Some((person, suspended)) = there {
        let account = former::account_of(conn, bot, person).await?;
        return Ok(Some(Subjects { person: Some(person), account, suspended: suspended.map(Timestamp::from) }));
    }
    let former: Option<(Vec<u8>, Option<Moment>)> = former_people::table
        .find((bot, pseudonym))
        .select((former_people::subject_hash, former_people::suspended_until))
        .for_update()
        .first(conn)
        .await
        .optional()?;
    let Some((account, left)) = former else { return Ok(None) };
    let kept: Option<(Option<i64>, Option<Moment>)> = former_accounts::table
        .find((bot, &account))
        .select((former_accounts::person_id, former_accounts::suspended_until))
        .for_update()
        .first(conn)
        .await
        .optional()?;
    let (back, until) = kept.unwrap_or_default();
    let there: Option<(i64, Option<Moment>)> = match back {
        Some(person) => {
            let columns = (people::id, people::suspended_until);
            people::table.find((bot, person)).select(columns).for_no_key_update().first(conn).await.optional()?
        }
        None => None,
    };
    let (person, live) = there.map_or((None, None), |(person, until)| (Some(person), until));
    Ok(Some(Subjects {
        person,
        account: Some(account),
        suspended: [live, until, left].into_iter().flatten().map(Timestamp::from).max(),
    }))
}

/// Decides about a person: [`ConductStore::insert_sanction`] within a transaction.
pub(crate) async fn decide(
    conn: &mut AsyncPgConnection,
    log: Log<'_>,
    sanction: &NewSanction,
) -> Result<SanctionOutcome, Stopped> {
    let bot = log.bot;
    let Some(subjects) = find_subjects(conn, bot, sanction.pseudonym.as_str()).await? else {
        return Ok(SanctionOutcome::UnknownPseudonym);
    };
    let until = match until(sanction, subjects.suspended) {
        Ok(until) => until,
        Err(outcome) => return Ok(outcome),
    };
    let decided_at = Moment(sanction.decided_at);
    let row = NewSanctionRow {
        person: subjects.person,
        account: subjects.account.as_deref().filter(|_| subjects.person.is_none()),
        kind: sanction.kind.code(),
        rule: sanction.rule.map(ReportReason::code),
        text: sanction.text.map(ProfileText::code),
        until: until.map(Moment),
        reason: &sanction.reason,
        decided_by: &sanction.decided_by,
        decided_at,
    };
    let id = sanction::insert(conn, bot, &row).await?;
    let is_lift = sanction.kind == SanctionKind::Lift;
    if is_lift || until.is_some() {
        suspend(conn, bot, &subjects, until.map(Moment)).await?;
    }
    if let Some((person, text)) = subjects.person.zip(sanction.text) {
        remove_text(conn, bot, person, text).await?;
    }
    if let Some(account) = &subjects.account {
        former::keep_for_child_safety(conn, bot, account).await?;
    }
    let is_upheld = !is_lift && close_reports(conn, bot, &subjects, (decided_at, id)).await?;
    let upheld = Upheld { at: sanction.decided_at, until: until.unwrap_or(sanction.decided_at) };
    let upheld = is_upheld.then_some(upheld);
    let act = Act {
        actor: &sanction.decided_by,
        action: sanction.kind.code(),
        subject: sanction.pseudonym.as_str(),
        detail: &sanction.reason,
        at: sanction.decided_at,
    };
    log.insert(conn, &act).await?;
    if let Some(person) = subjects.person {
        if let Some(upheld) = upheld {
            let command = EngineCommand::Upheld { person: PersonId::new(person), upheld };
            command::insert(conn, bot, &command, Sender::operator(decided_at)).await?;
        }
        let reason = storable(&sanction.reason).into_owned();
        let is_pending = sanction.kind == SanctionKind::Ban && until != Some(Timestamp::MAX);
        let (text, rule) = (sanction.text, sanction.rule);
        let news = DecisionNews { sanction: SanctionId::new(id), kind: sanction.kind, text, rule, is_pending };
        let (person, news) = (PersonId::new(person), Some(news).filter(|_| !is_lift));
        let command = EngineCommand::Sanction { person, until, reason, news };
        command::insert(conn, bot, &command, Sender::operator(decided_at)).await?;
    }
    Ok(SanctionOutcome::Stored)
}

/// Until when a decision suspends, `None` if it does not; the error is the outcome if there is nothing to lift.
fn until(sanction: &NewSanction, suspended: Option<Timestamp>) -> Result<Option<Timestamp>, SanctionOutcome> {
    let is_suspended = suspended.is_some_and(|until| until > sanction.decided_at);
    match sanction.kind {
        SanctionKind::Lift if !is_suspended => Err(SanctionOutcome::NothingToLift),
        kind => Ok(kind.suspends().then_some(sanction.until)),
    }
}

/// Suspends until then, or ends that.
pub(crate) async fn suspend(conn: &mut AsyncPgConnection, bot: i64, of: &Subjects, until: Option<Moment>) -> QueryResult<()> {
    if let Some(person) = of.person {
        diesel::update(people::table.find((bot, person))).set(people::suspended_until.eq(until)).execute(conn).await?;
    }
    let Some(account) = &of.account else { return Ok(()) };
    diesel::update(former_accounts::table.find((bot, account)))
        .set(former_accounts::suspended_until.eq(until))
        .execute(conn)
        .await?;
    // Every pseudonym of the account: the release before looks there.
    diesel::update(former_people::table.filter(former_people::bot_id.eq(bot).and(former_people::subject_hash.eq(account))))
        .set(former_people::suspended_until.eq(until))
        .execute(conn)
        .await
        .map(drop)
}

/// Closes the open reports about a person and about people who left with the same account, by the sanction of this time and
/// number. Reports whether the person is there and one of theirs was among them.
async fn close_reports(
    conn: &mut AsyncPgConnection,
    bot: i64,
    of: &Subjects,
    (at, sanction): (Moment, i64),
) -> Result<bool, Stopped> {
    let close = (reports::closed_at.eq(at), reports::sanction_id.eq(sanction));
    let open = reports::table.filter(reports::bot_id.eq(bot).and(reports::closed_at.is_null()));
    let (mut closed, mut by) = (0, Vec::<Option<i64>>::new());
    if let Some(person) = of.person {
        let about = diesel::update(open.filter(reports::reported_id.eq(person))).set(close);
        by.extend(about.returning(reports::reporter_id).load::<Option<i64>>(conn).await?);
        closed = by.len();
    }
    if let Some(account) = &of.account {
        let names = former_people::table
            .filter(former_people::bot_id.eq(bot).and(former_people::subject_hash.eq(account)))
            .select(former_people::pseudonym.nullable());
        let about = diesel::update(open.filter(reports::reported_pseudonym.eq_any(names))).set(close);
        by.extend(about.returning(reports::reporter_id).load::<Option<i64>>(conn).await?);
    }
    tell_reporters(conn, bot, by, (at, true)).await?;
    Ok(closed > 0)
}

/// Tells people what became of their reports.
pub(crate) async fn tell_reporters(
    conn: &mut AsyncPgConnection,
    bot: i64,
    reporters: Vec<Option<i64>>,
    (at, is_upheld): (Moment, bool),
) -> Result<(), Stopped> {
    for reporter in reporters.into_iter().flatten() {
        let command = EngineCommand::Tell { person: PersonId::new(reporter), news: News::Report { is_upheld } };
        command::insert(conn, bot, &command, Sender::operator(at)).await?;
    }
    Ok(())
}

/// Removes a text of a profile.
async fn remove_text(conn: &mut AsyncPgConnection, bot: i64, person: i64, text: ProfileText) -> QueryResult<()> {
    let row = people::table.find((bot, person));
    let (nothing, sealed) = (None::<String>, None::<Vec<u8>>);
    match text {
        ProfileText::Bio => diesel::update(row).set((people::bio.eq(nothing), people::bio_sealed.eq(sealed))).execute(conn).await,
        ProfileText::City => {
            diesel::update(row).set((people::city.eq(nothing), people::city_sealed.eq(sealed))).execute(conn).await
        }
    }
    .map(drop)
}

/// Finds where a person stands, and writes down who read it.
async fn read_situation(
    conn: &mut AsyncPgConnection,
    log: Log<'_>,
    whom: &Whom,
    (read_by, now): (&str, Timestamp),
) -> Result<Option<Situation>, Stopped> {
    let bot = log.bot;
    let found = situation::find(conn, bot, whom, now).await?;
    if found.is_some() {
        let act = Act { actor: read_by, action: "read_person", subject: &whom.to_string(), detail: "", at: now };
        log.insert(conn, &act).await?;
    }
    Ok(found)
}

#[async_trait::async_trait]
impl ConductStore for PgConductStore {
    async fn list_open_reports(&self, bot: BotId, limit: u16) -> Result<Vec<OpenReport>, StoreError> {
        let (bot, limit) = (bot.get(), i64::from(limit.clamp(1, MAX_REPORTS)));
        let rows = self
            .pool
            .run(async move |conn: &mut AsyncPgConnection| list_open_reports(conn, bot, limit).await)
            .await
            .map_err(of_run)?;
        rows.into_iter().map(OpenReport::try_from).collect()
    }

    async fn read_situation(
        &self,
        bot: BotId,
        whom: &Whom,
        read_by: &str,
        now: Timestamp,
    ) -> Result<Option<Situation>, StoreError> {
        transact!(self.pool, conn => read_situation(conn, Log::new(bot, &self.vault), whom, (read_by, now)))
    }

    async fn insert_sanction(&self, bot: BotId, new: NewSanction) -> Result<SanctionOutcome, StoreError> {
        transact!(self.pool, conn => decide(conn, Log::new(bot, &self.vault), &new))
    }
}
