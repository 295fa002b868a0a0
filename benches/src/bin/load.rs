//! `load`: drives many people against real bot processes; see `--help`.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use luvhive_benches::load::{Args, LoadError, Report, run, run_hidden};

fn main() -> ExitCode {
    if let Some(code) = run_hidden() {
        return code;
    }
    let args = Args::parse();
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_max_level(tracing::Level::INFO).init();
    match measure(&args) {
        Ok(report) => conclude(&args, &report),
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "load: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(args: &Args) -> Result<Report, LoadError> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(run(args))
}

fn conclude(args: &Args, report: &Report) -> ExitCode {
    let text = if args.json { serde_json::to_string(report) } else { serde_json::to_string_pretty(report) };
    let _ = writeln!(std::io::stdout(), "{}", text.unwrap_or_default());
    let share = report.accounted_percent;
    let too_slow = !args.is_saturation() && share < 98.0;
    if too_slow {
        let _ = writeln!(std::io::stderr(), "load: only {share} % of the asked rate was relayed");
    }
    let is_broken = report.is_broken();
    if too_slow || is_broken { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
