//! `luvhive sanction`: bans, suspensions and their end.

use clap::Args;
use luvhive_core::conduct::{Decision, NewSanction};
use luvhive_core::correction::Whom;
use luvhive_core::ports::{Clock as _, ConductStore as _, SanctionOutcome};

use super::Desk;
use super::consent::Consent;
use crate::console::say;
use crate::error::{AppError, StaffError};
use crate::system::SystemClock;

/// A sanction.
#[derive(Debug, Args)]
pub(crate) struct Sanction {
    /// The person, as `luvhive reports` names them.
    pseudonym: String,
    #[command(flatten)]
    choice: Choice,
    /// The reason, which the person reads; 1 to 500 characters.
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    pub(super) consent: Consent,
}

/// What is decided: exactly one of these.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Choice {
    /// Bans the person: suspends them for 7 days, within which `luvhive case confirm` makes it for good.
    #[arg(long)]
    ban: bool,
    /// Suspends the person for this many days.
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=3650))]
    suspend: Option<u32>,
    /// Lifts a ban or suspension.
    #[arg(long)]
    lift: bool,
}

impl Sanction {
    /// Stores a decision; a running bot takes it up within a second.
    pub(super) async fn run(&self, desk: &Desk) -> Result<(), AppError> {
        let whom = Whom::Person(self.written(desk)?.pseudonym);
        desk.ask(self.consent, &whom, &super::question(self.decision(), &self.pseudonym)).await?;
        match desk.conduct.insert_sanction(desk.bot, self.written(desk)?).await? {
            SanctionOutcome::Stored => {
                say("stored; a running bot takes it up within a second");
                Ok(())
            }
            SanctionOutcome::UnknownPseudonym => Err(StaffError::unknown(&whom).into()),
            SanctionOutcome::NothingToLift => Err(StaffError::NothingToLift.into()),
        }
    }

    fn decision(&self) -> Decision {
        match self.choice.suspend {
            Some(days) => Decision::Suspend(days),
            None if self.choice.ban => Decision::Ban,
            None => Decision::Lift,
        }
    }

    fn written(&self, desk: &Desk) -> Result<NewSanction, StaffError> {
        Ok(NewSanction::new(&self.pseudonym, self.decision(), &self.reason, &desk.operator, SystemClock.now())?)
    }
}
