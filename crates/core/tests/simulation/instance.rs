//! The model of the runtime: intake, the real `step` and `fold`, commit, and what follows a commit.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use luvhive_core::chat::{Seat, Undelivered};
use luvhive_core::engine::Loaded;
use luvhive_core::engine::batch::{InboxWork, Taken, fold};
use luvhive_core::engine::state::{MAX_PENDING, MAX_PENDING_STRANGER};
use luvhive_core::engine::{Effect, Event, IdSource, OutboxBody, OutboxRow, Relay, State, UpdateKind, step};
use luvhive_core::id::{CommandId, Epoch, InboxId, PersonId, TelegramId, UpdateId};
use luvhive_core::time::Timestamp;

use super::database::{CommitRequest, Emitted, FinishReply, LEASE, LeaseRow};
use super::message::{Input, Origin, Reply, Statement, Words};
use super::planted::Stepped;
use super::random::Random;
use super::sender::{Answer, Sender, SentNews};
use super::telegram::Call;
use super::watch::Seen;
use super::world::{MS, SECOND, World, timestamp};
use super::{Planted, lane, planted};

/// After so long without an answered poll, updates may have waited with Telegram for any time, in microseconds.
const BEHIND: i64 = 15 * SECOND;

/// What an instance has while it owns the shard.
#[derive(Debug)]
pub(crate) struct Owner {
    pub(crate) epoch: Epoch,
    pub(crate) deadline: i64,
    pub(crate) state: State,
    pub(crate) ids: IdSource,
    pub(crate) random: Random,
    pub(crate) sender: Sender,
    taken: Option<UpdateId>,
    committed: Option<UpdateId>,
    number: u64,
    commit: Option<Rc<CommitRequest>>,
    effects: Vec<Effect>,
    carried: Vec<UpdateId>,
    emitted: Vec<Emitted>,
    commands: BTreeSet<CommandId>,
    lanes: BTreeSet<InboxId>,
    is_started: bool,
    is_poll_due: bool,
    payload: Arc<str>,
    known: Known,
    /// The latest that the clock showed to what waits to be committed.
    latest: Timestamp,
}

/// What an owner has seen since it began.
#[derive(Debug)]
struct Known {
    has_stepped: bool,
    /// When updates were being fetched last.
    listened: Option<i64>,
    /// The latest that the clock ever showed.
    clock: Timestamp,
}

/// A process: off, standing by or owner.
#[derive(Debug, Default)]
pub(crate) struct Instance {
    pub(crate) origin_life: u32,
    pub(crate) index: usize,
    pub(crate) is_frozen: bool,
    pub(crate) stalled: Vec<Input>,
    pub(crate) owner: Option<Box<Owner>>,
}

impl Instance {
    pub(crate) fn origin(&self) -> Origin {
        Origin { instance: self.index, life: self.origin_life }
    }

    /// The process ends, on its own or by force; another is started in its place.
    pub(crate) fn end(&mut self, world: &mut World) {
        if let Some(owner) = self.owner.take() {
            owner.sender.touch_unsettled(&mut world.check);
            world.refused.forget();
            world.close_session(self.index, owner.epoch);
        }
        self.origin_life += 1;
        self.is_frozen = false;
        self.stalled.clear();
        world.tell(SECOND, self.origin(), Input::Boot);
    }

    pub(crate) fn take(&mut self, world: &mut World, input: Input) {
        let origin = self.origin();
        match input {
            Input::Boot => world.ask(origin, Statement::Acquire),
            Input::Again(statement) => world.ask(origin, statement),
            Input::Answer(statement, reply) => self.answered(world, statement, reply),
            input => {
                if let Some(mut owner) = self.owner.take() {
                    owner.take(world, origin, input);
                    self.owner = Some(owner);
                }
            }
        }
        if let Some(owner) = &mut self.owner {
            owner.flush(world, origin);
        }
    }

    fn answered(&mut self, world: &mut World, statement: Statement, reply: Reply) {
        let origin = self.origin();
        match (statement, reply) {
            (Statement::Acquire, Reply::Acquired(Some(lease))) => {
                self.owner = Some(Box::new(Owner::new(&lease, world)));
                world.ask(origin, Statement::Load);
            }
            (statement @ Statement::Acquire, _) => {
                let pause = world.random.between(100 * MS, 500 * MS);
                world.tell(pause, origin, Input::Again(statement));
            }
            (Statement::Commit(request), Reply::Committed(false) | Reply::Lost) => {
                world.ask(origin, Statement::ReadLease(request));
            }
            (
                statement @ (Statement::Load | Statement::ReadLease(_) | Statement::Finish(_) | Statement::Settle(_)),
                Reply::Lost,
            ) => world.tell(50 * MS, origin, Input::Again(statement)),
            (Statement::ReadLease(request), Reply::Lease(lease)) => self.settle_commit(world, &request, &lease),
            (_, Reply::Heartbeat(false) | Reply::Finished(FinishReply::Fenced | FinishReply::NotFound)) => {
                // Fenced; or a lane's work is done and its result was lost with the reply: start anew from the tables.
                self.end(world);
            }
            (statement, reply) => {
                if let Some(owner) = &mut self.owner {
                    owner.answered(world, origin, statement, reply);
                }
            }
        }
    }

    /// Zero rows or a lost reply: the lease row tells.
    fn settle_commit(&mut self, world: &mut World, request: &Rc<CommitRequest>, lease: &LeaseRow) {
        let origin = self.origin();
        let has_epoch = world.planted != Some(Planted::NoEpoch);
        let Some(owner) = &mut self.owner else { return };
        if has_epoch && lease.epoch != request.epoch.get() {
            self.end(world);
        } else if lease.number == request.number {
            owner.committed(world, origin, request);
        } else if lease.number + 1 == request.number {
            world.ask(origin, Statement::Commit(Rc::clone(request)));
        } else if has_epoch {
            world.check.fail(format!("the lease moved under its owner: {lease:?}, batch {}", request.number));
        } else {
            // Planted: without epochs a writer believes what it reads.
            let batch = request.batch.clone();
            let (number, rows) = (lease.number + 1, request.rows.clone());
            let (work, unsent) = (request.work.clone(), request.unsent.clone());
            let (carried, emitted) = (request.carried.clone(), request.emitted.clone());
            let (epoch, previous, made_at, latest) = (request.epoch, lease.watermark, request.made_at, request.latest);
            let again = CommitRequest { epoch, number, previous, batch, rows, work, unsent, carried, emitted, made_at, latest };
            owner.number = number;
            world.ask(origin, Statement::Commit(Rc::new(again)));
        }
    }
}

impl Owner {
    fn new(lease: &LeaseRow, world: &mut World) -> Self {
        let epoch = Epoch::new(lease.epoch);
        let state = State::new(epoch);
        Self {
            epoch,
            deadline: lease.expires_at,
            ids: state.ids().clone(),
            state,
            random: Random::new(world.random.next()),
            sender: Sender::default(),
            taken: lease.watermark,
            committed: lease.watermark,
            number: lease.number,
            commit: None,
            effects: Vec::new(),
            carried: Vec::new(),
            emitted: Vec::new(),
            commands: BTreeSet::new(),
            lanes: BTreeSet::new(),
            is_started: false,
            is_poll_due: false,
            payload: Arc::from("{}"),
            known: Known { has_stepped: false, listened: None, clock: world.wall() },
            latest: world.wall(),
        }
    }

    fn take(&mut self, world: &mut World, origin: Origin, input: Input) {
        match input {
            Input::Polled(ids) => self.polled(world, origin, &ids),
            Input::Sent(row, receiver, outcome) => {
                let news = self.sender.sent(world, origin, Answer { id: row, receiver, outcome }, self.deadline);
                let SentNews { is_gone, heard, not_relayed, count, relayed } = news;
                if let Some((telegram, message, why)) = not_relayed {
                    self.step(world, Event::NotRelayed { telegram, message, why });
                }
                if is_gone {
                    self.step(world, Event::Gone { telegram: receiver });
                }
                if let Some((chat, at)) = heard {
                    self.step(world, Event::Heard { receiver, chat, at });
                }
                if count > 0 {
                    let relayed = relayed.map(|chat| (chat, count, row));
                    self.step(world, Event::Settled { receiver, count, relayed });
                }
                self.let_go(world);
            }
            Input::Asked(is_alive) => {
                self.sender.asked(world, origin, is_alive, self.deadline);
                self.let_go(world);
            }
            Input::Resume(receiver) => self.sender.resume(world, origin, receiver, self.deadline),
            Input::Lane(inbox, telegram) => {
                let request = lane::work(world, (self.epoch, &self.ids), inbox, telegram);
                world.ask(origin, Statement::Finish(Rc::new(request)));
            }
            Input::Beat => {
                world.ask(origin, Statement::Heartbeat { epoch: self.epoch, sent_at: world.now });
                world.ask(origin, Statement::ListCommands);
                let is_listening = world.telegram.deaf_until <= world.now;
                if is_listening && !world.telegram.has_unpolled() {
                    self.known.listened = Some(world.now);
                }
                self.step(world, Event::Tick { is_listening });
                self.is_started = true;
                world.tell(SECOND, origin, Input::Beat);
            }
            Input::Settle => self.sender.settle(world, origin),
            Input::SessionLost => self.sender.settle_lately_again(world, origin),
            Input::Boot | Input::Again(_) | Input::Answer(..) => {}
        }
    }

    fn answered(&mut self, world: &mut World, origin: Origin, statement: Statement, reply: Reply) {
        match (statement, reply) {
            (_, Reply::Loaded(loaded)) => self.start(world, origin, &loaded),
            (Statement::Heartbeat { sent_at, .. }, Reply::Heartbeat(true)) => {
                self.deadline = self.deadline.max(sent_at + LEASE);
                self.sender.kick_all(world, origin, self.deadline);
            }
            (Statement::Commit(request), Reply::Committed(true)) => self.committed(world, origin, &request),
            (Statement::Finish(request), Reply::Finished(FinishReply::Done(finished))) => {
                self.lanes.remove(&request.inbox);
                for row in &request.rows {
                    self.step(world, Event::Queued { receiver: row.receiver, count: 1 });
                    self.sender.push(Rc::clone(row), true, timestamp(world.now));
                    self.sender.kick(world, origin, row.receiver, self.deadline);
                }
                self.commands.extend(finished.commands.iter().map(|(id, _)| *id));
                self.step(world, Event::LaneDone { inbox: request.inbox, telegram: request.telegram, finished });
            }
            (Statement::Settle(settling), Reply::Settled) => self.sender.settled(&settling),
            (_, Reply::Commands(commands)) => {
                for (id, command) in commands {
                    if self.commands.insert(id) {
                        self.step(world, Event::Command { id, command });
                    }
                }
            }
            _ => {}
        }
    }

    /// Everything is read: commands first, then open work in its order, and only then what is new.
    fn start(&mut self, world: &mut World, origin: Origin, loaded: &Loaded) {
        let loaded = &planted::loaded(world.planted, loaded);
        self.state = State::load(self.epoch, world.watch.rules, loaded, world.wall());
        world.watch.loaded(world.wall(), world.now);
        self.ids = self.state.ids().clone();
        if world.planted != Some(Planted::OutboxNotReloaded) {
            for row in &loaded.outbox {
                self.sender.push(Rc::new(OutboxRow::clone(row)), true, timestamp(world.now));
            }
        }
        for (id, command) in &loaded.commands {
            self.commands.insert(*id);
            self.step(world, Event::Command { id: *id, command: command.clone() });
        }
        for row in &loaded.inbox {
            match row.work {
                InboxWork::Update { update, .. } => {
                    let update = world.telegram.posted(update).update.clone();
                    self.step(world, Event::Update { update, inbox: Some(row.id) });
                }
                InboxWork::Erase { .. } => self.start_lane(world, origin, row.id, row.telegram),
                InboxWork::Task(_) => self.step(world, Event::Task { inbox: row.id, telegram: row.telegram }),
            }
        }
        self.sender.kick_all(world, origin, self.deadline);
        world.tell(0, origin, Input::Beat);
        self.poll(world, origin);
    }

    /// Asks for updates: at once, which gives again what is being committed, or after the commit.
    fn poll(&mut self, world: &mut World, origin: Origin) {
        let waits = world.planted != Some(Planted::AcknowledgeBeforeCommit) && world.random.chance(700);
        if self.taken > self.committed && !self.is_poll_due && waits {
            self.is_poll_due = true;
            return;
        }
        self.is_poll_due = false;
        let confirmed = if world.planted == Some(Planted::AcknowledgeBeforeCommit) { self.taken } else { self.committed };
        let offset = UpdateId::new(confirmed.map_or(0, |id| id.get() + 1));
        world.call(origin, Call::Poll { offset });
    }

    fn polled(&mut self, world: &mut World, origin: Origin, ids: &[UpdateId]) {
        let is_behind = self.known.listened.is_none_or(|at| at + BEHIND < world.now);
        self.known.listened = Some(world.now);
        for &id in ids {
            if self.taken >= Some(id) && world.planted != Some(Planted::NoWatermark) {
                world.check.repeated();
                continue;
            }
            self.taken = self.taken.max(Some(id));
            self.carried.push(id);
            let posted = world.telegram.posted(id);
            let mut update = posted.update.clone();
            update.is_belated |= is_behind;
            if posted.is_undecodable {
                let event = Event::Undecodable { id, from: Some(update.from), reason: "broken".into() };
                self.step(world, event);
                continue;
            }
            let sender = update.from;
            let must_answer = matches!(update.kind, UpdateKind::Message { .. });
            let written = update.written_at.map_or(world.now, |at| at.as_seconds() * SECOND);
            let before = self.effects.len();
            self.step(world, Event::Update { update, inbox: None });
            // Whom no words reach is refused without a word.
            let most = self.state.facts(sender).map_or(MAX_PENDING_STRANGER, |_| MAX_PENDING);
            let is_full = self.state.pending_rows(sender) >= most;
            let is_answered = !must_answer || is_full || self.effects.len() > before;
            // A process without the lease takes in what another one has long answered.
            if world.database.lease.epoch == self.epoch.get() {
                world.check.answered(id, sender, is_answered, written);
            }
        }
        self.poll(world, origin);
    }

    #[expect(clippy::needless_pass_by_value, reason = "an event is used up")]
    fn step(&mut self, world: &mut World, truth: Event) {
        let seat = |&person: &PersonId| Some((person, self.state.seat(person)?));
        let before: Vec<(PersonId, Seat)> = world.database.known.keys().filter_map(seat).collect();
        let now = planted::clock(world, &mut self.known.clock);
        self.latest = self.latest.max(now);
        let mut effects = Vec::new();
        for event in planted::events(world, &self.state, &truth) {
            effects.extend(step(&mut self.state, event, now, &mut self.random));
        }
        planted::change(world, &Stepped { state: &self.state, truth: &truth, before: &before }, &mut effects);
        world.trace(|| format!("epoch {} makes of {truth:?}: {effects:?}", self.epoch.get()));
        let (state, effects) = (&self.state, effects);
        let is_first = !self.known.has_stepped;
        let (database, telegram, at, wall) = (&world.database, &world.telegram, world.now, world.wall());
        let seen = Seen { truth: &truth, before: &before, effects: &effects, state, database, telegram, now: at, wall, is_first };
        // What a process does that has lost the lease and does not know it yet never becomes true.
        if database.lease.epoch == self.epoch.get() {
            world.watch.stepped(&mut world.check, &seen);
        }
        self.known.has_stepped = true;
        for effect in effects {
            world.held.note(&world.database, &effect);
            if let Effect::Relay { id, chat, receiver, relay } = effect {
                self.emitted.push(Emitted { id, receiver, chat, relay });
            }
            self.effects.push(effect);
        }
    }

    /// Tells of rows that were let go.
    fn let_go(&mut self, world: &mut World) {
        for row in self.sender.take_let_go() {
            let mut relayed = None;
            if let OutboxBody::Relay(Relay { from: telegram, source: message, .. }) = row.body {
                relayed = row.chat.map(|chat| (chat, 1, row.id));
                if world.planted != Some(Planted::LetGoUntold) {
                    self.step(world, Event::NotRelayed { telegram, message, why: Undelivered::Unclear });
                }
            }
            self.step(world, Event::Settled { receiver: row.receiver, count: 1, relayed });
        }
    }

    fn settled(&mut self, world: &mut World, receiver: TelegramId, count: u32) {
        if count > 0 {
            self.step(world, Event::Settled { receiver, count, relayed: None });
        }
    }

    /// Sends the next batch to the database, if there is one and none is under way.
    fn flush(&mut self, world: &mut World, origin: Origin) {
        let watermark = (self.taken > self.committed).then_some(self.taken).flatten();
        if self.commit.is_some() || (self.effects.is_empty() && watermark.is_none() && self.carried.is_empty()) {
            return;
        }
        let payload = |_: UpdateId| Some(Arc::clone(&self.payload));
        let folded = fold(self.effects.drain(..), Taken { watermark, at: world.wall() }, &Words, &payload);
        let rows = folded.batch.outbox.iter().cloned().map(Rc::new).collect();
        self.number += 1;
        let request = Rc::new(CommitRequest {
            epoch: self.epoch,
            number: self.number,
            previous: self.committed,
            batch: folded.batch,
            rows,
            work: folded.work,
            unsent: folded.unsent,
            carried: std::mem::take(&mut self.carried),
            emitted: std::mem::take(&mut self.emitted),
            made_at: timestamp(world.now),
            latest: std::mem::replace(&mut self.latest, world.wall()),
        });
        self.commit = Some(Rc::clone(&request));
        world.ask(origin, Statement::Commit(request));
    }

    /// The batch is durable: only now its effects leave memory.
    fn committed(&mut self, world: &mut World, origin: Origin, request: &CommitRequest) {
        self.commit = None;
        self.committed = self.committed.max(request.batch.watermark);
        if self.is_poll_due {
            self.poll(world, origin);
        }
        for &(receiver, chat) in &request.batch.purges {
            let count = self.sender.purge(&mut world.check, (receiver, chat), request.made_at);
            self.settled(world, receiver, count);
        }
        for &(receiver, count) in &request.unsent {
            self.settled(world, receiver, count);
        }
        for row in &request.rows {
            self.sender.push(Rc::clone(row), true, timestamp(world.now));
            self.sender.kick(world, origin, row.receiver, self.deadline);
        }
        for work in &request.work {
            self.start_lane(world, origin, work.inbox, work.telegram);
        }
    }

    fn start_lane(&mut self, world: &mut World, origin: Origin, inbox: InboxId, telegram: TelegramId) {
        self.lanes.insert(inbox);
        let is_long = world.random.chance(80);
        let takes = if is_long { world.random.between(SECOND, 5 * SECOND) } else { world.random.between(MS, 300 * MS) };
        world.tell(takes, origin, Input::Lane(inbox, telegram));
    }

    /// Whether a lane is at work.
    pub(crate) fn has_lanes(&self) -> bool {
        !self.lanes.is_empty()
    }

    /// Whether updates are in memory alone, behind a commit that is under way.
    pub(crate) fn has_taken(&self) -> bool {
        !self.carried.is_empty()
    }

    /// Whether nothing is under way.
    pub(crate) fn is_idle(&self) -> bool {
        self.is_started && self.commit.is_none() && self.effects.is_empty() && self.lanes.is_empty() && self.sender.is_idle()
    }
}
