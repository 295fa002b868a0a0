//! What all requests, deliveries and drivers of one sandbox hold in common: one world behind one
//! short lock, the bells that ring when it changed, and the scripted faults.

use std::fs::File;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU16};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::runtime::Handle;
use tokio::sync::{Notify, watch};

use crate::clock::Clock;
use crate::error::SandboxError;
use crate::faults::{Faults, UpdateFault};
use crate::settings::SandboxSettings;
use crate::world::World;
use crate::world::poller::Poller;
use crate::world::queue::NewUpdate;

/// The state behind a sandbox.
pub(crate) struct Shared {
    world: Mutex<World>,
    /// The bot's token; it never changes.
    pub(crate) token: String,
    pub(crate) clock: Clock,
    pub(crate) faults: Faults,
    pub(crate) poller: Mutex<Poller>,
    /// Rung when an update was queued or the webhook changed.
    pub(crate) queued: Notify,
    /// Rung when a checkout or a subscription got a new time to be looked at.
    pub(crate) due: Notify,
    /// The world's version; changes when something a person sees changed.
    pub(crate) changed: watch::Sender<u64>,
    /// True once the sandbox stops.
    pub(crate) stopping: watch::Sender<bool>,
    pub(crate) webhook_retry: Duration,
    pub(crate) poses_as_real: bool,
    log: Option<Mutex<File>>,
    pub(crate) port: AtomicU16,
    /// Set once nothing is stored any more: from then on no request is answered.
    pub(crate) is_dead: AtomicBool,
    /// Where held-back updates wait; people may act from any thread.
    runtime: Handle,
}

impl Shared {
    /// Opens the world and the request log; inside a runtime.
    pub(crate) fn open(settings: &SandboxSettings) -> Result<Arc<Self>, SandboxError> {
        let log = settings
            .request_log
            .as_ref()
            .map(|path| {
                let fail = |source| SandboxError::File { path: path.clone(), source };
                std::fs::OpenOptions::new().create(true).append(true).open(path).map_err(fail)
            })
            .transpose()?;
        let world = World::open(settings)?;
        Ok(Arc::new(Self {
            changed: watch::Sender::new(world.version),
            token: world.bot.token.clone(),
            world: Mutex::new(world),
            clock: Clock::default(),
            faults: Faults::new(settings.seed),
            poller: Mutex::default(),
            queued: Notify::new(),
            due: Notify::new(),
            stopping: watch::Sender::new(false),
            webhook_retry: settings.webhook_retry,
            poses_as_real: settings.poses_as_real,
            log: log.map(Mutex::new),
            port: AtomicU16::new(0),
            is_dead: AtomicBool::new(false),
            runtime: Handle::current(),
        }))
    }

    /// The world, for reading and writing; what was written is flushed and rung when `act` is done.
    pub(crate) fn with<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        let mut world = self.world.lock();
        let before = (world.version, world.next.update);
        let result = act(&mut world);
        let after = (world.version, world.next.update);
        if before != after {
            world.flush();
        }
        drop(world);
        if before.0 != after.0 {
            self.changed.send_replace(after.0);
        }
        if before.1 != after.1 {
            self.queued.notify_waiters();
        }
        result
    }

    /// Queues an update, unless a scripted fault holds it back or doubles it.
    pub(crate) fn push(self: &Arc<Self>, world: &mut World, update: NewUpdate) {
        match self.faults.for_update() {
            Some(UpdateFault::Late(by)) => {
                let shared = Arc::clone(self);
                self.runtime.spawn(async move {
                    tokio::time::sleep(by).await;
                    let now = shared.clock.now_ms();
                    shared.with(|world| world.push_update(now, update));
                });
            }
            None => {
                world.push_update(self.clock.now_ms(), update);
            }
        }
    }

    /// Tells pages to look again though the world did not change.
    pub(crate) fn ring(&self) {
        self.changed.send_modify(|_| {});
    }

    /// The world's time in milliseconds since 1970.
    pub(crate) fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// Whether requests and updates are to be logged at all.
    pub(crate) fn has_log(&self) -> bool {
        self.log.is_some()
    }

    /// Writes one line to the request log, if there is one.
    pub(crate) fn log_line(&self, mut line: String) {
        if let Some(log) = &self.log {
            line.push('\n');
            if let Err(error) = log.lock().write_all(line.as_bytes()) {
                tracing::warn!(%error, "the request log cannot be written");
            }
        }
    }
}
