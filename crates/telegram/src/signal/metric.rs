//! What a metric is: one row with its name, its kind, its labels and its help. The recorder's texts and the page of
//! metrics for operators come from the same rows.

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};

/// What a metric measures, and so what may be done with its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricKind {
    /// A count that only grows, until the process ends.
    Counter,
    /// A value as it is now.
    Gauge,
    /// A value as it is now, with a unit of its own.
    Measured(Unit),
    /// The distribution of times, in seconds.
    Times,
    /// The distribution of sizes.
    Sizes,
}

impl MetricKind {
    /// Returns the word for it in Prometheus' text format.
    pub fn word(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge | Self::Measured(_) => "gauge",
            Self::Times | Self::Sizes => "histogram",
        }
    }
}

/// One metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metric {
    /// The name under which it is exported.
    pub name: &'static str,
    /// What it measures.
    pub kind: MetricKind,
    /// The labels of each value, each with one of a fixed few words.
    pub labels: &'static [&'static str],
    /// What it tells, in one sentence.
    pub help: &'static str,
}

impl Metric {
    /// A metric without labels.
    pub const fn new(name: &'static str, kind: MetricKind, help: &'static str) -> Self {
        Self { name, kind, labels: &[], help }
    }

    /// The same with labels.
    #[must_use]
    pub const fn with(self, labels: &'static [&'static str]) -> Self {
        Self { labels, ..self }
    }

    /// Explains it to the recorder.
    pub fn describe(&self) {
        match self.kind {
            MetricKind::Counter => describe_counter!(self.name, Unit::Count, self.help),
            MetricKind::Gauge => describe_gauge!(self.name, self.help),
            MetricKind::Measured(unit) => describe_gauge!(self.name, unit, self.help),
            MetricKind::Times => describe_histogram!(self.name, Unit::Seconds, self.help),
            MetricKind::Sizes => describe_histogram!(self.name, Unit::Count, self.help),
        }
    }
}
