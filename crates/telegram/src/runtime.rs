//! The runtime turns the crank: intake → step → commit → lanes and sender. It knows the database only as core's ports.
//! [`Runtime::run`] owns everything it starts and joins it before it returns.

mod crank;
mod desk;
mod handle;
mod item;
mod lease;
mod load;
mod pulse;
mod readiness;
pub mod reconcile;
mod seen;
mod taken;

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use luvhive_core::engine::Rules;
use luvhive_core::engine::batch::Render;
use luvhive_core::error::chain;
use luvhive_core::id::UpdateId;
use luvhive_core::ports::{ChatStore, Clock, Entropy, Journal, JournalError, Lease, Messenger};
use luvhive_core::time::Timestamp;
use parking_lot::Mutex;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tracing::{error, info, warn};

use crate::handler::LaneHandler;
use crate::intake::behind::Behind;
use crate::intake::checkout::{CheckoutDoor, CheckoutQuery};
use crate::intake::hearing::Hearing;
use crate::intake::poll::{self, FeedError, PollLine, UpdateFeed, Watermark, Way};
use crate::intake::webhook::WebhookUpdates;
use crate::intake::{Incoming, Intake};
use crate::key::BotKey;
use crate::sender::memory::Memory;
use crate::sender::pairs::RecentPairs;
use crate::signal::LeaseTerm;
use crate::signal::counters::Counters;
use crate::signal::health::Health;
use crate::signal::pause::Pause;
use crank::{End, Generation};
use desk::{Asks, DeskParts};
pub use handle::RuntimeHandle;
pub use lease::Standby;
use load::Replay;
use pulse::Pulse;
pub use readiness::{Readiness, Stage};

/// How many pairs of messages are remembered for replies.
const RECENT_PAIRS: usize = 50_000;
/// How often the state is thrown away in a row, nothing having committed in between, before the runtime gives up.
const MAX_RELOADS: u32 = 12;
/// The pause before the state is read again after it was thrown away.
const RELOAD_PAUSE: Pause = Pause::new(Duration::from_millis(40), Duration::from_millis(1_280));

/// What can be set.
#[derive(Clone, Debug)]
pub struct RuntimeSettings {
    /// This process's name in the lease: host and process number.
    pub owner: String,
    /// How long the lease lasts without a heartbeat; default 3 s.
    pub lease: Duration,
    /// Whether to wait for a living owner; default [`Standby::No`].
    pub standby: Standby,
    /// How many lanes work at once; default 32.
    pub lanes: usize,
    /// How many sends are under way at once; default 500, Telegram refuses more than about 1,000.
    pub in_flight: usize,
    /// After unclear answers from how many chats, with no send that succeeds in between, nothing is sent until `getMe` is
    /// answered; default 5.
    pub unclear_chats: usize,
    /// How many rows may wait to be sent before intake pauses; default 20,000.
    pub max_waiting_rows: usize,
    /// How long a stop waits for lanes and sends; default 5 s.
    pub drain: Duration,
    /// How people meet.
    pub rules: Rules,
    /// The bot's user name, without a sign in front; empty = a command may name any bot.
    pub username: Arc<str>,
    /// How long Telegram must refuse the token, with no other answer in between, before that is believed; default 5 min.
    pub token_refused_after: Duration,
}

impl RuntimeSettings {
    /// The defaults, for a process of this name.
    pub fn new(owner: impl Into<String>) -> Self {
        Self {
            owner: owner.into(),
            lease: Duration::from_secs(3),
            standby: Standby::No,
            lanes: 32,
            in_flight: 500,
            unclear_chats: 5,
            max_waiting_rows: 20_000,
            drain: Duration::from_secs(5),
            rules: Rules::default(),
            username: Arc::default(),
            token_refused_after: Duration::from_mins(5),
        }
    }
}

/// Where updates come from.
pub enum Source {
    /// Fetched, see [`poll::BotApiFeed`].
    Feed(Arc<dyn UpdateFeed>),
    /// Posted, see [`crate::intake::webhook::channel`].
    Webhook(WebhookUpdates),
}

/// Where updates come from, once the desk at the till is open.
enum OpenSource {
    Feed(Arc<dyn UpdateFeed>, CheckoutDoor),
    Webhook(mpsc::Receiver<Intake>),
}

impl Source {
    /// Parts what goes to the desk from everything else.
    fn with_checkouts(self) -> (OpenSource, mpsc::UnboundedReceiver<CheckoutQuery>) {
        match self {
            Self::Feed(feed) => {
                let (door, queries) = CheckoutDoor::new();
                (OpenSource::Feed(feed, door), queries)
            }
            Self::Webhook(WebhookUpdates { intake, checkouts, .. }) => (OpenSource::Webhook(intake), checkouts),
        }
    }
}

/// Everything the runtime is wired to.
pub struct RuntimePorts {
    /// Makes things true.
    pub journal: Arc<dyn Journal>,
    /// Finds messages that replies refer to.
    pub chats: Arc<dyn ChatStore>,
    /// Sends.
    pub messenger: Arc<dyn Messenger>,
    /// Decides what lanes do.
    pub handler: Arc<dyn LaneHandler>,
    /// Words the engine's notices.
    pub render: Arc<dyn Render + Send + Sync>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Gives the engine random numbers.
    pub entropy: Box<dyn Entropy>,
    /// Gives updates.
    pub source: Source,
    /// Told how far the runtime is; a holder of another end may say that it is to stop.
    pub stage: watch::Sender<Stage>,
    /// Knows our own invoices.
    pub key: BotKey,
    /// Until when this process may act; not running yet, and shared with everything else that must ask.
    pub term: Arc<LeaseTerm>,
}

/// Why a runtime ended other than by being asked to.
#[derive(Debug, thiserror::Error)]
pub enum RuntimeError {
    /// Another living process owns the shard, or the journal failed at the start.
    #[error("shard cannot be owned")]
    Journal(#[source] JournalError),
    /// Another process took the shard over; this one stopped at once.
    #[error("another process took the shard over")]
    Fenced,
    /// Telegram took the token back.
    #[error("token is refused by Telegram; ask BotFather for the present one and set BOT_TOKEN")]
    TokenRefused,
    /// The task that fetches updates ended in an unforeseen way.
    #[error("intake ended in an unforeseen way")]
    IntakeLost,
    /// The journal refuses everything.
    #[error("engine could not be brought to work in {MAX_RELOADS} tries")]
    Stuck,
}

/// The runtime of one bot's one shard.
pub struct Runtime {
    pub(crate) core: Arc<Core>,
    entropy: Box<dyn Entropy>,
    source: Source,
    key: BotKey,
    lost: mpsc::UnboundedReceiver<Incoming>,
}

/// What all parts of the runtime share for its whole life.
pub(crate) struct Core {
    pub(crate) settings: RuntimeSettings,
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) chats: Arc<dyn ChatStore>,
    pub(crate) messenger: Arc<dyn Messenger>,
    pub(crate) handler: Arc<dyn LaneHandler>,
    pub(crate) render: Arc<dyn Render + Send + Sync>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) stage: watch::Sender<Stage>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) pairs: Arc<RecentPairs>,
    pub(crate) settled: Arc<Memory>,
    pub(crate) watermark: Arc<Watermark>,
    pub(crate) pulse: Arc<Pulse>,
    pub(crate) term: Arc<LeaseTerm>,
    pub(crate) health: Arc<Health>,
    pub(crate) behind: Arc<Behind>,
    pub(crate) hearing: Arc<Hearing>,
    /// Whether updates are posted: then their order says nothing about which came before.
    pub(crate) is_posted: bool,
}

impl Core {
    /// Reports whether the numbers up to this one have to be known one by one: posted ones, and fetched ones that may have
    /// been posted before.
    pub(crate) fn is_taken_singly(&self, id: UpdateId, now: Timestamp) -> bool {
        self.is_posted || self.watermark.leaves_open(id, now)
    }
}

/// The wish to stop, which may come at any moment.
pub(crate) struct Shutdown {
    wish: Pin<Box<dyn Future<Output = ()> + Send>>,
    is_asked: bool,
}

impl Shutdown {
    /// Waits for the wish; returns at once when it came before.
    pub(crate) async fn asked(&mut self) {
        if !self.is_asked {
            self.wish.as_mut().await;
            self.is_asked = true;
        }
    }

    pub(crate) fn is_asked(&self) -> bool {
        self.is_asked
    }
}

impl Runtime {
    /// Wires a runtime. Nothing starts before [`Runtime::run`].
    pub fn new(settings: RuntimeSettings, ports: RuntimePorts) -> (Self, RuntimeHandle) {
        let (behind, longest_wait) = match &ports.source {
            Source::Feed(feed) => (Arc::default(), feed.longest_wait()),
            Source::Webhook(updates) => (updates.behind.clone(), Duration::ZERO),
        };
        let core = Arc::new(Core {
            health: Arc::new(Health::new(settings.lease)),
            settings,
            journal: ports.journal,
            chats: ports.chats,
            messenger: ports.messenger,
            handler: ports.handler,
            render: ports.render,
            clock: ports.clock,
            stage: ports.stage,
            counters: Arc::default(),
            pairs: Arc::new(RecentPairs::new(RECENT_PAIRS)),
            settled: Arc::default(),
            watermark: Arc::default(),
            behind,
            hearing: Arc::new(Hearing::new(longest_wait)),
            pulse: Arc::default(),
            term: ports.term,
            is_posted: matches!(ports.source, Source::Webhook(_)),
        });
        let (found, lost) = mpsc::unbounded_channel();
        let handle = RuntimeHandle { core: core.clone(), found };
        (Self { core, entropy: ports.entropy, source: ports.source, key: ports.key, lost }, handle)
    }

    /// Runs until `shutdown` is done, then finishes what was begun and gives the lease back.
    ///
    /// # Errors
    /// See [`RuntimeError`].
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send + 'static) -> Result<(), RuntimeError> {
        let Self { core, entropy, source, key, lost } = self;
        let mut shutdown = Shutdown { wish: Box::pin(shutdown), is_asked: false };
        let acquired = tokio::select! {
            acquired = lease::acquire(&core) => acquired,
            () = shutdown.asked() => {
                Stage::Stopped.announce(&core.stage);
                return Ok(());
            }
        };
        let lease = acquired.map_err(RuntimeError::Journal)?;
        if let (Some(id), Some(at)) = (lease.watermark, lease.watermark_at) {
            // How it came stands in the journal, which is read while the poller begins.
            core.watermark.set(id, at, Way::Posted);
        }
        let (fenced, is_fenced) = watch::channel(false);
        core.health.heard();
        let heartbeat = tokio::spawn(lease::keep(core.clone(), lease, fenced));
        Stage::Loading.announce(&core.stage);
        let (source, queries) = source.with_checkouts();
        let parts = DeskParts {
            key,
            messenger: core.messenger.clone(),
            health: core.health.clone(),
            term: core.term.clone(),
            fenced: is_fenced.clone(),
        };
        let (desk, asks) = desk::open(parts, queries);
        let (intake, poller) = core.open(source);
        let tenure = Tenure { core: core.clone(), lease, fenced: is_fenced, entropy, intake, asks, lost };
        let result = Box::pin(tenure.run(shutdown, poller)).await;
        end_task(desk).await;
        end_task(heartbeat).await;
        if !matches!(result, Err(RuntimeError::Fenced))
            && let Err(failure) = core.journal.release(&lease).await
        {
            warn!(cause = chain(&failure), "the lease could not be given back; it expires automatically");
        }
        result
    }
}

impl Core {
    /// Opens the intake. Polling begins at once, but nothing is confirmed before the first commit.
    fn open(&self, source: OpenSource) -> (mpsc::Receiver<Intake>, Option<Poller>) {
        match source {
            OpenSource::Webhook(intake) => (intake, None),
            OpenSource::Feed(feed, door) => {
                let (crank, intake) = mpsc::channel(1);
                let line = PollLine {
                    watermark: self.watermark.clone(),
                    term: self.term.clone(),
                    health: self.health.clone(),
                    behind: self.behind.clone(),
                    hearing: self.hearing.clone(),
                    token_refused_after: self.settings.token_refused_after,
                    clock: self.clock.clone(),
                    door,
                    reached: Mutex::default(),
                };
                let feed = Arc::new(pulse::Watched { feed, pulse: self.pulse.clone() });
                (intake, Some(tokio::spawn(poll::run(feed, line, crank))))
            }
        }
    }
}

/// The task that fetches updates.
type Poller = JoinHandle<Result<(), FeedError>>;

/// The time from taking the lease to giving it back: everything that outlives a generation of the engine's state.
pub(crate) struct Tenure {
    pub(crate) core: Arc<Core>,
    pub(crate) lease: Lease,
    pub(crate) fenced: watch::Receiver<bool>,
    pub(crate) entropy: Box<dyn Entropy>,
    pub(crate) intake: mpsc::Receiver<Intake>,
    /// Questions of the desk at the till, answered before anything else.
    pub(crate) asks: Asks,
    /// Updates that were lost on their way and found again.
    pub(crate) lost: mpsc::UnboundedReceiver<Incoming>,
}

impl Tenure {
    async fn run(mut self, mut shutdown: Shutdown, poller: Option<Poller>) -> Result<(), RuntimeError> {
        let core = self.core.clone();
        let result = self.turn_generations(&mut shutdown).await;
        // A poster who waits for a commit hears now that there will be none.
        drop(self.intake);
        let result = match poller {
            Some(poller) => end_poller(poller, result).await,
            None => result,
        };
        if let Err(failure) = &result {
            error!(cause = chain(failure), "the runtime ends");
        }
        Stage::Stopped.announce(&core.stage);
        info!("the runtime has ended");
        result
    }

    /// Runs one generation after another until one ends for good.
    async fn turn_generations(&mut self, shutdown: &mut Shutdown) -> Result<(), RuntimeError> {
        let mut replay = Replay::default();
        let mut ids = None;
        let mut reloads: u32 = 0;
        loop {
            // Nothing is begun before everything is read, so reading can be broken off.
            let started = tokio::select! {
                biased;
                started = Generation::start(self, ids.take(), &mut replay) => started,
                () = shutdown.asked(), if !shutdown.is_asked() => return Ok(()),
            };
            let mut generation = started?;
            let commits = self.core.counters.commits.get();
            if !shutdown.is_asked() {
                if self.core.is_posted {
                    self.core.behind.open();
                }
                Stage::Working.announce(&self.core.stage);
            }
            let end = generation.run(self, shutdown, &mut replay).await;
            ids = Some(generation.ids());
            generation.stop(&end).await;
            match end {
                End::Stopped => return Ok(()),
                End::Fenced => return Err(RuntimeError::Fenced),
                End::IntakeOver => return Err(RuntimeError::IntakeLost),
                End::Reload(reason) => {
                    self.core.counters.reloads.add(1);
                    reloads = if self.core.counters.commits.get() == commits { reloads.saturating_add(1) } else { 1 };
                    error!(reason = &*reason, reloads, "the engine's state is discarded and read again");
                    if reloads >= MAX_RELOADS {
                        return Err(RuntimeError::Stuck);
                    }
                    replay.is_careful = true;
                    tokio::time::sleep(RELOAD_PAUSE.after(reloads)).await;
                }
            }
        }
    }
}

/// Ends a task that goes on forever.
pub(crate) async fn end_task(task: JoinHandle<()>) {
    task.abort();
    // Cancelled, which is what was asked for.
    let _ = task.await;
}

/// Ends the poller. If it had already ended, its reason counts.
async fn end_poller(poller: Poller, result: Result<(), RuntimeError>) -> Result<(), RuntimeError> {
    poller.abort();
    match (poller.await, result) {
        (Ok(Err(FeedError::TokenRefused)), Err(RuntimeError::IntakeLost)) => Err(RuntimeError::TokenRefused),
        (_, result) => result,
    }
}

/// Returns the moment until which a stop may last.
pub(crate) fn drain_deadline(settings: &RuntimeSettings) -> Instant {
    Instant::now() + settings.drain
}

#[cfg(test)]
mod tests;
