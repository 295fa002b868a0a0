//! What a supervisor asks: is the process alive, and is it at work?

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use luvhive_telegram::runtime::Readiness;
use tokio::sync::watch;

use crate::Metrics;

/// Answers as long as the process can answer at all.
pub(super) async fn livez() -> &'static str {
    "alive\n"
}

/// Answers 200 only while updates are handled; otherwise 503 and how far the process is.
pub(super) async fn readyz(State(readiness): State<watch::Receiver<Readiness>>) -> (StatusCode, &'static str) {
    let readiness = *readiness.borrow();
    let word = match readiness {
        Readiness::Standby => "standby\n",
        Readiness::Loading => "loading\n",
        Readiness::Ready => "ready\n",
        Readiness::Stopping => "stopping\n",
        Readiness::Stopped => "stopped\n",
    };
    let status = if readiness == Readiness::Ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, word)
}

/// Answers with everything that is counted, in Prometheus' text format.
pub(super) async fn metrics(State(metrics): State<Metrics>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], (metrics.0)())
}
