//! What the bot counts: outcomes by kind, never ids. Read by metrics and by tests. A counter is one row of `counters!`.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use metrics::{counter, gauge};

use super::metric::{Metric, MetricKind};

/// A number that only grows, until the process ends.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    const KIND: MetricKind = MetricKind::Counter;

    pub(crate) fn add(&self, count: u64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    /// Returns the count since the process began.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    fn publish(&self, name: &'static str) {
        counter!(name).absolute(self.get());
    }
}

/// A number as it is now.
#[derive(Debug, Default)]
pub struct Gauge(AtomicUsize);

impl Gauge {
    const KIND: MetricKind = MetricKind::Gauge;

    pub(crate) fn set(&self, value: usize) {
        self.0.store(value, Ordering::Relaxed);
    }

    pub(crate) fn add(&self, count: usize) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    pub(crate) fn sub(&self, count: usize) {
        self.0.fetch_sub(count, Ordering::Relaxed);
    }

    /// Returns the present value.
    pub fn get(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    fn publish(&self, name: &'static str) {
        gauge!(name).set(u32::try_from(self.get()).unwrap_or(u32::MAX));
    }
}

/// Declares the counters once. A row `field: Kind => "help"` becomes a public field with that doc. With
/// `= "name"` it is also exported under that name: published by [`Counters::publish`] and described in [`Counters::METRICS`].
macro_rules! counters {
    ($($field:ident: $kind:ident $(= $name:literal)? => $help:literal,)+) => {
        /// All counts of one runtime.
        #[derive(Debug, Default)]
        pub struct Counters {
            $(#[doc = $help] pub $field: $kind,)+
        }

        impl Counters {
            /// The counts that are exported.
            pub(super) const METRICS: &[Metric] = &[$($(Metric::new($name, $kind::KIND, $help),)?)+];

            /// Hands the counts to the metrics facade under their public names. Without a recorder this does nothing.
            pub(crate) fn publish(&self) {
                $($(self.$field.publish($name);)?)+
            }
        }
    };
}

counters! {
    updates: Counter => "Updates taken in: committed, for the first time.",
    repeated: Counter = "luvhive_updates_repeated_total" => "Updates that came a second time.",
    dead: Counter = "luvhive_dead_updates_total" => "Updates set aside as unusable.",
    matches: Counter = "luvhive_matches_total" => "Chats opened.",
    commits: Counter => "Batches committed.",
    reloads: Counter = "luvhive_reloads_total" => "Times the engine's state was read again from the database.",
    outages: Counter = "luvhive_database_outages_total" => "Store calls that failed because the database could not be reached.",
    lanes_done: Counter = "luvhive_lanes_done_total" => "Inbox rows that lanes finished.",
    lanes_failed: Counter = "luvhive_lanes_failed_total" => "Inbox rows that lanes could not handle.",
    sent: Counter => "Rows delivered.",
    throttled: Counter => "Sends that Telegram asked to repeat later.",
    gone: Counter => "Sends to people who cannot be reached any more.",
    rejected: Counter => "Rows refused for good, or given up.",
    not_sent: Counter => "Sends that did not leave.",
    unknown: Counter => "Sends of unknown outcome.",
    purged: Counter = "luvhive_rows_purged_total" => "Outbox rows dropped because their chat was over or their receiver gone.",
    settled: Counter = "luvhive_rows_settled_total" => "Outbox rows deleted after they left.",
    waiting_rows: Gauge = "luvhive_outbox_rows" => "Rows waiting to be sent, those on their way included.",
    held_rows: Gauge = "luvhive_outbox_rows_held" => "Rows held back because Telegram throttles their chat, the chat is gone, or an earlier row's outcome is unclear.",
    inbox_rows: Gauge = "luvhive_inbox_rows" => "Rows of work taken in and not done.",
    waiting_people: Gauge = "luvhive_waiting_people" => "People waiting for a partner.",
    chats: Gauge = "luvhive_live_chats" => "Chats that go on.",
    meetings: Gauge = "luvhive_open_meetings" => "Pairs who see each other's card and have not both answered.",
    lanes: Gauge = "luvhive_lanes_open" => "Lanes at work or waiting for their turn.",
}
