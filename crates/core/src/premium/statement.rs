//! A person's ledger in words for staff: one line per row, oldest first, then the movements of coins.
//! Keys other than Telegram's charges are left out, for our own numbers of people stand in them.

use std::fmt;

use super::ledger::{LedgerRow, Payment};
use crate::coins::CoinAccount;
use crate::id::PersonId;
use crate::ports::ledger::PersonLedger;

impl fmt::Display for PersonLedger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.premium_until {
            Some(until) => writeln!(f, "premium until {until}")?,
            None => writeln!(f, "no premium")?,
        }
        write!(f, "{} coins", self.coins.balance)?;
        if self.rows.is_empty() && self.movements.is_empty() {
            return f.write_str("\nno rows");
        }
        write!(f, "\n{:<20}  {:<8}  {:<14}  {:>5}  {:>4}  charge", "when", "row", "what", "stars", "days")?;
        for row in &self.rows {
            line(f, row, self.person)?;
        }
        for movement in &self.movements {
            let mine = CoinAccount::Person(self.person);
            let (sign, other) = if movement.credit == mine { ('+', movement.debit) } else { ('-', movement.credit) };
            let what = match other {
                CoinAccount::House(house) => house.code(),
                CoinAccount::Person(_) | CoinAccount::Erased => "gift",
            };
            let coins = format!("{sign}{}", movement.coins);
            write!(f, "\n{:<20}  {:<8}  {what:<14}  {coins:>5}", movement.moved_at.to_string(), "coins")?;
        }
        Ok(())
    }
}

fn line(f: &mut fmt::Formatter<'_>, row: &LedgerRow, person: PersonId) -> fmt::Result {
    let (at, key) = (row.at().to_string(), row.key());
    match row {
        LedgerRow::Payment(payment) => {
            let kind = row_kind(payment, person);
            write!(
                f,
                "\n{at:<20}  {kind:<8}  {:<14}  {:>5}  {:>4}  {key}",
                payment.plan.code(),
                payment.stars.get(),
                payment.days
            )
        }
        LedgerRow::Refund(refund) => {
            write!(f, "\n{at:<20}  {:<8}  {:<14}  {:>5}  {:>4}  {key}", "refund", refund.cause.code(), "", "")
        }
        LedgerRow::Grant(grant) => {
            write!(f, "\n{at:<20}  {:<8}  {:<14}  {:>5}  {:>4}", "grant", grant.source.code(), "", grant.days)?;
            match (&grant.granted_by, &grant.reason) {
                (Some(by), Some(reason)) => write!(f, "  by {by}: {reason}"),
                _ => Ok(()),
            }
        }
    }
}

/// Says which end of a payment a person was: both, the one who paid for somebody else, or the one it was for.
pub fn row_kind(payment: &Payment, person: PersonId) -> &'static str {
    match (payment.payer == Some(person), payment.receiver == Some(person)) {
        (true, true) => "paid",
        (true, false) => "gave",
        (false, _) => "received",
    }
}

#[cfg(test)]
mod tests;
