//! The look at Telegram's own list of transactions: what an outage longer than a day has lost is found and handed in as
//! the updates that never came, so that it is checked and booked by the same way as any other.

use std::collections::BTreeMap;

use luvhive_core::ports::StoreError;
use luvhive_core::ports::ledger::Ledger;
use luvhive_core::premium::reconcile::{Missing, StarTransaction, Way};
use luvhive_core::premium::{ChargeId, Plan, reconcile};
use serde_json::{Value, json};

use super::RuntimeHandle;
use crate::payments::{FOUND, Till, TillError};

/// How many charges one question to the ledger names.
const ASKED_AT_ONCE: usize = 1_000;

/// Why the look could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum ReconcileError {
    /// Telegram did not answer.
    #[error("Telegram's list of transactions cannot be read")]
    Till(#[from] TillError),
    /// The ledger did not answer.
    #[error("ledger cannot be read")]
    Ledger(#[from] StoreError),
}

/// How many rows of the ledger were found to be missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Payments.
    pub payments: usize,
    /// Refunds.
    pub refunds: usize,
}

/// Compares Telegram's list with the ledger and hands in what is missing. Idempotent: what is booked meanwhile, or was
/// handed in before, is booked once.
///
/// # Errors
/// See [`ReconcileError`]; trying again later is right.
pub async fn run(till: &dyn Till, ledger: &dyn Ledger, handle: &RuntimeHandle) -> Result<Found, ReconcileError> {
    let mut transactions = Vec::new();
    let mut offset = 0_u32;
    loop {
        let page = till.list_transactions(offset).await?;
        if page.count == 0 {
            break;
        }
        offset = offset.saturating_add(page.count);
        transactions.extend(page.transactions);
    }
    let charges: Vec<ChargeId> = transactions.iter().map(|transaction| transaction.charge.clone()).collect();
    let mut known = BTreeMap::new();
    for some in charges.chunks(ASKED_AT_ONCE) {
        known.extend(ledger.list_known(some).await?);
    }
    let Missing { payments, refunds } = reconcile(&transactions, &known);
    for (number, transaction) in (1_i64..).zip(payments.iter().chain(&refunds)) {
        // Telegram's own numbers are positive.
        handle.hand_in(&as_update(-number, transaction).to_string());
    }
    Ok(Found { payments: payments.len(), refunds: refunds.len() })
}

/// The update that Telegram would have sent.
fn as_update(number: i64, transaction: &StarTransaction) -> Value {
    let StarTransaction { charge, stars, at, telegram, way } = transaction;
    let date = at.as_micros() / 1_000_000;
    let mut receipt = json!({
        "currency": "XTR", "total_amount": stars.get(), "telegram_payment_charge_id": charge.as_str(), FOUND: true,
    });
    let (kind, more) = match way {
        Way::In { payload, is_subscription: false } => ("successful_payment", json!({"invoice_payload": payload})),
        Way::In { payload, is_subscription: true } => {
            let period = Plan::Monthly.renews_every().map_or(0, |period| period.as_secs());
            let until = date.saturating_add(i64::try_from(period).unwrap_or(0));
            let more = json!({"invoice_payload": payload, "is_recurring": true, "subscription_expiration_date": until});
            ("successful_payment", more)
        }
        Way::Out => ("refunded_payment", json!({"invoice_payload": ""})),
    };
    if let (Some(fields), Value::Object(more)) = (receipt.as_object_mut(), more) {
        fields.extend(more);
    }
    json!({
        "update_id": number,
        "message": {
            "message_id": 1, "date": date, "from": {"id": telegram.get(), "is_bot": false, "first_name": ""},
            "chat": {"id": telegram.get(), "type": "private"}, kind: receipt,
        },
    })
}
