//! Which path leads where.

mod ops;
mod webhook;

use axum::Router;
use axum::routing::{get, post};

use crate::WebParts;

/// Makes the router.
pub(crate) fn router(parts: WebParts) -> Router {
    let WebParts { readiness, webhook } = parts;
    let ops = Router::new().route("/livez", get(ops::livez)).route("/readyz", get(ops::readyz)).with_state(readiness);
    match webhook {
        None => ops,
        Some(webhook) => {
            let path = webhook.path.clone();
            ops.merge(Router::new().route(&path, post(webhook::post)).with_state(webhook))
        }
    }
}
