//! Corrections by support, beside a running bot.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use luvhive_core::correction::{Corrected, CorrectionRefusal, NewCorrection, Standing, Whom};
use luvhive_core::engine::event::EngineCommand;
use luvhive_core::id::{BotId, TelegramId};
use luvhive_core::person::{Gender, UiLanguage};
use luvhive_core::ports::StoreError;
use luvhive_core::ports::corrections::{CorrectionError, CorrectionStore};
use luvhive_core::time::{Day, Timestamp};

use crate::audit::{Act, Log};
use crate::codes::{self, corrupt, read};
use crate::command::{self, Sender};
use crate::error::{Stopped, transact};
use crate::moment::Moment;
use crate::pool::Pool;
use crate::sanction::{self, NewSanctionRow};
use crate::schema::{people, visitors};
use crate::vault::Vault;

/// Stores corrections, for any bot of the database.
#[derive(Clone, Debug)]
pub struct PgCorrectionStore {
    pool: Pool,
    vault: Vault,
}

impl PgCorrectionStore {
    /// Makes a store over a pool, which chains the audit log by the keys of a vault.
    pub fn new(pool: Pool, vault: Vault) -> Self {
        Self { pool, vault }
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

async fn correct(conn: &mut AsyncPgConnection, log: Log<'_>, new: &NewCorrection) -> Result<Outcome, Stopped> {
    let bot = log.bot;
    let unknown = || CorrectionRefusal::Unknown(new.whom.to_string());
    let Some(found) = find(conn, bot, &new.whom).await? else { return Ok(Err(unknown())) };
    let Some(standing) = found.standing()? else { return Ok(Err(unknown())) };
    let corrected = match new.decide(&standing) {
        Ok(corrected) => corrected,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let correction = Correction { new, corrected, found: &found };
    correction.write_refusal(conn, bot).await?;
    let suspended_until = match &found.person {
        Some(person) => correction.write_person(conn, bot, person).await?,
        None => None,
    };
    let act = Act {
        actor: &new.decided_by,
        action: new.action(),
        subject: &new.whom.to_string(),
        detail: &new.detail(&corrected),
        at: new.decided_at,
    };
    log.insert(conn, &act).await?;
    let command = EngineCommand::Corrected {
        telegram: TelegramId::new(found.telegram),
        language: found.language,
        news: corrected.news(),
        suspended_until: suspended_until.map(Timestamp::from),
    };
    command::insert(conn, bot, &command, Sender::operator(Moment(new.decided_at))).await?;
    Ok(Ok(corrected))
}

/// A correction that is decided, and what it is about.
struct Correction<'a> {
    new: &'a NewCorrection,
    corrected: Corrected,
    found: &'a Found,
}

impl Correction<'_> {
    /// What becomes of the account's refusal.
    async fn write_refusal(&self, conn: &mut AsyncPgConnection, bot: i64) -> QueryResult<()> {
        let telegram = self.found.telegram;
        let row = visitors::table.find((bot, telegram));
        match self.corrected {
            Corrected::Gender(_) | Corrected::Born { was_refused: false, .. } => Ok(()),
            Corrected::Refused(day) => {
                let refusal = (
                    visitors::refused_at.eq(Some(Moment(self.new.decided_at))),
                    visitors::refused_born_on.eq(Some(day.as_naive())),
                );
                diesel::insert_into(visitors::table)
                    .values((visitors::bot_id.eq(bot), visitors::telegram_id.eq(telegram), refusal))
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
    async fn write_person(&self, conn: &mut AsyncPgConnection, bot: i64, person: &PersonRow) -> QueryResult<Option<Moment>> {
        let row = people::table.find((bot, person.id));
        let (kind, until) = match self.corrected {
            Corrected::Gender(gender) => {
                diesel::update(row).set(people::gender.eq(gender.code())).execute(conn).await?;
                return Ok(person.suspended_until);
            }
            Corrected::Born { day, was_refused } => {
                diesel::update(row).set(people::born_on.eq(day.as_naive())).execute(conn).await?;
                let refused_at = self.found.refused_at.filter(|_| was_refused);
                match sanction::before_refusal(conn, bot, person.id, refused_at).await? {
                    Some(before) => before,
                    None => return Ok(person.suspended_until),
                }
            }
            Corrected::Refused(_) => {
                let by = (self.new.reason.as_str(), self.new.decided_by.as_str());
                return sanction::refuse(conn, (bot, person.id), by, Moment(self.new.decided_at)).await;
            }
            Corrected::StaysRefused(_) | Corrected::Admitted => return Ok(person.suspended_until),
        };
        let sanction = NewSanctionRow {
            person: Some(person.id),
            account: None,
            kind: &kind,
            rule: None,
            text: None,
            until,
            reason: &self.new.reason,
            decided_by: &self.new.decided_by,
            decided_at: Moment(self.new.decided_at),
        };
        sanction::insert(conn, bot, &sanction).await?;
        diesel::update(row).set(people::suspended_until.eq(until)).execute(conn).await?;
        Ok(until)
    }
}

#[async_trait::async_trait]
impl CorrectionStore for PgCorrectionStore {
    async fn insert_correction(&self, bot: BotId, new: NewCorrection) -> Result<Corrected, CorrectionError> {
        let outcome: Result<Outcome, StoreError> = transact!(self.pool, conn => correct(conn, Log::new(bot, &self.vault), &new));
        Ok(outcome??)
    }
}
