#![doc = include_str!("../README.md")]

mod patience;
mod routes;
#[cfg(test)]
mod tests;

use std::fmt;
use std::io;
use std::sync::Arc;

use axum::middleware;
use luvhive_telegram::intake::webhook::WebhookIntake;
use luvhive_telegram::runtime::Readiness;
use tokio::net::TcpListener;

/// What the routes are wired to.
#[derive(Clone, Debug)]
pub struct WebParts {
    /// Whether updates are handled.
    pub readiness: Probe,
    /// What `/metrics` answers; `None` = there is no such page.
    pub metrics: Option<Metrics>,
    /// The webhook, if updates are posted.
    pub webhook: Option<Webhook>,
}

/// Tells whether updates are handled, as it is when it is asked.
#[derive(Clone)]
pub struct Probe(Arc<dyn Fn() -> Readiness + Send + Sync>);

impl Probe {
    /// Wraps a function that can tell.
    pub fn new(look: impl Fn() -> Readiness + Send + Sync + 'static) -> Self {
        Self(Arc::new(look))
    }

    /// Looks now.
    pub fn look(&self) -> Readiness {
        (self.0)()
    }
}

impl fmt::Debug for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Probe").field(&self.look()).finish()
    }
}

/// Writes down what is counted, in Prometheus' text format.
#[derive(Clone)]
pub struct Metrics(Arc<dyn Fn() -> String + Send + Sync>);

impl Metrics {
    /// Wraps a function that can write it down.
    pub fn new(render: impl Fn() -> String + Send + Sync + 'static) -> Self {
        Self(Arc::new(render))
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}

/// The route to which Telegram posts updates.
#[derive(Clone)]
pub struct Webhook {
    /// Its path, beginning with a slash, without placeholders.
    pub path: String,
    /// What Telegram sends along in `X-Telegram-Bot-Api-Secret-Token`.
    pub secret: String,
    /// Where posted updates go.
    pub intake: WebhookIntake,
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook").field("path", &self.path).finish_non_exhaustive()
    }
}

/// Serves `/livez`, `/readyz`, `/metrics` and the webhook until `shutdown` is done, then sees open requests through.
///
/// A connection on which no head of a request comes within 30 seconds is closed; a whole request has a minute.
///
/// # Errors
/// Those of the listening socket.
pub async fn serve(
    listener: TcpListener,
    parts: WebParts,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let routes = routes::router(parts).layer(middleware::from_fn(patience::limit));
    let routes = routes.into_make_service_with_connect_info::<patience::Patience>();
    axum::serve(patience::Door(listener), routes).with_graceful_shutdown(shutdown).await
}
