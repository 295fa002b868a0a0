//! The nightly look at Telegram's own list of Star transactions: what of it the ledger does not know.
//! Pure: the list and what is booked go in, what is missing comes out.

use std::collections::BTreeMap;

use super::ledger::ChargeId;
use super::plan::Stars;
use crate::id::TelegramId;
use crate::time::Timestamp;

/// One of Telegram's transactions with a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StarTransaction {
    /// Its identifier: the charge's, for a payment and for its refund alike.
    pub charge: ChargeId,
    /// How many Stars.
    pub stars: Stars,
    /// When.
    pub at: Timestamp,
    /// The person on the other end.
    pub telegram: TelegramId,
    /// Which way it went.
    pub way: Way,
}

/// Which way Stars went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// A person paid; the payload of the invoice, opaque here.
    In {
        /// As the invoice carried it.
        payload: String,
        /// Whether it is of a subscription.
        is_subscription: bool,
    },
    /// A payment was given back.
    Out,
}

/// What the ledger knows of a charge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Whether the payment is booked.
    pub is_paid: bool,
    /// Whether the refund is booked.
    pub is_refunded: bool,
}

/// What the ledger lacks: in the order in which it happened, payments before their refunds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Missing {
    /// Payments to book.
    pub payments: Vec<StarTransaction>,
    /// Refunds to book.
    pub refunds: Vec<StarTransaction>,
}

impl Missing {
    /// Reports whether nothing is missing.
    pub fn is_empty(&self) -> bool {
        self.payments.is_empty() && self.refunds.is_empty()
    }
}

/// Finds what the ledger lacks of Telegram's transactions, each once, however often a page repeats one.
pub fn reconcile(transactions: &[StarTransaction], known: &BTreeMap<ChargeId, Known>) -> Missing {
    let mut payments: BTreeMap<&ChargeId, &StarTransaction> = BTreeMap::new();
    let mut refunds: BTreeMap<&ChargeId, &StarTransaction> = BTreeMap::new();
    for transaction in transactions {
        let known = known.get(&transaction.charge).copied().unwrap_or_default();
        match transaction.way {
            Way::In { .. } if !known.is_paid => drop(payments.entry(&transaction.charge).or_insert(transaction)),
            Way::Out if !known.is_refunded => drop(refunds.entry(&transaction.charge).or_insert(transaction)),
            Way::In { .. } | Way::Out => {}
        }
    }
    let in_order = |found: BTreeMap<&ChargeId, &StarTransaction>| {
        let mut list: Vec<_> = found.into_values().cloned().collect();
        list.sort_by(|one, other| (one.at, &one.charge).cmp(&(other.at, &other.charge)));
        list
    };
    Missing { payments: in_order(payments), refunds: in_order(refunds) }
}

#[cfg(test)]
mod tests;
