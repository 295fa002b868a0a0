//! One row of the report: a claim, the figure that was claimed, ours, and whether ours is good enough.

use serde::Serialize;

/// The share of a rate from which on a run counts as one at that rate; what is missing was on its way at the end.
const REACHED_PERCENT: f64 = 95.0;

/// What is claimed, and what the report on the Python bot says of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Claim<'a> {
    text: &'a str,
    report: &'a str,
}

impl<'a> Claim<'a> {
    /// A claim, with the figure of the report.
    pub(super) fn new(text: &'a str, report: &'a str) -> Self {
        Self { text, report }
    }

    /// Our figure, which must not be more than `limit`.
    pub(super) fn at_most(self, ours: f64, limit: f64, unit: &str) -> Row {
        self.judged(&format!("at most {limit}"), ours, unit, ours <= limit)
    }

    /// Our figure, which must be at least `limit`.
    pub(super) fn at_least(self, ours: f64, limit: f64, unit: &str) -> Row {
        self.judged(&format!("at least {limit}"), ours, unit, ours >= limit)
    }

    /// No figure, because the program that finds it is not installed here.
    pub(super) fn skipped(self, program: &str) -> Row {
        Row {
            claim: self.text.to_owned(),
            report: self.report.to_owned(),
            ours: 0.0,
            unit: String::new(),
            pass: None,
            skipped: Some(format!("{program} is not installed")),
        }
    }

    fn judged(self, bar: &str, ours: f64, unit: &str, pass: bool) -> Row {
        Row {
            claim: format!("{} ({bar})", self.text),
            report: self.report.to_owned(),
            ours: (ours * 1_000.0).round() / 1_000.0,
            unit: unit.to_owned(),
            pass: Some(pass),
            skipped: None,
        }
    }
}

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
    /// Whether ours reaches the bar; `None` for a row that was skipped.
    pub pass: Option<bool>,
    /// Why there is no figure of ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skipped: Option<String>,
}

impl Row {
    /// A figure that counts only if the run under it reached so much of the rate it asked for.
    pub(super) fn given(mut self, relayed_percent: f64) -> Self {
        if relayed_percent < REACHED_PERCENT {
            self.pass = Some(false);
            self.claim = format!("{}; only {relayed_percent} % of the rate was relayed", self.claim);
        }
        self
    }

    /// A part that could not be measured.
    pub(super) fn missing(part: &str, why: &str) -> Self {
        let claim = format!("{part}: not measured");
        Self { claim, report: String::new(), ours: 0.0, unit: why.to_owned(), pass: Some(false), skipped: None }
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
