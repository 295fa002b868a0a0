//! Lanes: one person's slow work at a time, different people in parallel, bounded. The engine starts at most one per person.
//! A lane's result is committed with the end of its row, and only then sent.

#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use frankenstein::methods::AnswerCallbackQueryParams;
use futures_util::FutureExt;
use luvhive_core::engine::effect::{Original, OutboxBody, OutboxRow, Rendered};
use luvhive_core::engine::event::{EngineCommand, Event, Finished};
use luvhive_core::engine::{IdSource, Work};
use luvhive_core::error::chain;
use luvhive_core::id::{InboxId, TelegramId, UpdateId};
use luvhive_core::ports::{Change, Clock, Journal, JournalError, LaneResult, Lease, StoreError};
use luvhive_core::time::Timestamp;
use parking_lot::Mutex;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout_at};
use tracing::{Instrument, error, info_span, warn};

use crate::handler::{CallbackAnswer, Followed, LaneHandler, LaneOutcome, LaneTask, LaneWork};
use crate::intake::decode;
use crate::rendered::render;
use crate::sender::Outgoing;
use crate::signal::counters::Counters;
use crate::signal::measure;
use crate::signal::pause::Pause;
use crate::signal::report::{Report, Reports};

/// The pause after a failure; short enough that answers go on within a second of the database's return.
const PAUSE: Pause = Pause::new(Duration::from_millis(100), Duration::from_millis(500));
/// The pause after an erasure that could not be carried out; it must be in the end.
const ERASE_PAUSE: Duration = Duration::from_secs(30);

/// What lanes need.
pub(crate) struct LaneParts {
    pub(crate) handler: Arc<dyn LaneHandler>,
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) lease: Lease,
    pub(crate) ids: IdSource,
    pub(crate) sender: Outgoing,
    pub(crate) counters: Arc<Counters>,
    pub(crate) reports: Reports,
    /// How many lanes work at once.
    pub(crate) at_once: usize,
}

/// A row and its work.
#[derive(Clone, Debug)]
pub(crate) struct LaneRow {
    pub(crate) work: Work,
    pub(crate) received_at: Timestamp,
    pub(crate) task: LaneTask,
}

/// All lanes that are open.
pub(crate) struct Lanes {
    parts: Arc<LaneParts>,
    turns: Arc<Semaphore>,
    tasks: JoinSet<()>,
    running: Arc<Mutex<HashSet<InboxId>>>,
    stopping: watch::Sender<bool>,
}

impl Lanes {
    pub(crate) fn new(parts: LaneParts) -> Self {
        Self {
            turns: Arc::new(Semaphore::new(parts.at_once.max(1))),
            parts: Arc::new(parts),
            tasks: JoinSet::new(),
            running: Arc::default(),
            stopping: watch::Sender::new(false),
        }
    }

    /// Starts a lane on a committed row; once per row.
    pub(crate) fn start(&mut self, row: LaneRow) {
        if !self.running.lock().insert(row.work.inbox) {
            return;
        }
        let run = Run { parts: self.parts.clone(), stopping: self.stopping.subscribe(), is_told: AtomicBool::new(false) };
        let (turns, running) = (self.turns.clone(), self.running.clone());
        let (inbox, begun) = (row.work.inbox, Instant::now());
        let span = match &row.task {
            LaneTask::Update { payload } => info_span!("lane", update.id = decode::find_stored_id(payload).map(UpdateId::get)),
            LaneTask::Erase { .. } | LaneTask::Task(_) => info_span!("lane"),
        };
        self.tasks.spawn(
            async move {
                // The semaphore is never closed; turns are given in the order of asking.
                let turn = turns.acquire().await;
                if !run.is_stopping() {
                    run.row(row).await;
                    measure::lane_done(begun.elapsed());
                }
                running.lock().remove(&inbox);
                drop(turn);
            }
            .instrument(span),
        );
    }

    /// Forgets lanes that have ended. Returns how many are open.
    pub(crate) fn tidy(&mut self) -> usize {
        while let Some(ended) = self.tasks.try_join_next() {
            if ended.is_err() {
                error!("a lane ended unexpectedly");
            }
        }
        self.tasks.len()
    }

    /// Ends all lanes: those at work finish by `deadline`, the others leave their rows in the inbox.
    pub(crate) async fn stop(mut self, deadline: Instant) {
        self.stopping.send_replace(true);
        while let Ok(Some(_ended)) = timeout_at(deadline, self.tasks.join_next()).await {}
        self.tasks.shutdown().await;
    }
}

/// One lane's way through its row.
struct Run {
    parts: Arc<LaneParts>,
    stopping: watch::Receiver<bool>,
    /// Whether the person knows that it takes longer.
    is_told: AtomicBool,
}

/// How handling ended.
enum Handled {
    Outcome(LaneOutcome),
    Failed(Box<str>),
    Stopped,
}

impl Run {
    fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    /// Waits, or returns false at once when lanes are to end.
    async fn pause(&self, length: Duration) -> bool {
        let mut stopping = self.stopping.clone();
        tokio::select! {
            () = sleep(length) => true,
            _ = stopping.wait_for(|&is_stopping| is_stopping) => false,
        }
    }

    async fn row(&self, row: LaneRow) {
        loop {
            let reason = match self.handle(&row).await {
                Handled::Stopped => return,
                Handled::Failed(reason) => reason,
                Handled::Outcome(outcome) => match self.finish(&row, outcome).await {
                    Ok(()) => return,
                    Err(reason) => reason,
                },
            };
            self.parts.counters.lanes_failed.add(1);
            match &row.task {
                LaneTask::Update { payload } => {
                    error!(inbox = row.work.inbox.get(), reason = &*reason, "a lane cannot handle its row; the row is set aside");
                    self.parts.reports.send(Report::LaneFailed {
                        inbox: row.work.inbox,
                        telegram: row.work.telegram,
                        update: decode::find_stored_id(payload).unwrap_or(UpdateId::new(0)),
                        reason,
                    });
                    return;
                }
                // What nobody may lose is tried until it succeeds.
                LaneTask::Erase { .. } | LaneTask::Task(_) => {
                    error!(reason = &*reason, "an erasure, refund or grant cannot be carried out; trying again");
                    if !self.pause(ERASE_PAUSE).await {
                        return;
                    }
                }
            }
        }
    }

    /// Has the row handled, through outages and panics.
    async fn handle(&self, row: &LaneRow) -> Handled {
        let mut pause = PAUSE;
        loop {
            let work = self.work(row);
            match AssertUnwindSafe(self.parts.handler.handle(&work)).catch_unwind().await {
                Ok(Ok(outcome)) => return Handled::Outcome(outcome),
                Ok(Err(StoreError::Unavailable(_))) => self.meet_outage(row),
                Ok(Err(error)) => return Handled::Failed(chain(&error).into()),
                Err(_panic) => return Handled::Failed("handler panicked".into()),
            }
            if !self.pause(pause.after_failure()).await {
                return Handled::Stopped;
            }
        }
    }

    /// Commits the lane's result. An error is why it cannot be committed.
    async fn finish(&self, row: &LaneRow, outcome: LaneOutcome) -> Result<(), Box<str>> {
        let LaneOutcome { mut changes, calls, edits, answer } = outcome;
        let outgoing: Vec<_> = calls.into_iter().map(|call| self.number(row.work.telegram, call)).collect();
        if let Some(chat) = row.work.chat {
            // Whether the chat still goes on is known to the engine alone, once this has committed.
            let original = |message| Original { from: row.work.telegram, message };
            let pass_on = |Followed { message, call, leaks, edited_at, is_copied, words }| EngineCommand::PassOn {
                chat,
                original: original(message),
                call,
                leaks,
                edited_at,
                is_copied,
                words: Some(words),
            };
            changes.extend(edits.into_iter().map(pass_on).map(Change::ToEngine));
        }
        let mut pause = PAUSE;
        let mut is_unclear = false;
        let parts = &self.parts;
        let (inbox, telegram) = (row.work.inbox, row.work.telegram);
        let mut result = LaneResult { inbox, telegram, changes, outgoing, now: parts.clock.now() };
        loop {
            match parts.journal.finish(&parts.lease, &result).await {
                Ok(finished) => {
                    parts.counters.lanes_done.add(1);
                    self.release(row, result.outgoing, answer, finished);
                    return Ok(());
                }
                Err(JournalError::Fenced | JournalError::Held { .. }) => {
                    parts.reports.send(Report::Fenced);
                    return Ok(());
                }
                // Our own try whose reply was lost: its result is stored, but we do not know it.
                Err(JournalError::Store(StoreError::NotFound)) if is_unclear => {
                    parts.reports.send(Report::Reload);
                    return Ok(());
                }
                Err(JournalError::Store(StoreError::NotFound)) => {
                    self.release(row, Vec::new(), answer, Finished::default());
                    return Ok(());
                }
                Err(error @ JournalError::Store(StoreError::Unavailable(_))) => {
                    is_unclear = true;
                    self.meet_outage(row);
                    warn!(cause = chain(&error), "a lane cannot commit; trying again");
                }
                Err(error) => return Err(chain(&error).into()),
            }
            if !self.pause(pause.after_failure()).await {
                return Ok(());
            }
            result.now = parts.clock.now();
        }
    }

    /// Counts it, and tells the person once that the answer takes longer. That goes past the outbox, which is unavailable too.
    fn meet_outage(&self, row: &LaneRow) {
        self.parts.counters.outages.add(1);
        if self.is_told.swap(true, Ordering::Relaxed) {
            return;
        }
        if let Some(words) = self.parts.handler.say_busy(&self.work(row)) {
            self.parts.sender.say_now(row.work.telegram, words);
        }
    }

    fn work(&self, row: &LaneRow) -> LaneWork {
        LaneWork {
            telegram: row.work.telegram,
            chat: row.work.chat,
            about: row.work.about,
            received_at: row.received_at,
            now: self.parts.clock.now(),
            task: row.task.clone(),
        }
    }

    fn number(&self, receiver: TelegramId, call: Rendered) -> OutboxRow {
        OutboxRow { id: self.parts.ids.next_outbox(), receiver, chat: None, body: OutboxBody::Call(call) }
    }

    fn release(&self, row: &LaneRow, outgoing: Vec<OutboxRow>, answer: Option<CallbackAnswer>, finished: Finished) {
        // Replies first: what the engine says next to this person has higher numbers and must not overtake them.
        // Counted first: what is told to have left must have been counted before.
        let count = u32::try_from(outgoing.len()).unwrap_or(u32::MAX);
        if count > 0 {
            self.parts.reports.send(Report::Event(Event::Queued { receiver: row.work.telegram, count }));
        }
        self.parts.sender.send(outgoing);
        if let Some(answer) = answer {
            self.parts.sender.answer_rendered(row.work.telegram, render_answer(&answer));
        }
        let done = Event::LaneDone { inbox: row.work.inbox, telegram: row.work.telegram, finished };
        self.parts.reports.send(Report::Event(done));
    }
}

fn render_answer(answer: &CallbackAnswer) -> Rendered {
    let text = answer.text.as_deref();
    let params = AnswerCallbackQueryParams::builder()
        .callback_query_id(&*answer.callback)
        .maybe_text(text)
        .maybe_show_alert(text.map(|_| answer.is_alert))
        .build();
    render("answerCallbackQuery", &params)
}
