//! The command line of the load run.

use clap::Parser;

/// Drives many people against real bot processes and reports what became of each message.
#[derive(Clone, Debug, Parser)]
#[command(name = "load")]
pub struct Args {
    /// How many people chat, in pairs.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(2..=200_000))]
    pub people: u32,
    /// How many more people are registered, but idle.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    pub idle_people: u32,
    /// Texts a second, of all people together; 2 % of all events are commands and come on top.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub rate: u32,
    /// Length of the run in seconds.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=3_600))]
    pub seconds: u32,
    /// How often the active bot process is killed (kill -9) during the run.
    #[arg(long, default_value_t = 0)]
    pub kill: u32,
    /// How often the active bot process is frozen for 7 s during the run.
    #[arg(long, default_value_t = 0)]
    pub freeze: u32,
    /// How often the database server crashes during the run.
    #[arg(long, default_value_t = 0)]
    pub db_crash: u32,
    /// Percentage of copies that are answered 429 with `retry_after` 1.
    #[arg(long, default_value_t = 0.0)]
    pub throttle: f64,
    /// Throttles one chat for so many seconds, from the middle of the run.
    #[arg(long, default_value_t = 0)]
    pub throttle_one: u32,
    /// Percentage of copies that take effect while their reply is lost.
    #[arg(long, default_value_t = 0.0)]
    pub unknown: f64,
    /// Asks for more than can be done: falling short of the rate is no failure. Goes without saying from 20,000/s on.
    #[arg(long)]
    pub saturate: bool,
    /// A setting of the bots, by the name of its environment variable, such as `LUVHIVE__ENGINE__LEASE_MS=5000`; as often as needed.
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = setting)]
    pub settings: Vec<(String, String)>,
    /// Prints one JSON object and nothing else on standard output.
    #[arg(long)]
    pub json: bool,
}

/// From this rate on, in messages a second, a run shows how much is possible.
const SATURATION_RATE: u32 = 20_000;

/// Splits a setting into name and value.
fn setting(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if name.starts_with("LUVHIVE__") => Ok((name.to_owned(), value.to_owned())),
        _ => Err("a setting is LUVHIVE__SECTION__KEY=value".to_owned()),
    }
}

impl Args {
    /// Whether falling short of the rate is no failure.
    pub fn is_saturation(&self) -> bool {
        self.saturate || self.rate >= SATURATION_RATE
    }

    /// Whether a second bot process stands by.
    pub(super) fn needs_standby(&self) -> bool {
        self.kill > 0 || self.freeze > 0
    }
}
