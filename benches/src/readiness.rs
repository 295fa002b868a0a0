//! The readiness report: each claim of the report on the Python bot, measured on data of its size instead of claimed.
//! Everything runs on throwaway clusters with fsync on; what cannot be measured here is a row that does not pass.

mod dashboard;
mod drill;
mod load;
mod page;
mod program;
mod row;
mod stores;
mod supervision;

use std::path::PathBuf;

use clap::Parser;

use crate::load::LoadError;
pub use page::write_page;
pub use row::Row;
use supervision::Tools;

/// What is measured, in this order.
const PARTS: [&str; 5] = ["stores", "load", "program", "supervision", "drill"];

/// The command line of the report.
#[derive(Clone, Debug, Parser)]
#[command(name = "report")]
pub struct Args {
    /// How many people are registered.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1_000..=1_000_000))]
    pub people: u32,
    /// Length of each load run in seconds.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=120))]
    pub seconds: u32,
    /// Prints one JSON array and nothing else on standard output.
    #[arg(long)]
    pub json: bool,
    /// Writes the page there too, such as to docs/READINESS.md.
    #[arg(long, value_name = "PATH")]
    pub write: Option<PathBuf>,
    /// Measures these parts only: stores, load, program, supervision, drill.
    #[arg(long, value_delimiter = ',', value_parser = PARTS)]
    pub only: Vec<String>,
}

/// A folder for a part, gone with this value.
struct Scratch(PathBuf);

impl Scratch {
    fn new(part: &str) -> Result<Self, LoadError> {
        let path = std::env::temp_dir().join(format!("luvhive-report-{part}-{}", std::process::id()));
        std::fs::create_dir_all(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Measures everything that was asked for, one part after the other. A part that fails, or breaks off in a panic, is a row
/// that does not pass: what the others found is told all the same.
pub async fn measure(args: &Args) -> Vec<Row> {
    let mut rows = Vec::new();
    for part in PARTS {
        if !args.only.is_empty() && !args.only.iter().any(|wanted| wanted == part) {
            continue;
        }
        tracing::info!(part, "measuring");
        let args = args.clone();
        let measured = apart(move || async move {
            match part {
                "stores" => Box::pin(stores::measure(&args)).await,
                "load" => load::measure(&args).await,
                "program" => program::measure().await,
                "supervision" => supervision::measure(&Tools::default()),
                _ => drill::measure(&args).await,
            }
        });
        match measured.await {
            Ok(mut measured) => rows.append(&mut measured),
            Err(error) => {
                tracing::error!(part, %error, "a part could not be measured");
                rows.push(Row::missing(part, &error.to_string()));
            }
        }
    }
    rows
}

/// Runs a part on a thread of its own, so that its panic is an error.
async fn apart<F: Future<Output = Result<Vec<Row>, LoadError>>>(
    part: impl FnOnce() -> F + Send + 'static,
) -> Result<Vec<Row>, LoadError> {
    let runtime = tokio::runtime::Handle::current();
    tokio::task::spawn_blocking(move || runtime.block_on(part())).await?
}

#[cfg(test)]
mod tests;
