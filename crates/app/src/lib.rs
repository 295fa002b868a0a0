#![doc = include_str!("../README.md")]

mod actor;
mod admission;
pub mod bot;
mod cli;
mod console;
mod data_key;
mod database;
mod doctor;
mod door;
pub mod error;
mod hold;
mod jobs;
mod keyfile;
pub mod ops;
mod patience;
mod recorder;
mod shutdown;
mod side;
mod smoke;
mod staff;
mod subject;
mod supervisor;
pub mod system;
pub mod telemetry;
mod threads;
mod wiring;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};
use luvhive_core::error::chain;
pub use luvhive_settings as settings;
use luvhive_storage::tuning;

use cli::{Cli, Command};
use console::{complain, say};
use error::AppError;
pub use recorder::metrics;
use settings::Settings;
use side::Side;

/// Runs the program with these arguments (the first is its name) and this environment; returns its exit code.
pub fn main(
    arguments: impl IntoIterator<Item = OsString>,
    variables: impl IntoIterator<Item = (OsString, OsString)>,
) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(answer) => {
            let _ = answer.print();
            // Help and the version are answers, not faults.
            return if answer.use_stderr() { ExitCode::from(error::USAGE) } else { ExitCode::SUCCESS };
        }
    };
    let readable = |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, value.into_string().ok()?));
    let environment: BTreeMap<String, String> = variables.into_iter().filter_map(readable).collect();
    match threads::run(dispatch(cli, environment)) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            complain(&chain(&error));
            ExitCode::from(error.code())
        }
    }
}

/// The command line as clap knows it, for the reference in `docs/`.
pub fn command_line() -> clap::Command {
    Cli::command()
}

async fn dispatch(cli: Cli, environment: BTreeMap<String, String>) -> Result<u8, AppError> {
    let settings = Settings::load(&environment).and_then(admission::checked);
    if let Some(Command::Doctor(args)) = &cli.command {
        if let (Some(ram), Some(version)) = (args.ram, args.pg_version) {
            say(tuning::file(ram, version)?.trim_end());
            return Ok(0);
        }
        return Ok(doctor::examine(settings, cli.sandbox, args.json).await);
    }
    let settings = settings?;
    telemetry::start(&settings);
    match cli.command {
        None => run(&settings, cli.sandbox, cli.run).await?,
        Some(Command::Run(args)) => run(&settings, cli.sandbox, args).await?,
        Some(Command::Sandbox) => wiring::run_sandbox(&settings).await?,
        Some(Command::Migrate) => match database::open(&settings, say).await?.migrate().await? {
            0 => say("the database is of this version already"),
            count => say(&format!("{count} migrations ran; the database is of this version")),
        },
        Some(Command::Seed(seed)) => {
            wiring::ensure_bot(&settings, cli.sandbox).await?;
            seed.run(&settings, cli.sandbox).await?;
        }
        Some(Command::Db(command)) => command.run(&settings).await?,
        Some(Command::Key(command)) => command.run(&settings).await?,
        Some(Command::CheckConfig) => {
            Side::choose(&settings, cli.sandbox)?;
            if let Some(url) = &settings.database_url {
                luvhive_storage::Database::parse(url.expose(), None)?;
            }
            for line in &settings.shown {
                say(&line.to_string());
            }
        }
        Some(Command::Doctor(_)) => {}
        Some(Command::Staff(command)) => command.run(&settings, cli.sandbox).await?,
    }
    Ok(0)
}

async fn run(settings: &Settings, wants_sandbox: bool, args: cli::RunArgs) -> Result<(), AppError> {
    if args.smoke { smoke::run(settings).await } else { wiring::run(settings, wants_sandbox, args).await }
}
