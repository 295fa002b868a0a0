//! The model of the sender: one row at a time for each receiver, retries, purges, and settling what is done.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

use luvhive_core::chat::Undelivered;
use luvhive_core::engine::{OutboxBody, OutboxRow, Relay};
use luvhive_core::id::{ChatId, MessageId, OutboxId, TelegramId};
use luvhive_core::ports::{MessagePair, Settlement};
use luvhive_core::time::{TelegramTime, Timestamp};

use super::Planted;
use super::check::Check;
use super::doubt::{Cleared, Doubts};
use super::message::{Input, Origin, Statement};
use super::refused::MOST_TRIES;
use super::telegram::{Call, Outcome};
use super::world::{MS, REACHES_TELEGRAM, SECOND, World};

/// Rows done so lately are settled again after a lost session, in microseconds.
const LATELY: i64 = 30 * SECOND;

/// One statement's worth of rows that are done.
pub(crate) type Settling = Vec<Settlement>;

/// What the engine has to hear of how a send went.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SentNews {
    pub(crate) is_gone: bool,
    /// The chat of whose opening the receiver may have heard, and when.
    pub(crate) heard: Option<(ChatId, Option<TelegramTime>)>,
    /// Whose message was not passed on, and why.
    pub(crate) not_relayed: Option<(TelegramId, MessageId, Undelivered)>,
    /// How many counted rows left the outbox.
    pub(crate) count: u32,
    /// The chat of which that was a message passed on.
    pub(crate) relayed: Option<ChatId>,
}

/// A row that waits, and whether the engine counts it as pending.
#[derive(Debug)]
struct Item {
    row: Rc<OutboxRow>,
    is_counted: bool,
    added_at: Timestamp,
    /// Unclear answers that count.
    unclear: u32,
}

/// What waits for one receiver.
#[derive(Debug, Default)]
struct Queue {
    items: VecDeque<Item>,
    /// The row on its way; it is no longer among the others.
    in_flight: Option<Item>,
    /// Whether the row on its way was purged meanwhile, so that it is not tried again.
    is_dropped: bool,
    is_paused: bool,
}

/// Everything that is to be sent.
#[derive(Debug, Default)]
pub(crate) struct Sender {
    queues: BTreeMap<TelegramId, Queue>,
    pairs: BTreeMap<(TelegramId, MessageId), MessagePair>,
    done: Settling,
    lately: VecDeque<(i64, Settlement)>,
    /// Rows that are done and not known to be settled.
    unsettled: BTreeSet<OutboxId>,
    doubts: Doubts,
    let_go: Vec<Rc<OutboxRow>>,
}

/// How the send of a row went.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answer {
    pub(crate) id: OutboxId,
    pub(crate) receiver: TelegramId,
    pub(crate) outcome: Outcome,
}

impl Sender {
    pub(crate) fn is_idle(&self) -> bool {
        self.unsettled.is_empty() && self.queues.values().all(|queue| queue.items.is_empty() && queue.in_flight.is_none())
    }

    pub(crate) fn push(&mut self, row: Rc<OutboxRow>, is_counted: bool, added_at: Timestamp) {
        self.queues.entry(row.receiver).or_default().items.push_back(Item { row, is_counted, added_at, unclear: 0 });
    }

    pub(crate) fn kick_all(&mut self, world: &mut World, origin: Origin, deadline: i64) {
        let receivers: Vec<TelegramId> = self.queues.keys().copied().collect();
        for receiver in receivers {
            self.kick(world, origin, receiver, deadline);
        }
    }

    pub(crate) fn resume(&mut self, world: &mut World, origin: Origin, receiver: TelegramId, deadline: i64) {
        if let Some(queue) = self.queues.get_mut(&receiver) {
            queue.is_paused = false;
        }
        self.kick(world, origin, receiver, deadline);
    }

    /// Starts the next send to a receiver, unless one is under way, they are throttled or the lease has run out.
    pub(crate) fn kick(&mut self, world: &mut World, origin: Origin, receiver: TelegramId, deadline: i64) {
        let Some(queue) = self.queues.get_mut(&receiver) else { return };
        // What is sent must have arrived before a successor can start.
        let is_late = world.now + REACHES_TELEGRAM >= deadline;
        if queue.in_flight.is_some() || queue.is_paused || is_late || self.doubts.is_still {
            return;
        }
        let newest_first = world.planted == Some(Planted::NewJobsFirst);
        let Some(item) = (if newest_first { queue.items.pop_back() } else { queue.items.pop_front() }) else { return };
        let row = Rc::clone(&item.row);
        queue.in_flight = Some(item);
        queue.is_dropped = false;
        let reply_to = self.resolve(world, &row);
        if world.planted == Some(Planted::RemoveBeforeSend) {
            world.ask(origin, Statement::Settle(Rc::new(vec![Settlement { outbox: row.id, pair: None }])));
        }
        world.call(origin, Call::Send { row, reply_to });
    }

    /// The counterpart of the message that a relay replies to, on the receiver's side.
    fn resolve(&self, world: &World, row: &OutboxRow) -> Option<MessageId> {
        let OutboxBody::Relay(Relay { from, reply_to: Some(message), .. }) = row.body else { return None };
        let key = (from, message);
        let pair = self.pairs.get(&key).copied().or_else(|| world.database.find_pair(from, message))?;
        let is_theirs = (pair.from == from && pair.to == row.receiver) || (pair.to == from && pair.from == row.receiver);
        is_theirs.then(|| pair.on_side_of(row.receiver))
    }

    /// Takes in how a send went.
    pub(crate) fn sent(
        &mut self,
        world: &mut World,
        origin: Origin,
        Answer { id, receiver, outcome }: Answer,
        deadline: i64,
    ) -> SentNews {
        let mut news = SentNews::default();
        let Some(queue) = self.queues.get_mut(&receiver) else { return news };
        let Some(item) = queue.in_flight.take_if(|item| item.row.id == id) else { return news };
        let is_call = matches!(item.row.body, OutboxBody::Call(_));
        let told_of = item.row.chat.filter(|_| is_call);
        news.is_gone = outcome == Outcome::Gone;
        news.heard = match outcome {
            Outcome::Ok(_, at) => told_of.map(|chat| (chat, Some(at))),
            Outcome::Unknown => told_of.map(|chat| (chat, None)),
            Outcome::RetryAfter(_) | Outcome::Gone | Outcome::Refused(_) | Outcome::NotSent => None,
        };
        if news.is_gone && !queue.is_dropped {
            // It stays until the engine has everything to them dropped.
            queue.items.push_front(item);
            queue.is_paused = true;
            return news;
        }
        if outcome == Outcome::Unknown && !queue.is_dropped && world.planted != Some(Planted::UnknownTakenAsSent) {
            queue.items.push_front(item);
            queue.is_paused = true;
            self.doubts.add(world, origin, receiver, id);
            return news;
        }
        if let (Outcome::Refused(why), OutboxBody::Relay(relay)) = (outcome, &item.row.body) {
            let why = if world.planted == Some(Planted::RefusalMisnamed) { Undelivered::Kind } else { why };
            news.not_relayed = Some((relay.from, relay.source, why));
        }
        let mut pair = None;
        let wait = match outcome {
            Outcome::Ok(copy, _) => {
                if let (OutboxBody::Relay(relay), Some(chat)) = (&item.row.body, item.row.chat) {
                    pair = Some(MessagePair { chat, from: relay.from, source: relay.source, to: receiver, copy });
                }
                None
            }
            Outcome::Unknown if world.planted == Some(Planted::UnknownTakenAsSent) => None,
            Outcome::Gone | Outcome::Refused(_) => None,
            Outcome::RetryAfter(micros) => Some(micros),
            Outcome::NotSent | Outcome::Unknown => Some(100 * MS),
        };
        if let Some(wait) = wait
            && !queue.is_dropped
        {
            queue.items.push_front(item);
            queue.is_paused = true;
            world.tell(wait, origin, Input::Resume(receiver));
            return news;
        }
        news.count = u32::from(item.is_counted);
        news.relayed = item.row.chat.filter(|_| matches!(item.row.body, OutboxBody::Relay(_)));
        self.finish(world, origin, id, pair);
        self.kick(world, origin, receiver, deadline);
        if matches!(outcome, Outcome::Ok(..))
            && let Some(cleared) = self.doubts.succeeded()
        {
            self.go_on(world, origin, cleared, deadline);
        }
        news
    }

    /// Telegram was asked for a sign of life.
    pub(crate) fn asked(&mut self, world: &mut World, origin: Origin, is_alive: bool, deadline: i64) {
        if let Some(cleared) = self.doubts.answered(world, origin, is_alive) {
            self.go_on(world, origin, cleared, deadline);
            self.kick_all(world, origin, deadline);
        }
    }

    /// Rows that may have arrived go on, or are let go.
    fn go_on(&mut self, world: &mut World, origin: Origin, (counts, rows): Cleared, deadline: i64) {
        for (receiver, id) in rows {
            let Some(queue) = self.queues.get_mut(&receiver) else { continue };
            queue.is_paused = false;
            let first = queue.items.front_mut().filter(|item| counts && item.row.id == id);
            if let Some(item) = first {
                item.unclear += 1;
                if item.unclear < MOST_TRIES || world.planted == Some(Planted::RepeatedForever) {
                    let wait = if item.unclear == 1 { 200 * MS } else { 2 * SECOND };
                    queue.is_paused = true;
                    world.tell(wait, origin, Input::Resume(receiver));
                    continue;
                }
                let row = queue.items.pop_front().unwrap().row;
                world.refused.let_go(&mut world.check, &row, origin);
                world.watch.told_of(row.id);
                world.refused.owe((&world.telegram, &world.database), &row, Undelivered::Unclear, world.now);
                self.let_go.push(row);
                self.finish(world, origin, id, None);
            }
            self.kick(world, origin, receiver, deadline);
        }
    }

    pub(crate) fn take_let_go(&mut self) -> Vec<Rc<OutboxRow>> {
        std::mem::take(&mut self.let_go)
    }

    fn finish(&mut self, world: &mut World, origin: Origin, outbox: OutboxId, pair: Option<MessagePair>) {
        if let Some(pair) = pair {
            self.pairs.insert((pair.from, pair.source), pair);
            self.pairs.insert((pair.to, pair.copy), pair);
        }
        if self.done.is_empty() {
            world.tell(30 * MS, origin, Input::Settle);
        }
        let settlement = Settlement { outbox, pair };
        self.done.push(settlement);
        self.lately.push_back((world.now, settlement));
        self.unsettled.insert(outbox);
        while self.lately.front().is_some_and(|&(at, _)| at + LATELY < world.now) {
            self.lately.pop_front();
        }
    }

    /// Drops rows; the one on its way is not tried again. Returns how many counted rows left.
    ///
    /// A row that a lane added since the batch was made may be in its table still: it is sent by the next process.
    pub(crate) fn purge(&mut self, check: &mut Check, (receiver, chat): (TelegramId, Option<ChatId>), made_at: Timestamp) -> u32 {
        let Some(queue) = self.queues.get_mut(&receiver) else { return 0 };
        let is_meant = |item: &Item| chat.is_none() || item.row.chat == chat;
        let counted = queue.items.iter().filter(|item| is_meant(item) && item.is_counted).count();
        for item in queue.items.iter().chain(&queue.in_flight).filter(|item| is_meant(item) && item.added_at >= made_at) {
            check.overtake(item.row.id);
        }
        queue.items.retain(|item| !is_meant(item));
        queue.is_dropped |= queue.in_flight.as_ref().is_some_and(is_meant);
        if chat.is_none() && queue.in_flight.is_none() {
            queue.is_paused = false;
        }
        u32::try_from(counted).unwrap()
    }

    pub(crate) fn settle(&mut self, world: &mut World, origin: Origin) {
        let done = std::mem::take(&mut self.done);
        world.ask(origin, Statement::Settle(Rc::new(done)));
    }

    /// A settlement is stored (though perhaps not on disk yet).
    pub(crate) fn settled(&mut self, settling: &Settling) {
        for settlement in settling {
            self.unsettled.remove(&settlement.outbox);
        }
    }

    /// A session was lost, so the database may have crashed: everything done lately is settled once more.
    pub(crate) fn settle_lately_again(&mut self, world: &mut World, origin: Origin) {
        let all = self.lately.iter().map(|&(_, settlement)| settlement).collect();
        world.ask(origin, Statement::Settle(Rc::new(all)));
    }

    /// The process ends: what was on its way or not settled yet may come twice.
    pub(crate) fn touch_unsettled(&self, check: &mut Check) {
        let in_flight = self.queues.values().filter_map(|queue| Some(queue.in_flight.as_ref()?.row.id));
        for row in in_flight.chain(self.unsettled.iter().copied()) {
            check.touch(row);
        }
    }
}
