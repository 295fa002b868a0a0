//! Who may have a payment back, and when.
//! A charge is refunded once; a buyer has some days, and only as long as nothing was searched with it.

use super::entitlement::days;
use super::ledger::{ChargeRecord, Payment};
use crate::code::coded_enum;
use crate::id::PersonId;
use crate::time::Timestamp;

/// What buyers were told before payments kept it, in days.
pub const FIRST_REFUND_DAYS: u16 = 1;

coded_enum! {
    /// Who brought a refund about.
    RefundCause { Buyer = "buyer", Operator = "operator", Telegram = "telegram" }
}

/// Why a charge is not refunded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RefundRefusal {
    /// Nobody knows this charge.
    #[error("charge is not known")]
    Unknown,
    /// It was refunded already.
    #[error("charge is refunded already")]
    AlreadyRefunded,
    /// A refund is under way.
    #[error("refund is under way")]
    UnderWay,
    /// Somebody else paid.
    #[error("somebody else paid")]
    NotTheBuyer,
    /// The time to change one's mind is over.
    #[error("refund was possible until {until}")]
    TooLate {
        /// Until when it was possible.
        until: Timestamp,
    },
    /// What was bought has been used.
    #[error("what was bought has been used")]
    Used,
    /// The payer was erased; only Telegram's own records still know them.
    #[error("payer was erased")]
    PayerErased,
}

/// Reports whether an operator may refund a charge: any time, once.
///
/// # Errors
/// [`RefundRefusal::Unknown`], [`RefundRefusal::AlreadyRefunded`], [`RefundRefusal::UnderWay`],
/// [`RefundRefusal::PayerErased`].
pub fn may_operator_refund(record: &ChargeRecord) -> Result<(), RefundRefusal> {
    if record.refund.is_some() {
        return Err(RefundRefusal::AlreadyRefunded);
    }
    let payment = record.payment.as_ref().ok_or(RefundRefusal::Unknown)?;
    if record.request.is_some() {
        return Err(RefundRefusal::UnderWay);
    }
    if payment.payer.is_none() {
        return Err(RefundRefusal::PayerErased);
    }
    Ok(())
}

/// Until when a buyer may have a payment back: what they were told when they paid, or what holds for payments of today
/// (`refund_days`) if that is longer.
pub fn refundable_until(payment: &Payment, refund_days: u16) -> Timestamp {
    payment.paid_at.plus(days(payment.refund_days.max(refund_days)))
}

/// Reports whether a buyer may have a charge back: by [`refundable_until`] and unused, once.
///
/// What gives no days, such as a rating reset, is used at once. So is a gift whose receiver has left: nobody knows any more
/// how much of it they had.
///
/// # Errors
/// A [`RefundRefusal`] for the first rule that is broken.
pub fn may_buyer_refund(record: &ChargeRecord, buyer: PersonId, refund_days: u16, now: Timestamp) -> Result<(), RefundRefusal> {
    match &record.payment {
        None => return Err(RefundRefusal::Unknown),
        Some(payment) if payment.payer != Some(buyer) => return Err(RefundRefusal::NotTheBuyer),
        Some(_) => {}
    }
    may_operator_refund(record)?;
    let Some(payment) = &record.payment else { return Err(RefundRefusal::Unknown) };
    let until = refundable_until(payment, refund_days);
    if now > until {
        return Err(RefundRefusal::TooLate { until });
    }
    if payment.days == 0 || payment.receiver.is_none() || record.used_at.is_some_and(|used| used >= payment.paid_at) {
        return Err(RefundRefusal::Used);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
