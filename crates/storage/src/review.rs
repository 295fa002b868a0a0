//! Decisions that are looked at again: bans that a second member confirms, and appeals.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Bytea, Nullable, Text, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use luvhive_core::case::RECENT;
use luvhive_core::conduct::ProfileText;
use luvhive_core::conduct::{Pseudonym, ReportReason, SanctionKind};
use luvhive_core::decision::{Appeal, AppealNews, DecisionNews, NewAppeal, PendingBan, ReviewRefusal, days_lost, may_review};
use luvhive_core::engine::event::EngineCommand;
use luvhive_core::id::{PersonId, SanctionId, TelegramId};
use luvhive_core::ports::StoreError;
use luvhive_core::ports::case::{NewReview, Reader};
use luvhive_core::ports::ledger::NewGrant;
use luvhive_core::staff::account_of;
use luvhive_core::time::Timestamp;

use crate::audit::{Act, Log};
use crate::codes::{self, read};
use crate::command::{self, Sender};
use crate::conduct::{self, Subjects};
use crate::error::Stopped;
use crate::former;
use crate::ledger;
use crate::moment::Moment;
use crate::sanction;
use crate::schema::{appeals, sanctions};
use crate::vault::{APPEAL, Vault};

#[derive(QueryableByName)]
struct ReviewRow {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    person_id: Option<i64>,
    #[diesel(sql_type = Text)]
    about: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    until: Option<Moment>,
    #[diesel(sql_type = Text)]
    reason: String,
    #[diesel(sql_type = Nullable<Text>)]
    rule: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    profile_text: Option<String>,
    #[diesel(sql_type = Text)]
    decided_by: String,
    #[diesel(sql_type = Timestamptz)]
    decided_at: Moment,
    #[diesel(sql_type = Nullable<BigInt>)]
    telegram_id: Option<i64>,
    #[diesel(sql_type = Nullable<Text>)]
    ui_language: Option<String>,
    #[diesel(sql_type = Nullable<Bytea>)]
    words_sealed: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    written_at: Option<Moment>,
}

impl ReviewRow {
    fn sanction(&self) -> SanctionId {
        SanctionId::new(self.id)
    }

    fn pseudonym(&self) -> Result<Pseudonym, StoreError> {
        read(Pseudonym::new(&self.about), "pseudonym")
    }

    fn kind(&self) -> Result<SanctionKind, StoreError> {
        read(SanctionKind::from_code(&self.kind), "sanction kind")
    }

    fn rule(&self) -> Result<Option<ReportReason>, StoreError> {
        self.rule.as_deref().map(|code| read(ReportReason::from_code(code), "rule")).transpose()
    }

    fn pending(self) -> Result<PendingBan, StoreError> {
        Ok(PendingBan {
            sanction: self.sanction(),
            about: self.pseudonym()?,
            rule: self.rule()?,
            decided_at: self.decided_at.into(),
            until: self.until.unwrap_or(self.decided_at).into(),
            reason: self.reason,
            decided_by: self.decided_by,
        })
    }

    fn appeal(self, log: Log<'_>) -> Result<Appeal, StoreError> {
        let words = self.words_sealed.as_deref().and_then(|sealed| log.vault.open(&APPEAL, (log.bot, self.id), sealed));
        Ok(Appeal {
            sanction: self.sanction(),
            about: self.pseudonym()?,
            kind: self.kind()?,
            rule: self.rule()?,
            until: self.until.map(Timestamp::from),
            decided_at: self.decided_at.into(),
            written_at: self.written_at.unwrap_or(self.decided_at).into(),
            words,
            reason: self.reason,
            decided_by: self.decided_by,
        })
    }

    fn news(&self, is_pending: bool) -> Result<DecisionNews, StoreError> {
        let text = self.profile_text.as_deref().map(|code| read(ProfileText::from_code(code), "profile text")).transpose()?;
        Ok(DecisionNews { sanction: self.sanction(), kind: self.kind()?, text, rule: self.rule()?, is_pending })
    }
}

#[derive(QueryableByName)]
struct CloseRow {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// Finds which of these people a member of the staff is, or is close to.
pub(crate) async fn list_close(
    conn: &mut AsyncPgConnection,
    bot: i64,
    reader: Reader<'_>,
    people: Vec<i64>,
) -> QueryResult<BTreeSet<i64>> {
    let close: Vec<CloseRow> = diesel::sql_query(include_str!("../sql/list_close.sql"))
        .bind::<BigInt, _>(bot)
        .bind::<Text, _>(account_of(reader.by))
        .bind::<Timestamptz, _>(Moment(reader.at.minus(RECENT)))
        .bind::<Array<BigInt>, _>(people)
        .load(conn)
        .await?;
    Ok(close.into_iter().map(|row| row.id).collect())
}

/// Which decisions are wanted.
#[derive(Clone, Copy)]
enum Wanted {
    One(SanctionId),
    Appealed,
    Pending,
}

/// Lists decisions, the oldest first, without those about people whom the reader is close to, unless one is wanted.
async fn list(
    conn: &mut AsyncPgConnection,
    bot: i64,
    wanted: Wanted,
    reader: Reader<'_>,
) -> QueryResult<(Vec<ReviewRow>, BTreeSet<i64>)> {
    let one = if let Wanted::One(sanction) = wanted { Some(sanction.get()) } else { None };
    let rows: Vec<ReviewRow> = diesel::sql_query(include_str!("../sql/list_reviews.sql"))
        .bind::<BigInt, _>(bot)
        .bind::<Nullable<BigInt>, _>(one)
        .bind::<Bool, _>(matches!(wanted, Wanted::Appealed))
        .bind::<Timestamptz, _>(Moment(reader.at))
        .load(conn)
        .await?;
    let people = rows.iter().filter_map(|row| row.person_id).collect();
    let close = list_close(conn, bot, reader, people).await?;
    Ok((rows, close))
}

/// Lists what waits, without what the reader is close to, and writes down who read it.
async fn list_open<T>(
    conn: &mut AsyncPgConnection,
    log: Log<'_>,
    (wanted, action, reader): (Wanted, &str, Reader<'_>),
    shown: impl Fn(ReviewRow) -> Result<T, StoreError>,
) -> Result<Vec<T>, Stopped> {
    log.insert(conn, &Act { actor: reader.by, action, subject: "", detail: "", at: reader.at }).await?;
    let (rows, close) = list(conn, log.bot, wanted, reader).await?;
    let mut open = Vec::new();
    for row in rows {
        if reader.may_see(row.rule()?) && row.person_id.is_none_or(|person| !close.contains(&person)) {
            open.push(shown(row)?);
        }
    }
    Ok(open)
}

/// Lists open appeals.
pub(crate) async fn list_appeals(conn: &mut AsyncPgConnection, log: Log<'_>, reader: Reader<'_>) -> Result<Vec<Appeal>, Stopped> {
    list_open(conn, log, (Wanted::Appealed, "list_appeals", reader), |row| row.appeal(log)).await
}

/// Lists bans that nobody has confirmed.
pub(crate) async fn list_pending(
    conn: &mut AsyncPgConnection,
    log: Log<'_>,
    reader: Reader<'_>,
) -> Result<Vec<PendingBan>, Stopped> {
    list_open(conn, log, (Wanted::Pending, "list_bans", reader), ReviewRow::pending).await
}

/// Finds what a member looks at again, if they may; `since` says from when on it waits, `None` = it does not.
async fn find(
    conn: &mut AsyncPgConnection,
    bot: i64,
    (sanction, reader): (SanctionId, Reader<'_>),
    since: impl Fn(&ReviewRow) -> Option<Moment>,
) -> Result<Result<ReviewRow, ReviewRefusal>, Stopped> {
    // Of two who decide at the same time the second one waits here, and finds nothing.
    let locked: Option<i64> =
        sanctions::table.find((bot, sanction.get())).select(sanctions::id).for_update().first(conn).await.optional()?;
    let wanted = locked.map_or(Wanted::One(sanction), |id| Wanted::One(SanctionId::new(id)));
    let (rows, close) = list(conn, bot, wanted, reader).await?;
    let found = rows.into_iter().next().and_then(|row| since(&row).map(|since| (row, since)));
    let Some((row, since)) = found.filter(|(row, _)| row.rule().is_ok_and(|rule| reader.may_see(rule))) else {
        return Ok(Err(ReviewRefusal::Unknown));
    };
    if row.person_id.is_some_and(|person| close.contains(&person)) {
        return Ok(Err(ReviewRefusal::Involved));
    }
    let is_same = account_of(&row.decided_by) == account_of(reader.by);
    Ok(may_review(is_same, reader.is_alone, since.0, reader.at).map(|()| row))
}

/// Confirms a ban.
pub(crate) async fn confirm(
    conn: &mut AsyncPgConnection,
    log: Log<'_>,
    ban: SanctionId,
    reader: Reader<'_>,
) -> Result<Result<(), ReviewRefusal>, Stopped> {
    let bot = log.bot;
    let is_pending = |row: &ReviewRow| {
        let until = row.until.map_or(Timestamp::MAX, |until| until.0);
        (row.kind == SanctionKind::Ban.code() && until > reader.at && until != Timestamp::MAX).then_some(row.decided_at)
    };
    let row = match find(conn, bot, (ban, reader), is_pending).await? {
        Ok(row) => row,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let ever = Some(Moment(Timestamp::MAX));
    diesel::update(sanctions::table.find((bot, row.id))).set(sanctions::until.eq(ever)).execute(conn).await?;
    let act =
        Act { actor: reader.by, action: "confirm_ban", subject: &row.about, detail: &format!("ban {}", row.id), at: reader.at };
    log.insert(conn, &act).await?;
    let Some(subjects) = conduct::find_subjects(conn, bot, &row.about).await? else { return Ok(Ok(())) };
    conduct::suspend(conn, bot, &subjects, ever).await?;
    if let Some(account) = &subjects.account {
        former::keep_for_child_safety(conn, bot, account).await?;
    }
    if let Some(person) = subjects.person {
        let (until, news) = (Some(Timestamp::MAX), Some(row.news(false)?));
        let command = EngineCommand::Sanction { person: PersonId::new(person), until, reason: row.reason, news };
        command::insert(conn, bot, &command, Sender::operator(Moment(reader.at))).await?;
    }
    Ok(Ok(()))
}

/// Decides an appeal.
pub(crate) async fn decide(
    conn: &mut AsyncPgConnection,
    log: Log<'_>,
    new: &NewReview,
    reader: Reader<'_>,
) -> Result<Result<(), ReviewRefusal>, Stopped> {
    let bot = log.bot;
    let row = match find(conn, bot, (new.sanction, reader), |row| row.written_at).await? {
        Ok(row) => row,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let at = Moment(reader.at);
    diesel::update(appeals::table.find((bot, row.id)))
        .set((
            appeals::closed_at.eq(at),
            appeals::closed_by.eq(reader.by.chars().take(100).collect::<String>()),
            appeals::is_overturned.eq(new.is_overturned),
            appeals::telegram_id.eq(None::<i64>),
            appeals::ui_language.eq(None::<String>),
            appeals::words_sealed.eq(None::<Vec<u8>>),
        ))
        .execute(conn)
        .await?;
    let word = if new.is_overturned { "overturned" } else { "upheld" };
    let detail = format!("decision {}: {word}: {}", row.id, new.note);
    let act = Act { actor: reader.by, action: "decide_appeal", subject: &row.about, detail: &detail, at: reader.at };
    log.insert(conn, &act).await?;
    let subjects = conduct::find_subjects(conn, bot, &row.about).await?;
    let mut suspended_until = subjects.as_ref().and_then(|subjects| subjects.suspended);
    if new.is_overturned {
        diesel::update(sanctions::table.find((bot, row.id))).set(sanctions::overturned_at.eq(at)).execute(conn).await?;
        if let Some(subjects) = subjects.as_ref().filter(|_| row.until.is_some()) {
            suspended_until = restore(conn, log, subjects, (&row, new, reader)).await?;
        }
    }
    if let Some(telegram) = row.telegram_id {
        let command = EngineCommand::Appealed {
            telegram: TelegramId::new(telegram),
            language: codes::ui_language(row.ui_language.as_deref().unwrap_or_default()),
            news: AppealNews { is_overturned: new.is_overturned, note: new.note.clone() },
            decided_at: row.decided_at.into(),
            suspended_until: suspended_until.filter(|until| *until > reader.at),
        };
        command::insert(conn, bot, &command, Sender::operator(at)).await?;
    }
    Ok(Ok(()))
}

#[derive(QueryableByName)]
struct StillRow {
    #[diesel(sql_type = Nullable<Timestamptz>)]
    until: Option<Moment>,
}

/// Ends a suspension as far as nothing else suspends, gives lost days of premium back, and returns until when the person is
/// still suspended.
async fn restore(
    conn: &mut AsyncPgConnection,
    log: Log<'_>,
    subjects: &Subjects,
    (row, new, reader): (&ReviewRow, &NewReview, Reader<'_>),
) -> Result<Option<Timestamp>, Stopped> {
    let bot = log.bot;
    let still: StillRow = diesel::sql_query(include_str!("../sql/find_still_suspended.sql"))
        .bind::<BigInt, _>(bot)
        .bind::<Nullable<BigInt>, _>(subjects.person)
        .bind::<Nullable<Bytea>, _>(subjects.account.as_deref())
        .bind::<Timestamptz, _>(Moment(reader.at))
        .get_result(conn)
        .await?;
    conduct::suspend(conn, bot, subjects, still.until).await?;
    if let Some(person) = subjects.person {
        let entitlement = ledger::of_people(conn, bot, &[person]).await?.remove(&PersonId::new(person));
        let ends = [reader.at, row.until.unwrap_or(row.decided_at).into()];
        let days = days_lost(row.decided_at.into(), ends, entitlement.and_then(|entitlement| entitlement.until));
        if days > 0 {
            let (pseudonym, granted_by) = (row.pseudonym()?, reader.by.to_owned());
            let grant = NewGrant { pseudonym, days, reason: new.note.clone(), granted_by, granted_at: reader.at };
            ledger::give(conn, log, &grant).await?;
        }
    }
    Ok(still.until.map(Timestamp::from))
}

/// Stores an appeal, once, if it is one against a decision about this account.
pub(crate) async fn insert_appeal(
    conn: &mut AsyncPgConnection,
    (bot, telegram): (i64, i64),
    new: &NewAppeal,
    vault: &Vault,
) -> QueryResult<()> {
    let (sanction, at) = (new.sanction.get(), Moment(new.at));
    let found = sanction::find_appealable(conn, (bot, telegram, &new.subject), Some(sanction), at).await?;
    if found.is_none_or(|found| found.is_appealed) {
        return Ok(());
    }
    diesel::insert_into(appeals::table)
        .values((
            appeals::bot_id.eq(bot),
            appeals::sanction_id.eq(sanction),
            appeals::telegram_id.eq(telegram),
            appeals::ui_language.eq(new.language.code()),
            appeals::words_sealed.eq(vault.put(&APPEAL, (bot, sanction), Some(&new.words)).sealed),
            appeals::written_at.eq(at),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await
        .map(drop)
}
