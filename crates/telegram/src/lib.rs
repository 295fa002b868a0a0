//! LuvHive's Telegram side: intake, lanes, dialogs, views and sender.

pub mod callback;
pub mod client;
pub mod intake;
pub mod lane;
mod lanes;
#[allow(dead_code, clippy::allow_attributes, reason = "the dialogs that say the rest follow")]
pub mod locale;
pub mod runtime;
mod sender;
#[allow(dead_code, clippy::allow_attributes, reason = "the dialogs that show some of these screens follow")]
pub mod view;
