//! One row of the report: a claim, the figure that was claimed, ours, and whether ours is good enough.

use serde::Serialize;

/// The share of a rate from which on a run counts as one at that rate; what is missing was on its way at the end.
const REACHED_PERCENT: f64 = 95.0;

/// One claim.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// What is claimed, with the bar in words.
    pub claim: String,
    /// The figure of the report on the Python bot.
    pub report: String,
    /// Ours.
    pub ours: f64,
    /// Of ours.
    pub unit: String,
    /// Whether ours reaches the bar.
    pub pass: bool,
}

impl Row {
    /// A figure that must not be more than `limit`.
    pub(super) fn at_most(claim: &str, report: &str, ours: f64, limit: f64, unit: &str) -> Self {
        Self::new(format!("{claim} (at most {limit})"), report, ours, unit, ours <= limit)
    }

    /// A figure that must be at least `limit`.
    pub(super) fn at_least(claim: &str, report: &str, ours: f64, limit: f64, unit: &str) -> Self {
        Self::new(format!("{claim} (at least {limit})"), report, ours, unit, ours >= limit)
    }

    /// A figure that counts only if the run under it reached so much of the rate it asked for.
    pub(super) fn given(mut self, relayed_percent: f64) -> Self {
        if relayed_percent < REACHED_PERCENT {
            self.pass = false;
            self.claim = format!("{}; only {relayed_percent} % of the rate was relayed", self.claim);
        }
        self
    }

    /// A part that could not be measured.
    pub(super) fn missing(part: &str, why: &str) -> Self {
        Self::new(format!("{part}: not measured"), "", 0.0, why, false)
    }

    fn new(claim: String, report: &str, ours: f64, unit: &str, pass: bool) -> Self {
        Self { claim, report: report.to_owned(), ours: (ours * 1_000.0).round() / 1_000.0, unit: unit.to_owned(), pass }
    }
}

/// The value below which so many of a hundred lie; 0 of nothing.
pub(super) fn percentile(mut values: Vec<f64>, percent: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    let at = values.len().saturating_sub(1) * percent / 100;
    values.get(at).copied().unwrap_or_default()
}

#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "counts here stay far below 2^52")]
pub(super) fn float(count: i64) -> f64 {
    count as f64
}
