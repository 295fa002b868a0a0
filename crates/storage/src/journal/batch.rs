//! A batch as the columns that the one statement unnests.

use std::borrow::Cow;

use luvhive_core::chat::Seat;
use luvhive_core::engine::Task;
use luvhive_core::engine::batch::{Batch, InboxWork};
use luvhive_core::id::{ChatId, PersonId, UpdateId};
use luvhive_core::ports::journal::Lease;
use luvhive_core::time::Timestamp;
use tokio_postgres::types::ToSql;

use super::outbox::OutboxColumns;
use crate::codes::{of_widening, storable};
use crate::moment::Moment;

/// A person, the seat's kind, chat, side, start and dropped filters, column by column.
#[derive(Default)]
struct SeatColumns {
    person: Vec<i64>,
    kind: Vec<&'static str>,
    chat: Vec<Option<i64>>,
    side: Vec<Option<i16>>,
    since: Vec<Moment>,
    widened: Vec<String>,
    left: Vec<i64>,
}

#[derive(Default)]
struct ChatColumns {
    opened: Vec<i64>,
    first: Vec<i64>,
    second: Vec<i64>,
    opened_reason: Vec<Option<&'static str>>,
    opened_by: Vec<Option<i64>>,
    ended: Vec<i64>,
    ended_reason: Vec<&'static str>,
    ended_by: Vec<Option<i64>>,
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
    /// Turns a batch on its side.
    pub(super) fn new(batch: &'a Batch) -> Self {
        Self {
            watermark: batch.watermark.map(UpdateId::get),
            at: Moment(batch.at),
            seats: seats(batch),
            chats: chats(batch),
            outbox: OutboxColumns::new(&batch.outbox),
            purged: batch.purges.iter().map(|(receiver, chat)| (receiver.get(), chat.map(ChatId::get))).unzip(),
            inbox: inbox(batch),
            inbox_done: batch.inbox_done.iter().map(|id| id.get()).collect(),
            commands_done: batch.commands_done.iter().map(|id| id.get()).collect(),
            reachable: batch.reachable.iter().map(|(person, is_reachable)| (person.get(), *is_reachable)).unzip(),
            premium_used: batch.premium_used.iter().map(|person| person.get()).collect(),
            dead: batch.dead.iter().map(|dead| (dead.update.get(), storable(&dead.reason))).unzip(),
            seen: batch.seen.iter().map(|update| update.get()).collect(),
        }
    }

    /// Lists the statement's 50 parameters in their order.
    pub(super) fn parameters<'s>(&'s self, place: &'s Place) -> [&'s (dyn ToSql + Sync); 50] {
        let (seats, chats, outbox, inbox) = (&self.seats, &self.chats, &self.outbox, &self.inbox);
        [
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
            &chats.opened,
            &chats.first,
            &chats.second,
            &chats.opened_reason,
            &chats.opened_by,
            &chats.ended,
            &chats.ended_reason,
            &chats.ended_by,
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
        ]
    }
}

fn seats(batch: &Batch) -> SeatColumns {
    let mut columns = SeatColumns::default();
    for (person, seat) in &batch.seats {
        let (kind, chat, side, since, widened): (_, _, _, Timestamp, _) = match seat {
            None => {
                columns.left.push(person.get());
                continue;
            }
            Some(Seat::Waiting { since, widening }) => ("waiting", None, None, *since, of_widening(*widening)),
            Some(Seat::Chatting { chat, side, since }) => {
                ("chatting", Some(chat.get()), Some(side.number()), *since, String::new())
            }
        };
        columns.person.push(person.get());
        columns.kind.push(kind);
        columns.chat.push(chat);
        columns.side.push(side);
        columns.since.push(Moment(since));
        columns.widened.push(widened);
    }
    columns
}

fn chats(batch: &Batch) -> ChatColumns {
    let mut columns = ChatColumns::default();
    for change in &batch.chats {
        let end = change.ended.map(|(reason, by)| (reason.code(), by.map(PersonId::get)));
        match (change.opened, end) {
            (Some([first, second]), end) => {
                columns.opened.push(change.chat.get());
                columns.first.push(first.get());
                columns.second.push(second.get());
                columns.opened_reason.push(end.map(|(reason, _)| reason));
                columns.opened_by.push(end.and_then(|(_, by)| by));
            }
            (None, Some((reason, by))) => {
                columns.ended.push(change.chat.get());
                columns.ended_reason.push(reason);
                columns.ended_by.push(by);
            }
            (None, None) => {}
        }
    }
    columns
}

fn inbox(batch: &Batch) -> InboxColumns<'_> {
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
        columns.payload.push(payload);
        columns.person.push(person);
    }
    columns
}
