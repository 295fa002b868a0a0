//! `luvhive reports`: the open reports.

use clap::Args;
use luvhive_core::conduct::OpenReport;
use luvhive_core::ports::ConductStore as _;
use serde_json::{Value, json};

use super::{Desk, Output, time};
use crate::console::say;
use crate::error::AppError;

/// How many reports one call lists.
const LISTED: u16 = 1_000;

/// The names of a report's columns.
const HEAD: &str = "report  reported    open  about       messages  since";

/// How to list reports.
#[derive(Debug, Args)]
pub(crate) struct Reports {
    #[command(flatten)]
    output: Output,
}

impl Reports {
    /// Prints open reports, oldest first: one line each, or one JSON array. Leaves a row in the audit log.
    pub(super) async fn run(&self, desk: &Desk) -> Result<(), AppError> {
        desk.note("list_reports", "").await?;
        let reports = desk.conduct.list_open_reports(desk.bot, LISTED).await?;
        if self.output.json {
            say(&reports.iter().map(as_json).collect::<Value>().to_string());
        } else if reports.is_empty() {
            say("no open reports");
        } else {
            say(HEAD);
            for report in &reports {
                say(&line(report));
            }
        }
        Ok(())
    }
}

fn line(report: &OpenReport) -> String {
    format!(
        "{:<7} {}  {:<4}  {:<10}  {:<8}  {}",
        report.report.get(),
        report.reported,
        report.open_about_same,
        report.reason.code(),
        report.messages_count,
        report.reported_at,
    )
}

fn as_json(report: &OpenReport) -> Value {
    json!({
        "report": report.report.get(),
        "reported": report.reported.as_str(),
        "open_about_same": report.open_about_same,
        "reason": report.reason.code(),
        "messages_count": report.messages_count,
        "reported_at": time(report.reported_at),
    })
}

#[cfg(test)]
mod tests;
