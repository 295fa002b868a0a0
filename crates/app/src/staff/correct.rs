//! `luvhive correct`: a right date of birth or gender, and the end of a refusal.

use clap::Args;
use luvhive_core::correction::{Corrected, Fact, NewCorrection};
use luvhive_core::person::Gender;
use luvhive_core::ports::{Clock as _, CorrectionStore as _};
use luvhive_core::staff::Action;
use luvhive_core::time::Day;

use super::Desk;
use super::consent::Consent;
use crate::console::say;
use crate::error::{AppError, StaffError};
use crate::system::SystemClock;

/// A correction.
#[derive(Debug, Args)]
pub(crate) struct Correct {
    /// Whom: a pseudonym, or the support code that a refused account shows.
    #[arg(value_name = "PSEUDONYM|CODE")]
    whom: String,
    #[command(flatten)]
    fact: RightFact,
    /// The reason, for the audit log; 1 to 500 characters.
    #[arg(long)]
    reason: String,
    /// Another member of the staff who agrees; needed where the correction crosses the age of 18.
    #[arg(long, value_name = "NAME")]
    second: Option<String>,
    #[command(flatten)]
    pub(super) consent: Consent,
}

/// What is right: exactly one of these.
#[derive(Clone, Copy, Debug, Args)]
#[group(required = true, multiple = false)]
struct RightFact {
    /// The date of birth.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    birth_date: Option<Day>,
    /// The gender: woman, man or nonbinary.
    #[arg(long, value_parser = gender)]
    gender: Option<Gender>,
}

fn day(text: &str) -> Result<Day, String> {
    text.parse().map(Day::from_naive).map_err(|_unreadable| "give year, month and day, such as 1999-04-23".to_owned())
}

fn gender(text: &str) -> Result<Gender, String> {
    Gender::from_code(text).ok_or_else(|| "give woman, man or nonbinary".to_owned())
}

impl Correct {
    /// Stores a correction; a running bot takes it up within a second.
    pub(super) async fn run(&self, desk: &Desk) -> Result<(), AppError> {
        // The command line has exactly one of the two.
        let Some(fact) = self.fact.birth_date.map(Fact::Born).or(self.fact.gender.map(Fact::Gender)) else { return Ok(()) };
        let whom = self.written(fact, desk)?.whom;
        if let Some(second) = self.second.as_deref().filter(|second| !desk.roster.may(second, Action::Correct)) {
            return Err(StaffError::NotAllowed { account: second.to_owned(), action: Action::Correct }.into());
        }
        let question = match fact {
            Fact::Born(day) => format!("Correct the date of birth of {whom} to {}", day.as_naive()),
            Fact::Gender(gender) => format!("Correct the gender of {whom} to {}", gender.code()),
        };
        desk.ask(self.consent, &whom, &question).await?;
        let corrected = desk.corrections.insert_correction(desk.bot, self.written(fact, desk)?).await?;
        say(told(corrected));
        Ok(())
    }

    fn written(&self, fact: Fact, desk: &Desk) -> Result<NewCorrection, StaffError> {
        let second = self.second.as_deref();
        Ok(NewCorrection::new(&self.whom, fact, &self.reason, second, &desk.operator, SystemClock.now())?)
    }
}

fn told(corrected: Corrected) -> &'static str {
    match corrected {
        Corrected::Gender(_) | Corrected::Born { was_refused: false, .. } => {
            "stored; a running bot takes it up and tells them within a second"
        }
        Corrected::Born { was_refused: true, .. } => {
            "stored; they are not refused any more; a running bot takes it up and tells them within a second"
        }
        Corrected::Refused(_) => {
            "stored; their account is refused and suspended for ever; a running bot tells them within a second"
        }
        Corrected::StaysRefused(_) => "stored; the account stays refused, with this date",
        Corrected::Admitted => "stored; they can register, with the right date; a running bot tells them within a second",
    }
}
