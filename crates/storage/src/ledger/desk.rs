//! What the sub-commands about money print: a person's ledger, and what became of a grant or refund.

use luvhive_core::coins::{CoinAccount, Movement};
use luvhive_core::conduct::Pseudonym;
use luvhive_core::id::{BotId, PersonId};
use luvhive_core::ports::ledger::{GrantOutcome, NewGrant, NewRefund, PersonLedger, RefundOutcome, Treasury as _, TreasuryError};
use luvhive_core::premium::statement::row_kind;
use luvhive_core::premium::{ChargeId, LedgerRow};
use luvhive_core::time::Timestamp;
use serde_json::{Value, json};

use super::PgTreasury;
use super::treasury::ChargeLedger;

/// How something is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Lines for people.
    Text,
    /// One JSON object.
    Json,
}

impl PgTreasury {
    /// Prints everything the ledger knows about a person.
    ///
    /// # Errors
    /// [`TreasuryError::Pseudonym`], [`TreasuryError::Store`].
    pub async fn print_ledger(
        &self,
        bot: BotId,
        pseudonym: &str,
        form: Form,
        read_by: &str,
        now: Timestamp,
    ) -> Result<String, TreasuryError> {
        let unknown = || TreasuryError::Pseudonym(pseudonym.to_owned());
        let whose = Pseudonym::new(pseudonym).ok_or_else(unknown)?;
        let ledger = self.read_ledger(bot, &whose, read_by, now).await?.ok_or_else(unknown)?;
        Ok(match form {
            Form::Text => ledger.to_string(),
            Form::Json => as_json(&ledger).to_string(),
        })
    }

    /// Prints what is known of one payment.
    ///
    /// # Errors
    /// [`TreasuryError::Charge`] for one that nobody knows too, [`TreasuryError::Store`].
    pub async fn print_charge(
        &self,
        bot: BotId,
        charge: &str,
        form: Form,
        read_by: &str,
        now: Timestamp,
    ) -> Result<String, TreasuryError> {
        let charge = ChargeId::new(charge).ok_or_else(|| TreasuryError::Charge(charge.to_owned()))?;
        let known = self.read_charge(bot, &charge, read_by, now).await?;
        let known = known.ok_or_else(|| TreasuryError::Charge(charge.to_string()))?;
        Ok(match form {
            Form::Text => charge_text(&charge, &known),
            Form::Json => charge_json(&charge, &known).to_string(),
        })
    }

    /// Gives days and says until when that makes the person premium.
    ///
    /// # Errors
    /// [`TreasuryError::Pseudonym`], [`TreasuryError::Store`].
    pub async fn grant(&self, bot: BotId, grant: NewGrant) -> Result<String, TreasuryError> {
        let pseudonym = grant.pseudonym.to_string();
        match self.insert_grant(bot, grant).await? {
            GrantOutcome::Stored(until) => {
                Ok(format!("stored: premium until {until}; a running bot takes it up within a second"))
            }
            GrantOutcome::UnknownPseudonym => Err(TreasuryError::Pseudonym(pseudonym)),
        }
    }

    /// Asks for a refund and says what comes next.
    ///
    /// # Errors
    /// [`TreasuryError::Refused`], [`TreasuryError::Store`].
    pub async fn refund(&self, bot: BotId, refund: NewRefund) -> Result<String, TreasuryError> {
        match self.request_refund(bot, refund).await? {
            RefundOutcome::Requested => {
                Ok("asked for; a running bot has Telegram give the Stars back within a second".to_owned())
            }
            RefundOutcome::Refused(refusal) => Err(refusal.into()),
        }
    }
}

fn charge_text(charge: &ChargeId, known: &ChargeLedger) -> String {
    let name = |name: &Option<String>| name.clone().unwrap_or_else(|| "nobody here".to_owned());
    let mut lines = vec![format!("charge {charge}")];
    if let Some(payment) = &known.record.payment {
        let (plan, stars, days) = (payment.plan.code(), payment.stars.get(), payment.days);
        lines.push(format!("paid at {}: {plan}, {stars} Stars, {days} days", payment.paid_at));
        lines.push(format!("paid by {}, for {}", name(&known.payer), name(&known.receiver)));
    }
    if let Some(at) = known.record.canceled_at {
        lines.push(format!("subscription cancelled at {at}"));
    }
    if let Some(request) = &known.record.request {
        lines.push(format!("refund asked for at {} by {}", request.requested_at, request.cause.code()));
    }
    match &known.record.refund {
        Some(refund) => lines.push(format!("refunded at {} by {}", refund.refunded_at, refund.cause.code())),
        None => lines.push("not refunded".to_owned()),
    }
    lines.join("\n")
}

fn charge_json(charge: &ChargeId, known: &ChargeLedger) -> Value {
    let ChargeLedger { record, payer, receiver } = known;
    let payment = record.payment.as_ref();
    json!({
        "charge": charge.as_str(),
        "payer": payer,
        "receiver": receiver,
        "plan": payment.map(|payment| payment.plan.code()),
        "stars": payment.map(|payment| payment.stars.get()),
        "days": payment.map(|payment| payment.days),
        "paid_at": payment.map(|payment| time(payment.paid_at)),
        "subscription_canceled_at": record.canceled_at.map(time),
        "refund_requested_at": record.request.as_ref().map(|request| time(request.requested_at)),
        "refunded_at": record.refund.as_ref().map(|refund| time(refund.refunded_at)),
    })
}

fn time(at: Timestamp) -> Value {
    at.to_string().into()
}

fn as_json(ledger: &PersonLedger) -> Value {
    json!({
        "premium_until": ledger.premium_until.map(time),
        "coins": ledger.coins.balance.get(),
        "rows": ledger.rows.iter().map(|row| row_json(row, ledger.person)).collect::<Value>(),
        "movements": ledger.movements.iter().map(|movement| movement_json(movement, ledger.person)).collect::<Value>(),
    })
}

fn row_json(row: &LedgerRow, person: PersonId) -> Value {
    match row {
        LedgerRow::Payment(payment) => json!({
            "row": "payment",
            "end": row_kind(payment, person),
            "charge": payment.charge.as_str(),
            "plan": payment.plan.code(),
            "stars": payment.stars.get(),
            "days": payment.days,
            "paid_at": time(payment.paid_at),
            "is_recurring": payment.is_recurring,
            "subscription_until": payment.subscription_until.map(time),
        }),
        LedgerRow::Refund(refund) => json!({
            "row": "refund",
            "charge": refund.charge.as_str(),
            "cause": refund.cause.code(),
            "refunded_at": time(refund.refunded_at),
        }),
        LedgerRow::Grant(grant) => json!({
            "row": "grant",
            "source": grant.source.code(),
            "days": grant.days,
            "granted_at": time(grant.granted_at),
            "granted_by": grant.granted_by,
            "reason": grant.reason,
        }),
    }
}

fn movement_json(movement: &Movement, person: PersonId) -> Value {
    let account = |account: CoinAccount| match account {
        CoinAccount::Person(other) if other == person => "self",
        CoinAccount::Person(_) => "somebody",
        CoinAccount::House(house) => house.code(),
        CoinAccount::Erased => "erased",
    };
    json!({
        "debit": account(movement.debit),
        "credit": account(movement.credit),
        "coins": movement.coins.get(),
        "moved_at": time(movement.moved_at),
    })
}

#[cfg(test)]
mod tests;
