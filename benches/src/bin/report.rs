//! `report`: measures every claim of the readiness report on data of its size; see `--help`.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use luvhive_benches::load::run_hidden;
use luvhive_benches::readiness::{Args, measure, write_page};

fn main() -> ExitCode {
    if let Some(code) = run_hidden() {
        return code;
    }
    let args = Args::parse();
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_max_level(tracing::Level::INFO).init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "report: {error}");
            return ExitCode::FAILURE;
        }
    };
    let rows = runtime.block_on(measure(&args));
    let text = if args.json { serde_json::to_string(&rows) } else { serde_json::to_string_pretty(&rows) };
    let _ = writeln!(std::io::stdout(), "{}", text.unwrap_or_default());
    if let Some(path) = &args.write
        && let Err(error) = std::fs::write(path, write_page(&args, &rows))
    {
        let _ = writeln!(std::io::stderr(), "report: {} cannot be written: {error}", path.display());
        return ExitCode::FAILURE;
    }
    if rows.iter().all(|row| row.pass != Some(false)) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
