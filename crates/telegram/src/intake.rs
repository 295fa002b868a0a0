//! Intake: how updates come in, each read on its own, so that a bad one spoils only itself.
//! An update is confirmed to Telegram only after the batch that holds it has committed.

pub(crate) mod behind;
pub(crate) mod checkout;
pub mod decode;
pub(crate) mod hearing;
mod nul;
pub mod poll;
pub mod webhook;

use std::sync::Arc;

use luvhive_core::engine::event::Event;
use luvhive_core::id::UpdateId;
use tokio::sync::oneshot;

pub use behind::BEHIND_AFTER;
pub use checkout::CheckoutQuery;
pub use hearing::DEAF_AFTER;

/// One update as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// Telegram's number.
    pub id: UpdateId,
    /// The raw JSON, free of U+0000.
    pub payload: Arc<str>,
    /// What it means to the engine; `None` = nothing (a group, a kind nobody asked for).
    pub event: Option<Event>,
    /// Somebody waits at the till, which the desk answers at once; nothing of it is for the engine.
    pub checkout: Option<CheckoutQuery>,
}

/// Updates that are confirmed together.
#[derive(Debug)]
pub struct Intake {
    /// The updates, at most 100, in the order in which they came.
    pub updates: Vec<Incoming>,
    /// Told once all of them have committed; dropped if they have not.
    pub committed: oneshot::Sender<()>,
    /// Whether intake had fallen behind, so that these may have waited with Telegram for long: they came with a poll that
    /// began more than [`BEHIND_AFTER`] after the end of the last good one, or with the first of the process, and was
    /// answered at once; or they
    /// were posted within that time after the process began to take posts.
    pub was_behind: bool,
}
