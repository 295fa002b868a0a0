//! What a load run found, as numbers.

use serde::Serialize;

use super::verdict::Verdict;

/// One JSON object; times in milliseconds, counts of messages unless the name says otherwise.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// What became of the messages.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// Processes killed.
    pub kills: u32,
    /// Processes frozen.
    pub freezes: u32,
    /// Database crashes.
    pub db_crashes: u32,
    /// Copies answered with 429.
    pub throttled: u64,
    /// Copies whose reply was lost.
    pub unknown: u64,
    /// CPU seconds of all bot processes per 1,000 relayed messages.
    pub cpu_s_per_1000: f64,
    /// Largest resident size of a bot process, megabytes of 10^6 bytes.
    pub peak_rss_mb: f64,
    /// With `--throttle-one`: 99th percentile of all other chats before the throttle.
    pub others_p99_before_ms: i64,
    /// With `--throttle-one`: the same during the throttle.
    pub others_p99_during_ms: i64,
    /// From the bots' start to the first relayed message of a restored chat.
    pub first_relay_after_start_ms: i64,
    /// CPU seconds of all bot processes during the run, per second of it, percent of one core.
    pub cpu_percent: f64,
    /// Connections to the database at the end of the run, those of the bots.
    pub connections: i64,
    /// From SIGTERM to the end of the last bot process.
    pub stop_ms: i64,
    /// Share of the asked rate that was offered, percent.
    pub offered_percent: f64,
    /// Share of the asked rate that was relayed inside the window, percent.
    pub relayed_percent: f64,
    /// The same with what the window's end found on its way, and what was refused.
    pub accounted_percent: f64,
}

impl Report {
    /// Whether a message was lost, reached the wrong person, came out of order, or came twice without a fault to explain it.
    pub fn is_broken(&self) -> bool {
        self.verdict.is_broken() || !self.verdict.explains_duplicates(self.kills.saturating_add(self.freezes), self.unknown)
    }
}
