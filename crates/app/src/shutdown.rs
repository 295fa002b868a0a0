//! Being asked to stop: SIGTERM and Ctrl-C once for a graceful stop, twice for an end at once.

use tokio::signal::unix::{SignalKind, signal};

use crate::console::complain;
use crate::error::AppError;

/// The signals that ask for an end.
pub(crate) struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

impl Signals {
    /// Starts listening; from now on the signals no longer end the process directly.
    pub(crate) fn listen() -> Result<Self, AppError> {
        let listen = |kind| signal(kind).map_err(AppError::Signals);
        Ok(Self { terminate: listen(SignalKind::terminate())?, interrupt: listen(SignalKind::interrupt())? })
    }

    /// Waits for the next one.
    pub(crate) async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    /// Runs the graceful stop, unless a second signal asks to leave it.
    pub(crate) async fn or_again<T>(&mut self, stop: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            done = stop => Some(done),
            () = self.next() => {
                complain("asked twice to stop, ending at once");
                None
            }
        }
    }
}
