//! The model of PostgreSQL: the tables the engine lives on, their constraints, and what a crash takes with it.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use luvhive_core::chat::{EndReason, Hold, Seat};
use luvhive_core::engine::batch::{InboxRow, InboxWork};
use luvhive_core::engine::effect::Work;
use luvhive_core::engine::{Batch, EngineCommand, FactsChange, Finished, OutboxBody, OutboxRow, Relay};
use luvhive_core::engine::{Loaded, Parting};
use luvhive_core::id::{ChatId, CommandId, Epoch, HoldId, InboxId, MessageId, OutboxId, PersonId, TelegramId, UpdateId};
use luvhive_core::person::PersonFacts;
use luvhive_core::ports::{MessagePair, Settlement};
use luvhive_core::preferences::Preferences;
use luvhive_core::time::Timestamp;

use super::Planted;
use super::former;

/// How long a lease runs, in microseconds.
pub(crate) const LEASE: i64 = 3_000_000;
/// Commits that did not wait for the disk may be lost for so long, in microseconds.
const UNFLUSHED: i64 = 600_000;

/// The lease row.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LeaseRow {
    pub(crate) epoch: i64,
    pub(crate) owner: usize,
    pub(crate) watermark: Option<UpdateId>,
    /// How many batches were committed in all.
    pub(crate) number: u64,
    pub(crate) expires_at: i64,
    /// Whether the owner's session, and with it the advisory lock, lives.
    pub(crate) is_session_open: bool,
}

/// A chat's row, or a meeting's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ChatRow {
    pub(crate) people: [PersonId; 2],
    /// Whether it has not become a chat.
    pub(crate) is_meeting: bool,
    pub(crate) ended_at: Option<Timestamp>,
    pub(crate) reason: Option<EndReason>,
}

/// A relay that a step gave.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Emitted {
    pub(crate) id: OutboxId,
    pub(crate) receiver: TelegramId,
    pub(crate) chat: ChatId,
    pub(crate) relay: Relay,
}

/// What one commit statement carries.
#[derive(Debug)]
pub(crate) struct CommitRequest {
    pub(crate) epoch: Epoch,
    pub(crate) number: u64,
    pub(crate) previous: Option<UpdateId>,
    pub(crate) batch: Batch,
    pub(crate) rows: Vec<Rc<OutboxRow>>,
    pub(crate) work: Vec<Work>,
    pub(crate) unsent: Vec<(TelegramId, u32)>,
    /// For the checks: updates whose effects these are, and relays that steps gave.
    pub(crate) carried: Vec<UpdateId>,
    pub(crate) emitted: Vec<Emitted>,
    /// When it was made, by a clock that nobody sets, and the latest that the other clock showed while its effects were.
    pub(crate) made_at: Timestamp,
    pub(crate) latest: Timestamp,
}

/// What a lane changes.
#[derive(Clone, Debug)]
pub(crate) enum LaneChange {
    Register(Box<PersonFacts>),
    Preferences(PersonId, Preferences),
    Block(PersonId, PersonId),
    Erase(PersonId),
    ToEngine(EngineCommand),
}

/// What one `finish` transaction carries.
#[derive(Debug)]
pub(crate) struct FinishRequest {
    pub(crate) epoch: Epoch,
    pub(crate) inbox: InboxId,
    pub(crate) telegram: TelegramId,
    pub(crate) changes: Vec<LaneChange>,
    pub(crate) rows: Vec<Rc<OutboxRow>>,
}

/// How a `finish` went.
#[derive(Clone, Debug)]
pub(crate) enum FinishReply {
    Done(Finished),
    NotFound,
    Fenced,
}

/// The rows and pairs of one commit that does not wait for the disk.
type Unflushed = (i64, Vec<Rc<OutboxRow>>, Vec<MessagePair>);

/// All tables.
#[derive(Debug, Default)]
pub(crate) struct Database {
    pub(crate) lease: LeaseRow,
    pub(crate) people: BTreeMap<PersonId, PersonFacts>,
    pub(crate) accounts: BTreeMap<TelegramId, PersonId>,
    /// Accounts of everybody there ever was, by person number.
    pub(crate) known: BTreeMap<PersonId, TelegramId>,
    pub(crate) seats: BTreeMap<PersonId, Seat>,
    pub(crate) chats: BTreeMap<ChatId, ChatRow>,
    pub(crate) holds: BTreeMap<HoldId, Hold>,
    pub(crate) blocks: BTreeSet<(PersonId, PersonId)>,
    pub(crate) outbox: BTreeMap<OutboxId, Rc<OutboxRow>>,
    pub(crate) inbox: BTreeMap<InboxId, InboxRow>,
    pub(crate) commands: BTreeMap<CommandId, (EngineCommand, bool)>,
    pairs: BTreeMap<(TelegramId, MessageId), MessagePair>,
    unflushed: Vec<Unflushed>,
    last_command: i64,
    pub(crate) is_down: bool,
    /// How many times it crashed; sessions do not outlive one.
    pub(crate) generation: u32,
}

impl Database {
    pub(crate) fn register(&mut self, mut facts: PersonFacts) -> PersonFacts {
        let number = i64::try_from(self.known.len()).unwrap() + 1;
        facts.person = PersonId::new(number);
        self.known.insert(facts.person, facts.telegram);
        self.accounts.insert(facts.telegram, facts.person);
        self.people.insert(facts.person, facts.clone());
        facts
    }

    pub(crate) fn seat_of(&self, telegram: TelegramId) -> Option<Seat> {
        self.seats.get(self.accounts.get(&telegram)?).copied()
    }

    /// The other person of the chat or meeting, or of the last chat they were in.
    pub(crate) fn last_partner(&self, person: PersonId, chat: Option<ChatId>) -> Option<(ChatId, PersonId)> {
        let mut chats = self
            .chats
            .iter()
            .rev()
            .filter(|(id, row)| row.people.contains(&person) && chat.map_or(!row.is_meeting, |c| c == **id));
        let (&id, row) = chats.next()?;
        Some((id, if row.people[0] == person { row.people[1] } else { row.people[0] }))
    }

    /// The pair a message belongs to.
    pub(crate) fn find_pair(&self, telegram: TelegramId, message: MessageId) -> Option<MessagePair> {
        self.pairs.get(&(telegram, message)).copied()
    }

    /// A message that somebody wrote in this chat and that was passed on, and whether its copy is known: the last one on its
    /// way, or one that has arrived.
    pub(crate) fn passed_on(&self, telegram: TelegramId, chat: ChatId) -> Option<(MessageId, bool)> {
        let on_its_way = self.outbox.values().rev().find_map(|row| match row.body {
            OutboxBody::Relay(relay) if relay.from == telegram && row.chat == Some(chat) => Some((relay.source, false)),
            _ => None,
        });
        let arrived = self.pairs.values().filter(|pair| pair.from == telegram && pair.chat == chat).map(|pair| pair.source).max();
        on_its_way.or(arrived.map(|message| (message, true)))
    }

    pub(crate) fn add_command(&mut self, command: EngineCommand, is_lanes: bool) -> CommandId {
        self.flush();
        self.last_command += 1;
        let id = CommandId::new(self.last_command);
        self.commands.insert(id, (command, is_lanes));
        id
    }

    /// Takes the lease if nobody living has it.
    pub(crate) fn acquire(&mut self, owner: usize, now: i64) -> Option<LeaseRow> {
        if self.lease.is_session_open && self.lease.expires_at > now {
            return None;
        }
        self.flush();
        self.lease =
            LeaseRow { epoch: self.lease.epoch + 1, owner, expires_at: now + LEASE, is_session_open: true, ..self.lease };
        Some(self.lease)
    }

    pub(crate) fn heartbeat(&mut self, epoch: Epoch, sent_at: i64, planted: Option<Planted>) -> bool {
        if epoch.get() != self.lease.epoch {
            return planted == Some(Planted::NoEpoch);
        }
        self.flush();
        self.lease.expires_at = sent_at + LEASE;
        true
    }

    pub(crate) fn load(&self) -> Loaded {
        let parted = |row: &ChatRow| {
            let is_firm = row.reason == Some(EndReason::Declined);
            let at = row.ended_at?;
            (is_firm || !row.is_meeting).then_some(Parting { people: row.people, since: at, at, is_firm })
        };
        Loaded {
            watermark: self.lease.watermark,
            seen: Vec::new(),
            lapsed: Vec::new(),
            people: self.people.values().cloned().collect(),
            seats: self.seats.iter().map(|(&person, &seat)| (person, seat)).collect(),
            blocks: self.blocks.iter().copied().collect(),
            recent: self.chats.values().filter_map(parted).collect(),
            // Nobody here is reported by name.
            upheld: Vec::new(),
            // Nobody here has friends to invite.
            invitations: Vec::new(),
            holds: self.holds.values().cloned().collect(),
            inbox: self.inbox.values().cloned().collect(),
            commands: self.commands.iter().map(|(&id, (command, _))| (id, former::as_stored(command))).collect(),
            outbox: self.outbox.values().map(|row| OutboxRow::clone(row)).collect(),
        }
    }

    /// The commit statement. `Ok(None)`: zero rows. `Ok(Some(rows))`: committed, these rows were purged.
    pub(crate) fn commit(
        &mut self,
        request: &CommitRequest,
        planted: Option<Planted>,
    ) -> Result<Option<Vec<Rc<OutboxRow>>>, String> {
        let is_epoch_right = request.epoch.get() == self.lease.epoch || planted == Some(Planted::NoEpoch);
        let is_next = request.number == self.lease.number + 1 && request.previous == self.lease.watermark;
        if !is_epoch_right || !(is_next || planted == Some(Planted::NoWatermark)) {
            return Ok(None);
        }
        self.flush();
        self.lease.number = request.number;
        let batch = &request.batch;
        self.lease.watermark = batch.watermark.or(self.lease.watermark);
        let mut purged = Vec::new();
        for &(receiver, chat) in &batch.purges {
            self.outbox.retain(|_, row| {
                let keeps = row.receiver != receiver || (chat.is_some() && row.chat != chat);
                if !keeps {
                    purged.push(Rc::clone(row));
                }
                keeps
            });
        }
        for change in &batch.chats {
            if let Some(people) = change.met
                && self.chats.insert(change.chat, ChatRow { people, is_meeting: true, ended_at: None, reason: None }).is_some()
            {
                return Err(format!("chats_pkey: {change:?}"));
            }
            let row = self.chats.get_mut(&change.chat).ok_or("an unknown chat changed")?;
            row.is_meeting &= !change.is_opened;
            if let Some(end) = change.ended {
                row.ended_at = Some(batch.at);
                row.reason = Some(end.reason);
            }
        }
        for &(person, seat) in &batch.seats {
            match seat {
                Some(seat) if self.people.contains_key(&person) => drop(self.seats.insert(person, seat)),
                Some(seat) => return Err(format!("seats_person_id_fkey: {person} {seat:?}")),
                None => drop(self.seats.remove(&person)),
            }
        }
        for row in &request.rows {
            if self.outbox.insert(row.id, Rc::clone(row)).is_some() {
                return Err(format!("outbox_pkey: {row:?}"));
            }
        }
        for (id, hold) in &batch.holds {
            match hold {
                Some(hold) => drop(self.holds.insert(*id, hold.clone())),
                None => drop(self.holds.remove(id)),
            }
        }
        for row in &batch.inbox {
            if self.inbox.insert(row.id, row.clone()).is_some() {
                return Err(format!("inbox_pkey: {row:?}"));
            }
        }
        for inbox in &batch.inbox_done {
            self.inbox.remove(inbox);
        }
        for command in &batch.commands_done {
            self.commands.remove(command);
        }
        for (person, is_reachable) in &batch.reachable {
            if let Some(facts) = self.people.get_mut(person) {
                facts.is_reachable = *is_reachable;
            }
        }
        Ok(Some(purged))
    }

    /// The transaction that ends a lane's work.
    pub(crate) fn finish(&mut self, request: &FinishRequest, planted: Option<Planted>) -> FinishReply {
        if request.epoch.get() != self.lease.epoch && planted != Some(Planted::LaneUnfenced) {
            return FinishReply::Fenced;
        }
        if self.inbox.remove(&request.inbox).is_none() {
            return FinishReply::NotFound;
        }
        self.flush();
        let mut finished = Finished::default();
        for change in &request.changes {
            match change {
                LaneChange::Register(facts) => {
                    let facts = self.register(PersonFacts::clone(facts));
                    finished.facts = Some(FactsChange::Registered(Box::new(facts)));
                }
                LaneChange::Preferences(person, preferences) => {
                    if let Some(facts) = self.people.get_mut(person) {
                        facts.preferences = preferences.clone();
                        finished.facts = Some(FactsChange::Registered(Box::new(facts.clone())));
                    }
                }
                LaneChange::Block(by, other) => drop(self.blocks.insert((*by, *other))),
                LaneChange::Erase(person) => {
                    self.people.remove(person);
                    self.accounts.remove(&request.telegram);
                    self.seats.remove(person);
                    finished.facts = Some(FactsChange::Erased);
                }
                LaneChange::ToEngine(command) => {
                    finished.commands.push((self.add_command(command.clone(), true), command.clone()));
                }
            }
        }
        for row in &request.rows {
            self.outbox.insert(row.id, Rc::clone(row));
        }
        FinishReply::Done(finished)
    }

    /// Deletes rows that are done and stores their pairs, without waiting for the disk.
    pub(crate) fn settle(&mut self, settlements: &[Settlement], now: i64) {
        let rows = settlements.iter().filter_map(|settled| self.outbox.remove(&settled.outbox)).collect();
        let mut pairs = Vec::new();
        for pair in settlements.iter().filter_map(|settled| settled.pair) {
            // Of a pair that is stored already nothing can be lost.
            if !self.pairs.contains_key(&(pair.to, pair.copy)) {
                self.pairs.insert((pair.from, pair.source), pair);
                self.pairs.insert((pair.to, pair.copy), pair);
                pairs.push(pair);
            }
        }
        self.unflushed.push((now, rows, pairs));
    }

    /// A commit that waits for the disk takes everything before it along.
    fn flush(&mut self) {
        self.unflushed.clear();
    }

    /// Loses what had not reached the disk; returns the rows that are back.
    pub(crate) fn crash(&mut self, now: i64) -> Vec<OutboxId> {
        self.is_down = true;
        self.generation += 1;
        let mut back = Vec::new();
        for (at, rows, pairs) in std::mem::take(&mut self.unflushed) {
            if at + UNFLUSHED <= now {
                continue;
            }
            for row in rows {
                back.push(row.id);
                self.outbox.insert(row.id, row);
            }
            for pair in pairs {
                self.pairs.remove(&(pair.from, pair.source));
                self.pairs.remove(&(pair.to, pair.copy));
            }
        }
        back
    }

    /// The update that a row of the inbox carries.
    pub(crate) fn update_of(row: &InboxRow) -> Option<UpdateId> {
        match row.work {
            InboxWork::Update { update, .. } => Some(update),
            InboxWork::Erase { .. } | InboxWork::Task(_) => None,
        }
    }
}
