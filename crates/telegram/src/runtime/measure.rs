//! What the runtime tells the metrics facade: times, sizes and labelled counts. Every label is one of a fixed few words;
//! nothing here ever holds an id. Without a recorder each call does nothing.

use std::time::Duration;

use luvhive_core::engine::event::{Event, UpdateKind};
use luvhive_core::ports::{Delivery, MessengerError};
use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, histogram};

use crate::intake::Incoming;

/// Metrics that are durations in seconds.
pub const SECONDS: [&str; 3] = ["luvhive_commit_seconds", "luvhive_lane_seconds", "luvhive_send_seconds"];
/// The metric of how many updates share a batch.
pub const BATCH_UPDATES: &str = "luvhive_batch_updates";

/// The methods that are told apart; all others are `other`.
const METHODS: [&str; 11] = [
    "copyMessage",
    "sendMessage",
    "sendPhoto",
    "sendInvoice",
    "editMessageText",
    "editMessageCaption",
    "editMessageReplyMarkup",
    "deleteMessage",
    "setMessageReaction",
    "answerCallbackQuery",
    "answerPreCheckoutQuery",
];
const KINDS: [&str; 11] =
    ["message", "command", "other", "edit", "safety", "payment", "checkout", "blocked", "unblocked", "dead", "ignored"];
const OUTCOMES: [&str; 6] = ["sent", "throttled", "gone", "rejected", "not_sent", "unknown"];

/// Explains every metric and sets what is counted to zero, so that a scraper sees it before the first event.
pub(super) fn describe() {
    for (name, help) in [
        ("luvhive_updates_total", "Updates taken in, by kind."),
        ("luvhive_updates_repeated_total", "Updates that came a second time."),
        ("luvhive_dead_updates_total", "Updates set aside as unusable."),
        ("luvhive_matches_total", "Chats opened."),
        ("luvhive_reloads_total", "Times the engine's state was thrown away and read again."),
        ("luvhive_database_outages_total", "Store calls that failed because the database could not be reached."),
        ("luvhive_lanes_done_total", "Inbox rows that lanes finished."),
        ("luvhive_lanes_failed_total", "Inbox rows that lanes could not handle."),
        ("luvhive_sends_total", "Bot API calls for people, by method and outcome."),
        ("luvhive_rows_purged_total", "Outbox rows dropped because their chat was over or their receiver gone."),
        ("luvhive_rows_settled_total", "Outbox rows deleted after they left."),
    ] {
        describe_counter!(name, Unit::Count, help);
    }
    for (name, help) in [
        ("luvhive_ready", "1 while updates are handled."),
        ("luvhive_state", "1 for what /readyz answers now, 0 for its other words."),
        ("luvhive_lease_held", "1 while the right to write runs."),
        ("luvhive_watermark_age_seconds", "Since the last update was committed; 0 before the first."),
        ("luvhive_heartbeat_age_seconds", "Since the intake loop turned."),
        ("luvhive_outbox_rows", "Rows waiting to be sent, those on their way included."),
        ("luvhive_inbox_rows", "Rows of work taken in and not done."),
        ("luvhive_lanes_open", "Lanes at work or waiting for their turn."),
        ("luvhive_waiting_people", "People waiting for a partner."),
        ("luvhive_live_chats", "Chats that go on."),
        ("luvhive_open_meetings", "Pairs who see each other's card and have not both answered."),
    ] {
        describe_gauge!(name, help);
    }
    describe_histogram!("luvhive_commit_seconds", Unit::Seconds, "How long the commit of a batch takes.");
    describe_histogram!("luvhive_lane_seconds", Unit::Seconds, "From the start of a lane to the commit of its work.");
    describe_histogram!("luvhive_send_seconds", Unit::Seconds, "How long one send takes.");
    describe_histogram!(BATCH_UPDATES, Unit::Count, "How many updates share a batch.");
    for kind in KINDS {
        counter!("luvhive_updates_total", "kind" => kind).absolute(0);
    }
    for method in ["copyMessage", "sendMessage"] {
        for outcome in OUTCOMES {
            counter!("luvhive_sends_total", "method" => method, "outcome" => outcome).absolute(0);
        }
    }
}

/// Names what an update is, in one of a fixed few words.
pub(crate) fn kind_of(incoming: &Incoming) -> &'static str {
    match &incoming.event {
        None if incoming.checkout.is_some() => "checkout",
        None => "ignored",
        Some(Event::Update { update, .. }) => match update.kind {
            UpdateKind::Message { .. } => "message",
            UpdateKind::Command(_) => "command",
            UpdateKind::Other => "other",
            UpdateKind::Edit => "edit",
            UpdateKind::Safety => "safety",
            UpdateKind::Payment => "payment",
            UpdateKind::BotBlocked => "blocked",
            UpdateKind::BotUnblocked => "unblocked",
        },
        Some(Event::Undecodable { .. }) => "dead",
        Some(_) => "other",
    }
}

/// Counts the updates of a batch that has become true.
pub(super) fn took_in<'a>(updates: impl Iterator<Item = &'a Incoming>) {
    let mut counts = [0_u64; KINDS.len()];
    let mut all = 0_u32;
    for incoming in updates {
        let kind = kind_of(incoming);
        if let Some((_, count)) = KINDS.iter().zip(&mut counts).find(|(name, _)| **name == kind) {
            *count += 1;
        }
        all += 1;
    }
    if all == 0 {
        return;
    }
    histogram!(BATCH_UPDATES).record(f64::from(all));
    for (kind, count) in KINDS.into_iter().zip(counts).filter(|(_, count)| *count > 0) {
        counter!("luvhive_updates_total", "kind" => kind).increment(count);
    }
}

/// Records how long a commit took.
pub(super) fn committed(took: Duration) {
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
