//! The simulated world: its clock, what happens next, the network between the parts, and one run from start to quiet.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::rc::Rc;
use std::time::Duration;

use luvhive_core::chat::{Content, Seat};
use luvhive_core::engine::rules::{Opening, Rules};
use luvhive_core::engine::{Command, OutboxBody, OutboxRow};
use luvhive_core::id::{Epoch, MessageId, UpdateId};
use luvhive_core::time::Timestamp;

use super::check::{Check, Outcomes};
use super::database::{Database, FinishReply};
use super::faults::{Fault, Faults, Moment};
use super::former::Former;
use super::held::Held;
use super::instance::Instance;
use super::message::{Input, Origin, Reply, Statement};
use super::random::Random;
use super::refused::Refused;
use super::telegram::{Ask, Call, Draft, Outcome, Telegram, account};
use super::watch::{MAX_AHEAD_S, Watch};
use super::{Planted, lane, people};

/// A millisecond in microseconds.
pub(crate) const MS: i64 = 1_000;
/// A second in microseconds.
pub(crate) const SECOND: i64 = 1_000_000;
/// When the world begins, in microseconds since 1970.
const BEGIN: i64 = 1_800_000_000_000_000;
/// How long people act.
pub(crate) const ACTIVE: i64 = 50 * SECOND;
/// How long it may take at most until everything is quiet after that.
const DRAIN: i64 = 300 * SECOND;
/// When the sender gives up waiting for an answer.
const SEND_TIMEOUT: i64 = 2 * SECOND;
/// A request under way reaches Telegram within this time; no successor of a killed process starts earlier.
pub(crate) const REACHES_TELEGRAM: i64 = 45 * MS;

/// Something that happens at a time.
#[derive(Debug)]
pub(crate) enum Happening {
    Act(usize),
    Operate,
    Say(usize),
    Wish(usize, Wish),
    Post(usize, Draft),
    /// Telegram gives out what it kept back.
    Release,
    Fault(Fault, Option<Moment>),
    Thaw(Origin),
    DatabaseUp,
    CloseSession(usize, Epoch),
    Input(Origin, Input),
    AtDatabase(Origin, u32, Statement),
    FromDatabase(Origin, u32, Statement, Reply),
    AtTelegram(Origin, Call),
    Quiet,
}

/// What a person of a planned scene wants.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wish {
    Ask(Ask),
    Command(Command),
}

/// Everything there is.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) now: i64,
    /// By how much the clock that the processes read is ahead of `now`; it is set back and forward.
    pub(crate) skew: i64,
    pub(crate) random: Random,
    pub(crate) telegram: Telegram,
    pub(crate) database: Database,
    pub(crate) instances: [Instance; 2],
    pub(crate) check: Check,
    pub(crate) watch: Watch,
    pub(crate) refused: Refused,
    pub(crate) held: Held,
    pub(crate) former: Former,
    pub(crate) faults: Faults,
    pub(crate) planted: Option<Planted>,
    /// What comes next: time, order of being planned, place in `planned`.
    queue: BinaryHeap<Reverse<(i64, u64, usize)>>,
    planned: Vec<Option<Happening>>,
    free: Vec<usize>,
    sequence: u64,
    polls: Vec<(Origin, UpdateId)>,
    events: u64,
    trace: Option<Vec<String>>,
}

/// A moment as a clock shows it that nobody sets.
pub(crate) fn timestamp(now: i64) -> Timestamp {
    Timestamp::from_micros(BEGIN + now)
}

impl World {
    fn new(seed: u64, planted: Option<Planted>, is_traced: bool) -> Self {
        let mut random = Random::new(seed);
        let count = random.below(4) + 5;
        let ahead_s = random.between(-MAX_AHEAD_S, MAX_AHEAD_S);
        let rules = Rules {
            opening: if seed.is_multiple_of(2) { Opening::BothAccept } else { Opening::Direct },
            meeting: Duration::from_secs([20, 25, 40][random.below(3)]),
            early: Duration::from_secs(3),
            hold: Duration::from_secs(10),
            ..Rules::default()
        };
        let mut world = Self {
            now: 0,
            skew: 0,
            telegram: Telegram::new(count, ahead_s),
            database: Database::default(),
            instances: [Instance::default(), Instance { index: 1, ..Instance::default() }],
            check: Check::default(),
            watch: Watch::new(rules),
            refused: Refused::default(),
            held: Held::default(),
            former: Former::default(),
            faults: Faults::default(),
            planted,
            queue: BinaryHeap::new(),
            planned: Vec::new(),
            free: Vec::new(),
            sequence: 0,
            polls: Vec::new(),
            events: 0,
            trace: is_traced.then(Vec::new),
            random,
        };
        for person in 0..count {
            if person > 0 {
                let _ = world.database.register(lane::facts(account(person)));
            }
            let first = world.random.between(0, 3 * SECOND);
            world.at(first, Happening::Act(person));
        }
        for whom in 0..2 {
            let origin = world.instances[whom].origin();
            let start = world.random.between(0, 200 * MS);
            world.tell(start, origin, Input::Boot);
        }
        for (at, fault, moment) in Faults::plan(&mut world.random, ACTIVE) {
            world.at(at, Happening::Fault(fault, moment));
        }
        let first = world.random.between(0, 20 * SECOND);
        world.at(first, Happening::Operate);
        world.at(ACTIVE, Happening::Quiet);
        world
    }

    /// What the clock shows that the processes read.
    pub(crate) fn wall(&self) -> Timestamp {
        timestamp(self.now + self.skew)
    }

    /// Lets one world run from start to quiet.
    pub(crate) fn run(seed: u64, planted: Option<Planted>, is_traced: bool) -> Outcomes {
        let mut world = Self::new(seed, planted, is_traced);
        while world.check.failure.is_none()
            && let Some(Reverse((at, _, place))) = world.queue.pop()
        {
            world.now = at;
            world.free.push(place);
            let happening = world.planned[place].take().unwrap();
            if !world.happen(happening) {
                break;
            }
        }
        let failure = world.check.failure.map(|what| format!("at {} ms: {what}", world.now / MS));
        let (events, faults, counts) = (world.events, world.faults.count, world.check.counts);
        let (heard_for, is_clock_set) = (ACTIVE - world.telegram.deaf_for, world.skew != 0);
        Outcomes { failure, events, heard_for, faults, is_clock_set, counts, trace: world.trace.unwrap_or_default() }
    }

    /// Takes the next happening; false when the run is over.
    fn happen(&mut self, happening: Happening) -> bool {
        match happening {
            Happening::Act(person) => {
                if self.now < ACTIVE {
                    people::act(self, person);
                    let is_brisk = self.random.chance(300);
                    let pause =
                        if is_brisk { self.random.between(20 * MS, 600 * MS) } else { self.random.between(SECOND, 6 * SECOND) };
                    self.at(pause, Happening::Act(person));
                }
            }
            Happening::Operate => {
                if self.now < ACTIVE {
                    people::operate(self);
                    let pause = self.random.between(5 * SECOND, 30 * SECOND);
                    self.at(pause, Happening::Operate);
                }
            }
            Happening::Say(person) => {
                if matches!(self.database.seat_of(account(person)), Some(Seat::Chatting { .. })) {
                    people::say(self, person, Content::Text);
                }
            }
            Happening::Wish(person, Wish::Ask(ask)) => people::ask(self, person, ask),
            Happening::Wish(person, Wish::Command(command)) => people::command(self, person, command),
            Happening::Post(person, draft) => people::post(self, person, draft),
            Happening::Release => {
                self.telegram.release(self.now);
                self.wake_polls();
            }
            Happening::Fault(fault, None) => self.strike(fault),
            Happening::Fault(fault, Some(moment)) => self.faults.arm(moment, fault),
            Happening::Thaw(origin) => self.thaw(origin),
            Happening::DatabaseUp => self.database_up(),
            Happening::CloseSession(whom, epoch) => {
                if self.database.lease.owner == whom && self.database.lease.epoch == epoch.get() {
                    self.database.lease.is_session_open = false;
                }
            }
            Happening::Input(origin, input) => self.enter(origin, input),
            Happening::AtDatabase(origin, generation, statement) => self.at_database(origin, generation, statement),
            Happening::FromDatabase(origin, generation, statement, reply) => {
                let reply = if generation == self.database.generation { reply } else { Reply::Lost };
                self.enter(origin, Input::Answer(statement, reply));
            }
            Happening::AtTelegram(origin, call) => self.at_telegram(origin, call),
            Happening::Quiet => return self.is_still_busy(),
        }
        true
    }

    /// Waits until nothing is under way, then checks what must hold then.
    fn is_still_busy(&mut self) -> bool {
        self.strike_armed();
        let owner = self.instances.iter().find_map(|instance| instance.owner.as_ref().filter(|_| !instance.is_frozen));
        let is_idle = owner.is_some_and(|owner| owner.is_idle() && owner.epoch.get() == self.database.lease.epoch);
        let tables = &self.database;
        let is_empty = tables.inbox.is_empty()
            && tables.commands.is_empty()
            && tables.holds.is_empty()
            && self.check.waits_for_start(tables)
            && !tables.is_down;
        let is_calm = is_idle && is_empty && !self.telegram.has_unconfirmed();
        if !is_calm && self.now < ACTIVE + DRAIN {
            self.at(500 * MS, Happening::Quiet);
            return true;
        }
        self.check.quiet(&self.database, &self.telegram);
        self.watch.quiet(&mut self.check);
        self.refused.quiet(&mut self.check, &self.database, &self.watch);
        match owner {
            Some(owner) if is_calm => {
                for (&person, &who) in &self.database.known {
                    self.check.memory(person, owner.state.seat(person), self.database.seats.get(&person).copied());
                    self.check.pending(who, owner.state.pending_rows(who));
                }
            }
            _ => self.check.fail(format!("it never became quiet: {:?} {:?}", tables.inbox, tables.commands)),
        }
        false
    }

    /// Something happens after a while.
    pub(crate) fn at(&mut self, after: i64, happening: Happening) {
        self.sequence += 1;
        let place = self.free.pop().unwrap_or(self.planned.len());
        if place == self.planned.len() {
            self.planned.push(None);
        }
        self.planned[place] = Some(happening);
        self.queue.push(Reverse((self.now + after, self.sequence, place)));
    }

    /// An instance is told something after a while, if it still lives then.
    pub(crate) fn tell(&mut self, after: i64, origin: Origin, input: Input) {
        self.at(after, Happening::Input(origin, input));
    }

    pub(crate) fn trace(&mut self, what: impl FnOnce() -> String) {
        let now = self.now;
        if let Some(trace) = &mut self.trace {
            trace.push(format!("{:>9.3} ms {}", f64::from(i32::try_from(now).unwrap()) / 1_000.0, what()));
        }
    }

    /// A statement leaves for the database.
    pub(crate) fn ask(&mut self, origin: Origin, statement: Statement) {
        let after = if self.random.chance(50) { self.random.between(5 * MS, 60 * MS) } else { self.random.between(200, 3 * MS) };
        self.at(after, Happening::AtDatabase(origin, self.database.generation, statement));
    }

    /// A call leaves for Telegram.
    pub(crate) fn call(&mut self, origin: Origin, call: Call) {
        let after = self.random.between(2 * MS, REACHES_TELEGRAM);
        if let Call::Send { row, .. } = &call
            && self.random.chance(10)
        {
            self.tell(after, origin, Input::Sent(row.id, row.receiver, Outcome::NotSent));
            return;
        }
        self.at(after, Happening::AtTelegram(origin, call));
    }

    /// The session of a process that ended is noticed by the server.
    pub(crate) fn close_session(&mut self, whom: usize, epoch: Epoch) {
        let after = self.random.between(REACHES_TELEGRAM + MS, 150 * MS);
        self.at(after, Happening::CloseSession(whom, epoch));
    }

    /// Somebody did something: the process that waits for updates gets them.
    pub(crate) fn wake_polls(&mut self) {
        for (origin, offset) in std::mem::take(&mut self.polls) {
            let after = self.random.between(0, 10 * MS);
            self.at(after, Happening::AtTelegram(origin, Call::Poll { offset }));
        }
    }

    /// Works with one instance, apart from the rest of the world.
    pub(crate) fn with_instance(&mut self, whom: usize, work: impl FnOnce(&mut Instance, &mut Self)) {
        let mut instance = std::mem::take(&mut self.instances[whom]);
        work(&mut instance, self);
        self.instances[whom] = instance;
    }

    fn enter(&mut self, origin: Origin, input: Input) {
        let instance = &mut self.instances[origin.instance];
        if instance.origin() != origin {
            return;
        }
        if instance.is_frozen {
            instance.stalled.push(input);
            return;
        }
        self.trace(|| format!("{origin:?} takes {input:?}"));
        self.with_instance(origin.instance, |instance, world| instance.take(world, input));
        let owner = self.instances[origin.instance].owner.as_ref();
        let (works, has_taken) = owner.map_or((false, false), |owner| (owner.has_lanes(), owner.has_taken()));
        if works {
            self.moment(Moment::Working, origin);
        }
        if has_taken {
            self.moment(Moment::Taken, origin);
        }
    }

    fn at_database(&mut self, origin: Origin, generation: u32, statement: Statement) {
        if self.database.is_down || generation != self.database.generation {
            self.at(2 * MS, Happening::FromDatabase(origin, generation, statement, Reply::Lost));
            return;
        }
        let (mut reply, moment) = self.execute(origin, &statement);
        if matches!(statement, Statement::Commit(_)) && self.faults.loses_reply() {
            reply = Reply::Lost;
        }
        let after = self.random.between(200, 3 * MS);
        self.at(after, Happening::FromDatabase(origin, generation, statement, reply));
        if let Some(moment) = moment {
            self.moment(moment, origin);
        }
    }

    fn execute(&mut self, origin: Origin, statement: &Statement) -> (Reply, Option<Moment>) {
        let (now, planted) = (self.now, self.planted);
        let database = &mut self.database;
        match statement {
            Statement::Acquire => {
                let lease = database.acquire(origin.instance, now);
                if lease.is_some()
                    && let Some(former) = &self.instances[1 - origin.instance].owner
                {
                    former.sender.touch_unsettled(&mut self.check);
                    self.refused.forget();
                }
                (Reply::Acquired(lease), None)
            }
            Statement::Load => (Reply::Loaded(Box::new(database.load())), None),
            Statement::Heartbeat { epoch, sent_at } => (Reply::Heartbeat(database.heartbeat(*epoch, *sent_at, planted)), None),
            Statement::Commit(request) => {
                let is_ours = request.epoch.get() == database.lease.epoch || planted == Some(Planted::NoEpoch);
                let is_next = database.lease.number + 1 == request.number || planted == Some(Planted::NoWatermark);
                if !is_ours || !is_next {
                    return (Reply::Committed(false), None);
                }
                self.check.before_commit(database, &self.telegram, request);
                self.held.before_commit(&mut self.check, database, &self.telegram, request);
                self.former.before_commit(&mut self.check, request);
                self.watch.before_commit(&mut self.check, database, &self.telegram, request);
                match database.commit(request, planted) {
                    Ok(Some(purged)) => {
                        self.check.after_commit(database, request, &purged);
                        self.watch.after_commit(request, &purged);
                        self.refused.after_commit(&mut self.check, request);
                    }
                    Ok(None) => self.check.fail(format!("watermark is not {:?}: {:?}", request.previous, database.lease)),
                    Err(constraint) => self.check.fail(constraint),
                }
                self.events += 1 + u64::try_from(request.carried.len()).unwrap();
                (Reply::Committed(true), Some(Moment::Committed))
            }
            Statement::ReadLease(_) => (Reply::Lease(database.lease), None),
            Statement::Finish(request) => {
                let reply = database.finish(request, planted);
                let is_done = matches!(reply, FinishReply::Done(_));
                if is_done {
                    self.events += 1;
                    self.check.finished(request, database);
                    self.watch.finished(request, database, now);
                } else if matches!(reply, FinishReply::NotFound) {
                    self.check.finished_again(request);
                }
                (Reply::Finished(reply), is_done.then_some(Moment::Finished))
            }
            Statement::Settle(settlements) => {
                database.settle(settlements, now);
                (Reply::Settled, Some(Moment::Settled))
            }
            Statement::ListCommands => {
                let commands = database.commands.iter().filter(|(_, (_, is_lanes))| !is_lanes);
                (Reply::Commands(commands.map(|(&id, (command, _))| (id, command.clone())).collect()), None)
            }
        }
    }

    fn at_telegram(&mut self, origin: Origin, call: Call) {
        match call {
            Call::Poll { offset } if self.telegram.deaf_until > self.now => {
                let after = self.telegram.deaf_until - self.now + self.random.between(0, 500 * MS);
                self.at(after, Happening::AtTelegram(origin, Call::Poll { offset }));
            }
            Call::Poll { offset } => {
                let updates = self.telegram.poll(offset);
                if updates.is_empty() {
                    self.polls.push((origin, offset));
                } else {
                    let after = self.random.between(2 * MS, 20 * MS);
                    self.tell(after, origin, Input::Polled(updates));
                }
            }
            Call::Send { row, reply_to } => self.send(origin, &row, reply_to),
            Call::Ping => {
                let is_alive = self.telegram.silent_until <= self.now;
                let after = if is_alive { self.random.between(2 * MS, 40 * MS) } else { SEND_TIMEOUT };
                self.tell(after, origin, Input::Asked(is_alive));
            }
        }
    }

    fn send(&mut self, origin: Origin, row: &Rc<OutboxRow>, reply_to: Option<MessageId>) {
        self.events += 1;
        if self.faults.throttles() {
            let person = super::telegram::index_of(row.receiver);
            self.telegram.privates[person].throttled_until = self.now + self.random.between(100 * MS, 3 * SECOND);
        }
        let receiver = super::telegram::index_of(row.receiver);
        let is_relay = matches!(row.body, OutboxBody::Relay(_));
        let is_silent = self.telegram.silent_until > self.now;
        let is_unclear = is_relay && self.telegram.privates[receiver].unclear_until > self.now;
        let is_hidden = is_silent || is_unclear || self.faults.hides_outcome();
        let is_swallowed = is_silent || (is_hidden && !is_unclear && self.random.chance(500));
        let refusal = if is_relay && !is_hidden { self.faults.refuses(&mut self.random) } else { None };
        let outcome = match refusal {
            Some(why) => Outcome::Refused(why),
            None if is_swallowed => Outcome::Unknown,
            None => self.telegram.send(row, self.now),
        };
        self.trace(|| format!("telegram is sent {row:?}: {outcome:?}, hidden: {is_hidden}"));
        match outcome {
            Outcome::Ok(message, _) => {
                let is_tapped = self.watch.is_tapped(row) || self.held.was_held(row);
                self.check.delivered(row, message, reply_to, is_tapped);
                self.watch.delivered(&mut self.check, &self.database, &self.telegram, (row, self.now));
            }
            Outcome::Gone => self.check.gone(row),
            Outcome::Refused(why) => {
                self.check.refused(row.id);
                self.watch.told_of(row.id);
                // A process that has ended hears of nothing.
                if self.instances[origin.instance].origin() == origin {
                    self.refused.owe((&self.telegram, &self.database), row, why, self.now);
                }
            }
            Outcome::RetryAfter(_) | Outcome::NotSent | Outcome::Unknown => {}
        }
        if is_hidden {
            self.check.touch(row.id);
            if !is_silent {
                self.refused.unclear(&mut self.check, row.id, origin);
            }
            self.tell(SEND_TIMEOUT, origin, Input::Sent(row.id, row.receiver, Outcome::Unknown));
        } else {
            let after = self.random.between(2 * MS, 40 * MS);
            self.tell(after, origin, Input::Sent(row.id, row.receiver, outcome));
        }
        self.moment(Moment::Sent, origin);
    }
}
