//! Logs: lines for people on a terminal, JSON otherwise, on standard error.
//!
//! Other people's crates are heard at warnings only: at their lower levels they print addresses with the token in
//! them, statements with their values, and bodies with people's messages.

mod repeats;

use std::io::IsTerminal as _;

use repeats::Repeats;
use tracing::{Level, Metadata};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, filter, fmt};

use crate::settings::{LogFormat, Settings, read_log_filter};

/// Starts logging for the whole process; a second call changes nothing.
pub fn start(settings: &Settings) {
    let chosen = read_log_filter(&settings.log_filter).unwrap_or_else(|| Targets::new().with_default(Level::INFO));
    let is_pretty = match settings.log_format {
        LogFormat::Pretty => true,
        LogFormat::Json => false,
        LogFormat::Auto => std::io::stderr().is_terminal(),
    };
    let lines = fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    let lines = if is_pretty { lines.with_target(false).boxed() } else { lines.json().flatten_event(true).boxed() };
    let lines = Repeats::new(lines);
    let _ = tracing_subscriber::registry().with(lines.with_filter(filter::filter_fn(is_ours)).with_filter(chosen)).try_init();
}

/// Reports whether a span or event may be written at all: ours always, others' from warnings on.
fn is_ours(meta: &Metadata<'_>) -> bool {
    meta.target().starts_with("luvhive") || *meta.level() <= Level::WARN
}
