//! Subscriptions as runs of charges: where one begins, which charges go on with it, and when it is over.
//! A person may have had several, one after the other or, with two open links, at the same time.

use std::collections::BTreeSet;
use std::time::Duration;

use super::ledger::{ChargeId, LedgerRow, Payment};
use super::plan::Plan;
use crate::id::PersonId;
use crate::time::Timestamp;

/// How much later than its end a subscription may be renewed and still be the same one.
const RENEWAL_SLACK: Duration = Duration::from_hours(1);

/// The charges of one subscription, in the order in which they were paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run<'a> {
    first: &'a Payment,
    later: Vec<&'a Payment>,
    /// Whether one of its charges was given back.
    has_refund: bool,
    /// Whether the last one was.
    is_last_refunded: bool,
}

impl<'a> Run<'a> {
    fn of(first: &'a Payment, is_refunded: bool) -> Self {
        Self { first, later: Vec::new(), has_refund: is_refunded, is_last_refunded: is_refunded }
    }

    fn add(&mut self, payment: &'a Payment, is_refunded: bool) {
        self.later.push(payment);
        self.has_refund |= is_refunded;
        self.is_last_refunded = is_refunded;
    }

    /// Returns the first charge, by which Telegram knows the subscription.
    pub fn first(&self) -> &'a Payment {
        self.first
    }

    /// Returns the newest charge.
    pub fn last(&self) -> &'a Payment {
        self.later.last().copied().unwrap_or(self.first)
    }

    /// Reports whether a charge belongs to it.
    pub fn holds(&self, charge: &ChargeId) -> bool {
        self.first.charge == *charge || self.later.iter().any(|one| one.charge == *charge)
    }

    /// Returns until when it is paid.
    pub fn until(&self) -> Timestamp {
        self.last().subscription_until.unwrap_or(self.last().paid_at)
    }

    /// Reports whether it was cancelled: it is not charged again.
    pub fn is_canceled(&self) -> bool {
        self.last().canceled_at.is_some()
    }

    /// Reports whether it was cancelled then or later, and not for a refund of one of its charges.
    pub fn is_canceled_since(&self, since: Timestamp) -> bool {
        !self.has_refund && self.last().canceled_at.is_some_and(|at| at >= since)
    }

    /// Reports whether it is paid until a moment to come, renewed then or not.
    pub fn is_paid(&self, now: Timestamp) -> bool {
        self.until() > now && !self.is_last_refunded
    }

    /// Reports whether nothing ended it, so that a charge of which nothing is known may go on with it.
    fn is_open(&self) -> bool {
        !self.has_refund && !self.is_canceled()
    }

    fn reaches(&self, at: Timestamp) -> bool {
        self.until().plus(RENEWAL_SLACK) >= at
    }
}

/// Puts the charges of a person's subscriptions into runs, the oldest first.
///
/// A run begins with the charge that Telegram calls the first. Where that is not known, a charge goes on with a run that
/// reaches up to it and that neither a refund nor a cancellation has ended. A renewal belongs to the run whose end it
/// comes closest to, to an ended one only if there is no other.
pub fn runs(rows: &[LedgerRow], payer: PersonId) -> Vec<Run<'_>> {
    let mut charges: Vec<&Payment> = Vec::new();
    let mut refunded: BTreeSet<&ChargeId> = BTreeSet::new();
    for row in rows {
        match row {
            LedgerRow::Payment(one) if one.plan == Plan::Monthly && one.payer == Some(payer) => charges.push(one),
            LedgerRow::Refund(refund) => drop(refunded.insert(&refund.charge)),
            LedgerRow::Payment(_) | LedgerRow::Grant(_) => {}
        }
    }
    charges.sort_by_key(|one| (one.paid_at, &one.charge));
    let mut runs: Vec<Run<'_>> = Vec::new();
    for charge in charges {
        let is_refunded = refunded.contains(&charge.charge);
        let at = charge.paid_at;
        let goes_on = |run: &Run<'_>| match charge.is_first {
            Some(is_first) => !is_first,
            None => run.is_open() && run.reaches(at),
        };
        let distance = |run: &Run<'_>| (!run.is_open(), run.until().as_micros().abs_diff(at.as_micros()));
        match runs.iter_mut().filter(|run| goes_on(run)).min_by_key(|run| distance(run)) {
            Some(run) => run.add(charge, is_refunded),
            None => runs.push(Run::of(charge, is_refunded)),
        }
    }
    runs
}

/// Reports whether somebody is suspended beyond the day on which their subscription is charged again: it would be charged for
/// days that they cannot use. What `PgJournal::take_up_subscriptions` looks for is the same.
pub fn is_wasted(renews_at: Timestamp, suspended_until: Timestamp) -> bool {
    renews_at < suspended_until
}

/// Finds the subscription that a person sees: paid until a moment to come, one that goes on before one that ends.
pub fn running(rows: &[LedgerRow], payer: PersonId, now: Timestamp) -> Option<Run<'_>> {
    let paid = runs(rows, payer).into_iter().filter(|run| run.is_paid(now));
    paid.max_by_key(|run| (!run.is_canceled(), run.until()))
}

#[cfg(test)]
mod tests;
