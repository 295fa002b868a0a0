//! Reading everything the engine needs to start, from one snapshot.

use std::time::Duration;

use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use futures_util::TryStreamExt as _;
use luvhive_core::chat::{Answers, EndReason, Seat, Side};
use luvhive_core::engine::batch::{InboxRow, InboxWork};
use luvhive_core::engine::effect::Task;
use luvhive_core::engine::event::EngineCommand;
use luvhive_core::engine::{Loaded, Parting};
use luvhive_core::id::{ChatId, CommandId, InboxId, PersonId, TelegramId, UpdateId};
use luvhive_core::invitation::{Invitation, InvitationState};
use luvhive_core::person::PersonFacts;
use luvhive_core::ports::StoreError;
use luvhive_core::ports::journal::{JournalError, Lease};
use luvhive_core::premium::ChargeId;
use luvhive_core::search::{MAX_RECENT_PAIRS, RECENT};
use luvhive_core::tier::Upheld;
use luvhive_core::time::{TelegramTime, Timestamp};

use super::PgJournal;
use super::hold::HoldRow;
use super::outbox::StoredOutbox;
use super::parting::{LastPartings, PartingRow};
use crate::codes::{corrupt, questions, read, widening};
use crate::command::{self, PlacedEdit};
use crate::error::of_run;
use crate::ledger;
use crate::moment::Moment;
use crate::people;
use crate::sanction;
use crate::schema::{
    blocks, chats, commands, dead_updates, holds, inbox, invitations, message_map, outbox, seats, seen_updates, shard_leases,
};
use crate::vault::{self, Vault};

/// How long an update that came by webhook is remembered.
const SEEN: Duration = Duration::from_hours(48);
/// The most commands that one call lists.
const COMMANDS_LIMIT: i64 = 100;

/// What a person has answered in the chat they sit in.
#[derive(Queryable, Selectable)]
#[diesel(table_name = seats, check_for_backend(diesel::pg::Pg))]
struct AnswerColumns {
    passes: Vec<String>,
    is_media_asked: bool,
}

impl From<AnswerColumns> for Answers {
    fn from(row: AnswerColumns) -> Self {
        Self { passes: questions(&row.passes), is_media_asked: row.is_media_asked }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = seats, check_for_backend(diesel::pg::Pg))]
struct SeatRow {
    person_id: i64,
    kind: String,
    chat_id: Option<i64>,
    side: Option<i16>,
    since: Moment,
    widened: Vec<String>,
    answer_by: Option<Moment>,
    has_agreed: bool,
    heard_at: Option<Moment>,
    has_written: bool,
    was_searching: bool,
    #[diesel(embed)]
    answers: AnswerColumns,
}

impl TryFrom<SeatRow> for (PersonId, Seat) {
    type Error = StoreError;

    fn try_from(row: SeatRow) -> Result<Self, StoreError> {
        let since = row.since.into();
        let seat = match (row.kind.as_str(), row.chat_id, row.side.and_then(Side::from_number)) {
            ("waiting", None, None) => Seat::Waiting { since, widening: widening(&row.widened) },
            ("meeting", Some(chat), Some(side)) => Seat::Meeting {
                meeting: ChatId::new(chat),
                side,
                since,
                widening: widening(&row.widened),
                answer_by: read(row.answer_by, "seat")?.into(),
                has_agreed: row.has_agreed,
                was_searching: row.was_searching,
            },
            ("chatting", Some(chat), Some(side)) => Seat::Chatting {
                chat: ChatId::new(chat),
                side,
                since,
                heard_at: row.heard_at.map(|at| TelegramTime::at(at.into(), 0)),
                has_written: row.has_written,
                answers: row.answers.into(),
            },
            _ => return Err(corrupt("seat")),
        };
        Ok((PersonId::new(row.person_id), seat))
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = inbox, check_for_backend(diesel::pg::Pg))]
struct StoredInbox {
    id: i64,
    telegram_id: i64,
    chat_id: Option<i64>,
    kind: String,
    update_id: Option<i64>,
    payload: Option<String>,
    person_id: Option<i64>,
    charge_id: Option<String>,
    received_at: Moment,
    payload_sealed: Option<Vec<u8>>,
}

impl StoredInbox {
    /// Decrypts its payload.
    fn opened(mut self, bot: i64, vault: &Vault) -> Self {
        self.payload = vault.get(&vault::UPDATE, (bot, self.id), (self.payload.take(), self.payload_sealed.as_deref()));
        self
    }
}

impl TryFrom<StoredInbox> for InboxRow {
    type Error = StoreError;

    fn try_from(row: StoredInbox) -> Result<Self, StoreError> {
        let work = match (row.kind.as_str(), row.update_id, row.payload, row.person_id) {
            ("update", Some(update), Some(payload), None) => {
                InboxWork::Update { update: UpdateId::new(update), payload: payload.into() }
            }
            ("erase", None, None, Some(person)) => InboxWork::Erase { person: PersonId::new(person) },
            ("first_chat", None, None, Some(person)) => InboxWork::Task(Task::FirstChat { person: PersonId::new(person) }),
            ("subscription", None, None, Some(person)) => InboxWork::Task(Task::Subscription { person: PersonId::new(person) }),
            ("refund", None, None, None) => {
                let charge = row.charge_id.as_deref().and_then(ChargeId::new);
                InboxWork::Task(Task::Refund { charge: read(charge, "inbox row")? })
            }
            _ => return Err(corrupt("inbox row")),
        };
        Ok(Self {
            id: InboxId::new(row.id),
            telegram: TelegramId::new(row.telegram_id),
            chat: row.chat_id.map(ChatId::new),
            work,
            received_at: row.received_at.into(),
        })
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = invitations, check_for_backend(diesel::pg::Pg))]
struct InvitationRow {
    inviter_id: i64,
    invited_id: i64,
    chat_id: i64,
    inviter_number: i16,
    invited_number: i16,
    made_at: Moment,
    expires_at: Moment,
    state: String,
}

impl TryFrom<InvitationRow> for Invitation {
    type Error = StoreError;

    fn try_from(row: InvitationRow) -> Result<Self, StoreError> {
        let number = |number: i16| u16::try_from(number).map_err(|_negative| corrupt("invitation"));
        Ok(Self {
            inviter: PersonId::new(row.inviter_id),
            invited: PersonId::new(row.invited_id),
            chat: ChatId::new(row.chat_id),
            numbers: [number(row.invited_number)?, number(row.inviter_number)?],
            made_at: row.made_at.into(),
            expires_at: row.expires_at.into(),
            state: read(InvitationState::from_code(&row.state), "invitation")?,
        })
    }
}

/// A command's number, form and body, which is no longer encrypted.
type CommandRow = (i64, i16, String);

/// Everything as rows.
struct Rows {
    lease: Option<(i64, Option<i64>)>,
    people: (Vec<PersonFacts>, Vec<i64>),
    lapsed: Vec<i64>,
    seats: Vec<SeatRow>,
    blocks: Vec<(i64, i64)>,
    recent: Vec<Parting>,
    upheld: Vec<(PersonId, Upheld)>,
    invitations: Vec<InvitationRow>,
    holds: Vec<HoldRow>,
    inbox: Vec<StoredInbox>,
    commands: Vec<command::Stored>,
    outbox: Vec<StoredOutbox>,
    seen: Vec<i64>,
}

async fn read_at_once(conn: &mut AsyncPgConnection, shard: (i64, i16), vault: &Vault, now: Timestamp) -> QueryResult<Rows> {
    let read = async move |conn: &mut AsyncPgConnection| read_rows(conn, shard, vault, now).await;
    conn.build_transaction().read_only().repeatable_read().run(read).await
}

async fn read_rows(conn: &mut AsyncPgConnection, (bot, shard): (i64, i16), vault: &Vault, now: Timestamp) -> QueryResult<Rows> {
    let entitlements = ledger::list_all(conn, bot).await?;
    Ok(Rows {
        lease: shard_leases::table
            .find((bot, shard))
            .select((shard_leases::epoch, shard_leases::watermark))
            .first(conn)
            .await
            .optional()?,
        people: people::list_all(conn, bot, &entitlements, vault).await?,
        lapsed: people::list_lapsed(conn, bot).await?,
        seats: seats::table.filter(seats::bot_id.eq(bot)).order(seats::person_id).select(SeatRow::as_select()).load(conn).await?,
        blocks: blocks::table
            .filter(blocks::bot_id.eq(bot))
            .order((blocks::blocker_id, blocks::blocked_id))
            .select((blocks::blocker_id, blocks::blocked_id))
            .load(conn)
            .await?,
        recent: chats::table
            .filter(chats::bot_id.eq(bot).and(chats::is_cleared.eq(false)))
            .filter(chats::ended_at.gt(Moment(now.minus(RECENT))))
            .filter(chats::first_person_id.is_not_null().and(chats::second_person_id.is_not_null()))
            // Of meetings only a "not now" keeps two people apart.
            .filter(chats::is_meeting.eq(false).or(chats::end_reason.eq(EndReason::Declined.code())))
            .order((chats::ended_at.desc(), chats::id.desc()))
            // The engine keeps no more.
            .limit(i64::try_from(MAX_RECENT_PAIRS).unwrap_or(i64::MAX))
            .select((chats::first_person_id, chats::second_person_id, chats::started_at, chats::ended_at, chats::is_meeting))
            .load_stream::<PartingRow>(conn)
            .await?
            .try_fold(LastPartings::default(), |mut last, row| async move {
                last.take(row);
                Ok(last)
            })
            .await?
            .into_oldest_first(),
        upheld: sanction::list_upheld(conn, bot).await?,
        invitations: invitations::table
            .filter(invitations::bot_id.eq(bot))
            .order((invitations::inviter_id, invitations::invited_id))
            .select(InvitationRow::as_select())
            .load(conn)
            .await?,
        holds: holds::table.filter(holds::bot_id.eq(bot)).order(holds::id).select(HoldRow::as_select()).load(conn).await?,
        inbox: inbox::table.filter(inbox::bot_id.eq(bot)).order(inbox::id).select(StoredInbox::as_select()).load(conn).await?,
        commands: commands::table
            .filter(commands::bot_id.eq(bot).and(commands::is_dead.eq(false)))
            .order(commands::id)
            .select(command::STORED)
            .load(conn)
            .await?,
        outbox: outbox::table
            .filter(outbox::bot_id.eq(bot))
            .order(outbox::id)
            .select(StoredOutbox::as_select())
            .load(conn)
            .await?,
        seen: seen_updates::table
            .filter(seen_updates::bot_id.eq(bot).and(seen_updates::seen_at.gt(Moment(now.minus(SEEN)))))
            .order(seen_updates::update_id)
            .select(seen_updates::update_id)
            .load(conn)
            .await?,
    })
}

/// Commands sorted by what becomes of them.
struct Sorted {
    open: Vec<(CommandId, EngineCommand)>,
    placed: Vec<(i64, PlacedEdit)>,
    unreadable: Vec<i64>,
    /// Ratings, which the facts just read hold already, and changes to messages that are not known any more.
    counted: Vec<i64>,
}

fn sort(rows: impl Iterator<Item = CommandRow>, counts_are_read: bool) -> Sorted {
    let mut sorted = Sorted { open: Vec::new(), placed: Vec::new(), unreadable: Vec::new(), counted: Vec::new() };
    for (id, version, body) in rows {
        match command::parse(version, &body) {
            Ok(EngineCommand::Rated { .. }) if counts_are_read => sorted.counted.push(id),
            Ok(command) => sorted.open.push((CommandId::new(id), command)),
            Err(_) if let Some(edit) = PlacedEdit::parse(version, &body) => sorted.placed.push((id, edit)),
            Err(_) => {
                tracing::error!(command = id, version, "a command to the engine is not readable and was set aside");
                sorted.unreadable.push(id);
            }
        }
    }
    sorted
}

/// Finds the original message, and its writer, that an edit of the previous release is about; `None` if its copy is no longer
/// recorded.
async fn find_original(
    conn: &mut AsyncPgConnection,
    bot: i64,
    (chat, receiver, copy): (i64, i64, Option<i32>),
) -> QueryResult<Option<(i64, i32)>> {
    let Some(copy) = copy else { return Ok(None) };
    message_map::table
        .filter(message_map::bot_id.eq(bot).and(message_map::chat_id.eq(chat)))
        .filter(message_map::to_telegram_id.eq(receiver).and(message_map::copy_id.eq(copy)))
        .select((message_map::from_telegram_id, message_map::source_id))
        .first(conn)
        .await
        .optional()
}

async fn list_of_operators(conn: &mut AsyncPgConnection, bot: i64) -> QueryResult<Vec<command::Stored>> {
    commands::table
        .filter(commands::bot_id.eq(bot).and(commands::inbox_id.is_null()).and(commands::is_dead.eq(false)))
        .order(commands::id)
        .limit(COMMANDS_LIMIT)
        .select(command::STORED)
        .load(conn)
        .await
}

/// Sets unreadable commands aside and removes counted ones; safe to repeat.
async fn put_away(conn: &mut AsyncPgConnection, bot: i64, unreadable: Vec<i64>, counted: Vec<i64>) -> QueryResult<()> {
    let of_bot = commands::bot_id.eq(bot);
    diesel::update(commands::table.filter(of_bot).filter(commands::id.eq_any(unreadable)))
        .set(commands::is_dead.eq(true))
        .execute(conn)
        .await?;
    diesel::delete(commands::table.filter(of_bot).filter(commands::id.eq_any(counted))).execute(conn).await.map(drop)
}

/// Why a row that could not be read was set aside.
const UNREADABLE: &str = "row is not readable";

/// Rows as the engine knows them, and the numbers of those that cannot be read.
fn part<S, R: TryFrom<S>>(rows: impl IntoIterator<Item = S>, id: impl Fn(&S) -> i64) -> (Vec<R>, Vec<i64>) {
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for row in rows {
        let id = id(&row);
        match R::try_from(row) {
            Ok(row) => good.push(row),
            Err(_unreadable) => bad.push(id),
        }
    }
    (good, bad)
}

/// Numbers of rows that cannot be read.
#[derive(Clone)]
struct Unreadable {
    inbox: Vec<i64>,
    outbox: Vec<i64>,
}

/// Sets rows of inbox and outbox aside that cannot be read: their number stays, negative, and their content goes.
async fn set_aside(conn: &mut AsyncPgConnection, bot: i64, rows: Unreadable, now: Timestamp) -> QueryResult<()> {
    let Unreadable { inbox, outbox } = rows;
    let dead = |id: &i64| {
        (
            dead_updates::bot_id.eq(bot),
            dead_updates::update_id.eq(id.saturating_neg()),
            dead_updates::reason.eq(UNREADABLE),
            dead_updates::died_at.eq(Moment(now)),
        )
    };
    let rows: Vec<_> = inbox.iter().chain(&outbox).map(dead).collect();
    conn.transaction(async |conn| {
        diesel::insert_into(dead_updates::table).values(rows).on_conflict_do_nothing().execute(conn).await?;
        diesel::delete(inbox::table.filter(inbox::bot_id.eq(bot)).filter(inbox::id.eq_any(inbox))).execute(conn).await?;
        diesel::delete(outbox::table.filter(outbox::bot_id.eq(bot)).filter(outbox::id.eq_any(outbox))).execute(conn).await
    })
    .await
    .map(drop)
}

impl PgJournal {
    pub(super) async fn read_all(&self, lease: &Lease, now: Timestamp) -> Result<Loaded, JournalError> {
        // A batch that is still under way must not commit after this snapshot.
        self.hot.lock().await.settle_pending(lease).await?;
        let (bot, shard, vault) = (self.bot.get(), self.shard.get(), &self.vault);
        let read = async move |conn: &mut AsyncPgConnection| read_at_once(conn, (bot, shard), vault, now).await;
        let rows = self.pool.run(read).await.map_err(of_run)?;
        let Some((epoch, watermark)) = rows.lease else { return Err(JournalError::Fenced) };
        if epoch != lease.epoch.get() {
            return Err(JournalError::Fenced);
        }
        let commands = self.place(sort(rows.commands.into_iter().map(|row| command::open(row, bot, vault)), true)).await?;
        self.put_away(&commands).await?;
        let (inbox, bad_inbox) = part(rows.inbox.into_iter().map(|row| row.opened(bot, vault)), |row: &StoredInbox| row.id);
        let (outbox, bad_outbox) = part(rows.outbox.into_iter().map(|row| row.opened(bot, vault)), |row: &StoredOutbox| row.id);
        let (people, bad_people) = rows.people;
        // The partner of somebody who was set aside sits alone, and the engine knows what to do about that.
        let of_known: Vec<_> = rows.seats.into_iter().filter(|row| bad_people.binary_search(&row.person_id).is_err()).collect();
        let (seats, bad_seats) = part(of_known, |row: &SeatRow| row.person_id);
        let (invitations, bad_invitations) = part(rows.invitations, |row: &InvitationRow| row.inviter_id);
        let (holds, bad_holds) = part(rows.holds, |row: &HoldRow| row.id);
        let (people_aside, seats_aside, invitations_aside) = (bad_people.len(), bad_seats.len(), bad_invitations.len());
        if people_aside + seats_aside + invitations_aside + bad_holds.len() > 0 {
            tracing::error!(
                people = people_aside,
                seats = seats_aside,
                invitations = invitations_aside,
                holds = bad_holds.len(),
                "rows are not readable and are passed over; a newer LuvHive may read them"
            );
        }
        if !bad_inbox.is_empty() || !bad_outbox.is_empty() {
            tracing::error!(inbox = bad_inbox.len(), outbox = bad_outbox.len(), "rows are not readable and were set aside");
            let rows = Unreadable { inbox: bad_inbox, outbox: bad_outbox };
            let aside = async move |conn: &mut AsyncPgConnection| set_aside(conn, bot, rows, now).await;
            self.pool.run(aside).await.map_err(of_run)?;
        }
        Ok(Loaded {
            watermark: watermark.map(UpdateId::new),
            people,
            lapsed: rows.lapsed.into_iter().map(PersonId::new).collect(),
            seats,
            blocks: rows.blocks.into_iter().map(|(by, other)| (PersonId::new(by), PersonId::new(other))).collect(),
            recent: rows.recent,
            upheld: rows.upheld,
            invitations,
            holds,
            inbox,
            commands: commands.open,
            outbox,
            seen: rows.seen.into_iter().map(UpdateId::new).collect(),
        })
    }

    pub(super) async fn list_operators_commands(&self) -> Result<Vec<(CommandId, EngineCommand)>, JournalError> {
        let bot = self.bot.get();
        let rows =
            self.pool.run(async move |conn: &mut AsyncPgConnection| list_of_operators(conn, bot).await).await.map_err(of_run)?;
        let commands = sort(rows.into_iter().map(|row| command::open(row, bot, &self.vault)), false);
        self.put_away(&commands).await?;
        Ok(commands.open)
    }

    /// Makes commands of today of the changes that the release before left. One whose message is not known any more is
    /// removed: nobody can be told.
    async fn place(&self, mut sorted: Sorted) -> Result<Sorted, StoreError> {
        for (id, edit) in std::mem::take(&mut sorted.placed) {
            let (bot, place) = (self.bot.get(), (edit.chat, edit.receiver, edit.copy()));
            let find = async move |conn: &mut AsyncPgConnection| find_original(conn, bot, place).await;
            match self.pool.run(find).await.map_err(of_run)? {
                Some(original) => sorted.open.push((CommandId::new(id), edit.of(original))),
                None => sorted.counted.push(id),
            }
        }
        sorted.open.sort_unstable_by_key(|(id, _)| *id);
        Ok(sorted)
    }

    async fn put_away(&self, sorted: &Sorted) -> Result<(), StoreError> {
        if sorted.unreadable.is_empty() && sorted.counted.is_empty() {
            return Ok(());
        }
        let (bot, unreadable, counted) = (self.bot.get(), sorted.unreadable.clone(), sorted.counted.clone());
        self.pool
            .run(async move |conn: &mut AsyncPgConnection| put_away(conn, bot, unreadable, counted).await)
            .await
            .map_err(of_run)
    }
}
