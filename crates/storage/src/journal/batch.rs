//! A batch as the columns that the one statement unnests.

use std::borrow::Cow;

use luvhive_core::chat::seat::Widening;
use luvhive_core::chat::{Answers, Seat, Side};
use luvhive_core::engine::batch::{Batch, InboxWork};
use luvhive_core::engine::{ChatChange, ChatEnd, Task};
use luvhive_core::id::{ChatId, PersonId, UpdateId};
use luvhive_core::invitation::Invitation;
use luvhive_core::ports::journal::Lease;
use tokio_postgres::types::ToSql;

use super::former::FormerColumns;
use super::hold::HoldColumns;
use super::outbox::OutboxColumns;
use crate::codes::{of_questions, of_widening, storable};
use crate::moment::Moment;
use crate::vault::{self, Vault};

/// A person and their seat, column by column.
#[derive(Default)]
struct SeatColumns {
    person: Vec<i64>,
    kind: Vec<&'static str>,
    chat: Vec<Option<i64>>,
    side: Vec<Option<i16>>,
    since: Vec<Moment>,
    widened: Vec<String>,
    answer_by: Vec<Option<Moment>>,
    has_agreed: Vec<bool>,
    heard_at: Vec<Option<Moment>>,
    has_written: Vec<bool>,
    was_searching: Vec<bool>,
    passes: Vec<String>,
    is_media_asked: Vec<bool>,
    left: Vec<i64>,
}

/// What happened to a chat beside its number, column by column.
#[derive(Default)]
struct TurnColumns {
    chat: Vec<i64>,
    reason: Vec<Option<&'static str>>,
    ended_by: Vec<Option<i64>>,
    is_opened: Vec<bool>,
    first_wrote: Vec<bool>,
    second_wrote: Vec<bool>,
}

#[derive(Default)]
struct ChatColumns {
    first: Vec<i64>,
    second: Vec<i64>,
    met: TurnColumns,
    changed: TurnColumns,
}

#[derive(Default)]
struct InboxColumns<'a> {
    id: Vec<i64>,
    telegram: Vec<i64>,
    chat: Vec<Option<i64>>,
    kind: Vec<&'static str>,
    update: Vec<Option<i64>>,
    payload: Vec<Option<Cow<'a, str>>>,
    person: Vec<Option<i64>>,
    charge: Vec<Option<&'a str>>,
    received_at: Vec<Moment>,
    payload_sealed: Vec<Option<Vec<u8>>>,
}

/// Invitations, column by column.
#[derive(Default)]
struct InvitationColumns {
    over: (Vec<i64>, Vec<i64>),
    inviter: Vec<i64>,
    invited: Vec<i64>,
    chat: Vec<i64>,
    inviter_number: Vec<i16>,
    invited_number: Vec<i16>,
    made_at: Vec<Moment>,
    expires_at: Vec<Moment>,
    state: Vec<&'static str>,
}

/// Everything a batch writes, column by column.
pub(super) struct BatchColumns<'a> {
    watermark: Option<i64>,
    at: Moment,
    seats: SeatColumns,
    chats: ChatColumns,
    outbox: OutboxColumns<'a>,
    purged: (Vec<i64>, Vec<Option<i64>>),
    inbox: InboxColumns<'a>,
    inbox_done: Vec<i64>,
    commands_done: Vec<i64>,
    reachable: (Vec<i64>, Vec<bool>),
    premium_used: Vec<i64>,
    invitations: InvitationColumns,
    holds: HoldColumns,
    former: FormerColumns,
    dead: (Vec<i64>, Vec<Cow<'a, str>>),
    seen: Vec<i64>,
}

/// Under which lease, and after which batch, a batch is written.
pub(super) struct Place {
    bot: i64,
    shard: i16,
    epoch: i64,
    seq: i64,
    previous: Option<i64>,
}

impl Place {
    /// Makes a place; `seq` is the number of the last batch.
    pub(super) fn new(lease: &Lease, seq: i64, previous: Option<UpdateId>) -> Self {
        let (bot, shard, epoch) = (lease.bot.get(), lease.shard.get(), lease.epoch.get());
        Self { bot, shard, epoch, seq, previous: previous.map(UpdateId::get) }
    }
}

impl<'a> BatchColumns<'a> {
    /// Turns a batch of a bot on its side.
    pub(super) fn new(batch: &'a Batch, bot: i64, vault: &Vault) -> Self {
        Self {
            watermark: batch.watermark.map(UpdateId::get),
            at: Moment(batch.at),
            seats: seats(batch),
            chats: chats(batch),
            outbox: OutboxColumns::new(&batch.outbox, bot, vault),
            purged: batch.purges.iter().map(|(receiver, chat)| (receiver.get(), chat.map(ChatId::get))).unzip(),
            inbox: inbox(batch, bot, vault),
            inbox_done: batch.inbox_done.iter().map(|id| id.get()).collect(),
            commands_done: batch.commands_done.iter().map(|id| id.get()).collect(),
            reachable: batch.reachable.iter().map(|(person, is_reachable)| (person.get(), *is_reachable)).unzip(),
            premium_used: batch.premium_used.iter().map(|person| person.get()).collect(),
            invitations: invitations(batch),
            holds: HoldColumns::new(&batch.holds),
            former: FormerColumns::new(&batch.former, bot, vault),
            dead: batch.dead.iter().map(|dead| (dead.update.get(), storable(&dead.reason))).unzip(),
            seen: batch.seen.iter().map(|update| update.get()).collect(),
        }
    }

    /// Lists the statement's parameters in their order.
    pub(super) fn parameters<'s>(&'s self, place: &'s Place) -> Vec<&'s (dyn ToSql + Sync)> {
        let (seats, chats, outbox, inbox) = (&self.seats, &self.chats, &self.outbox, &self.inbox);
        let invitations = &self.invitations;
        let mut all: Vec<&(dyn ToSql + Sync)> = vec![
            &place.bot,
            &place.shard,
            &place.epoch,
            &place.seq,
            &place.previous,
            &self.watermark,
            &self.at,
            &seats.person,
            &seats.kind,
            &seats.chat,
            &seats.side,
            &seats.since,
            &seats.widened,
            &seats.left,
            &chats.met.chat,
            &chats.first,
            &chats.second,
            &chats.met.reason,
            &chats.met.ended_by,
            &chats.changed.chat,
            &chats.changed.reason,
            &chats.changed.ended_by,
            &outbox.id,
            &outbox.receiver,
            &outbox.chat,
            &outbox.from,
            &outbox.source,
            &outbox.reply_to,
            &outbox.version,
            &outbox.body,
            &self.purged.0,
            &self.purged.1,
            &inbox.id,
            &inbox.telegram,
            &inbox.chat,
            &inbox.kind,
            &inbox.update,
            &inbox.payload,
            &inbox.person,
            &inbox.received_at,
            &self.inbox_done,
            &self.commands_done,
            &self.reachable.0,
            &self.reachable.1,
            &self.dead.0,
            &self.dead.1,
            &self.seen,
            &outbox.is_protected,
            &inbox.charge,
            &self.premium_used,
            &chats.met.is_opened,
            &chats.met.first_wrote,
            &chats.met.second_wrote,
            &chats.changed.is_opened,
            &chats.changed.first_wrote,
            &chats.changed.second_wrote,
            &seats.answer_by,
            &seats.has_agreed,
            &seats.heard_at,
            &seats.has_written,
            &seats.was_searching,
            &invitations.over.0,
            &invitations.over.1,
            &invitations.inviter,
            &invitations.invited,
            &invitations.chat,
            &invitations.inviter_number,
            &invitations.invited_number,
            &invitations.made_at,
            &invitations.expires_at,
            &invitations.state,
        ];
        all.extend(self.last_parameters());
        all
    }

    /// The last of them: what people have answered, what waits for an answer, encrypted bodies, and what reports freeze.
    fn last_parameters(&self) -> [&(dyn ToSql + Sync); 22] {
        let (seats, holds, former) = (&self.seats, &self.holds, &self.former);
        [
            &seats.passes,
            &seats.is_media_asked,
            &holds.over,
            &holds.id,
            &holds.chat,
            &holds.writer,
            &holds.messages,
            &holds.album,
            &holds.content,
            &holds.reply_to,
            &holds.questions,
            &holds.expires_at,
            &holds.has_copy,
            &self.outbox.body_sealed,
            &self.inbox.payload_sealed,
            &self.outbox.content,
            &self.outbox.written_at,
            &former.id,
            &former.pair,
            &former.from,
            &former.source,
            &former.words_sealed,
        ]
    }
}

fn seats(batch: &Batch) -> SeatColumns {
    let mut columns = SeatColumns::default();
    for (person, seat) in &batch.seats {
        let Some(seat) = seat else {
            columns.left.push(person.get());
            continue;
        };
        let (kind, side, since) = match *seat {
            Seat::Waiting { since, .. } => ("waiting", None, since),
            Seat::Meeting { side, since, .. } => ("meeting", Some(side), since),
            Seat::Chatting { side, since, .. } => ("chatting", Some(side), since),
        };
        let (widening, answer_by, has_agreed) = match *seat {
            Seat::Waiting { widening, .. } => (widening, None, false),
            Seat::Meeting { widening, answer_by, has_agreed, .. } => (widening, Some(Moment(answer_by)), has_agreed),
            Seat::Chatting { .. } => (Widening::EMPTY, None, false),
        };
        let (heard_at, has_written, answers) = match *seat {
            Seat::Chatting { heard_at, has_written, answers, .. } => {
                (heard_at.map(|at| Moment(at.as_timestamp())), has_written, answers)
            }
            Seat::Waiting { .. } | Seat::Meeting { .. } => (None, true, Answers::default()),
        };
        columns.person.push(person.get());
        columns.kind.push(kind);
        columns.chat.push(seat.place().map(ChatId::get));
        columns.side.push(side.map(Side::number));
        columns.since.push(Moment(since));
        columns.widened.push(of_widening(widening));
        columns.answer_by.push(answer_by);
        columns.has_agreed.push(has_agreed);
        columns.heard_at.push(heard_at);
        columns.has_written.push(has_written);
        columns.passes.push(of_questions(answers.passes));
        columns.is_media_asked.push(answers.is_media_asked);
        columns.was_searching.push(!matches!(seat, Seat::Meeting { was_searching: false, .. }));
    }
    columns
}

fn invitations(batch: &Batch) -> InvitationColumns {
    let mut columns = InvitationColumns::default();
    for ([inviter, invited], invitation) in &batch.invitations {
        let Some(Invitation { chat, numbers: [of_guest, of_host], made_at, expires_at, state, .. }) = *invitation else {
            columns.over.0.push(inviter.get());
            columns.over.1.push(invited.get());
            continue;
        };
        columns.inviter.push(inviter.get());
        columns.invited.push(invited.get());
        columns.chat.push(chat.get());
        columns.inviter_number.push(i16::try_from(of_host).unwrap_or(i16::MAX));
        columns.invited_number.push(i16::try_from(of_guest).unwrap_or(i16::MAX));
        columns.made_at.push(Moment(made_at));
        columns.expires_at.push(Moment(expires_at));
        columns.state.push(state.code());
    }
    columns
}

fn chats(batch: &Batch) -> ChatColumns {
    let mut columns = ChatColumns::default();
    for change in &batch.chats {
        if let Some([first, second]) = change.met {
            columns.first.push(first.get());
            columns.second.push(second.get());
        }
        let turns = if change.met.is_some() { &mut columns.met } else { &mut columns.changed };
        turns.push(change);
    }
    columns
}

impl TurnColumns {
    fn push(&mut self, change: &ChatChange) {
        let (reason, by, [first_wrote, second_wrote]) = match change.ended {
            Some(ChatEnd { reason, by, wrote }) => (Some(reason.code()), by.map(PersonId::get), wrote),
            None => (None, None, [true, true]),
        };
        self.chat.push(change.chat.get());
        self.reason.push(reason);
        self.ended_by.push(by);
        self.is_opened.push(change.is_opened);
        self.first_wrote.push(first_wrote);
        self.second_wrote.push(second_wrote);
    }
}

fn inbox<'a>(batch: &'a Batch, bot: i64, vault: &Vault) -> InboxColumns<'a> {
    let mut columns = InboxColumns::default();
    for row in &batch.inbox {
        columns.id.push(row.id.get());
        columns.telegram.push(row.telegram.get());
        columns.chat.push(row.chat.map(ChatId::get));
        columns.received_at.push(Moment(row.received_at));
        let (kind, update, payload, person) = match &row.work {
            InboxWork::Update { update, payload } => ("update", Some(update.get()), Some(storable(payload)), None),
            InboxWork::Erase { person } => ("erase", None, None, Some(person.get())),
            InboxWork::Task(Task::FirstChat { person }) => ("first_chat", None, None, Some(person.get())),
            InboxWork::Task(Task::Subscription { person }) => ("subscription", None, None, Some(person.get())),
            InboxWork::Task(Task::Refund { charge }) => {
                columns.charge.push(Some(charge.as_str()));
                ("refund", None, None, None)
            }
        };
        if columns.charge.len() == columns.kind.len() {
            columns.charge.push(None);
        }
        columns.kind.push(kind);
        columns.update.push(update);
        let (payload, sealed) = vault.fill_some(&vault::UPDATE, (bot, row.id.get()), payload);
        columns.payload.push(payload);
        columns.payload_sealed.push(sealed);
        columns.person.push(person);
    }
    columns
}
