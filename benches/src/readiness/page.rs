//! The page of the report: the table, with the machine and the command that made it.

use std::fmt::Write as _;
use std::process::Command;

use super::{Args, Row};

/// Writes the page in Markdown.
pub fn write_page(args: &Args, rows: &[Row]) -> String {
    let mut page = String::from(
        "# Readiness\n\n\
         A report on the Python bot that LuvHive replaces claims fitness for 100,000 people from a database with one row.\n\
         Here each of its claims is a measurement on data of that size.\n\
         A command writes this page; do not edit it by hand.\n\n",
    );
    let seconds = args.seconds;
    let _ = writeln!(
        page,
        "```sh\ncargo run --release -p luvhive-benches --bin report -- --people {} --write docs/READINESS.md\n```\n",
        args.people
    );
    let build = if cfg!(debug_assertions) { "debug build, so slower than a release" } else { "release build" };
    let _ = writeln!(page, "Machine: {}; {build}; commit {}; load runs of {seconds} s.", machine(), commit());
    page.push_str(
        "PostgreSQL is a throwaway cluster with fsync on; the bot, the local Telegram, the driver and the database share the machine.\n\
         Memory and processor figures are those of the bot's process only.\n\n\
         | Claim and bar | Report | LuvHive | |\n| --- | --- | --- | --- |\n",
    );
    for row in rows {
        let (ours, verdict) = match (row.pass, &row.skipped) {
            (None, Some(why)) => (String::new(), format!("skipped: {why}")),
            (Some(true), _) => (format!("{} {}", figure(row.ours), row.unit), "reached".to_owned()),
            _ => (format!("{} {}", figure(row.ours), row.unit), "**missed**".to_owned()),
        };
        let _ = writeln!(page, "| {} | {} | {ours} | {verdict} |", row.claim, row.report);
    }
    let passed = rows.iter().filter(|row| row.pass == Some(true)).count();
    let _ = writeln!(page, "\n{passed} of {} rows are reached.", rows.len());
    page
}

/// Writes a figure with as many digits as it is worth.
fn figure(value: f64) -> String {
    if value >= 100.0 { format!("{value:.0}") } else { format!("{value}") }
}

fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |line: &str| line.split_once(':').map(|(_, value)| value.trim().to_owned());
    let model = info.lines().find(|line| line.starts_with("model name")).and_then(field).unwrap_or_else(|| "unknown".to_owned());
    let cores = info.lines().filter(|line| line.starts_with("processor")).count();
    format!("{cores} x {model}")
}

fn commit() -> String {
    let output = Command::new("git").args(["rev-parse", "--short", "HEAD"]).current_dir(env!("CARGO_MANIFEST_DIR")).output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
}
