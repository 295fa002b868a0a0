//! The load run: a private durable cluster, a local Telegram with thousands of people, real bot processes, and faults.
//! What reached whom is judged by the checker alone, by what the sandbox tells each observer.

mod args;
mod bots;
mod checker;
pub(crate) mod database;
mod driver;
mod faults;
mod report;
pub(crate) mod run;
mod verdict;

#[cfg(test)]
mod tests;

pub use args::Args;
pub use bots::{HIDDEN_SWITCH, run_hidden};
pub use report::Report;
pub use run::run;
pub use verdict::Verdict;

/// Why a load run could not be made.
pub type LoadError = Box<dyn std::error::Error + Send + Sync>;
