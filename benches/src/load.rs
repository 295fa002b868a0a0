//! The load run: a private durable cluster, a local Telegram with thousands of people, real bot processes, and faults.
//! What reached whom is judged by the sandbox's checker alone.

mod args;
mod bots;
pub(crate) mod database;
mod faults;
mod report;
pub(crate) mod run;

pub use args::Args;
pub use bots::{HIDDEN_SWITCH, run_hidden};
pub use report::Report;
pub use run::run;

/// Why a load run could not be made.
pub type LoadError = Box<dyn std::error::Error + Send + Sync>;
