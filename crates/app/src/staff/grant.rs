//! `luvhive grant`: days of premium as a gift of the house.

use clap::Args;
use luvhive_core::correction::Whom;
use luvhive_core::ports::ledger::{GrantOutcome, NewGrant};
use luvhive_core::ports::{Clock as _, Treasury as _};

use super::Desk;
use super::consent::Consent;
use crate::console::say;
use crate::error::{AppError, StaffError};
use crate::system::SystemClock;

/// A grant.
#[derive(Debug, Args)]
pub(crate) struct Grant {
    /// To whom, as `luvhive reports` names them.
    pseudonym: String,
    /// How many days.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=3650))]
    days: u16,
    /// The reason, which the person reads; 1 to 500 characters.
    #[arg(long, default_value = "from our team")]
    reason: String,
    #[command(flatten)]
    pub(super) consent: Consent,
}

impl Grant {
    /// Gives days; a running bot takes it up within a second.
    pub(super) async fn run(&self, desk: &Desk) -> Result<(), AppError> {
        let whom = Whom::Person(self.written(desk)?.pseudonym);
        let days = if self.days == 1 { "1 day".to_owned() } else { format!("{} days", self.days) };
        desk.ask(self.consent, &whom, &format!("Give {whom} {days} of premium")).await?;
        match desk.treasury.insert_grant(desk.bot, self.written(desk)?).await? {
            GrantOutcome::Stored(until) => {
                say(&format!("stored: premium until {until}; a running bot takes it up within a second"));
                Ok(())
            }
            GrantOutcome::UnknownPseudonym => Err(StaffError::unknown(&whom).into()),
        }
    }

    fn written(&self, desk: &Desk) -> Result<NewGrant, StaffError> {
        Ok(NewGrant::new(&self.pseudonym, self.days, &self.reason, &desk.operator, SystemClock.now())?)
    }
}
