//! What the process itself uses, under the names that every Prometheus exporter gives it. Read from `/proc`, so there is
//! nothing to tell outside of Linux.

use luvhive_telegram::signal::metric::{Metric, MetricKind};
use metrics::Unit;

/// The figures.
pub(super) const METRICS: [Metric; 6] = [
    Metric::new("process_resident_memory_bytes", MetricKind::Measured(Unit::Bytes), "Memory of the process that lies in RAM."),
    Metric::new("process_cpu_seconds_total", MetricKind::Measured(Unit::Seconds), "Processor time used so far."),
    Metric::new("process_start_time_seconds", MetricKind::Measured(Unit::Seconds), "When the process began, seconds since 1970."),
    Metric::new("process_open_fds", MetricKind::Gauge, "Open file handles."),
    Metric::new("process_max_fds", MetricKind::Gauge, "How many file handles may be open."),
    Metric::new("process_threads", MetricKind::Gauge, "Threads."),
];

/// Hands the figures to the metrics facade, as they are now; what cannot be read is left as it was.
pub(super) fn publish() {
    #[cfg(target_os = "linux")]
    if let Err(error) = linux::publish() {
        tracing::debug!(%error, "the process's own figures cannot be read");
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use metrics::gauge;
    use procfs::process::{LimitValue, Process};
    use procfs::{ProcResult, WithCurrentSystemInfo as _};

    pub(super) fn publish() -> ProcResult<()> {
        let me = Process::myself()?;
        let stat = me.stat()?;
        let ticks = float(procfs::ticks_per_second());
        gauge!("process_resident_memory_bytes").set(float(stat.rss_bytes().get()));
        gauge!("process_cpu_seconds_total").set(float(stat.utime.saturating_add(stat.stime)) / ticks);
        gauge!("process_start_time_seconds").set(float(procfs::boot_time_secs()?) + float(stat.starttime) / ticks);
        gauge!("process_threads").set(float(u64::try_from(stat.num_threads).unwrap_or_default()));
        gauge!("process_open_fds").set(float(u64::try_from(me.fd_count()?).unwrap_or_default()));
        if let LimitValue::Value(limit) = me.limits()?.max_open_files.soft_limit {
            gauge!("process_max_fds").set(float(limit));
        }
        Ok(())
    }

    #[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "a chart needs no more than 53 bits")]
    fn float(value: u64) -> f64 {
        value as f64
    }
}
