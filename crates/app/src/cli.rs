//! The command line: what can be asked of `luvhive`.

use clap::{Args, Parser, Subcommand};

use crate::staff::StaffCommand;
use crate::staff::db::Db;
use crate::staff::key::Key;
use crate::staff::seed::Seed;

/// LuvHive: adults meet and chat anonymously through a Telegram bot.
#[derive(Debug, Parser)]
#[command(name = "luvhive", version, args_conflicts_with_subcommands = true)]
pub(crate) struct Cli {
    /// Uses the local sandbox instead of Telegram, even if a token is set.
    #[arg(long, global = true)]
    pub(crate) sandbox: bool,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) run: RunArgs,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Runs the bot (the default).
    Run(RunArgs),
    /// Runs only the local Telegram and its page.
    Sandbox,
    /// Brings the database to this version.
    Migrate,
    /// Fills the database with made-up people, the same for the same number.
    Seed(Seed),
    /// Copies the database, brings a copy back, or prints its address.
    #[command(subcommand)]
    Db(Db),
    /// Makes a key for stored texts, encrypts them by it, or counts them by their keys.
    #[command(subcommand)]
    Key(Key),
    /// Checks the settings and prints them with where each came from, secrets as ***.
    CheckConfig,
    /// Looks at settings, database and Bot API; exits with status 0 (well), 1 (warnings) or 2 (faults).
    Doctor(DoctorArgs),
    #[command(flatten)]
    Staff(StaffCommand),
}

/// How to run.
#[derive(Clone, Copy, Debug, Default, Args)]
pub(crate) struct RunArgs {
    /// Takes two people from /start to a chat against a throwaway database, then exits.
    #[arg(long, conflicts_with = "standby")]
    pub(crate) smoke: bool,
    /// Waits until the running LuvHive ends, then takes over.
    #[arg(long)]
    pub(crate) standby: bool,
    /// Brings the database named by `DATABASE_URL` to this version first.
    #[arg(long)]
    pub(crate) migrate: bool,
}

/// What doctor is to do.
#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Prints JSON: an array of objects with name, status (ok, warn, fail, skipped), found and remedy.
    #[arg(long, conflicts_with = "pg_config")]
    pub(crate) json: bool,
    /// Writes settings for a PostgreSQL server instead of looking at one.
    #[arg(long, requires_all = ["ram", "pg_version"])]
    pub(crate) pg_config: bool,
    /// The memory of the server's machine, such as 4G or 2048M.
    #[arg(long, value_name = "SIZE", value_parser = mebibytes, requires = "pg_config")]
    pub(crate) ram: Option<u64>,
    /// The server's major version, 15 to 18.
    #[arg(long, value_name = "MAJOR", requires = "pg_config")]
    pub(crate) pg_version: Option<u32>,
}

/// Reads a size with the ending `G` or `M` as MiB.
fn mebibytes(text: &str) -> Result<u64, String> {
    let form = || "give a whole number and G or M, such as 4G".to_owned();
    let (number, factor) = match text.strip_suffix(['G', 'g']) {
        Some(number) => (number, 1024),
        None => (text.strip_suffix(['M', 'm']).ok_or_else(form)?, 1),
    };
    number.parse::<u32>().map(|number| u64::from(number) * factor).map_err(|_not_a_number| form())
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory as _, Parser as _};

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn run_is_the_default() {
        let cli = Cli::try_parse_from(["luvhive", "--smoke"]).unwrap();
        assert!(cli.command.is_none() && cli.run.smoke);
        let cli = Cli::try_parse_from(["luvhive", "run", "--sandbox"]).unwrap();
        assert!(cli.sandbox && matches!(cli.command, Some(Command::Run(_))));
    }

    #[test]
    fn a_correction_is_one_fact_with_a_reason() {
        for bad in [
            &["correct", "abcdefghjk", "--reason", "x"][..],
            &["correct", "abcdefghjk", "--gender", "man"],
            &["correct", "abcdefghjk", "--gender", "male", "--reason", "x"],
            &["correct", "abcdefghjk", "--birth-date", "23.04.1999", "--reason", "x"],
            &["correct", "abcdefghjk", "--birth-date", "1999-02-29", "--reason", "x"],
            &["correct", "abcdefghjk", "--birth-date", "1999-04-23", "--gender", "man", "--reason", "x"],
        ] {
            Cli::try_parse_from(std::iter::once("luvhive").chain(bad.iter().copied())).expect_err("must be refused");
        }
        let good = ["luvhive", "correct", "abcd-efgh-jkmn", "--birth-date", "1999-04-23", "--reason", "x", "--second", "ann"];
        Cli::try_parse_from(good).unwrap();
    }

    #[test]
    fn a_sanction_is_one_decision_with_a_reason() {
        for bad in [
            &["sanction", "abcdefghjk", "--reason", "x"][..],
            &["sanction", "abcdefghjk", "--ban"],
            &["sanction", "abcdefghjk", "--ban", "--lift", "--reason", "x"],
            &["sanction", "abcdefghjk", "--suspend", "0", "--reason", "x"],
        ] {
            Cli::try_parse_from(std::iter::once("luvhive").chain(bad.iter().copied())).expect_err("must be refused");
        }
        Cli::try_parse_from(["luvhive", "sanction", "abcdefghjk", "--suspend", "3", "--reason", "x"]).unwrap();
    }
}
