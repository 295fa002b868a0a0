//! Corrections by support, beside a running bot.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use luvhive_core::conduct::SanctionKind;
use luvhive_core::correction::{Corrected, CorrectionRefusal, NewCorrection, Standing, Whom};
use luvhive_core::engine::event::EngineCommand;
use luvhive_core::id::{BotId, TelegramId};
use luvhive_core::person::{Gender, UiLanguage};
use luvhive_core::ports::StoreError;
use luvhive_core::ports::corrections::{CorrectionError, CorrectionStore};
use luvhive_core::time::{Day, Timestamp};

use crate::codes::{self, corrupt, read, storable};
use crate::error::{ATTEMPTS, Fault, of_connection};
use crate::journal::{Stopped, insert_command};
use crate::moment::Moment;
use crate::pool::Pool;
use crate::schema::{audit_log, people, sanctions, visitors};

/// Stores corrections, for any bot of the database.
#[derive(Clone, Debug)]
pub struct PgCorrectionStore {
    pool: Pool,
}

impl PgCorrectionStore {
    /// Makes a store over a pool.
    pub fn new(pool: Pool) -> Self {
        Self { pool }
    }
}

/// A registered person, as far as corrections go.
#[derive(Queryable, Selectable)]
#[diesel(table_name = people, check_for_backend(diesel::pg::Pg))]
struct PersonRow {
    id: i64,
    telegram_id: i64,
    ui_language: String,
    gender: String,
    born_on: NaiveDate,
    registered_at: Moment,
    suspended_until: Option<Moment>,
}

/// Whom a correction is about: their account, their row if they are registered, and their refusal if there is one.
struct Found {
    telegram: i64,
    language: UiLanguage,
    person: Option<PersonRow>,
    refused_at: Option<Moment>,
}

impl Found {
    fn standing(&self) -> Result<Option<Standing>, StoreError> {
        Ok(match &self.person {
            Some(person) => Some(Standing::Person {
                gender: read(Gender::from_code(&person.gender), "gender")?,
                born: Day::from_naive(person.born_on),
                registered_at: person.registered_at.into(),
                is_refused: self.refused_at.is_some(),
            }),
            None => self.refused_at.map(|_| Standing::Refused),
        })
    }
}

async fn find_by_pseudonym(conn: &mut AsyncPgConnection, bot: i64, pseudonym: &str) -> QueryResult<Option<PersonRow>> {
    people::table
        .filter(people::bot_id.eq(bot).and(people::pseudonym.eq(pseudonym)))
        .select(PersonRow::as_select())
        .for_no_key_update()
        .first(conn)
        .await
        .optional()
}

async fn find_by_telegram(conn: &mut AsyncPgConnection, bot: i64, telegram: i64) -> QueryResult<Option<PersonRow>> {
    people::table
        .filter(people::bot_id.eq(bot).and(people::telegram_id.eq(telegram)))
        .select(PersonRow::as_select())
        .for_no_key_update()
        .first(conn)
        .await
        .optional()
}

async fn list_by_code(conn: &mut AsyncPgConnection, bot: i64, code: &str) -> QueryResult<Vec<i64>> {
    visitors::table
        .filter(visitors::bot_id.eq(bot).and(visitors::support_code.eq(code)))
        .order(visitors::telegram_id)
        .limit(2)
        .select(visitors::telegram_id)
        .load(conn)
        .await
}

async fn find(conn: &mut AsyncPgConnection, bot: i64, whom: &Whom) -> Result<Option<Found>, Stopped> {
    let (telegram, person) = match whom {
        Whom::Person(pseudonym) => match find_by_pseudonym(conn, bot, pseudonym.as_str()).await? {
            Some(person) => (person.telegram_id, Some(person)),
            None => return Ok(None),
        },
        Whom::Refused(code) => match list_by_code(conn, bot, code.as_str()).await?.as_slice() {
            [] => return Ok(None),
            [telegram] => (*telegram, find_by_telegram(conn, bot, *telegram).await?),
            // Two accounts with 60 bits in common: nobody may be corrected by mistake.
            [..] => return Err(corrupt("support code").into()),
        },
    };
    let visitor: Option<(Option<Moment>, Option<String>)> = visitors::table
        .find((bot, telegram))
        .select((visitors::refused_at, visitors::ui_language))
        .for_update()
        .first(conn)
        .await
        .optional()?;
    let (refused_at, chosen) = visitor.unwrap_or_default();
    let language = person.as_ref().map(|person| person.ui_language.as_str()).or(chosen.as_deref());
    let language = language.map_or(UiLanguage::English, codes::ui_language);
    Ok(Some(Found { telegram, language, person, refused_at }))
}

type Outcome = Result<Corrected, CorrectionRefusal>;

async fn correct(conn: &mut AsyncPgConnection, bot: i64, new: &NewCorrection) -> Result<Outcome, Stopped> {
    let unknown = || CorrectionRefusal::Unknown(new.whom.to_string());
    let Some(found) = find(conn, bot, &new.whom).await? else { return Ok(Err(unknown())) };
    let Some(standing) = found.standing()? else { return Ok(Err(unknown())) };
    let corrected = match new.decide(&standing) {
        Ok(corrected) => corrected,
        Err(refusal) => return Ok(Err(refusal)),
    };
    write_refusal(conn, bot, &found, new, corrected).await?;
    let suspended_until = match &found.person {
        Some(person) => write_person(conn, bot, person, found.refused_at, new, corrected).await?,
        None => None,
    };
    audit(conn, bot, new, &corrected).await?;
    let command = EngineCommand::Corrected {
        telegram: TelegramId::new(found.telegram),
        language: found.language,
        news: corrected.news(),
        suspended_until: suspended_until.map(Timestamp::from),
    };
    insert_command(conn, bot, None, &command, Moment(new.decided_at)).await?;
    Ok(Ok(corrected))
}

/// What becomes of the account's refusal.
async fn write_refusal(
    conn: &mut AsyncPgConnection,
    bot: i64,
    found: &Found,
    new: &NewCorrection,
    corrected: Corrected,
) -> QueryResult<()> {
    let row = visitors::table.find((bot, found.telegram));
    match corrected {
        Corrected::Gender(_) | Corrected::Born { was_refused: false, .. } => Ok(()),
        Corrected::Refused(day) => {
            let refusal =
                (visitors::refused_at.eq(Some(Moment(new.decided_at))), visitors::refused_born_on.eq(Some(day.as_naive())));
            diesel::insert_into(visitors::table)
                .values((visitors::bot_id.eq(bot), visitors::telegram_id.eq(found.telegram), refusal))
                .on_conflict((visitors::bot_id, visitors::telegram_id))
                .do_update()
                .set(refusal)
                .execute(conn)
                .await
                .map(drop)
        }
        Corrected::StaysRefused(day) => {
            diesel::update(row).set(visitors::refused_born_on.eq(day.as_naive())).execute(conn).await.map(drop)
        }
        Corrected::Born { was_refused: true, .. } | Corrected::Admitted => diesel::update(row)
            .set((
                visitors::refused_at.eq(None::<Moment>),
                visitors::refused_born_on.eq(None::<NaiveDate>),
                visitors::support_code.eq(None::<String>),
            ))
            .execute(conn)
            .await
            .map(drop),
    }
}

/// What becomes of a registered person; returns until when they are suspended now.
async fn write_person(
    conn: &mut AsyncPgConnection,
    bot: i64,
    person: &PersonRow,
    refused_at: Option<Moment>,
    new: &NewCorrection,
    corrected: Corrected,
) -> QueryResult<Option<Moment>> {
    let row = people::table.find((bot, person.id));
    let (kind, until) = match corrected {
        Corrected::Gender(gender) => {
            diesel::update(row).set(people::gender.eq(gender.code())).execute(conn).await?;
            return Ok(person.suspended_until);
        }
        Corrected::Born { day, was_refused } => {
            diesel::update(row).set(people::born_on.eq(day.as_naive())).execute(conn).await?;
            match before_refusal(conn, bot, person.id, refused_at.filter(|_| was_refused)).await? {
                Some(before) => before,
                None => return Ok(person.suspended_until),
            }
        }
        Corrected::Refused(_) => (SanctionKind::Ban.code().to_owned(), Some(Moment(Timestamp::MAX))),
        Corrected::StaysRefused(_) | Corrected::Admitted => return Ok(person.suspended_until),
    };
    diesel::insert_into(sanctions::table)
        .values((
            sanctions::bot_id.eq(bot),
            sanctions::person_id.eq(person.id),
            sanctions::kind.eq(kind),
            sanctions::until.eq(until),
            sanctions::reason.eq(storable(&new.reason)),
            sanctions::decided_by.eq(storable(&new.decided_by)),
            sanctions::decided_at.eq(Moment(new.decided_at)),
        ))
        .execute(conn)
        .await?;
    diesel::update(row).set(people::suspended_until.eq(until)).execute(conn).await?;
    Ok(until)
}

/// What stood before the sanction that came with a refusal: its kind and end. `None` if the latest sanction is another one,
/// which then goes on.
pub(crate) async fn before_refusal(
    conn: &mut AsyncPgConnection,
    bot: i64,
    person: i64,
    refused_at: Option<Moment>,
) -> QueryResult<Option<(String, Option<Moment>)>> {
    let Some(refused_at) = refused_at else { return Ok(None) };
    let latest: Vec<(String, Option<Moment>, Moment)> = sanctions::table
        .filter(sanctions::bot_id.eq(bot).and(sanctions::person_id.eq(person)))
        .order(sanctions::id.desc())
        .limit(2)
        .select((sanctions::kind, sanctions::until, sanctions::decided_at))
        .load(conn)
        .await?;
    Ok(match latest.as_slice() {
        [(.., decided_at), rest @ ..] if *decided_at == refused_at => Some(match rest.first() {
            Some((kind, until, _)) => (kind.clone(), *until),
            None => (SanctionKind::Lift.code().to_owned(), None),
        }),
        _ => None,
    })
}

async fn audit(conn: &mut AsyncPgConnection, bot: i64, new: &NewCorrection, corrected: &Corrected) -> QueryResult<()> {
    diesel::insert_into(audit_log::table)
        .values((
            audit_log::bot_id.eq(bot),
            audit_log::acted_at.eq(Moment(new.decided_at)),
            audit_log::actor.eq(storable(&new.decided_by)),
            audit_log::action.eq(new.action()),
            audit_log::subject.eq(new.whom.to_string()),
            audit_log::detail.eq(storable(&new.detail(corrected))),
        ))
        .execute(conn)
        .await
        .map(drop)
}

#[async_trait::async_trait]
impl CorrectionStore for PgCorrectionStore {
    async fn insert_correction(&self, bot: BotId, new: NewCorrection) -> Result<Corrected, CorrectionError> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let mut conn = self.pool.get().await.map_err(of_connection)?;
            let result = conn.transaction(async |conn| correct(conn, bot.get(), &new).await).await;
            let fault = match result {
                Ok(outcome) => return Ok(outcome?),
                Err(Stopped::Query(error)) => Fault::of_transaction(error, &mut conn).await,
                Err(Stopped::Store(error)) => return Err(error.into()),
                Err(Stopped::Fenced | Stopped::NotFound) => return Err(StoreError::NotFound.into()),
            };
            match fault {
                Fault::Contention(_) if attempt < ATTEMPTS => {}
                fault => return Err(StoreError::from(fault).into()),
            }
        }
    }
}
