//! What a supervisor asks about the process: a door of its own for `/livez`, `/readyz` and `/metrics`, open from the first moment
//! until the last. Closed unless `ops.listen` names an address.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use luvhive_storage::Pool;
use luvhive_telegram::runtime::{Readiness, RuntimeHandle, Stage, Standby};
use luvhive_web::{Probe, WebParts};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::door::{Door, listen_when_free};
use crate::error::AppError;
use crate::recorder::Recorder;

/// How far the process is, and the door at which that is told.
#[derive(Debug)]
pub struct Ops {
    stage: watch::Sender<Stage>,
    /// The bot, once there is one.
    bot: Arc<OnceLock<RuntimeHandle>>,
    door: Option<Door>,
    address: Option<SocketAddr>,
    recorder: Option<Recorder>,
}

impl Ops {
    /// Without a door.
    pub fn closed() -> Self {
        Self { stage: watch::Sender::new(Stage::Starting), bot: Arc::default(), door: None, address: None, recorder: None }
    }

    /// Opens the door, if there is to be one. A standby waits for an address that the process before it holds; nothing
    /// else waits for the door.
    ///
    /// # Errors
    /// [`AppError::OpsListen`] when the address cannot be listened on.
    pub async fn open(address: Option<SocketAddr>, standby: Standby) -> Result<Self, AppError> {
        let mut ops = Self::closed();
        if standby == Standby::Wait {
            ops.stage.send_replace(Stage::Standby);
        }
        let Some(address) = address else { return Ok(ops) };
        ops.recorder = Recorder::install(ops.probe());
        let metrics = ops.recorder.as_ref().map(Recorder::page);
        let parts = WebParts { readiness: ops.probe(), metrics, webhook: None };
        let fail = |source| AppError::OpsListen { address, source };
        match TcpListener::bind(address).await {
            Ok(listener) => {
                ops.address = Some(listener.local_addr().map_err(fail)?);
                ops.door = Some(Door::open(std::future::ready(Ok(listener)), parts));
            }
            Err(error) if standby == Standby::Wait && error.kind() == std::io::ErrorKind::AddrInUse => {
                ops.door = Some(Door::open(listen_when_free(address, "ops.listen"), parts));
            }
            Err(error) => return Err(fail(error)),
        }
        Ok(ops)
    }

    /// Where the door is, if it is open.
    pub fn address(&self) -> Option<SocketAddr> {
        self.address
    }

    /// Tells whether updates are handled, from the first moment on.
    pub(crate) fn probe(&self) -> Probe {
        let (stage, bot) = (self.stage.subscribe(), self.bot.clone());
        Probe::new(move || bot.get().map_or_else(|| Readiness::from(*stage.borrow()), RuntimeHandle::readiness))
    }

    /// Asks this bot from now on, and adds its figures to the page of metrics, if there is one.
    pub(crate) fn watch(&self, bot: &RuntimeHandle, pool: &Pool) {
        // Set once: a process runs one bot.
        let _ = self.bot.set(bot.clone());
        if let Some(recorder) = &self.recorder {
            recorder.watch(bot, pool);
        }
    }

    /// Where the bot says how far it is.
    pub(crate) fn stage(&self) -> watch::Sender<Stage> {
        self.stage.clone()
    }

    /// Closes the door.
    ///
    /// # Errors
    /// [`AppError::Listen`] when it had failed before, [`AppError::Task`].
    pub(crate) async fn close(self) -> Result<(), AppError> {
        match self.door {
            Some(door) => door.close().await,
            None => Ok(()),
        }
    }
}
