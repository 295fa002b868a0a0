//! The way in: which hosts are answered, and where each path leads.

use std::sync::Arc;

use axum::Router;

use crate::api;
use crate::shared::Shared;

/// All routes of the sandbox.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new().fallback(api::handle).with_state(shared)
}
