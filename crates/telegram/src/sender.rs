//! The sender: takes committed rows to their receivers, each receiver's in order, no receiver in another's way.
//! The outcome of a send (gone, settled) enters the engine again at the front, as a report.

mod doubt;
mod limit;
pub(crate) mod memory;
pub(crate) mod outcome;
pub(crate) mod pairs;
pub(crate) mod queue;
mod retry;
mod settle;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use luvhive_core::chat::Undelivered;
use luvhive_core::engine::effect::{OutboxBody, OutboxRow, Rendered};
use luvhive_core::engine::event::Event;
use luvhive_core::id::{ChatId, MessageId, OutboxId, TelegramId};
use luvhive_core::ports::{
    ChatStore, Clock, Delivery, Journal, Lease, MessagePair, Messenger, MessengerError, Settlement, StoreError,
};
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, sleep_until};
use tracing::{debug, error, warn};

use crate::rendered::is_removal;
use crate::signal::LeaseTerm;
use crate::signal::counters::Counters;
use crate::signal::report::{Report, Reports};
use doubt::{Cleared, Doubts};
use limit::Limiter;
use memory::Memory;
use outcome::ToTell;
use pairs::RecentPairs;
use queue::{Fate, Job, Queues};
use settle::{Left, Settler};

/// How many answers to button presses are under way at most.
const ANSWERS_IN_FLIGHT: usize = 100;
/// How many answers wait at most; older ones are dropped, they only stop a spinner.
const ANSWERS_WAITING: usize = 1_000;
/// How often the rows are counted that are held back for the time being.
const HELD_EVERY: Duration = Duration::from_millis(250);
/// How often an expired lease is looked at again.
const LEASE_CHECK: Duration = Duration::from_millis(20);

/// What the sender needs.
pub(crate) struct SenderParts {
    pub(crate) messenger: Arc<dyn Messenger>,
    pub(crate) chats: Arc<dyn ChatStore>,
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) lease: Lease,
    pub(crate) term: Arc<LeaseTerm>,
    pub(crate) pairs: Arc<RecentPairs>,
    pub(crate) memory: Arc<Memory>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) reports: Reports,
    /// How many rows are on their way at once; Telegram refuses more than about 1,000.
    pub(crate) in_flight: usize,
    /// After unclear answers from so many chats, with no success in between, everything stands still.
    pub(crate) unclear_chats: usize,
}

/// The sender: its door and its task.
#[derive(Debug)]
pub(crate) struct Sender {
    door: Outgoing,
    task: JoinHandle<()>,
}

/// The sender's door; clones lead to the same queues.
#[derive(Clone, Debug)]
pub(crate) struct Outgoing {
    orders: mpsc::UnboundedSender<Order>,
    counters: Arc<Counters>,
}

#[derive(Debug)]
enum Order {
    Rows(Vec<OutboxRow>),
    Purge(TelegramId, Option<ChatId>),
    /// These rows were read, but are not to be sent.
    Forget(Vec<OutboxRow>),
    Answer(Answer),
    /// Best effort, past the queues; forgotten if nothing may be sent now.
    SayNow(TelegramId, Rendered),
    /// Begin nothing after this time, see what is under way through, and end.
    Stop(Instant),
}

#[derive(Debug)]
enum Answer {
    Plain(Box<str>),
    Rendered(TelegramId, Rendered),
}

impl Sender {
    /// Starts the sender.
    pub(crate) fn start(parts: SenderParts) -> Self {
        let (orders, inbox) = mpsc::unbounded_channel();
        let door = Outgoing { orders, counters: parts.counters.clone() };
        Self { door, task: tokio::spawn(Work::new(parts, inbox).run()) }
    }

    /// Returns the door.
    pub(crate) fn door(&self) -> &Outgoing {
        &self.door
    }

    /// Ends the sender: nothing begins after `deadline`, what is under way is seen through, everything is settled.
    /// Rows that are left stay in the outbox.
    pub(crate) async fn stop(self, deadline: Instant) {
        let _ = self.door.orders.send(Order::Stop(deadline));
        if let Err(failure) = self.task.await {
            error!(is_panic = failure.is_panic(), "the sender ended unexpectedly");
        }
        self.door.counters.waiting_rows.set(0);
        self.door.counters.held_rows.set(0);
    }
}

impl Outgoing {
    /// Adds committed rows, which the engine has counted or is told of before it can be told that they left.
    pub(crate) fn send(&self, rows: Vec<OutboxRow>) {
        if !rows.is_empty() {
            self.counters.waiting_rows.add(rows.len());
            let _ = self.orders.send(Order::Rows(rows));
        }
    }

    /// Drops rows to a receiver, of one chat or all.
    pub(crate) fn purge(&self, receiver: TelegramId, chat: Option<ChatId>) {
        let _ = self.orders.send(Order::Purge(receiver, chat));
    }

    /// Removes rows that are not to be sent, of which the engine knows nothing.
    pub(crate) fn forget(&self, rows: Vec<OutboxRow>) {
        if !rows.is_empty() {
            let _ = self.orders.send(Order::Forget(rows));
        }
    }

    /// Stops a button's spinner.
    pub(crate) fn answer(&self, callback: Box<str>) {
        let _ = self.orders.send(Order::Answer(Answer::Plain(callback)));
    }

    /// Says something that stands in no outbox, now or never: nobody wants to read later that it takes longer.
    pub(crate) fn say_now(&self, telegram: TelegramId, call: Rendered) {
        let _ = self.orders.send(Order::SayNow(telegram, call));
    }

    /// Answers a button press with a rendered `answerCallbackQuery`.
    pub(crate) fn answer_rendered(&self, telegram: TelegramId, call: Rendered) {
        let _ = self.orders.send(Order::Answer(Answer::Rendered(telegram, call)));
    }
}

struct Work {
    parts: Arc<SenderParts>,
    orders: mpsc::UnboundedReceiver<Order>,
    queues: Queues,
    limiter: Limiter,
    doubts: Doubts,
    asking: JoinSet<Result<(), MessengerError>>,
    under_way: JoinSet<(Job, Result<Delivery, MessengerError>)>,
    answers: VecDeque<Answer>,
    answering: JoinSet<()>,
    left: mpsc::UnboundedSender<Left>,
    settler: JoinHandle<()>,
    stop_at: Option<Instant>,
    /// Rows that the gauge holds of those that came in.
    gauged: usize,
    /// When the rows that are held are counted next, and whether that is needed at all.
    count_held_at: Instant,
    is_held_counted: bool,
}

impl Work {
    fn new(parts: SenderParts, orders: mpsc::UnboundedReceiver<Order>) -> Self {
        let (left, rows) = mpsc::unbounded_channel();
        let settler = Settler {
            journal: parts.journal.clone(),
            lease: parts.lease,
            clock: parts.clock.clone(),
            counters: parts.counters.clone(),
            reports: parts.reports.clone(),
            memory: parts.memory.clone(),
            left: rows,
        };
        Self {
            doubts: Doubts::new(parts.unclear_chats),
            asking: JoinSet::new(),
            parts: Arc::new(parts),
            orders,
            queues: Queues::default(),
            limiter: Limiter::default(),
            under_way: JoinSet::new(),
            answers: VecDeque::new(),
            answering: JoinSet::new(),
            left,
            settler: tokio::spawn(settler.run()),
            stop_at: None,
            gauged: 0,
            count_held_at: Instant::now(),
            is_held_counted: false,
        }
    }

    async fn run(mut self) {
        loop {
            let held_until = self.dispatch();
            self.gauge();
            if self.is_over() {
                break;
            }
            let count_held_at = (!self.is_held_counted).then_some(self.count_held_at);
            let wakes = [held_until, self.queues.next_wake(), self.doubts.ask_at(), self.stop_at, count_held_at];
            let wake = wakes.into_iter().flatten().min();
            tokio::select! {
                order = self.orders.recv() => self.take(order),
                Some(done) = self.under_way.join_next() => self.finish(done),
                Some(asked) = self.asking.join_next() => self.hear(asked),
                Some(_) = self.answering.join_next() => {}
                () = sleep_until(wake.unwrap_or_else(Instant::now)), if wake.is_some() => {}
            }
            // Everything else at hand comes before anything new leaves.
            while let Ok(order) = self.orders.try_recv() {
                self.take(Some(order));
            }
            while let Some(done) = self.under_way.try_join_next() {
                self.finish(done);
            }
        }
        while let Some(done) = self.under_way.join_next().await {
            self.finish(done);
        }
        self.asking.shutdown().await;
        self.answering.shutdown().await;
        drop(self.left);
        if self.settler.await.is_err() {
            error!("settling ended unexpectedly");
        }
    }

    /// Takes rows that left out of the gauge; the code that sent them in put them there.
    fn gauge(&mut self) {
        let waiting = self.queues.waiting();
        self.parts.counters.waiting_rows.sub(self.gauged.saturating_sub(waiting));
        self.gauged = waiting;
        // To count what is held takes a look at every receiver, so that is not done at each turn.
        let now = Instant::now();
        if now >= self.count_held_at {
            self.parts.counters.held_rows.set(self.queues.held());
            self.count_held_at = now + HELD_EVERY;
            self.is_held_counted = true;
        } else {
            self.is_held_counted = false;
        }
    }

    /// Reports whether everything was sent, or time is up.
    fn is_over(&self) -> bool {
        self.stop_at.is_some_and(|at| self.queues.waiting() == 0 && self.answers.is_empty() || Instant::now() >= at)
    }

    fn take(&mut self, order: Option<Order>) {
        match order {
            Some(Order::Rows(rows)) => {
                self.gauged = self.gauged.saturating_add(rows.len());
                for row in rows {
                    self.stop_for(&row);
                    self.queues.push(row);
                }
            }
            Some(Order::Purge(receiver, chat)) => {
                let (count, late) = self.queues.purge(receiver, chat);
                self.parts.reports.tell_late(late);
                if count > 0 {
                    self.parts.counters.purged.add(u64::from(count));
                    self.parts.reports.send(Report::Event(Event::Settled { receiver, count, relayed: None }));
                }
            }
            Some(Order::SayNow(telegram, call)) => {
                if self.parts.term.is_running() && self.answers.is_empty() && self.answering.len() < ANSWERS_IN_FLIGHT {
                    self.answering.spawn(give_answer(self.parts.clone(), Answer::Rendered(telegram, call)));
                }
            }
            Some(Order::Forget(rows)) => {
                for row in rows {
                    self.settle(row.id, (row.receiver, None), None, false);
                }
            }
            Some(Order::Answer(answer)) => {
                self.answers.push_back(answer);
                if self.answers.len() > ANSWERS_WAITING {
                    self.answers.pop_front();
                }
            }
            Some(Order::Stop(at)) => self.stop_at = Some(at),
            None => self.stop_at = Some(Instant::now()),
        }
    }

    /// A message whose copy is to go does not leave any more.
    fn stop_for(&mut self, row: &OutboxRow) {
        if is_removal(row) {
            for stopped in self.queues.stop(row) {
                self.settle(stopped.id, (stopped.receiver, stopped.chat), None, true);
            }
        }
    }

    /// Sends what may be sent now. Returns when to look again, if something holds the rest back.
    fn dispatch(&mut self) -> Option<Instant> {
        let now = Instant::now();
        self.queues.wake(now);
        if self.stop_at.is_some_and(|at| now >= at) {
            return None;
        }
        // Also without a lease: it changes nothing.
        if self.doubts.asks(now) {
            let messenger = self.parts.messenger.clone();
            self.asking.spawn(async move { messenger.ping().await });
        }
        if !self.parts.term.is_running() {
            return Some(now + LEASE_CHECK);
        }
        if self.doubts.is_still() {
            return None;
        }
        while self.answering.len() < ANSWERS_IN_FLIGHT
            && let Some(answer) = self.answers.pop_front()
        {
            self.answering.spawn(give_answer(self.parts.clone(), answer));
        }
        while self.under_way.len() < self.parts.in_flight {
            // Asked first, so that a row is not taken out of its line in vain.
            if let Err(at) = self.limiter.peek(now) {
                return Some(at);
            }
            let Some(job) = self.queues.next() else { break };
            self.limiter.spend(now);
            self.under_way.spawn(send(self.parts.clone(), job));
        }
        None
    }

    fn finish(&mut self, done: Result<(Job, Result<Delivery, MessengerError>), tokio::task::JoinError>) {
        let Ok((job, result)) = done else {
            // Unreachable while `send` cannot panic; the row comes back at the next start.
            error!("a send ended unexpectedly");
            return;
        };
        let (row, receiver, id) = (job.row.clone(), job.row.receiver, job.row.id);
        let relayed_in = job.row.chat.filter(|_| matches!(job.row.body, OutboxBody::Relay(_)));
        let now = Instant::now();
        let (is_sent, is_unclear) = (result.is_ok(), matches!(result, Err(MessengerError::Unknown(_))));
        let follows = outcome::judge(job, result, now, &self.parts.counters);
        self.tell(follows.to_tell, receiver);
        if let Some((chat, at)) = follows.heard {
            self.parts.reports.send(Report::Event(Event::Heard { receiver, chat, at }));
        }
        if let Some(pair) = &follows.pair {
            self.parts.pairs.insert(pair);
        }
        let is_removed = matches!(follows.fate, Fate::Remove);
        let is_doubted = matches!(follows.fate, Fate::Doubt(_));
        let is_counted = self.queues.finish(receiver, id, follows.fate);
        // Its chat ended while it was on its way, so it is not sent again.
        if !is_counted && !is_removed && row.body.edited().is_some() {
            let why = if is_unclear { Undelivered::EditUnclear } else { Undelivered::EditLate };
            self.tell(outcome::to_tell_of(&row, why), receiver);
        }
        if is_removed {
            self.settle(id, (receiver, relayed_in), follows.pair, is_counted);
        }
        if is_unclear {
            self.doubts.add(receiver, is_doubted.then_some(id), now);
        } else if is_sent && let Some(cleared) = self.doubts.succeeded() {
            self.go_on(cleared);
        }
    }

    /// Tells who else has to know what came of a send to `receiver`.
    fn tell(&mut self, to_tell: ToTell, receiver: TelegramId) {
        let event = match to_tell {
            ToTell::Nobody => return,
            ToTell::Limiter => return self.limiter.refused(receiver, Instant::now()),
            ToTell::Writer(telegram, message, why) => Event::NotRelayed { telegram, message, why },
            ToTell::Payer => Event::InvoiceUnclear { telegram: receiver },
            ToTell::Engine => Event::Gone { telegram: receiver },
        };
        self.parts.reports.send(Report::Event(event));
    }

    /// Telegram was asked for a sign of life.
    fn hear(&mut self, asked: Result<Result<(), MessengerError>, tokio::task::JoinError>) {
        let answer = asked.unwrap_or_else(|failure| Err(MessengerError::NotSent(Box::new(failure))));
        if let Some(cleared) = self.doubts.answered(&answer, Instant::now()) {
            self.go_on(cleared);
        }
    }

    /// Sends rows again whose outcome was unclear, or gives them up.
    fn go_on(&mut self, (whose, rows): Cleared) {
        for (receiver, id) in rows {
            let Some(row) = self.queues.go_on(receiver, id, whose, Instant::now()) else { continue };
            warn!(kind = outcome::kind_of(&row), "giving up a row; its outcome is unknown");
            self.parts.counters.rejected.add(1);
            self.tell(outcome::to_tell_of(&row, Undelivered::Unclear), receiver);
            let relayed_in = row.chat.filter(|_| matches!(row.body, OutboxBody::Relay(_)));
            let is_counted = self.queues.finish(receiver, id, Fate::LetGo);
            self.settle(id, (receiver, relayed_in), None, is_counted);
        }
    }

    fn settle(
        &self,
        outbox: OutboxId,
        (receiver, relayed_in): (TelegramId, Option<ChatId>),
        pair: Option<MessagePair>,
        is_counted: bool,
    ) {
        let _ = self.left.send(Left { settlement: Settlement { outbox, pair }, receiver, relayed_in, is_counted });
    }
}

/// Sends one row. Begins nothing without a running lease, also if the process was frozen since the row was taken.
async fn send(parts: Arc<SenderParts>, mut job: Job) -> (Job, Result<Delivery, MessengerError>) {
    let is_edit = matches!(job.row.body, OutboxBody::Edit { .. });
    let wanted = match &job.row.body {
        OutboxBody::Relay(relay) => relay.reply_to.filter(|_| !job.is_bare).map(|message| (relay.from, message)),
        OutboxBody::Edit { original, .. } => Some((original.from, original.message)),
        OutboxBody::Call(_) => None,
    };
    let on = match wanted {
        Some(message) => resolve(&parts, &job.row, message).await,
        None => Ok(None),
    };
    job.is_quoting = !is_edit && matches!(on, Ok(Some(_)));
    let result = match on {
        Err(error) => Err(MessengerError::NotSent(Box::new(error))),
        Ok(_) if !parts.term.is_running() => Err(MessengerError::NotSent(Box::new(LeaseOver))),
        // Its copy has had its turn before: nothing of it lies with the partner in this chat.
        Ok(None) if is_edit => Err(MessengerError::Rejected { code: 0, why: Undelivered::EditMissing }),
        Ok(on) => parts.messenger.deliver(job.row.receiver, &job.row.body, on).await,
    };
    (job, result)
}

#[derive(Debug, thiserror::Error)]
#[error("lease is over")]
struct LeaseOver;

/// Finds the message on the receiver's side that belongs to one on the writer's; `None` if there is none in this chat. One of
/// an earlier chat would tell two who were matched again that they know each other.
async fn resolve(
    parts: &SenderParts,
    row: &OutboxRow,
    (from, message): (TelegramId, MessageId),
) -> Result<Option<MessageId>, StoreError> {
    if let Some(found) = parts.pairs.find(from, message) {
        return Ok((found.telegram == row.receiver && Some(found.chat) == row.chat).then_some(found.message));
    }
    match parts.chats.find_pair(from, message).await {
        Ok(pair) => {
            let is_ours =
                |pair: &MessagePair| Some(pair.chat) == row.chat && (pair.from == row.receiver || pair.to == row.receiver);
            Ok(pair.filter(is_ours).map(|pair| pair.on_side_of(row.receiver)))
        }
        // Safe to try again; anything else would hold the message back for the sake of its quote.
        Err(error @ StoreError::Unavailable(_)) => Err(error),
        Err(_unreadable) => Ok(None),
    }
}

async fn give_answer(parts: Arc<SenderParts>, answer: Answer) {
    if !parts.term.is_running() {
        return;
    }
    let result = match answer {
        Answer::Plain(callback) => parts.messenger.answer(&callback).await,
        Answer::Rendered(telegram, call) => {
            parts.messenger.deliver(telegram, &OutboxBody::Call(call), None).await.map(|_delivery| ())
        }
    };
    if let Err(error) = result {
        debug!(cause = luvhive_core::error::chain(&error), "an answer past the outbox could not be given");
    }
}

#[cfg(test)]
mod tests;
