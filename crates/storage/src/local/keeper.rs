//! The keeper that each user of a cluster runs: a thread that looks whether the server and the watching loop live, and
//! starts again what does not. Several users look at the same cluster; its lock lets one of them act.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use luvhive_core::error::chain;

use super::account::Account;
use super::find::Binaries;
use super::process::Process;
use super::server::Server;
use super::share::{self, Watch};
use super::{Durability, LocalError};

/// How often is looked: a dead server is back within two seconds, most of which its own start takes.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// How many looks in a row may find no server where somebody stopped it in good order, and may be about to start it again.
const STOPPED_LOOKS: u32 = 5;
/// How often a start that fails is told again, in tries.
const TOLD_EVERY: u32 = 50;

/// A running keeper; it ends soon after it is dropped.
#[derive(Debug)]
pub(super) struct Keeper {
    post: Arc<Post>,
    _stop: Sender<()>,
}

/// What a keeper needs to know of its cluster.
#[derive(Debug)]
pub(super) struct Post {
    pub(super) dir: PathBuf,
    pub(super) socket_dir: PathBuf,
    pub(super) binaries: Binaries,
    pub(super) account: Option<Account>,
    pub(super) durability: Durability,
    pub(super) linger: Duration,
    pub(super) is_removed: bool,
}

impl Keeper {
    /// Starts a keeper. It acts only while the calling process is on the list of users.
    pub(super) fn start(post: Post) -> Result<Self, LocalError> {
        let (stop, stopped) = mpsc::channel();
        let post = Arc::new(post);
        let keeping = post.clone();
        let failed = |error: std::io::Error| LocalError::Tool { tool: "keeper".to_owned(), detail: error.to_string() };
        // Not joined: a start under way is seen through, and a server without users is stopped by its watching loop.
        thread::Builder::new().name("keeper".to_owned()).spawn(move || keeping.keep(&stopped)).map(drop).map_err(failed)?;
        Ok(Self { post, _stop: stop })
    }

    /// Ends the keeper of a user who leaves. Where the watching loop has just died, another one stops the server.
    pub(super) fn leave(self) {
        if !share::is_watched(&self.post.dir)
            && let Err(error) = self.post.watch()
        {
            tracing::warn!(cause = chain(&error), "nothing stops the private database after its last user");
        }
    }
}

impl Post {
    /// Starts the loop that stops the server after its last user, unless there is one.
    pub(super) fn watch(&self) -> Result<(), LocalError> {
        let watch = Watch { dir: &self.dir, socket_dir: &self.socket_dir, linger: self.linger, is_removed: self.is_removed };
        share::watch(&watch, &self.binaries.command("pg_ctl"), self.account.as_ref())
    }

    fn keep(&self, stopped: &Receiver<()>) {
        let (mut known, mut missing, mut failures) = (None, 0_u32, 0_u32);
        while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(LOOK_EVERY) {
            let is_alive = self.is_alive(&mut known);
            missing = if is_alive { 0 } else { missing.saturating_add(1) };
            // A server that dies leaves its pid file behind.
            let is_dead = !is_alive && (missing >= STOPPED_LOOKS || self.dir.join("data/postmaster.pid").exists());
            if !is_dead && share::is_watched(&self.dir) {
                continue;
            }
            match self.mend(known, is_dead, stopped) {
                Ok(()) => (missing, failures) = (0, 0),
                Err(error) => {
                    if failures.is_multiple_of(TOLD_EVERY) {
                        tracing::error!(cause = chain(&error), "the private database cannot be started again; trying again");
                    }
                    failures = failures.saturating_add(1);
                }
            }
        }
    }

    /// Looks at the server's process where that was seen to answer before, and asks its socket otherwise: a question makes
    /// the server start a process.
    fn is_alive(&self, known: &mut Option<Process>) -> bool {
        let noted = self.server().noted_pid().and_then(Process::find);
        if noted.is_some() && noted == *known {
            return true;
        }
        let answers = self.server().find_running_socket().is_some();
        if answers && noted.is_some() {
            *known = noted;
        }
        answers
    }

    fn mend(&self, known: Option<Process>, is_dead: bool, stopped: &Receiver<()>) -> Result<(), LocalError> {
        if !self.dir.join("data").exists() {
            // Removed after its last user, or by hand: there is nothing to start.
            return Ok(());
        }
        let account = self.account.as_ref();
        let _lock = share::lock(&self.dir.join("lock"), account)?;
        if !matches!(stopped.try_recv(), Err(mpsc::TryRecvError::Empty)) {
            return Ok(());
        }
        let server = self.server();
        if is_dead && server.find_running_socket().is_none() {
            if let Some(known) = known {
                server.forget_dead(known, &self.socket_dir);
            }
            server.start_at(&self.binaries, &self.socket_dir)?;
            tracing::error!("the private database had died and was started again");
        }
        if !share::is_watched(&self.dir) {
            self.watch()?;
        }
        Ok(())
    }

    fn server(&self) -> Server<'_> {
        Server::new(&self.dir, self.durability, self.account.as_ref())
    }
}
