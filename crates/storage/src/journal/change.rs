//! A lane's changes, each as its statements.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz};
use diesel::upsert::excluded;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use luvhive_core::conduct::{NewReport, Pseudonym, REPORT_WINDOW};
use luvhive_core::correction::SupportCode;
use luvhive_core::engine::event::{EndCause, EngineCommand, RatingsShift};
use luvhive_core::id::{ChatId, CommandId, MessageId, PersonId};
use luvhive_core::person::registration::NewPerson;
use luvhive_core::person::{Bio, City, Consent, Profile};
use luvhive_core::ports::StoreError;
use luvhive_core::ports::journal::{Change, LaneResult};
use luvhive_core::ports::people::DialogRecord;
use luvhive_core::preferences::Preferences;
use luvhive_core::time::Day;

use crate::case;
use crate::codes::{ProfileColumns, storable};
use crate::command::{self, Sender};
use crate::erase;
use crate::error::Stopped;
use crate::former;
use crate::friend;
use crate::ledger::{self, Booked};
use crate::moment::Moment;
use crate::people as rows_of_people;
use crate::preferences::PreferencesRow;
use crate::review;
use crate::sanction;
use crate::schema::{chats, consents, dialogs, people, preferences, visitors};
use crate::vault::{self, Kept, Vault};

/// What changes did to the facts that the engine holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Touched {
    /// Nothing.
    #[default]
    Nothing,
    /// They are to be read again.
    Facts,
    /// The person is gone.
    Erased,
}

/// What the changes so far have done.
#[derive(Default)]
pub(super) struct Applied {
    pub(super) touched: Touched,
    pub(super) commands: Vec<(CommandId, EngineCommand)>,
    /// Chats whose rating was not counted, because it was not the first.
    uncounted: Vec<ChatId>,
    /// People whose entitlement may be another one now.
    pub(super) entitled: BTreeSet<i64>,
    pub(super) ratings: Vec<RatingsShift>,
    is_registered: bool,
}

impl Applied {
    fn book(&mut self, Booked { receiver, ratings }: Booked) {
        self.entitled.extend(receiver);
        self.ratings.extend(ratings);
    }
}

/// Says what a change does to the facts.
pub(super) fn touches(change: &Change) -> Touched {
    match change {
        Change::SetLanguage(_) | Change::Register(_) | Change::Profile(..) | Change::Preferences(..) | Change::Recall(_) => {
            Touched::Facts
        }
        Change::Erase(_) => Touched::Erased,
        Change::Consent(_)
        | Change::RefuseMinor { .. }
        | Change::RefuseMember { .. }
        | Change::Dialog(_)
        | Change::Forget
        | Change::Rate { .. }
        | Change::Block { .. }
        | Change::BlockAccount { .. }
        | Change::AskFriend { .. }
        | Change::Befriend { .. }
        | Change::Unfriend { .. }
        | Change::Report(_)
        | Change::ReportWords(_)
        | Change::Appeal(_)
        | Change::Remember { .. }
        | Change::Leaving { .. }
        | Change::DataSent { .. }
        | Change::Unconsent
        | Change::BookPayment(_)
        | Change::RequestRefund(_)
        | Change::WithdrawRefund(_)
        | Change::BookRefund(_)
        | Change::CloseSubscription { .. }
        | Change::Grant(_)
        | Change::MoveCoins(_)
        | Change::OpenInvites { .. }
        | Change::RecordInvite { .. }
        | Change::ToEngine(_) => Touched::Nothing,
    }
}

/// A lane's transaction: its connection, whose work it is, and what its changes did so far.
pub(super) struct Lane<'a> {
    conn: &'a mut AsyncPgConnection,
    bot: i64,
    vault: &'a Vault,
    work: &'a LaneResult,
    applied: Applied,
}

impl<'a> Lane<'a> {
    /// Starts with no change applied.
    pub(super) fn new(conn: &'a mut AsyncPgConnection, (bot, vault): (i64, &'a Vault), work: &'a LaneResult) -> Self {
        Self { conn, bot, vault, work, applied: Applied::default() }
    }

    /// Returns what the changes did.
    pub(super) fn into_applied(self) -> Applied {
        self.applied
    }

    /// Applies one change.
    pub(super) async fn apply(&mut self, change: &Change) -> Result<(), Stopped> {
        let (bot, vault, telegram, now) = (self.bot, self.vault, self.work.telegram.get(), Moment(self.work.now));
        let conn = &mut *self.conn;
        let applied = &mut self.applied;
        applied.touched = applied.touched.max(touches(change));
        match change {
            Change::SetLanguage(language) => set_language(conn, bot, telegram, language.code()).await?,
            Change::Consent(consent) => put_consent(conn, bot, telegram, consent).await?,
            Change::RefuseMinor { at, born, code } => {
                refuse_minor(conn, bot, telegram, Refusal { at: Moment(*at), born: *born, code }).await?;
            }
            Change::RefuseMember { person, at, code } => {
                let at = Moment(*at);
                if refuse_minor(conn, bot, telegram, Refusal { at, born: None, code }).await? {
                    sanction::refuse(conn, (bot, person.get()), (sanction::OWN_WORD, sanction::OWN_WORD_BY), at).await?;
                }
            }
            Change::Dialog(Some(dialog)) => put_dialog(conn, (bot, telegram), vault, (dialog, now)).await?,
            Change::Dialog(None) => {
                diesel::delete(dialogs::table.find((bot, telegram))).execute(conn).await?;
            }
            Change::Forget => erase::account(conn, bot, telegram).await?,
            Change::Register(person) => {
                register(conn, bot, vault, person).await?;
                applied.is_registered = true;
            }
            Change::Profile(person, profile) => update_profile(conn, (bot, person.get()), vault, profile).await?,
            Change::Preferences(person, wanted) => update_preferences(conn, bot, person.get(), wanted).await?,
            Change::Rate { chat, rater, rated, is_good, at } => {
                let rating = Rating { by: rater.get(), about: rated.get(), is_good: *is_good, at: Moment(*at) };
                if !insert_rating(conn, bot, chat.get(), rating).await? {
                    applied.uncounted.push(*chat);
                }
            }
            Change::Block { blocker, blocked, chat, at } => {
                former::block_partner(conn, bot, chat.get(), ([blocker.get(), blocked.get()], Moment(*at))).await?;
            }
            Change::BlockAccount { blocker, blocked, cause, at } => {
                let back = former::block_account(conn, bot, (blocker.get(), blocked), Moment(*at)).await?;
                self.separate(back.map(|person| (blocker.get(), person)), *cause).await?;
            }
            Change::AskFriend { asker, other, chat, at } => {
                friend::ask(conn, bot, chat.get(), ([asker.get(), other.get()], Moment(*at))).await?;
            }
            Change::Befriend { person, asker, at } => {
                friend::befriend(conn, bot, [person.get(), asker.get()], Moment(*at)).await?;
            }
            Change::Unfriend { person, friend: other } => friend::unfriend(conn, bot, person.get(), other.get()).await?,
            Change::Report(report) => insert_report(conn, bot, report).await?,
            Change::ReportWords(words) => case::put_words(conn, bot, words, vault).await?,
            Change::Appeal(appeal) => review::insert_appeal(conn, (bot, telegram), appeal, vault).await?,
            Change::Remember { person, subject } => former::remember(conn, bot, person.get(), (subject, now)).await?,
            Change::Recall(subject) => {
                let met = former::recall(conn, bot, telegram, (subject, now)).await?;
                self.separate(met, EndCause::Block).await?;
            }
            Change::Unconsent => delete_consents(conn, bot, telegram).await?,
            Change::DataSent { at } => note_data_sent(conn, bot, telegram, Moment(*at)).await?,
            Change::Leaving { person, at } => set_leaves_at(conn, bot, person.get(), at.map(Moment)).await?,
            Change::Erase(person) => erase::person(conn, bot, person.get()).await?,
            Change::BookPayment(payment) => applied.book(ledger::book_payment(conn, bot, payment).await?),
            Change::RequestRefund(request) => drop(ledger::request_refund(conn, bot, request).await?),
            Change::WithdrawRefund(of) => ledger::withdraw_refund(conn, bot, of).await?,
            Change::BookRefund(refund) => applied.book(ledger::book_refund(conn, bot, refund).await?),
            Change::CloseSubscription { charge, canceled_at } => {
                applied.book(ledger::close_subscription(conn, bot, charge, canceled_at.map(Moment)).await?);
            }
            Change::Grant(grant) => applied.book(ledger::grant(conn, bot, grant).await?),
            Change::MoveCoins(movement) => ledger::move_coins(conn, bot, movement).await?,
            Change::OpenInvites { person, code } => ledger::open_invites(conn, bot, person.get(), code).await?,
            Change::RecordInvite { code, at } if applied.is_registered => {
                ledger::record_invite(conn, bot, telegram, (code, Moment(*at))).await?;
            }
            Change::RecordInvite { .. } => {}
            Change::ToEngine(EngineCommand::Rated { chat, .. }) if applied.uncounted.contains(chat) => {}
            Change::ToEngine(command) => self.tell_engine(command.clone()).await?,
        }
        Ok(())
    }

    async fn tell_engine(&mut self, command: EngineCommand) -> Result<(), Stopped> {
        let sender = Sender::lane(self.work.inbox, Moment(self.work.now), self.vault);
        let id = command::insert(self.conn, self.bot, &command, sender).await?;
        self.applied.commands.push((CommandId::new(id), command));
        Ok(())
    }

    /// Has the engine keep these apart.
    async fn separate(
        &mut self,
        pairs: impl IntoIterator<Item = (i64, i64), IntoIter: Send> + Send,
        cause: EndCause,
    ) -> Result<(), Stopped> {
        for (by, other) in pairs {
            self.tell_engine(EngineCommand::Separate { by: PersonId::new(by), other: PersonId::new(other), cause }).await?;
        }
        Ok(())
    }
}

async fn set_language(conn: &mut AsyncPgConnection, bot: i64, telegram: i64, code: &str) -> QueryResult<()> {
    diesel::insert_into(visitors::table)
        .values((visitors::bot_id.eq(bot), visitors::telegram_id.eq(telegram), visitors::ui_language.eq(code)))
        .on_conflict((visitors::bot_id, visitors::telegram_id))
        .do_update()
        .set(visitors::ui_language.eq(excluded(visitors::ui_language)))
        .execute(conn)
        .await?;
    let person = people::table.filter(people::bot_id.eq(bot).and(people::telegram_id.eq(telegram)));
    diesel::update(person).set(people::ui_language.eq(code)).execute(conn).await.map(drop)
}

async fn put_consent(conn: &mut AsyncPgConnection, bot: i64, telegram: i64, consent: &Consent) -> QueryResult<()> {
    diesel::insert_into(consents::table)
        .values((
            consents::bot_id.eq(bot),
            consents::telegram_id.eq(telegram),
            consents::version.eq(consent.version),
            consents::documents_at.eq(Moment(consent.documents_at)),
            consents::orientation_at.eq(Moment(consent.orientation_at)),
        ))
        .on_conflict((consents::bot_id, consents::telegram_id, consents::version))
        .do_update()
        .set((
            consents::documents_at.eq(excluded(consents::documents_at)),
            consents::orientation_at.eq(excluded(consents::orientation_at)),
        ))
        .execute(conn)
        .await
        .map(drop)
}

async fn delete_consents(conn: &mut AsyncPgConnection, bot: i64, telegram: i64) -> QueryResult<()> {
    let theirs = consents::table.filter(consents::bot_id.eq(bot).and(consents::telegram_id.eq(telegram)));
    diesel::delete(theirs).execute(conn).await.map(drop)
}

async fn set_leaves_at(conn: &mut AsyncPgConnection, bot: i64, person: i64, at: Option<Moment>) -> QueryResult<()> {
    diesel::update(people::table.find((bot, person))).set(people::leaves_at.eq(at)).execute(conn).await.map(drop)
}

async fn note_data_sent(conn: &mut AsyncPgConnection, bot: i64, telegram: i64, at: Moment) -> QueryResult<()> {
    diesel::insert_into(visitors::table)
        .values((visitors::bot_id.eq(bot), visitors::telegram_id.eq(telegram), visitors::data_sent_at.eq(at)))
        .on_conflict((visitors::bot_id, visitors::telegram_id))
        .do_update()
        .set(visitors::data_sent_at.eq(at))
        .execute(conn)
        .await
        .map(drop)
}

/// A refusal of a minor.
#[derive(Clone, Copy)]
struct Refusal<'a> {
    at: Moment,
    born: Option<Day>,
    code: &'a SupportCode,
}

/// The first refusal counts; a later one does not move it, and adds the code at most. Reports whether it is the first.
async fn refuse_minor(conn: &mut AsyncPgConnection, bot: i64, telegram: i64, refusal: Refusal<'_>) -> QueryResult<bool> {
    let Refusal { at, born, code } = refusal;
    diesel::insert_into(visitors::table)
        .values((visitors::bot_id.eq(bot), visitors::telegram_id.eq(telegram)))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    let moved = diesel::update(visitors::table.find((bot, telegram)).filter(visitors::refused_at.is_null()))
        .set((visitors::refused_at.eq(at), visitors::refused_born_on.eq(born.map(Day::as_naive))))
        .execute(conn)
        .await?;
    diesel::update(visitors::table.find((bot, telegram)).filter(visitors::support_code.is_null()))
        .set(visitors::support_code.eq(code.as_str()))
        .execute(conn)
        .await?;
    Ok(moved > 0)
}

async fn put_dialog(
    conn: &mut AsyncPgConnection,
    (bot, telegram): (i64, i64),
    vault: &Vault,
    (dialog, at): (&DialogRecord, Moment),
) -> QueryResult<()> {
    let (state, sealed) = vault.fill(&vault::DIALOG, (bot, telegram), storable(&dialog.state));
    diesel::insert_into(dialogs::table)
        .values((
            dialogs::bot_id.eq(bot),
            dialogs::telegram_id.eq(telegram),
            dialogs::version.eq(dialog.version),
            dialogs::state.eq(state),
            dialogs::state_sealed.eq(sealed),
            dialogs::changed_at.eq(at),
        ))
        .on_conflict((dialogs::bot_id, dialogs::telegram_id))
        .do_update()
        .set((
            dialogs::version.eq(excluded(dialogs::version)),
            dialogs::state.eq(excluded(dialogs::state)),
            dialogs::state_sealed.eq(excluded(dialogs::state_sealed)),
            dialogs::changed_at.eq(excluded(dialogs::changed_at)),
        ))
        .execute(conn)
        .await
        .map(drop)
}

async fn register(conn: &mut AsyncPgConnection, bot: i64, vault: &Vault, person: &NewPerson) -> Result<(), Stopped> {
    let telegram = person.telegram().get();
    let refused_at: Option<Option<Moment>> =
        visitors::table.find((bot, telegram)).select(visitors::refused_at).first(conn).await.optional()?;
    if refused_at.flatten().is_some() {
        return Err(StoreError::Conflict { constraint: "visitors_refused_at_check".to_owned() }.into());
    }
    // The server's strong generator: 60 of a random UUID's bits, of which a pseudonym needs 50.
    let random =
        diesel::dsl::sql::<BigInt>("('x0' || substr(replace(gen_random_uuid()::text, '-', ''), 18, 15))::bit(64)::bigint");
    let bits: i64 = diesel::select(random).get_result(conn).await?;
    let pseudonym = Pseudonym::from_random(bits.cast_unsigned());
    let profile = person.profile();
    let [bio, city] = seal(vault, (bot, telegram), profile);
    let id: i64 = diesel::insert_into(people::table)
        .values((
            people::bot_id.eq(bot),
            people::telegram_id.eq(telegram),
            people::pseudonym.eq(pseudonym.as_str()),
            people::ui_language.eq(person.language().code()),
            people::gender.eq(profile.gender.code()),
            people::born_on.eq(profile.born.as_naive()),
            ProfileColumns::new(profile, bio, city),
            people::registered_at.eq(Moment(person.registered_at())),
        ))
        .returning(people::id)
        .get_result(conn)
        .await?;
    put_consent(conn, bot, telegram, &person.consent()).await?;
    let wanted = Preferences::open_to(person.wanted());
    diesel::insert_into(preferences::table)
        .values((preferences::bot_id.eq(bot), preferences::person_id.eq(id), PreferencesRow::from(&wanted)))
        .execute(conn)
        .await?;
    Ok(())
}

/// Makes bio and city ready to be stored.
fn seal<'a>(vault: &Vault, row: vault::Row, profile: &'a Profile) -> [Kept<'a>; 2] {
    let (bio, city) = (profile.bio.as_ref().map(Bio::as_str), profile.city.as_ref().map(City::as_str));
    [vault.put(&vault::BIO, row, bio), vault.put(&vault::CITY, row, city)]
}

/// A person's account, and their encrypted bio and city.
type SealedRow = (i64, Option<Vec<u8>>, Option<Vec<u8>>);

/// A text whose key is missing looks empty to its writer, and stays until there is another one in its place.
async fn update_profile(conn: &mut AsyncPgConnection, key: (i64, i64), vault: &Vault, profile: &Profile) -> QueryResult<()> {
    let columns = (people::telegram_id, people::bio_sealed, people::city_sealed);
    let found: Option<SealedRow> = people::table.find(key).select(columns).for_no_key_update().first(conn).await.optional()?;
    let Some((telegram, bio_before, city_before)) = found else { return Ok(()) };
    let row = (key.0, telegram);
    let [mut bio, mut city] = seal(vault, row, profile);
    for (kept, column, before) in [(&mut bio, &vault::BIO, bio_before), (&mut city, &vault::CITY, city_before)] {
        if *kept == Kept::default() {
            kept.sealed = before.filter(|sealed| vault.open(column, row, sealed).is_none());
        }
    }
    diesel::update(people::table.find(key)).set(ProfileColumns::new(profile, bio, city)).execute(conn).await.map(drop)
}

async fn update_preferences(conn: &mut AsyncPgConnection, bot: i64, person: i64, wanted: &Preferences) -> QueryResult<()> {
    diesel::update(preferences::table.find((bot, person))).set(PreferencesRow::from(wanted)).execute(conn).await.map(drop)
}

/// What one person thinks of another after a chat.
#[derive(Clone, Copy)]
struct Rating {
    by: i64,
    about: i64,
    is_good: bool,
    at: Moment,
}

/// Reports whether the rating was counted.
async fn insert_rating(conn: &mut AsyncPgConnection, bot: i64, chat: i64, rating: Rating) -> QueryResult<bool> {
    let rows = diesel::sql_query(include_str!("../../sql/insert_rating.sql"))
        .bind::<BigInt, _>(bot)
        .bind::<BigInt, _>(chat)
        .bind::<BigInt, _>(rating.by)
        .bind::<BigInt, _>(rating.about)
        .bind::<Bool, _>(rating.is_good)
        .bind::<Timestamptz, _>(rating.at)
        .execute(conn)
        .await?;
    Ok(rows > 0)
}

/// The reported person is locked first, so that an erasure on its way is waited for, not run into.
async fn insert_report(conn: &mut AsyncPgConnection, bot: i64, report: &NewReport) -> QueryResult<()> {
    let sides: Option<(Option<i64>, Option<i64>)> = chats::table
        .find((bot, report.chat.get()))
        .select((chats::first_person_id, chats::second_person_id))
        .first(conn)
        .await
        .optional()?;
    let by = Some(report.reporter.get());
    let reported = match sides {
        Some((first, second)) if first == by => second,
        Some((first, second)) if second == by => first,
        _ => return Ok(()),
    };
    let reported = match reported {
        Some(person) => rows_of_people::lock(conn, bot, &[person]).await?.pop(),
        None => None,
    };
    let messages: Vec<i32> = report.messages.iter().map(|message| message.get()).collect();
    let filed: Option<FiledRow> = diesel::sql_query(include_str!("../../sql/insert_report.sql"))
        .bind::<BigInt, _>(bot)
        .bind::<BigInt, _>(report.chat.get())
        .bind::<BigInt, _>(report.reporter.get())
        .bind::<Nullable<BigInt>, _>(reported)
        .bind::<Text, _>(report.reason.code())
        .bind::<Nullable<Integer>, _>(report.message.map(MessageId::get))
        .bind::<Array<Integer>, _>(messages)
        .bind::<Timestamptz, _>(Moment(report.reported_at))
        .bind::<BigInt, _>(i64::try_from(REPORT_WINDOW.as_micros()).unwrap_or(i64::MAX))
        .get_result(conn)
        .await
        .optional()?;
    let Some(filed) = filed else { return Ok(()) };
    diesel::sql_query(include_str!("../../sql/freeze_messages.sql"))
        .bind::<BigInt, _>(bot)
        .bind::<BigInt, _>(filed.id)
        .bind::<BigInt, _>(report.chat.get())
        .bind::<BigInt, _>(report.reporter.get())
        .execute(conn)
        .await
        .map(drop)
}

/// The number of a report that was just stored.
#[derive(QueryableByName)]
struct FiledRow {
    #[diesel(sql_type = BigInt)]
    id: i64,
}
