//! The command line: what can be asked of `luvhive`, and how it speaks to a terminal.

use std::io::Write as _;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use luvhive_core::person::Gender;
use luvhive_core::time::Day;

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
    Seed(SeedArgs),
    /// Copies the database, brings a copy back, or prints the way in.
    #[command(subcommand)]
    Db(DbCommand),
    /// Checks the settings and prints them, secrets as ***.
    CheckConfig,
    /// Looks at settings, database and Bot API; exits with status 0 (well), 1 (warnings) or 2 (faults).
    Doctor(DoctorArgs),
    /// Lists open reports, people by pseudonym.
    Reports(OutputArgs),
    /// Bans or suspends a person, or lifts that; takes effect at once in a running bot.
    Sanction(SanctionArgs),
    /// Corrects a person's date of birth or gender, or lifts the refusal of somebody who mistyped; a running bot takes it up
    /// at once.
    Correct(CorrectArgs),
    /// Prints every payment, grant, refund and movement of coins of a person, or one payment.
    Ledger(LedgerArgs),
    /// Gives a person days of premium; takes effect at once in a running bot.
    Grant(GrantArgs),
    /// Gives a payment back by way of the running bot, or of the next one.
    Refund(RefundArgs),
}

/// How to run.
#[derive(Clone, Copy, Debug, Default, Args)]
pub(crate) struct RunArgs {
    /// Drives two people from /start to a chat against a throwaway database, and ends.
    #[arg(long, conflicts_with = "standby")]
    pub(crate) smoke: bool,
    /// Waits until the running LuvHive ends, then takes over.
    #[arg(long)]
    pub(crate) standby: bool,
    /// Brings the database named by `DATABASE_URL` to this version first.
    #[arg(long)]
    pub(crate) migrate: bool,
}

/// Whom to make up.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct SeedArgs {
    /// How many people, 1 to 10,000,000.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    pub(crate) people: u32,
    /// Does so although real people are registered there, who would then meet made-up ones.
    #[arg(long)]
    pub(crate) among_real_people: bool,
}

/// What to do with the database as a whole.
#[derive(Debug, Subcommand)]
pub(crate) enum DbCommand {
    /// Writes a copy into a folder that holds none yet; the bot may run on.
    Backup {
        /// The folder.
        folder: PathBuf,
    },
    /// Brings a copy back into an empty database, also of a newer PostgreSQL.
    Restore {
        /// The folder of the copy.
        folder: PathBuf,
    },
    /// Prints the connection string, with its password if it has one.
    Url,
}

/// How to print.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct OutputArgs {
    /// Prints JSON.
    #[arg(long)]
    pub(crate) json: bool,
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

/// A sanction.
#[derive(Debug, Args)]
pub(crate) struct SanctionArgs {
    /// Whom, as `luvhive reports` names them.
    pub(crate) pseudonym: String,
    #[command(flatten)]
    pub(crate) decision: Decision,
    /// The reason, which the person reads; 1 to 500 characters.
    #[arg(long)]
    pub(crate) reason: String,
}

/// A correction.
#[derive(Debug, Args)]
pub(crate) struct CorrectArgs {
    /// Whom: a pseudonym, or the support code that a refused account shows.
    #[arg(value_name = "PSEUDONYM|CODE")]
    pub(crate) whom: String,
    #[command(flatten)]
    pub(crate) fact: RightFact,
    /// The reason, for the audit log; 1 to 500 characters.
    #[arg(long)]
    pub(crate) reason: String,
    /// Another member of the staff who agrees; needed where the correction crosses the age of 18.
    #[arg(long, value_name = "NAME")]
    pub(crate) second: Option<String>,
}

/// What is right: exactly one of these.
#[derive(Clone, Copy, Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct RightFact {
    /// The date of birth.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub(crate) birth_date: Option<Day>,
    /// The gender: woman, man or nonbinary.
    #[arg(long, value_parser = gender)]
    pub(crate) gender: Option<Gender>,
}

fn day(text: &str) -> Result<Day, String> {
    text.parse().map(Day::from_naive).map_err(|_unreadable| "give year, month and day, such as 1999-04-23".to_owned())
}

fn gender(text: &str) -> Result<Gender, String> {
    Gender::from_code(text).ok_or_else(|| "give woman, man or nonbinary".to_owned())
}

/// What of the ledger.
#[derive(Debug, Args)]
pub(crate) struct LedgerArgs {
    #[command(flatten)]
    pub(crate) of: LedgerOf,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// Whose ledger, or which payment: exactly one of these.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct LedgerOf {
    /// Everything of this person, as `luvhive reports` names them and as /paysupport shows it to them.
    #[arg(long, value_name = "PSEUDONYM")]
    pub(crate) person: Option<String>,
    /// One payment, by Telegram's identifier.
    #[arg(long, value_name = "CHARGE")]
    pub(crate) charge: Option<String>,
}

/// A grant.
#[derive(Debug, Args)]
pub(crate) struct GrantArgs {
    /// To whom, as `luvhive reports` names them.
    pub(crate) pseudonym: String,
    /// How many days.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=3650))]
    pub(crate) days: u16,
    /// The reason, which the person reads; 1 to 500 characters.
    #[arg(long, default_value = "from our team")]
    pub(crate) reason: String,
}

/// A refund.
#[derive(Debug, Args)]
pub(crate) struct RefundArgs {
    /// The charge, as `luvhive ledger` lists it.
    pub(crate) charge: String,
    /// The reason, for the audit log; 1 to 500 characters.
    #[arg(long, default_value = "no reason given")]
    pub(crate) reason: String,
}

/// What is decided: exactly one of these.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Decision {
    /// For ever.
    #[arg(long)]
    pub(crate) ban: bool,
    /// For this many days.
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=3650))]
    pub(crate) suspend: Option<u32>,
    /// Lifts a ban or suspension.
    #[arg(long)]
    pub(crate) lift: bool,
}

/// Prints a line to standard output; a closed one is no fault.
pub(crate) fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// Prints a line to standard error; a closed one is no fault.
pub(crate) fn complain(line: &str) {
    let _ = writeln!(std::io::stderr(), "luvhive: {line}");
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
