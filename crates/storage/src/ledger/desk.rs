//! What the sub-commands about money print: a person's ledger, and what became of a grant or refund.

use luvhive_core::coins::{CoinAccount, Movement};
use luvhive_core::conduct::Pseudonym;
use luvhive_core::id::{BotId, PersonId};
use luvhive_core::ports::ledger::{GrantOutcome, NewGrant, NewRefund, PersonLedger, RefundOutcome, Treasury as _, TreasuryError};
use luvhive_core::premium::LedgerRow;
use luvhive_core::premium::statement::row_kind;
use luvhive_core::time::Timestamp;
use serde_json::{Value, json};

use super::PgTreasury;

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
