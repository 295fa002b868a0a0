//! Which path leads where. Each request has a number of its own in the log.

mod ops;
mod webhook;

use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{get, post};
use tracing::{Instrument as _, debug, info_span};

use crate::WebParts;

/// Makes the router.
pub(crate) fn router(parts: WebParts) -> Router {
    let WebParts { readiness, metrics, webhook } = parts;
    let mut ops = Router::new().route("/livez", get(ops::livez)).route("/readyz", get(ops::readyz)).with_state(readiness);
    if let Some(metrics) = metrics {
        ops = ops.merge(Router::new().route("/metrics", get(ops::metrics)).with_state(metrics));
    }
    let router = match webhook {
        None => ops,
        Some(webhook) => {
            let path = webhook.path.clone();
            ops.merge(Router::new().route(&path, post(webhook::post)).with_state(webhook))
        }
    };
    router.layer(middleware::from_fn(number))
}

/// Gives a request a number, which every line about it carries. The path of the webhook may be secret and is not told.
async fn number(request: Request, next: Next) -> Response {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let id = NEXT.fetch_add(1, Ordering::Relaxed);
    let span = info_span!("http.request", request.id = id, http.method = request.method().as_str());
    async {
        let response = next.run(request).await;
        debug!(http.status = response.status().as_u16(), "a request is answered");
        response
    }
    .instrument(span)
    .await
}
