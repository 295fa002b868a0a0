//! The crank: the one task that owns the engine's state. It gathers what came in, steps, commits, and only then lets go
//! of what the steps decided.

mod gather;

use std::collections::{HashMap, HashSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use luvhive_core::chat::Undelivered;
use luvhive_core::engine::batch::{Folded, Taken, fold};
use luvhive_core::engine::event::Event;
use luvhive_core::engine::{IdSource, State, step};
use luvhive_core::error::chain;
use luvhive_core::id::{CommandId, InboxId, UpdateId};
use luvhive_core::ports::{Entropy, JournalError, Lease, StoreError};
use luvhive_core::time::Timestamp;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};
use tracing::{error, info_span, warn};

use super::desk::Asks;
use super::item::Item;
use super::load::{Replay, task_of};
use super::{Core, Shutdown, Tenure, drain_deadline, end_task, taken};
use crate::client::POLL_LIMIT;
use crate::handler::LaneTask;
use crate::intake::Incoming;
use crate::intake::poll::Way;
use crate::lanes::{LaneRow, Lanes};
use crate::sender::Sender;
use crate::signal::measure;
use crate::signal::pause::Pause;
use crate::signal::report::{Report, Reports};
use gather::Gathered;

/// How often the engine is told that time passed, at least.
const TICK: Duration = Duration::from_secs(1);
/// How often at most.
const MIN_TICK: Duration = Duration::from_millis(20);
/// How many done commands are remembered, so that a list read before their end does not bring them back.
const DONE_COMMANDS: usize = 1_000;
/// The pause after a commit that failed.
const PAUSE: Pause = Pause::new(Duration::from_millis(50), Duration::from_secs(1));
/// How often a commit that goes on failing is told again.
const TOLD_EVERY: Duration = Duration::from_secs(10);
/// How long lanes may take to finish when the state is thrown away.
const RELOAD_DRAIN: Duration = Duration::from_secs(10);

/// How a generation ended.
#[derive(Debug)]
pub(super) enum End {
    /// By request, after everything that could be finished was.
    Stopped,
    /// Another process owns the shard.
    Fenced,
    /// No more updates can come.
    IntakeOver,
    /// The state is not to be trusted any more, for this reason.
    Reload(Box<str>),
}

/// The engine's state and what works on it, from one load to the next.
pub(super) struct Generation {
    pub(super) core: Arc<Core>,
    pub(super) lease: Lease,
    pub(super) state: State,
    pub(super) sender: Sender,
    pub(super) lanes: Lanes,
    pub(super) reports: Reports,
    pub(super) inbox: mpsc::UnboundedReceiver<Report>,
    pub(super) commands: JoinHandle<()>,
    /// Work of stored rows that the engine has not started yet, and when it came.
    pub(super) payloads: HashMap<InboxId, (LaneTask, Timestamp)>,
    /// What was left undone before, taken before anything new.
    pub(super) backlog: VecDeque<Item>,
    pub(super) known_commands: HashSet<CommandId>,
    pub(super) done_commands: VecDeque<CommandId>,
    pub(super) next_tick: Instant,
    pub(super) drain_until: Option<Instant>,
    pub(super) is_intake_over: bool,
    /// The watermark of the poller before, whose last numbers are yet to be stored as taken in.
    pub(super) adopted: Option<UpdateId>,
}

/// Why a batch did not become true.
enum Refusal {
    Fenced,
    Refused(Box<str>),
    /// The database was unavailable until the time to stop was over.
    GivenUp,
}

impl Generation {
    /// The source of row numbers, for the next generation.
    pub(super) fn ids(&self) -> IdSource {
        self.state.ids().clone()
    }

    /// Turns the crank until something ends it.
    pub(super) async fn run(&mut self, tenure: &mut Tenure, shutdown: &mut Shutdown, replay: &mut Replay) -> End {
        loop {
            let mut gathered = Gathered::default();
            if self.backlog.is_empty() {
                replay.acks.drain(..).for_each(confirm);
                replay.is_careful = false;
                replay.condemned.clear();
                if let Err(end) = self.wait(tenure, shutdown, replay, &mut gathered).await {
                    return self.end_early(end, gathered, replay);
                }
            }
            if let Err(end) = self.gather(&mut tenure.intake, replay, &mut gathered) {
                return self.end_early(end, gathered, replay);
            }
            if let Err(refusal) = self.turn(&gathered.items, replay, tenure, shutdown).await {
                return self.give_up(refusal, gathered, replay);
            }
            gathered.acks.into_iter().for_each(confirm);
            self.core.pulse.beat();
            if self.is_drained() {
                return End::Stopped;
            }
        }
    }

    /// Ends lanes and sender. After a graceful end what is queued is still sent, for a while; after a reload what is under
    /// way is seen through; after a take-over nothing more is waited for than answers to what was sent.
    pub(super) async fn stop(self, end: &End) {
        end_task(self.commands).await;
        let now = Instant::now();
        let (lanes_until, sends_until) = match end {
            End::Stopped | End::IntakeOver => {
                let deadline = self.drain_until.unwrap_or(now).max(now);
                (deadline, deadline)
            }
            End::Reload(_) => (now + RELOAD_DRAIN, now),
            End::Fenced => (now, now),
        };
        self.lanes.stop(lanes_until).await;
        // Nobody waits for the engine's reports any more; settling does not insist then.
        drop((self.reports, self.inbox));
        self.sender.stop(sends_until).await;
    }

    /// Steps, commits and lets go.
    async fn turn(
        &mut self,
        items: &[Item],
        replay: &Replay,
        tenure: &mut Tenure,
        shutdown: &mut Shutdown,
    ) -> Result<(), Refusal> {
        if items.is_empty() {
            return Ok(());
        }
        let now = self.core.clock.now();
        let entropy = tenure.entropy.as_mut();
        let stepped = catch_unwind(AssertUnwindSafe(|| self.step(items, replay, entropy, now)));
        let mut folded = stepped.map_err(|_panic| Refusal::Refused("a step panicked".into()))?;
        folded.batch.seen = self.seen_in(items, now);
        if !folded.batch.is_empty() {
            let begun = Instant::now();
            self.core.health.commits();
            let committed = self.commit(&folded, &mut tenure.asks, shutdown).await;
            self.core.health.is_done_committing();
            committed?;
            self.adopted = None;
            measure::committed(begun.elapsed());
            self.core.counters.commits.add(1);
        }
        if let Some(id) = folded.batch.watermark {
            self.core.watermark.set(id, now, if self.core.is_posted { Way::Posted } else { Way::Polled });
        }
        let updates = items.iter().filter_map(as_update);
        self.core.counters.updates.add(u64::try_from(updates.clone().count()).unwrap_or(u64::MAX));
        taken::took_in(updates);
        self.let_go(folded);
        self.plan_tick(now);
        Ok(())
    }

    fn step(&mut self, items: &[Item], replay: &Replay, entropy: &mut dyn Entropy, now: Timestamp) -> Folded {
        let watermark = self.watermark_after(items, now);
        let mut effects = Vec::new();
        let mut payloads = HashMap::new();
        for item in items {
            if let Item::Found(incoming) = item {
                payloads.insert(incoming.id, &incoming.payload);
            }
            let _span = as_update(item).map(|incoming| {
                payloads.insert(incoming.id, &incoming.payload);
                info_span!("update", update.id = incoming.id.get(), update.kind = taken::kind_of(incoming)).entered()
            });
            let staged = item.stage(&replay.condemned, &self.core.settings.username);
            for event in staged.events {
                effects.append(&mut step(&mut self.state, event, now, entropy));
            }
            effects.extend(staged.effects);
        }
        let payload = |id: UpdateId| payloads.get(&id).map(|&payload| payload.clone());
        fold(effects, Taken { watermark, at: now }, self.core.render.as_ref(), &payload)
    }

    /// Returns the numbers that have to be known one by one. The first posts also store what the last fetch before them brought, which Telegram may post again.
    fn seen_in(&self, items: &[Item], now: Timestamp) -> Vec<UpdateId> {
        let is_open = |id: &UpdateId| self.core.is_taken_singly(*id, now);
        let fetched = self.adopted.into_iter().flat_map(|last| {
            let first = last.get().saturating_sub(i64::from(POLL_LIMIT)).saturating_add(1).max(0);
            (first..=last.get()).map(UpdateId::new)
        });
        items.iter().filter_map(update_id).filter(is_open).chain(fetched).collect()
    }

    /// Returns the watermark that a batch moves to: the highest number in it. Posted updates come in any order, so there
    /// it only grows, unless it is too old to compare with.
    fn watermark_after(&self, items: &[Item], now: Timestamp) -> Option<UpdateId> {
        let highest = items.iter().filter_map(update_id).max()?;
        match self.core.watermark.fresh(now) {
            Some(watermark) if watermark >= highest => None,
            _ => Some(highest),
        }
    }

    /// Commits a batch, through any outage; once a stop is asked for, only as long as a stop may last.
    async fn commit(&mut self, folded: &Folded, asks: &mut Asks, shutdown: &mut Shutdown) -> Result<(), Refusal> {
        let mut pause = PAUSE;
        let mut told: Option<Instant> = None;
        let core = self.core.clone();
        loop {
            let previous = core.watermark.stored();
            let mut attempt = core.journal.commit(&self.lease, previous, &folded.batch);
            let outcome = loop {
                tokio::select! {
                    biased;
                    outcome = &mut attempt => break outcome,
                    Some(ask) = asks.recv() => ask.answer(&self.state, core.clock.now()),
                }
            };
            drop(attempt);
            match outcome {
                Ok(()) => {
                    core.health.heard();
                    return Ok(());
                }
                Err(JournalError::Fenced | JournalError::Held { .. }) => return Err(Refusal::Fenced),
                Err(error @ JournalError::Store(StoreError::Unavailable(_))) => {
                    core.health.missed();
                    core.counters.outages.add(1);
                    if told.is_none_or(|told| told.elapsed() >= TOLD_EVERY) {
                        warn!(cause = chain(&error), "a batch cannot be committed; trying again");
                        told = Some(Instant::now());
                    }
                }
                Err(error) => return Err(Refusal::Refused(chain(&error).into())),
            }
            // An unavailable database is no reason for a restart.
            self.core.pulse.beat();
            if self.drain_until.is_some_and(|deadline| Instant::now() >= deadline) {
                return Err(Refusal::GivenUp);
            }
            let wake = Instant::now() + pause.after_failure();
            loop {
                tokio::select! {
                    () = sleep_until(wake) => break,
                    Some(ask) = asks.recv() => ask.answer(&self.state, core.clock.now()),
                    () = shutdown.asked(), if !shutdown.is_asked() => {
                        self.drain_until = Some(drain_deadline(&core.settings));
                        break;
                    }
                }
            }
        }
    }

    /// Does in memory what the batch has made true.
    fn let_go(&mut self, folded: Folded) {
        let Folded { batch, work, answers, unsent, late } = folded;
        let counters = &self.core.counters;
        let opened = batch.chats.iter().filter(|change| change.is_opened).count();
        counters.matches.add(u64::try_from(opened).unwrap_or(u64::MAX));
        counters.dead.add(u64::try_from(batch.dead.len()).unwrap_or(u64::MAX));
        for row in &batch.inbox {
            self.payloads.insert(row.id, (task_of(row), row.received_at));
        }
        for inbox in &batch.inbox_done {
            self.payloads.remove(inbox);
        }
        for command in batch.commands_done {
            self.known_commands.remove(&command);
            self.done_commands.push_back(command);
            if self.done_commands.len() > DONE_COMMANDS {
                self.done_commands.pop_front();
            }
        }
        let door = self.sender.door();
        // Purges are of earlier batches; rows of this one were dropped while folding.
        for (receiver, chat) in batch.purges {
            door.purge(receiver, chat);
        }
        door.send(batch.outbox);
        for callback in answers {
            door.answer(callback);
        }
        for (receiver, count) in unsent {
            counters.purged.add(u64::from(count));
            self.reports.send(Report::Event(Event::Settled { receiver, count, relayed: None }));
        }
        self.reports.tell_late(late.into_iter().map(|original| (original, Undelivered::EditLate)));
        for work in work {
            if let Some((task, received_at)) = self.payloads.remove(&work.inbox) {
                self.lanes.start(LaneRow { work, received_at, task });
            } else {
                error!("the engine started a row that is not stored");
            }
        }
        let lanes = self.lanes.tidy();
        counters.lanes.set(lanes);
        counters.inbox_rows.set(self.payloads.len().saturating_add(lanes));
        counters.waiting_people.set(self.state.waiting_count());
        counters.chats.set(self.state.chat_count());
        counters.meetings.set(self.state.meeting_count());
        let refused = self.state.take_refused_blocks();
        if refused > 0 {
            error!(refused, "blocks are stored, but there is no room for them in memory: these people can meet again");
        }
    }

    /// Plans when the engine is told next that time passed.
    fn plan_tick(&mut self, now: Timestamp) {
        let due = self.state.next_deadline().map_or(TICK, |deadline| deadline.since(now).clamp(MIN_TICK, TICK));
        self.next_tick = Instant::now() + due;
    }

    fn end_early(&mut self, end: End, gathered: Gathered, replay: &mut Replay) -> End {
        match end {
            End::Reload(reason) => self.give_up(Refusal::Refused(reason), gathered, replay),
            end => end,
        }
    }

    /// Keeps what has not committed for the next generation.
    fn give_up(&mut self, refusal: Refusal, gathered: Gathered, replay: &mut Replay) -> End {
        let end = match refusal {
            Refusal::Fenced => return End::Fenced,
            Refusal::GivenUp => return End::Stopped,
            Refusal::Refused(reason) => End::Reload(reason),
        };
        if let ([item], true) = (gathered.items.as_slice(), replay.is_careful)
            && let Some(culprit) = item.culprit()
        {
            let refused = replay.condemned.entry(culprit).or_default();
            *refused = refused.saturating_add(1);
        }
        let updates = |items: Vec<Item>| items.into_iter().filter_map(into_update);
        let mut kept: VecDeque<_> = updates(gathered.items).collect();
        kept.extend(updates(std::mem::take(&mut self.backlog).into()));
        replay.updates = kept;
        replay.acks.extend(gathered.acks);
        end
    }

    /// Reports whether a stop was asked for and there is nothing left to do, or no time.
    fn is_drained(&mut self) -> bool {
        let Some(deadline) = self.drain_until else { return false };
        let is_idle = self.lanes.tidy() == 0
            && self.backlog.is_empty()
            && self.inbox.is_empty()
            && self.core.counters.waiting_rows.get() == 0;
        is_idle || Instant::now() >= deadline
    }
}

fn as_update(item: &Item) -> Option<&Incoming> {
    match item {
        Item::Update(incoming) => Some(incoming),
        Item::Found(_) | Item::Stored(_) | Item::Command(..) | Item::Event(_) | Item::LaneFailed { .. } => None,
    }
}

fn update_id(item: &Item) -> Option<UpdateId> {
    as_update(item).map(|incoming| incoming.id)
}

fn into_update(item: Item) -> Option<Incoming> {
    match item {
        Item::Update(incoming) => Some(incoming),
        Item::Found(_) | Item::Stored(_) | Item::Command(..) | Item::Event(_) | Item::LaneFailed { .. } => None,
    }
}

fn confirm(ack: oneshot::Sender<()>) {
    // The task that fetched or posted it may be gone; then it comes again and is known.
    let _ = ack.send(());
}
