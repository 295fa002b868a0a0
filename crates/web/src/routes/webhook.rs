//! The webhook: a caller who knows the secret may post an update; 200 says that it has committed.

use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use luvhive_telegram::intake::webhook::Posted;
use subtle::ConstantTimeEq;
use tracing::warn;

use crate::Webhook;

/// Where Telegram puts the secret (Bot API 10.3, `setWebhook`).
const SECRET_HEADER: &str = "x-telegram-bot-api-secret-token";
/// The longest body that is read, in bytes: a batch of updates is at most 4 MiB, so one is less.
const MAX_BODY_BYTES: usize = 4 << 20;

/// Takes a posted update. The body of a forged call is not read.
pub(super) async fn post(State(webhook): State<Webhook>, headers: HeaderMap, body: Body) -> StatusCode {
    let given = headers.get(SECRET_HEADER).map(axum::http::HeaderValue::as_bytes).unwrap_or_default();
    if !bool::from(given.ct_eq(webhook.secret.as_bytes())) {
        warn!("a call to the webhook without the right secret was refused");
        return StatusCode::UNAUTHORIZED;
    }
    let Ok(body) = to_bytes(body, MAX_BODY_BYTES).await else { return StatusCode::PAYLOAD_TOO_LARGE };
    let body = String::from_utf8_lossy(&body);
    match webhook.intake.post(&body).await {
        Posted::Taken => StatusCode::OK,
        Posted::NotTaken => StatusCode::SERVICE_UNAVAILABLE,
    }
}
