//! What a supervisor asks: is the process alive, and is it at work?

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use luvhive_telegram::runtime::Readiness;

use crate::{Metrics, Probe};

/// Answers as long as the process can answer at all.
pub(super) async fn livez() -> &'static str {
    "alive\n"
}

/// Answers 200 only while updates are handled; otherwise 503 and what is in the way, in one word.
pub(super) async fn readyz(State(probe): State<Probe>) -> (StatusCode, String) {
    let readiness = probe.look();
    let status = if readiness == Readiness::Ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, format!("{}\n", readiness.word()))
}

/// Answers with everything that is counted, in Prometheus' text format.
pub(super) async fn metrics(State(metrics): State<Metrics>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], (metrics.0)())
}
