//! The page's files, compiled in. Nothing comes from elsewhere, and nothing inline is run.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::api::files::uploaded;
use crate::assets::drawing;
use crate::host::Place;
use crate::shared::Shared;

const OUTER: &str = include_str!("../page/outer.html");
const PHONE: &str = include_str!("../page/phone.html");
const FILES: [(&str, &str, &str); 7] = [
    ("base.css", "text/css", include_str!("../page/base.css")),
    ("outer.css", "text/css", include_str!("../page/outer.css")),
    ("phone.css", "text/css", include_str!("../page/phone.css")),
    ("outer.js", "text/javascript", include_str!("../page/outer.js")),
    ("phone.js", "text/javascript", include_str!("../page/phone.js")),
    ("bubble.js", "text/javascript", include_str!("../page/bubble.js")),
    ("pay.js", "text/javascript", include_str!("../page/pay.js")),
];

/// The page around the phones, or a phone, by the host asked.
pub(super) async fn index(State(shared): State<Arc<Shared>>, place: Place) -> Response {
    let port = shared.port.load(Ordering::Relaxed);
    let (page, frames) = match place {
        Place::Outer => (OUTER, format!("frame-src http://*.localhost:{port}; frame-ancestors 'none'")),
        Place::Phone(_) => (PHONE, format!("frame-ancestors http://127.0.0.1:{port} http://localhost:{port}")),
    };
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; {frames}"
    );
    let mut response = answer("text/html; charset=utf-8", page.to_owned());
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// A file that the bot sent, to be saved.
pub(super) async fn upload(State(shared): State<Arc<Shared>>, _place: Place, Path(file_id): Path<String>) -> Response {
    let Some(text) = shared.with(|world| uploaded(world, &file_id).map(str::to_owned)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mut response = answer("application/octet-stream", text);
    response.headers_mut().insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    response
}

/// A style sheet, a script or a drawing.
pub(super) async fn file(_place: Place, Path(name): Path<String>) -> Response {
    if let Some((_, kind, text)) = FILES.iter().find(|(known, _, _)| *known == name) {
        return answer(&format!("{kind}; charset=utf-8"), (*text).to_owned());
    }
    match drawing(&name) {
        Some(svg) => {
            let mut response = answer("image/svg+xml", svg);
            // Opened alone, a drawing is a page of its own: it must not run anything.
            let policy = HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'");
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
            response
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn answer(kind: &str, text: String) -> Response {
    let mut headers = HeaderMap::new();
    if let Ok(kind) = HeaderValue::from_str(kind) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    (headers, text).into_response()
}
