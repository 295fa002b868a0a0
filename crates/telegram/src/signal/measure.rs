//! What the bot tells the metrics facade beside its counters: times, sizes and labelled counts. Every label is one of a
//! fixed few words; nothing here ever holds an id. Without a recorder each call does nothing.

use std::time::Duration;

use luvhive_core::ports::{Delivery, MessengerError};
use metrics::{counter, histogram};

use super::counters::Counters;
use super::metric::{Metric, MetricKind};

/// The methods that are told apart; all others are `other`.
const METHODS: [&str; 12] = [
    "copyMessage",
    "sendMessage",
    "sendPhoto",
    "sendDocument",
    "sendInvoice",
    "editMessageText",
    "editMessageCaption",
    "editMessageReplyMarkup",
    "deleteMessage",
    "setMessageReaction",
    "answerCallbackQuery",
    "answerPreCheckoutQuery",
];
/// What an update can be.
pub(crate) const KINDS: [&str; 11] =
    ["message", "command", "other", "edit", "safety", "payment", "checkout", "blocked", "unblocked", "dead", "ignored"];
const OUTCOMES: [&str; 6] = ["sent", "throttled", "gone", "rejected", "not_sent", "unknown"];

/// The metrics that are no counter of [`Counters`].
const OTHERS: [Metric; 11] = [
    Metric::new("luvhive_updates_total", MetricKind::Counter, "Updates taken in, by kind.").with(&["kind"]),
    Metric::new("luvhive_sends_total", MetricKind::Counter, "Bot API calls for people, by method and outcome.")
        .with(&["method", "outcome"]),
    Metric::new("luvhive_ready", MetricKind::Gauge, "1 while updates are handled."),
    Metric::new("luvhive_state", MetricKind::Gauge, "1 for what /readyz answers now, 0 for its other words.").with(&["state"]),
    Metric::new("luvhive_lease_held", MetricKind::Gauge, "1 while the right to write runs."),
    Metric::new("luvhive_watermark_age_seconds", MetricKind::Gauge, "Since the last update was committed; 0 before the first."),
    Metric::new("luvhive_heartbeat_age_seconds", MetricKind::Gauge, "Since the intake loop turned."),
    Metric::new("luvhive_commit_seconds", MetricKind::Times, "How long the commit of a batch takes."),
    Metric::new("luvhive_lane_seconds", MetricKind::Times, "From the start of a lane to the commit of its work."),
    Metric::new("luvhive_send_seconds", MetricKind::Times, "How long one send takes."),
    Metric::new("luvhive_batch_updates", MetricKind::Sizes, "How many updates share a batch."),
];

/// Lists every metric that this crate exports, each once.
pub fn list() -> impl Iterator<Item = Metric> {
    Counters::METRICS.iter().copied().chain(OTHERS)
}

/// Explains every metric and sets what is counted to zero, so that a scraper sees it before the first event.
pub(crate) fn describe() {
    list().for_each(|metric| metric.describe());
    for kind in KINDS {
        counter!("luvhive_updates_total", "kind" => kind).absolute(0);
    }
    for method in ["copyMessage", "sendMessage"] {
        for outcome in OUTCOMES {
            counter!("luvhive_sends_total", "method" => method, "outcome" => outcome).absolute(0);
        }
    }
}

/// Counts the updates of a batch that has become true: how many of each of [`KINDS`].
pub(crate) fn took_in(counts: [u64; KINDS.len()], all: u32) {
    if all == 0 {
        return;
    }
    histogram!("luvhive_batch_updates").record(f64::from(all));
    for (kind, count) in KINDS.into_iter().zip(counts).filter(|(_, count)| *count > 0) {
        counter!("luvhive_updates_total", "kind" => kind).increment(count);
    }
}

/// Records how long a commit took.
pub(crate) fn committed(took: Duration) {
    histogram!("luvhive_commit_seconds").record(took.as_secs_f64());
}

/// Records how long a lane took, from its start to its commit.
pub(crate) fn lane_done(took: Duration) {
    histogram!("luvhive_lane_seconds").record(took.as_secs_f64());
}

/// Records one call to the Bot API for a person. The method's name may be a stored one, so it is held against a list.
pub(crate) fn called(method: &str, result: &Result<Delivery, MessengerError>, took: Duration) {
    let method = METHODS.into_iter().find(|known| *known == method).unwrap_or("other");
    let outcome = match result {
        Ok(_) => "sent",
        Err(MessengerError::RetryAfter(_)) => "throttled",
        Err(MessengerError::Gone) => "gone",
        Err(MessengerError::Rejected { .. }) => "rejected",
        Err(MessengerError::NotSent(_)) => "not_sent",
        Err(MessengerError::Unknown(_)) => "unknown",
    };
    counter!("luvhive_sends_total", "method" => method, "outcome" => outcome).increment(1);
    histogram!("luvhive_send_seconds").record(took.as_secs_f64());
}
