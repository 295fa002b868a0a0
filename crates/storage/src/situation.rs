//! Where a person stands, read for an operator who decides about them.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use luvhive_core::conduct::{Pseudonym, SanctionKind};
use luvhive_core::correction::Whom;
use luvhive_core::id::PersonId;
use luvhive_core::situation::{Member, PastSanction, SANCTIONS_SHOWN, SeatKind, Situation};
use luvhive_core::time::Timestamp;

use crate::codes::{self, read};
use crate::error::Stopped;
use crate::ledger;
use crate::moment::Moment;
use crate::schema::{former_accounts, former_people, people, reports, sanctions, seats, visitors};

/// A registered person, as far as their situation goes.
#[derive(Queryable, Selectable)]
#[diesel(table_name = people, check_for_backend(diesel::pg::Pg))]
struct PersonRow {
    id: i64,
    telegram_id: i64,
    pseudonym: String,
    ui_language: String,
    suspended_until: Option<Moment>,
    registered_at: Moment,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = sanctions, check_for_backend(diesel::pg::Pg))]
struct SanctionRow {
    kind: String,
    until: Option<Moment>,
    decided_at: Moment,
    decided_by: String,
}

/// Reads a person's situation; `None` if nobody has this name.
pub(crate) async fn find(
    conn: &mut AsyncPgConnection,
    bot: i64,
    whom: &Whom,
    now: Timestamp,
) -> Result<Option<Situation>, Stopped> {
    match whom {
        Whom::Person(pseudonym) => match find_person(conn, bot, pseudonym.as_str()).await? {
            Some(person) => member(conn, bot, person, now).await.map(Some),
            None => find_left(conn, bot, pseudonym, now).await,
        },
        Whom::Refused(code) => {
            let Some((telegram, refused_at)) = find_refusal(conn, bot, code.as_str()).await? else { return Ok(None) };
            match find_by_telegram(conn, bot, telegram).await? {
                Some(person) => member(conn, bot, person, now).await.map(Some),
                None => Ok(refused_at.map(|since| Situation::Refused { since: since.into() })),
            }
        }
    }
}

async fn member(conn: &mut AsyncPgConnection, bot: i64, row: PersonRow, now: Timestamp) -> Result<Situation, Stopped> {
    let seat: Option<(String, Moment)> =
        seats::table.find((bot, row.id)).select((seats::kind, seats::since)).first(conn).await.optional()?;
    let seat = match seat {
        Some((kind, since)) => Some((read(SeatKind::from_code(&kind), "seat")?, since.into())),
        None => None,
    };
    let entitlement = ledger::of_people(conn, bot, &[row.id]).await?.remove(&PersonId::new(row.id)).unwrap_or_default();
    let open = reports::table.filter(reports::bot_id.eq(bot).and(reports::closed_at.is_null()));
    let open_reports: i64 = open.filter(reports::reported_id.eq(row.id)).count().get_result(conn).await?;
    Ok(Situation::Member(Member {
        pseudonym: read(Pseudonym::new(&row.pseudonym), "pseudonym")?,
        registered_at: row.registered_at.into(),
        language: codes::ui_language(&row.ui_language),
        seat,
        premium_until: entitlement.premium_until(now),
        coins: ledger::standing(conn, bot, row.id).await?.balance,
        suspended_until: row.suspended_until.map(Timestamp::from).filter(|until| *until > now),
        refused_at: refusal_of(conn, bot, row.telegram_id).await?.map(Timestamp::from),
        open_reports: u32::try_from(open_reports).unwrap_or(u32::MAX),
        sanctions: list_sanctions(conn, bot, row.id).await?,
    }))
}

async fn list_sanctions(conn: &mut AsyncPgConnection, bot: i64, person: i64) -> Result<Vec<PastSanction>, Stopped> {
    let rows: Vec<SanctionRow> = sanctions::table
        .filter(sanctions::bot_id.eq(bot).and(sanctions::person_id.eq(person)))
        .order(sanctions::id.desc())
        .limit(i64::try_from(SANCTIONS_SHOWN).unwrap_or(i64::MAX))
        .select(SanctionRow::as_select())
        .load(conn)
        .await?;
    let past = |row: SanctionRow| {
        Ok(PastSanction {
            kind: read(SanctionKind::from_code(&row.kind), "sanction")?,
            until: row.until.map(Timestamp::from),
            decided_at: row.decided_at.into(),
            decided_by: row.decided_by,
        })
    };
    rows.into_iter().map(past).collect()
}

async fn find_left(
    conn: &mut AsyncPgConnection,
    bot: i64,
    pseudonym: &Pseudonym,
    now: Timestamp,
) -> Result<Option<Situation>, Stopped> {
    let former: Option<(Vec<u8>, Option<Moment>)> = former_people::table
        .find((bot, pseudonym.as_str()))
        .select((former_people::subject_hash, former_people::suspended_until))
        .first(conn)
        .await
        .optional()?;
    let Some((account, left)) = former else { return Ok(None) };
    let kept: Option<(Option<i64>, Option<Moment>)> = former_accounts::table
        .find((bot, &account))
        .select((former_accounts::person_id, former_accounts::suspended_until))
        .first(conn)
        .await
        .optional()?;
    let (back, until) = kept.unwrap_or_default();
    let back: Option<(String, Option<Moment>)> = match back {
        Some(person) => {
            let columns = (people::pseudonym, people::suspended_until);
            people::table.find((bot, person)).select(columns).first(conn).await.optional()?
        }
        None => None,
    };
    let (name, live) = back.unzip();
    let open = reports::table.filter(reports::bot_id.eq(bot).and(reports::closed_at.is_null()));
    let open_reports: i64 = open.filter(reports::reported_pseudonym.eq(pseudonym.as_str())).count().get_result(conn).await?;
    Ok(Some(Situation::Left {
        pseudonym: pseudonym.clone(),
        suspended_until: [left, until, live.flatten()]
            .into_iter()
            .flatten()
            .map(Timestamp::from)
            .max()
            .filter(|until| *until > now),
        open_reports: u32::try_from(open_reports).unwrap_or(u32::MAX),
        back_as: name.map(|name| read(Pseudonym::new(&name), "pseudonym")).transpose()?,
    }))
}

async fn find_person(conn: &mut AsyncPgConnection, bot: i64, pseudonym: &str) -> QueryResult<Option<PersonRow>> {
    let named = people::table.filter(people::bot_id.eq(bot).and(people::pseudonym.eq(pseudonym)));
    named.select(PersonRow::as_select()).first(conn).await.optional()
}

async fn find_by_telegram(conn: &mut AsyncPgConnection, bot: i64, telegram: i64) -> QueryResult<Option<PersonRow>> {
    let named = people::table.filter(people::bot_id.eq(bot).and(people::telegram_id.eq(telegram)));
    named.select(PersonRow::as_select()).first(conn).await.optional()
}

/// When an account was refused as a minor's, if it is.
async fn refusal_of(conn: &mut AsyncPgConnection, bot: i64, telegram: i64) -> QueryResult<Option<Moment>> {
    let refused: Option<Option<Moment>> =
        visitors::table.find((bot, telegram)).select(visitors::refused_at).first(conn).await.optional()?;
    Ok(refused.flatten())
}

/// The account with this support code, and when it was refused.
async fn find_refusal(conn: &mut AsyncPgConnection, bot: i64, code: &str) -> QueryResult<Option<(i64, Option<Moment>)>> {
    visitors::table
        .filter(visitors::bot_id.eq(bot).and(visitors::support_code.eq(code)))
        .order(visitors::telegram_id)
        .select((visitors::telegram_id, visitors::refused_at))
        .first(conn)
        .await
        .optional()
}
