//! The start of a generation: everything the journal holds is read, and what was left undone is begun again.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

use luvhive_core::engine::Loaded;
use luvhive_core::engine::batch::{InboxRow, InboxWork};
use luvhive_core::engine::event::Event;
use luvhive_core::engine::{IdSource, State, Work};
use luvhive_core::error::chain;
use luvhive_core::id::{InboxId, UpdateId};
use luvhive_core::ports::{JournalError, Lease, StoreError};
use luvhive_core::time::Timestamp;
use tokio::sync::{oneshot, watch};
use tokio::time::{Instant, sleep};
use tracing::{info, warn};

use super::crank::Generation;
use super::item::{Condemned, Item};
use super::seen::Seen;
use super::{Core, RuntimeError, Tenure};
use crate::handler::LaneTask;
use crate::intake::Incoming;
use crate::intake::poll::Way;
use crate::lanes::{LaneParts, LaneRow, Lanes};
use crate::sender::outcome::is_once_only;
use crate::sender::{Sender, SenderParts};
use crate::signal::pause::Pause;
use crate::signal::report::{Report, Reports};

/// How often operators' commands are looked for.
const COMMANDS_PERIOD: Duration = Duration::from_millis(500);
/// The pause after a failed load; short enough that answers go on within a second of the database's return.
const PAUSE: Pause = Pause::new(Duration::from_millis(100), Duration::from_millis(500));

/// What outlives a generation whose state was thrown away.
#[derive(Debug, Default)]
pub(super) struct Replay {
    /// Updates that have not committed, in their order.
    pub(super) updates: VecDeque<Incoming>,
    /// Told once none of these is left.
    pub(super) acks: Vec<oneshot::Sender<()>>,
    /// Whether each item has a batch of its own until all of that is done.
    pub(super) is_careful: bool,
    /// Items that were refused on their own.
    pub(super) condemned: Condemned,
    /// Posted updates that were taken in.
    pub(super) seen: Seen,
}

impl Generation {
    /// Reads everything and starts lanes and sender. `ids` goes on from the last generation.
    ///
    /// # Errors
    /// [`RuntimeError::Fenced`], [`RuntimeError::Journal`].
    pub(super) async fn start(tenure: &mut Tenure, ids: Option<IdSource>, replay: &mut Replay) -> Result<Self, RuntimeError> {
        let begun = Instant::now();
        let core = tenure.core.clone();
        let mut loaded = load(&core, &tenure.lease, &tenure.fenced).await?;
        core.settled.sift(&mut loaded.outbox);
        let mut forgotten = loaded.take_stale_rows();
        // Nobody knows whether the process before had begun to send them; who misses one is told how to have another.
        let unclear: Vec<_> = loaded.outbox.extract_if(.., |row| is_once_only(row)).collect();
        let payers: Vec<_> = unclear.iter().map(|row| row.receiver).collect();
        forgotten.extend(unclear);
        let now = core.clock.now();
        let adopted = core.adopt_watermark(&loaded, now);
        let state = match ids {
            None => State::load(tenure.lease.epoch, core.settings.rules, &loaded, now),
            Some(ids) => State::reload(ids, core.settings.rules, &loaded, now),
        };
        let (reports, inbox) = Reports::channel();
        for telegram in payers {
            reports.send(Report::Event(Event::InvoiceUnclear { telegram }));
        }
        let sender = Sender::start(core.sender_parts(tenure.lease, reports.clone()));
        sender.door().forget(forgotten);
        sender.door().send(std::mem::take(&mut loaded.outbox));
        let mut lanes = Lanes::new(LaneParts {
            handler: core.handler.clone(),
            journal: core.journal.clone(),
            clock: core.clock.clone(),
            lease: tenure.lease,
            ids: state.ids().clone(),
            sender: sender.door().clone(),
            counters: core.counters.clone(),
            reports: reports.clone(),
            at_once: core.settings.lanes,
        });
        let (payloads, backlog) = sort_backlog(loaded, &mut lanes, replay);
        if let Some(watermark) = adopted {
            replay.seen.insert_up_to(watermark);
        }
        info!(
            backlog = backlog.len(),
            waiting = state.waiting_count(),
            chats = state.chat_count(),
            took_ms = begun.elapsed().as_millis(),
            "the engine's state is read"
        );
        let commands = tokio::spawn(look_for_commands(core.clone(), tenure.lease, reports.clone()));
        Ok(Self {
            core,
            lease: tenure.lease,
            state,
            sender,
            lanes,
            reports,
            inbox,
            commands,
            payloads,
            backlog,
            known_commands: HashSet::new(),
            done_commands: VecDeque::new(),
            next_tick: Instant::now(),
            drain_until: None,
            is_intake_over: false,
            adopted,
        })
    }
}

impl Core {
    /// What a generation's sender needs.
    fn sender_parts(&self, lease: Lease, reports: Reports) -> SenderParts {
        SenderParts {
            messenger: self.messenger.clone(),
            chats: self.chats.clone(),
            journal: self.journal.clone(),
            clock: self.clock.clone(),
            lease,
            term: self.term.clone(),
            pairs: self.pairs.clone(),
            memory: self.settled.clone(),
            counters: self.counters.clone(),
            reports,
            in_flight: self.settings.in_flight.max(1),
            unclear_chats: self.settings.unclear_chats,
        }
    }

    /// Notes the stored watermark and how it came. Returns it if it was a poller's, and updates are posted from now on.
    fn adopt_watermark(&self, loaded: &Loaded, now: Timestamp) -> Option<UpdateId> {
        let watermark = loaded.watermark?;
        // Every posted number is kept for longer than Telegram keeps an update.
        let way = if loaded.seen.contains(&watermark) { Way::Posted } else { Way::Polled };
        self.watermark.find(watermark, now, way);
        self.watermark.fresh(now).filter(|_| self.is_posted && way == Way::Polled)
    }
}

async fn load(core: &Core, lease: &Lease, fenced: &watch::Receiver<bool>) -> Result<Loaded, RuntimeError> {
    let mut pause = PAUSE;
    loop {
        match core.journal.load(lease, core.clock.now()).await {
            Ok(loaded) => return Ok(loaded),
            Err(JournalError::Fenced | JournalError::Held { .. }) => return Err(RuntimeError::Fenced),
            Err(error @ JournalError::Store(StoreError::Unavailable(_))) => {
                core.counters.outages.add(1);
                core.pulse.beat();
                warn!(cause = chain(&error), "what is stored cannot be read; trying again");
            }
            Err(error) => return Err(RuntimeError::Journal(error)),
        }
        if *fenced.borrow() {
            return Err(RuntimeError::Fenced);
        }
        sleep(pause.after_failure()).await;
    }
}

/// Sorts what was left undone: commands first, then stored updates, then those that have not committed.
/// Erasures go to their lanes at once: the engine has nothing to decide about them.
fn sort_backlog(
    loaded: Loaded,
    lanes: &mut Lanes,
    replay: &mut Replay,
) -> (HashMap<InboxId, (LaneTask, Timestamp)>, VecDeque<Item>) {
    let mut payloads = HashMap::new();
    for id in loaded.seen {
        replay.seen.insert(id);
    }
    let mut backlog: VecDeque<Item> = loaded.commands.into_iter().map(|(id, command)| Item::Command(id, command)).collect();
    for row in loaded.inbox {
        let task = task_of(&row);
        if matches!(row.work, InboxWork::Erase { .. }) {
            let work = Work { inbox: row.id, telegram: row.telegram, chat: None, about: None };
            lanes.start(LaneRow { work, received_at: row.received_at, task });
        } else {
            payloads.insert(row.id, (task, row.received_at));
            backlog.push_back(Item::Stored(row));
        }
    }
    backlog.extend(std::mem::take(&mut replay.updates).into_iter().map(Item::Update));
    (payloads, backlog)
}

/// Returns what a lane does about a row.
pub(super) fn task_of(row: &InboxRow) -> LaneTask {
    match &row.work {
        InboxWork::Update { payload, .. } => LaneTask::Update { payload: payload.clone() },
        InboxWork::Erase { person } => LaneTask::Erase { person: *person },
        InboxWork::Task(task) => LaneTask::Task(task.clone()),
    }
}

/// Looks for commands of operators until it is aborted.
async fn look_for_commands(core: std::sync::Arc<Core>, lease: Lease, reports: Reports) {
    loop {
        sleep(COMMANDS_PERIOD).await;
        match core.journal.list_commands(&lease).await {
            Ok(commands) if commands.is_empty() => {}
            Ok(commands) => reports.send(Report::Commands(commands)),
            Err(JournalError::Fenced | JournalError::Held { .. }) => reports.send(Report::Fenced),
            // The crank meets the same outage and tells of it.
            Err(JournalError::Store(_)) => {}
        }
    }
}
