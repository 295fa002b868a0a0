//! `luvhive ledger`: everything about a person's money, or one payment.
//! Keys other than Telegram's charges are left out, because they contain our own numbers of people.

use clap::Args;
use luvhive_core::coins::{CoinAccount, Movement};
use luvhive_core::conduct::Pseudonym;
use luvhive_core::id::PersonId;
use luvhive_core::ports::ledger::{ChargeLedger, PersonLedger};
use luvhive_core::ports::{Clock as _, Treasury as _};
use luvhive_core::premium::{ChargeId, LedgerRow, Payment};
use serde_json::{Value, json};

use super::{Desk, Output, time};
use crate::console::say;
use crate::error::{AppError, StaffError};
use crate::system::SystemClock;

/// What of the ledger.
#[derive(Debug, Args)]
pub(crate) struct Ledger {
    #[command(flatten)]
    of: LedgerOf,
    #[command(flatten)]
    output: Output,
}

/// Whose ledger, or which payment: exactly one of these.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct LedgerOf {
    /// Everything of this person, as `luvhive reports` names them and as /paysupport shows it to them.
    #[arg(long, value_name = "PSEUDONYM")]
    person: Option<String>,
    /// One payment, by Telegram's identifier.
    #[arg(long, value_name = "CHARGE")]
    charge: Option<String>,
}

impl Ledger {
    /// Prints a person's ledger, or one payment, and leaves a row in the audit log.
    pub(super) async fn run(&self, desk: &Desk) -> Result<(), AppError> {
        if let Some(charge) = &self.of.charge {
            say(&self.print_charge(desk, charge).await?);
        } else if let Some(person) = &self.of.person {
            say(&self.print_person(desk, person).await?);
        }
        Ok(())
    }

    async fn print_person(&self, desk: &Desk, pseudonym: &str) -> Result<String, AppError> {
        let unknown = || StaffError::Pseudonym(pseudonym.to_owned());
        let whose = Pseudonym::new(pseudonym).ok_or_else(unknown)?;
        let found = desk.treasury.read_ledger(desk.bot, &whose, &desk.operator, SystemClock.now()).await?;
        let ledger = found.ok_or_else(unknown)?;
        Ok(if self.output.json { as_json(&ledger).to_string() } else { text(&ledger) })
    }

    async fn print_charge(&self, desk: &Desk, charge: &str) -> Result<String, AppError> {
        let unknown = || StaffError::Charge(charge.to_owned());
        let charge = ChargeId::new(charge).ok_or_else(unknown)?;
        let found = desk.treasury.read_charge(desk.bot, &charge, &desk.operator, SystemClock.now()).await?;
        let known = found.ok_or_else(unknown)?;
        Ok(if self.output.json { charge_json(&charge, &known).to_string() } else { charge_text(&charge, &known) })
    }
}

/// A person's ledger: one line per row, oldest first, then the movements of coins.
fn text(ledger: &PersonLedger) -> String {
    let mut lines = vec![
        ledger.premium_until.map_or_else(|| "no premium".to_owned(), |until| format!("premium until {until}")),
        format!("{} coins", ledger.coins.balance),
    ];
    if ledger.rows.is_empty() && ledger.movements.is_empty() {
        lines.push("no rows".to_owned());
        return lines.join("\n");
    }
    lines.push(format!("{:<20}  {:<8}  {:<14}  {:>5}  {:>4}  charge", "when", "row", "what", "stars", "days"));
    lines.extend(ledger.rows.iter().map(|row| row_text(row, ledger.person)));
    lines.extend(ledger.movements.iter().map(|movement| movement_text(movement, ledger.person)));
    lines.join("\n")
}

fn row_text(row: &LedgerRow, person: PersonId) -> String {
    let (at, key) = (row.at().to_string(), row.key());
    match row {
        LedgerRow::Payment(payment) => {
            let (kind, plan, stars) = (row_kind(payment, person), payment.plan.code(), payment.stars.get());
            format!("{at:<20}  {kind:<8}  {plan:<14}  {stars:>5}  {:>4}  {key}", payment.days)
        }
        LedgerRow::Refund(refund) => {
            format!("{at:<20}  {:<8}  {:<14}  {:>5}  {:>4}  {key}", "refund", refund.cause.code(), "", "")
        }
        LedgerRow::Grant(grant) => {
            let by = match (&grant.granted_by, &grant.reason) {
                (Some(by), Some(reason)) => format!("  by {by}: {reason}"),
                _ => String::new(),
            };
            format!("{at:<20}  {:<8}  {:<14}  {:>5}  {:>4}{by}", "grant", grant.source.code(), "", grant.days)
        }
    }
}

fn movement_text(movement: &Movement, person: PersonId) -> String {
    let mine = CoinAccount::Person(person);
    let (sign, other) = if movement.credit == mine { ('+', movement.debit) } else { ('-', movement.credit) };
    let what = match other {
        CoinAccount::House(house) => house.code(),
        CoinAccount::Person(_) | CoinAccount::Erased => "gift",
    };
    let coins = format!("{sign}{}", movement.coins);
    format!("{:<20}  {:<8}  {what:<14}  {coins:>5}", movement.moved_at.to_string(), "coins")
}

/// Says which end of a payment a person was: both, the one who paid for another person, or the one it was for.
fn row_kind(payment: &Payment, person: PersonId) -> &'static str {
    match (payment.payer == Some(person), payment.receiver == Some(person)) {
        (true, true) => "paid",
        (true, false) => "gave",
        (false, _) => "received",
    }
}

pub(super) fn charge_text(charge: &ChargeId, known: &ChargeLedger) -> String {
    let name = |name: &Option<Pseudonym>| name.as_ref().map_or_else(|| "nobody here".to_owned(), Pseudonym::to_string);
    let mut lines = vec![format!("charge {charge}")];
    if let Some(payment) = &known.record.payment {
        let (plan, stars, days) = (payment.plan.code(), payment.stars.get(), payment.days);
        lines.push(format!("paid at {}: {plan}, {stars} Stars, {days} days", payment.paid_at));
        lines.push(format!("paid by {}, for {}", name(&known.payer), name(&known.receiver)));
        if let Some(at) = payment.canceled_at {
            lines.push(format!("subscription cancelled at {at}"));
        }
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
        "payer": payer.as_ref().map(Pseudonym::as_str),
        "receiver": receiver.as_ref().map(Pseudonym::as_str),
        "plan": payment.map(|payment| payment.plan.code()),
        "stars": payment.map(|payment| payment.stars.get()),
        "days": payment.map(|payment| payment.days),
        "paid_at": payment.map(|payment| time(payment.paid_at)),
        "subscription_canceled_at": payment.and_then(|payment| payment.canceled_at).map(time),
        "refund_requested_at": record.request.as_ref().map(|request| time(request.requested_at)),
        "refunded_at": record.refund.as_ref().map(|refund| time(refund.refunded_at)),
    })
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
