//! How long a caller may take: strangers who open connections and say nothing, or send a request by the byte, hold a file
//! handle each, and would soon hold all of them.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, Request};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, Sleep, sleep_until, timeout};

/// How long the head of a request may take, from the start of a connection or from the answer before it. Telegram keeps a
/// connection open for its next update; after so long it opens another.
const HEAD: Duration = Duration::from_secs(30);
/// How long a whole request may take: its body, and the commit that it waits for. Telegram gives up after a minute.
const REQUEST: Duration = Duration::from_mins(1);

/// Until when a connection may go on: shared by the connection and the requests that come by it.
#[derive(Clone, Debug)]
pub(crate) struct Patience {
    began: Instant,
    /// Milliseconds from `began` on.
    until_ms: Arc<AtomicU64>,
}

impl Patience {
    fn new() -> Self {
        let patience = Self { began: Instant::now(), until_ms: Arc::default() };
        patience.grant(HEAD);
        patience
    }

    /// It may go on for so long from now.
    fn grant(&self, time: Duration) {
        let until = self.began.elapsed().saturating_add(time).as_millis();
        self.until_ms.store(u64::try_from(until).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    fn until(&self) -> Instant {
        self.began + Duration::from_millis(self.until_ms.load(Ordering::Relaxed))
    }
}

impl Connected<IncomingStream<'_, Door>> for Patience {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        stream.io().patience.clone()
    }
}

/// Gives a request its time, and the connection time for the next one.
pub(crate) async fn limit(ConnectInfo(patience): ConnectInfo<Patience>, request: Request, next: Next) -> Response {
    patience.grant(REQUEST);
    let response = timeout(REQUEST, next.run(request)).await;
    patience.grant(HEAD);
    response.unwrap_or_else(|_late| StatusCode::REQUEST_TIMEOUT.into_response())
}

/// A listener whose connections end when their time is over.
pub(crate) struct Door(pub(crate) TcpListener);

impl Listener for Door {
    type Io = Limited;
    type Addr = std::net::SocketAddr;

    async fn accept(&mut self) -> (Limited, Self::Addr) {
        let (stream, caller) = Listener::accept(&mut self.0).await;
        let patience = Patience::new();
        let alarm = Box::pin(sleep_until(patience.until()));
        (Limited { stream, patience, alarm }, caller)
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.0.local_addr()
    }
}

/// A connection that can be read as long as its time lasts.
pub(crate) struct Limited {
    stream: TcpStream,
    patience: Patience,
    alarm: Pin<Box<Sleep>>,
}

impl AsyncRead for Limited {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        loop {
            let until = this.patience.until();
            if this.alarm.deadline() != until {
                this.alarm.as_mut().reset(until);
            }
            if this.alarm.as_mut().poll(cx).is_pending() {
                return Pin::new(&mut this.stream).poll_read(cx, buffer);
            }
            // It may have been given more time since the alarm was set.
            if this.patience.until() == until {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
        }
    }
}

impl AsyncWrite for Limited {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
