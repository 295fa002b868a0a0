//! The recorder behind the metrics facade: what the layers count, in Prometheus' text format. It exists only where
//! somebody can ask for it, because what is recorded is kept until somebody does.

mod process;

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use luvhive_storage::Pool;
use luvhive_telegram::runtime::RuntimeHandle;
use luvhive_telegram::signal::measure;
use luvhive_telegram::signal::metric::{Metric, MetricKind};
use luvhive_web::{Metrics, Probe};
use metrics::gauge;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

/// Upper ends of the buckets of times, in seconds: from a commit on a fast disk to a call that times out.
const SECONDS: [f64; 14] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0];
/// Upper ends of the buckets of batch sizes; a batch takes at most 100 updates.
const SIZES: [f64; 7] = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0];
/// How often the recorder sorts what came in into its buckets, asked or not.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

/// What is told of the build and of storage's connections; the latter stand here because storage knows no metric's form.
const OURS: [Metric; 5] = [
    Metric::new("luvhive_build_info", MetricKind::Gauge, "Always 1; the label tells the version.").with(&["version"]),
    Metric::new("luvhive_pool_connections", MetricKind::Gauge, "Connections to the database, by state.").with(&["state"]),
    Metric::new("luvhive_pool_max_connections", MetricKind::Gauge, "How many connections to the database there may be."),
    Metric::new(
        "luvhive_oldest_refund_seconds",
        MetricKind::Gauge,
        "How long the oldest open refund has waited; 0 = none is open.",
    ),
    Metric::new("luvhive_urgent_reports", MetricKind::Gauge, "Open reports about a child or a threat."),
];

/// Lists every metric on the page for operators, each once, those of the layers below first.
pub fn metrics() -> impl Iterator<Item = Metric> {
    measure::list().chain(OURS).chain(process::METRICS)
}

/// The process's recorder.
pub(crate) struct Recorder {
    rendered: Arc<Rendered>,
    upkeep: JoinHandle<()>,
}

struct Rendered {
    handle: PrometheusHandle,
    readiness: Probe,
    bot: OnceLock<(RuntimeHandle, Pool)>,
}

impl Recorder {
    /// Installs the recorder; `None` if the process has one already.
    pub(crate) fn install(readiness: Probe) -> Option<Self> {
        let mut builder = PrometheusBuilder::new();
        for metric in metrics() {
            let ends: &[f64] = match metric.kind {
                MetricKind::Times => &SECONDS,
                MetricKind::Sizes => &SIZES,
                MetricKind::Counter | MetricKind::Gauge | MetricKind::Measured(_) => continue,
            };
            builder = builder.set_buckets_for_metric(Matcher::Full(metric.name.to_owned()), ends).ok()?;
        }
        let handle = builder.install_recorder().ok()?;
        OURS.iter().chain(&process::METRICS).for_each(Metric::describe);
        gauge!("luvhive_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
        let rendered = Arc::new(Rendered { handle, readiness, bot: OnceLock::new() });
        let upkeep = tokio::spawn(keep_up(rendered.clone()));
        Some(Self { rendered, upkeep })
    }

    /// Adds a bot's own figures; the first one's count.
    pub(crate) fn watch(&self, bot: &RuntimeHandle, pool: &Pool) {
        bot.describe();
        let _ = self.rendered.bot.set((bot.clone(), pool.clone()));
    }

    /// Returns what a route serves.
    pub(crate) fn page(&self) -> Metrics {
        let rendered = self.rendered.clone();
        Metrics::new(move || rendered.render())
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").finish_non_exhaustive()
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.upkeep.abort();
    }
}

impl Rendered {
    fn render(&self) -> String {
        process::publish();
        self.readiness.look().publish();
        if let Some((bot, pool)) = self.bot.get() {
            bot.publish();
            pool.publish();
        }
        self.handle.render()
    }
}

async fn keep_up(rendered: Arc<Rendered>) {
    let mut ticks = interval(UPKEEP_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        rendered.handle.run_upkeep();
    }
}
