//! `luvhive refund`: a payment goes back.

use clap::Args;
use luvhive_core::correction::Whom;
use luvhive_core::ports::ledger::{ChargeLedger, NewRefund, RefundOutcome};
use luvhive_core::ports::{Clock as _, Treasury as _};

use super::consent::{self, Consent};
use super::{Desk, ledger};
use crate::console::say;
use crate::error::{AppError, StaffError};
use crate::system::SystemClock;

/// A refund.
#[derive(Debug, Args)]
pub(crate) struct Refund {
    /// The charge, as `luvhive ledger` lists it.
    charge: String,
    /// The reason, for the audit log; 1 to 500 characters.
    #[arg(long, default_value = "no reason given")]
    reason: String,
    #[command(flatten)]
    pub(super) consent: Consent,
}

impl Refund {
    /// Has a payment given back; a running bot takes it up within a second.
    pub(super) async fn run(&self, desk: &Desk) -> Result<(), AppError> {
        let checked = self.written(desk)?;
        if !self.consent.is_given() {
            let known = desk.treasury.read_charge(desk.bot, &checked.charge, &desk.operator, SystemClock.now()).await?;
            let known = known.ok_or_else(|| StaffError::Charge(self.charge.clone()))?;
            self.ask(desk, &checked, known).await?;
        }
        match desk.treasury.request_refund(desk.bot, self.written(desk)?).await? {
            RefundOutcome::Requested => {
                say("asked for; a running bot has Telegram give the Stars back within a second");
                Ok(())
            }
            RefundOutcome::Refused(refusal) => Err(StaffError::Refund(refusal).into()),
        }
    }

    /// Shows the payment and where the person stands who made it, and asks.
    async fn ask(&self, desk: &Desk, refund: &NewRefund, known: ChargeLedger) -> Result<(), AppError> {
        let payment = ledger::charge_text(&refund.charge, &known);
        let question = match &known.record.payment {
            Some(payment) => format!("Give {} Stars back", payment.stars.get()),
            None => "Give it back".to_owned(),
        };
        let question = format!("{payment}\n\n{question}");
        match known.payer {
            Some(payer) => desk.ask(self.consent, &Whom::Person(payer), &question).await,
            None => consent::ask(question).await,
        }
    }

    fn written(&self, desk: &Desk) -> Result<NewRefund, StaffError> {
        Ok(NewRefund::new(&self.charge, &self.reason, &desk.operator, SystemClock.now())?)
    }
}
