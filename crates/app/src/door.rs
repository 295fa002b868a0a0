//! A door for HTTP: the task that serves it, and an end that nobody outside can hold up.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use luvhive_web::WebParts;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::error::AppError;

/// How long open connections may go on once the door closes.
const CLOSE_WITHIN: Duration = Duration::from_secs(1);
/// How often an address that is still taken is asked for again.
const BIND_PAUSE: Duration = Duration::from_millis(100);

/// An open door.
#[derive(Debug)]
pub(crate) struct Door {
    task: JoinHandle<io::Result<()>>,
    stop: oneshot::Sender<()>,
}

impl Door {
    /// Serves every connection to the listener, once it is there.
    pub(crate) fn open(listener: impl Future<Output = io::Result<TcpListener>> + Send + 'static, parts: WebParts) -> Self {
        let (stop, mut stopped) = oneshot::channel();
        let task = tokio::spawn(async move {
            let listener = tokio::select! {
                listener = listener => listener?,
                _ = &mut stopped => return Ok(()),
            };
            let shutdown = async {
                // Without a sender nobody can ask any more, which is a wish as well.
                let _ = stopped.await;
            };
            luvhive_web::serve(listener, parts, shutdown).await
        });
        Self { task, stop }
    }

    /// Closes it. Requests under way have a moment; a half request does not hold up the end.
    ///
    /// # Errors
    /// [`AppError::Listen`] when it had failed before, [`AppError::Task`].
    pub(crate) async fn close(self) -> Result<(), AppError> {
        let Self { mut task, stop } = self;
        let _ = stop.send(());
        match timeout(CLOSE_WITHIN, &mut task).await {
            Ok(ended) => ended.map_err(AppError::Task)?.map_err(AppError::Listen),
            Err(_late) => {
                task.abort();
                Ok(())
            }
        }
    }
}

/// Listens at the address of a setting, which another process may hold for now: that is told, and waited for.
///
/// # Errors
/// Those of the socket, but for the address being taken.
pub(crate) async fn listen_when_free(address: SocketAddr, setting: &'static str) -> io::Result<TcpListener> {
    let mut is_told = false;
    loop {
        match TcpListener::bind(address).await {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                if !is_told {
                    tracing::info!(setting, "the address of {setting} is taken; LuvHive listens there once it is free");
                    is_told = true;
                }
                sleep(BIND_PAUSE).await;
            }
            other => return other,
        }
    }
}
