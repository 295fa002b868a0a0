//! People: their rows, and the store that reads them.

use std::collections::BTreeMap;
use std::pin::pin;

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Bytea, Nullable, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::TryStreamExt as _;
use futures_util::future::try_join4;
use luvhive_core::conduct::{Former, Pseudonym, SanctionKind, Subject, SubjectHash, suspended_since};
use luvhive_core::correction::SupportCode;
use luvhive_core::decision::Appealable;
use luvhive_core::id::{PersonId, SanctionId, TelegramId};
use luvhive_core::person::{CONSENT_VERSION, CardPart, City, Consent, Country, Gender, OwnCard, PersonFacts, Photo, Profile};
use luvhive_core::ports::StoreError;
use luvhive_core::ports::people::{DialogRecord, PeopleStore, RegisteredPerson, Visitor};
use luvhive_core::preferences::Preferences;
use luvhive_core::premium::Entitlement;
use luvhive_core::staff::Role;
use luvhive_core::time::{Day, Timestamp};

use crate::codes::{self, read};
use crate::error::of_run;
use crate::ledger;
use crate::moment::Moment;
use crate::preferences::PreferencesRow;
use crate::sanction;
use crate::schema::{consents, dialogs, people, preferences, staff_members, visitors};
use crate::store::PgStore;
use crate::vault::{self, Vault};

/// A person's row.
#[derive(Queryable, Selectable)]
#[diesel(table_name = people, check_for_backend(diesel::pg::Pg))]
pub(crate) struct PersonRow {
    id: i64,
    telegram_id: i64,
    pseudonym: String,
    ui_language: String,
    gender: String,
    born_on: NaiveDate,
    country: String,
    city: Option<String>,
    languages: Vec<String>,
    interests: Vec<String>,
    is_verified: bool,
    is_reachable: bool,
    ratings_up: i32,
    ratings_down: i32,
    chats_count: i32,
    suspended_until: Option<Moment>,
    registered_at: Moment,
    bio: Option<String>,
    photo_file_id: Option<String>,
    card_parts: Vec<String>,
    premium_used_at: Option<Moment>,
    bio_sealed: Option<Vec<u8>>,
    city_sealed: Option<Vec<u8>>,
    leaves_at: Option<Moment>,
}

/// A person with their preferences.
#[derive(Queryable, Selectable)]
#[diesel(check_for_backend(diesel::pg::Pg))]
pub(crate) struct FullRow {
    #[diesel(embed)]
    person: PersonRow,
    #[diesel(embed)]
    preferences: PreferencesRow,
}

fn count(number: i32) -> u32 {
    u32::try_from(number).unwrap_or(0)
}

/// What the match card shows; a bio that is not shown is not read either.
fn own_card(person: &PersonRow, city: Option<City>) -> OwnCard {
    let parts = codes::card_parts(&person.card_parts);
    let bio = person.bio.as_deref().filter(|_| parts.contains(CardPart::Bio));
    OwnCard::new(parts, city, codes::bio(bio))
}

impl FullRow {
    /// Decrypts what is encrypted.
    pub(crate) fn opened(mut self, bot: i64, vault: &Vault) -> Self {
        let person = &mut self.person;
        let row = (bot, person.telegram_id);
        person.bio = vault.get(&vault::BIO, row, (person.bio.take(), person.bio_sealed.as_deref()));
        person.city = vault.get(&vault::CITY, row, (person.city.take(), person.city_sealed.as_deref()));
        self
    }

    /// Returns the person's number.
    pub(crate) fn person(&self) -> PersonId {
        PersonId::new(self.person.id)
    }

    /// Puts facts together; what the person is entitled to comes from the ledger.
    pub(crate) fn facts(&self, entitlement: Entitlement) -> Result<PersonFacts, StoreError> {
        let Self { person, preferences } = self;
        let city = codes::city(person.city.as_deref());
        Ok(PersonFacts {
            person: PersonId::new(person.id),
            telegram: TelegramId::new(person.telegram_id),
            language: codes::ui_language(&person.ui_language),
            gender: read(Gender::from_code(&person.gender), "gender")?,
            born: Day::from_naive(person.born_on),
            country: read(Country::from_code(&person.country), "country")?,
            city_mark: city.as_ref().map(City::mark),
            languages: codes::languages(&person.languages),
            interests: codes::interests(&person.interests),
            is_verified: person.is_verified,
            card: own_card(person, city),
            preferences: Preferences::try_from(preferences)?,
            ratings_up: count(person.ratings_up),
            ratings_down: count(person.ratings_down),
            suspended_until: person.suspended_until.map(Timestamp::from),
            is_reachable: person.is_reachable,
            chats_count: count(person.chats_count),
            registered_at: person.registered_at.into(),
            premium_until: entitlement.until,
            renews_at: entitlement.renews_at,
            ledger_rows: entitlement.rows,
            premium_used_at: person.premium_used_at.map(Timestamp::from),
            leaves_at: person.leaves_at.map(Timestamp::from),
        })
    }
}

impl FullRow {
    fn into_registered(self, entitlement: Entitlement) -> Result<RegisteredPerson, StoreError> {
        let facts = self.facts(entitlement)?;
        let profile = Profile {
            gender: facts.gender,
            born: facts.born,
            country: facts.country,
            city: codes::city(self.person.city.as_deref()),
            languages: facts.languages,
            interests: facts.interests,
            bio: codes::bio(self.person.bio.as_deref()),
            photo: self.person.photo_file_id.as_deref().and_then(Photo::new),
            card: facts.card.parts,
        };
        let pseudonym = read(Pseudonym::new(&self.person.pseudonym), "pseudonym")?;
        Ok(RegisteredPerson { facts, profile, pseudonym })
    }
}

/// Finds a registered person by their account.
async fn find_by_telegram(conn: &AsyncPgConnection, bot: i64, telegram: i64) -> QueryResult<Option<FullRow>> {
    people::table
        .inner_join(preferences::table.on(preferences::bot_id.eq(people::bot_id).and(preferences::person_id.eq(people::id))))
        .filter(people::bot_id.eq(bot).and(people::telegram_id.eq(telegram)))
        .select(FullRow::as_select())
        .first(&mut &*conn)
        .await
        .optional()
}

/// Finds a registered person by their account, with what they are entitled to.
pub(crate) async fn find_entitled(
    conn: &AsyncPgConnection,
    (bot, telegram): (i64, i64),
    vault: &Vault,
) -> QueryResult<Option<(FullRow, Entitlement)>> {
    let Some(row) = find_by_telegram(conn, bot, telegram).await? else { return Ok(None) };
    let row = row.opened(bot, vault);
    let person = row.person();
    let entitlement = ledger::of_people(conn, bot, &[person.get()]).await?.remove(&person).unwrap_or_default();
    Ok(Some((row, entitlement)))
}

/// Locks people against erasure, in the order of their numbers, and returns who is there.
pub(crate) async fn lock(conn: &mut AsyncPgConnection, bot: i64, persons: &[i64]) -> QueryResult<Vec<i64>> {
    people::table
        .filter(people::bot_id.eq(bot).and(people::id.eq_any(persons)))
        .order(people::id)
        .select(people::id)
        .for_key_share()
        .load(conn)
        .await
}

#[derive(QueryableByName)]
struct FormerRow {
    #[diesel(sql_type = BigInt)]
    found: i64,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    suspended_until: Option<Moment>,
    #[diesel(sql_type = Bool)]
    is_older: bool,
}

/// Finds what is known of an account.
async fn find_former(conn: &mut AsyncPgConnection, bot: i64, subject: &Subject) -> QueryResult<Option<Former>> {
    let row: FormerRow = diesel::sql_query(include_str!("../sql/find_former.sql"))
        .bind::<BigInt, _>(bot)
        .bind::<Bytea, _>(subject.hash.as_bytes())
        .bind::<Nullable<Bytea>, _>(subject.older.as_ref().map(SubjectHash::as_bytes))
        .get_result(conn)
        .await?;
    Ok((row.found > 0)
        .then(|| Former { suspended_until: row.suspended_until.map(Timestamp::from), is_under_older_key: row.is_older }))
}

/// Lists every registered person of a bot, by number, and the numbers of those whose rows cannot be read. At start only: the
/// one list without a limit, so no more than one row is held beside the facts.
pub(crate) async fn list_all(
    conn: &mut AsyncPgConnection,
    bot: i64,
    entitlements: &BTreeMap<PersonId, Entitlement>,
    vault: &Vault,
) -> QueryResult<(Vec<PersonFacts>, Vec<i64>)> {
    let rows = people::table
        .inner_join(preferences::table.on(preferences::bot_id.eq(people::bot_id).and(preferences::person_id.eq(people::id))))
        .filter(people::bot_id.eq(bot))
        .order(people::id)
        .select(FullRow::as_select())
        .load_stream::<FullRow>(conn)
        .await?;
    let (mut people, mut unreadable) = (Vec::new(), Vec::new());
    let mut rows = pin!(rows);
    while let Some(row) = rows.try_next().await? {
        let row = row.opened(bot, vault);
        match row.facts(entitlements.get(&row.person()).copied().unwrap_or_default()) {
            Ok(facts) => people.push(facts),
            Err(_unreadable) => unreadable.push(row.person().get()),
        }
    }
    Ok((people, unreadable))
}

/// Lists everybody who has not agreed to today's documents, by number. At start only.
pub(crate) async fn list_lapsed(conn: &mut AsyncPgConnection, bot: i64) -> QueryResult<Vec<i64>> {
    // Two plain lists: on tables without statistics the planner joins them row by row, for minutes.
    let agreed: std::collections::HashSet<i64> = consents::table
        .filter(consents::bot_id.eq(bot).and(consents::version.eq(CONSENT_VERSION)))
        .select(consents::telegram_id)
        .load(conn)
        .await?
        .into_iter()
        .collect();
    let known: Vec<(i64, i64)> = people::table
        .filter(people::bot_id.eq(bot))
        .order(people::id)
        .select((people::id, people::telegram_id))
        .load(conn)
        .await?;
    Ok(known.into_iter().filter(|(_, telegram)| !agreed.contains(telegram)).map(|(id, _)| id).collect())
}

type VisitorParts = (
    Option<(Option<String>, Option<Moment>, Option<String>, Option<Moment>)>,
    Option<(i16, String, Option<Vec<u8>>)>,
    Option<(i16, Moment, Moment)>,
    Option<(FullRow, Entitlement)>,
);

async fn read_at_once(conn: &mut AsyncPgConnection, row: vault::Row, vault: &Vault) -> QueryResult<VisitorParts> {
    let read = async move |conn: &mut AsyncPgConnection| read_visitor(conn, row, vault).await;
    conn.build_transaction().read_only().repeatable_read().run(read).await
}

async fn read_visitor(conn: &AsyncPgConnection, (bot, telegram): vault::Row, vault: &Vault) -> QueryResult<VisitorParts> {
    let visitor = async {
        let columns = (visitors::ui_language, visitors::refused_at, visitors::support_code, visitors::data_sent_at);
        visitors::table.find((bot, telegram)).select(columns).first(&mut &*conn).await.optional()
    };
    let dialog = async {
        let columns = (dialogs::version, dialogs::state, dialogs::state_sealed);
        dialogs::table.find((bot, telegram)).select(columns).first(&mut &*conn).await.optional()
    };
    let consent = async {
        consents::table
            .filter(consents::bot_id.eq(bot).and(consents::telegram_id.eq(telegram)))
            .order(consents::version.desc())
            .select((consents::version, consents::documents_at, consents::orientation_at))
            .first(&mut &*conn)
            .await
            .optional()
    };
    // Asked in one go: one way to the server and back instead of four.
    try_join4(visitor, dialog, consent, find_entitled(conn, (bot, telegram), vault)).await
}

/// How many of a person's latest sanctions are read to find where the present suspension began.
const LATEST_SANCTIONS: i64 = 100;

#[async_trait::async_trait]
impl PeopleStore for PgStore {
    async fn has_person(&self, person: PersonId) -> Result<bool, StoreError> {
        let key = (self.bot.get(), person.get());
        let find = async move |conn: &mut AsyncPgConnection| {
            diesel::select(diesel::dsl::exists(people::table.find(key))).get_result(conn).await
        };
        self.pool.run(find).await.map_err(of_run)
    }

    async fn has_moderator(&self) -> Result<bool, StoreError> {
        let moderators = staff_members::table
            .filter(staff_members::bot_id.eq(self.bot.get()).and(staff_members::role.eq(Role::Moderator.code())));
        let find =
            async move |conn: &mut AsyncPgConnection| diesel::select(diesel::dsl::exists(moderators)).get_result(conn).await;
        self.pool.run(find).await.map_err(of_run)
    }

    async fn find_suspended_since(&self, person: PersonId) -> Result<Option<Timestamp>, StoreError> {
        let (bot, person) = (self.bot.get(), person.get());
        let list = async move |conn: &mut AsyncPgConnection| sanction::list_latest(conn, bot, person, LATEST_SANCTIONS).await;
        let latest = self.pool.run(list).await.map_err(of_run)?;
        let latest: Result<Vec<_>, StoreError> = latest
            .into_iter()
            .map(|(kind, until, decided_at)| {
                let kind = read(SanctionKind::from_code(&kind), "sanction kind")?;
                Ok((kind, until.unwrap_or(decided_at).into(), decided_at.into()))
            })
            .collect();
        Ok(suspended_since(latest?))
    }

    async fn find_appealable(
        &self,
        telegram: TelegramId,
        subject: &Subject,
        sanction: Option<SanctionId>,
        now: Timestamp,
    ) -> Result<Option<Appealable>, StoreError> {
        let (bot, telegram, subject) = (self.bot.get(), telegram.get(), *subject);
        let sanction = sanction.map(SanctionId::get);
        let find = async move |conn: &mut AsyncPgConnection| {
            sanction::find_appealable(conn, (bot, telegram, &subject), sanction, Moment(now)).await
        };
        self.pool.run(find).await.map_err(of_run)
    }

    async fn find_former(&self, subject: &Subject) -> Result<Option<Former>, StoreError> {
        let (bot, subject) = (self.bot.get(), *subject);
        let find = async move |conn: &mut AsyncPgConnection| find_former(conn, bot, &subject).await;
        self.pool.run(find).await.map_err(of_run)
    }

    async fn get_visitor(&self, telegram: TelegramId) -> Result<Visitor, StoreError> {
        let (row, vault) = ((self.bot.get(), telegram.get()), &self.vault);
        let all = async move |conn: &mut AsyncPgConnection| read_at_once(conn, row, vault).await;
        let (visitor, dialog, consent, person) = self.pool.run(all).await.map_err(of_run)?;
        let (language, refused_at, code, data_sent_at) = visitor.unwrap_or_default();
        Ok(Visitor {
            telegram,
            language: language.as_deref().map(codes::ui_language),
            refused_at: refused_at.map(Timestamp::from),
            support_code: code.map(|code| read(SupportCode::new(&code), "support code")).transpose()?,
            data_sent_at: data_sent_at.map(Timestamp::from),
            dialog: dialog.and_then(|(version, state, sealed)| {
                let state = vault.get(&vault::DIALOG, row, (Some(state), sealed.as_deref()))?;
                Some(DialogRecord { version, state })
            }),
            consent: consent.map(|(version, documents_at, orientation_at)| Consent {
                version,
                documents_at: documents_at.into(),
                orientation_at: orientation_at.into(),
            }),
            person: person.map(|(row, entitlement)| row.into_registered(entitlement)).transpose()?,
        })
    }
}
