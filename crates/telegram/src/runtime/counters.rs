//! What the runtime counts: outcomes by kind, never ids. Read by metrics and by tests.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use metrics::{counter, gauge};

/// A number that only grows, until the process ends.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add(&self, count: u64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    /// Returns the count since the process began.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A number as it is now.
#[derive(Debug, Default)]
pub struct Gauge(AtomicUsize);

impl Gauge {
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
}

/// All counts of one runtime.
#[derive(Debug, Default)]
pub struct Counters {
    /// Updates taken in: committed, for the first time.
    pub updates: Counter,
    /// Updates that came a second time and were passed over.
    pub repeated: Counter,
    /// Updates set aside as unusable.
    pub dead: Counter,
    /// Chats opened.
    pub matches: Counter,
    /// Batches committed.
    pub commits: Counter,
    /// Times the engine's state was thrown away and read again.
    pub reloads: Counter,
    /// Store calls that failed because the database could not be reached.
    pub outages: Counter,
    /// Inbox rows that lanes finished.
    pub lanes_done: Counter,
    /// Inbox rows that lanes could not handle.
    pub lanes_failed: Counter,
    /// Rows delivered.
    pub sent: Counter,
    /// Sends that Telegram asked to repeat later.
    pub throttled: Counter,
    /// Sends to people who cannot be reached any more.
    pub gone: Counter,
    /// Rows refused for good, or given up.
    pub rejected: Counter,
    /// Sends that did not leave.
    pub not_sent: Counter,
    /// Sends of unknown outcome.
    pub unknown: Counter,
    /// Rows dropped because their chat was over or their receiver gone.
    pub purged: Counter,
    /// Rows deleted from the outbox after they left.
    pub settled: Counter,
    /// Rows waiting to be sent, those on their way included.
    pub waiting_rows: Gauge,
    /// Rows of work that were taken in and are not done.
    pub inbox_rows: Gauge,
    /// People waiting for a partner.
    pub waiting_people: Gauge,
    /// Chats that go on.
    pub chats: Gauge,
    /// Meetings: pairs who see each other's card and have not both answered.
    pub meetings: Gauge,
    /// Lanes at work or waiting for their turn.
    pub lanes: Gauge,
}

impl Counters {
    /// Hands the counts to the metrics facade under their public names. Without a recorder this does nothing.
    pub(super) fn publish(&self) {
        for (name, count) in [
            ("luvhive_updates_repeated_total", &self.repeated),
            ("luvhive_dead_updates_total", &self.dead),
            ("luvhive_matches_total", &self.matches),
            ("luvhive_reloads_total", &self.reloads),
            ("luvhive_database_outages_total", &self.outages),
            ("luvhive_lanes_done_total", &self.lanes_done),
            ("luvhive_lanes_failed_total", &self.lanes_failed),
            ("luvhive_rows_purged_total", &self.purged),
            ("luvhive_rows_settled_total", &self.settled),
        ] {
            counter!(name).absolute(count.get());
        }
        for (name, value) in [
            ("luvhive_outbox_rows", &self.waiting_rows),
            ("luvhive_inbox_rows", &self.inbox_rows),
            ("luvhive_lanes_open", &self.lanes),
            ("luvhive_waiting_people", &self.waiting_people),
            ("luvhive_live_chats", &self.chats),
            ("luvhive_open_meetings", &self.meetings),
        ] {
            gauge!(name).set(u32::try_from(value.get()).unwrap_or(u32::MAX));
        }
    }
}
