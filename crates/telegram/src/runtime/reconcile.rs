//! The look at Telegram's own list of transactions: what an outage longer than a day has lost is found and handed in as
//! the updates that never came, so that it is checked and booked by the same way as any other.

use std::time::Duration;

use luvhive_core::ports::ledger::Ledger;
use luvhive_core::ports::{Clock, StoreError};
use luvhive_core::premium::reconcile::{Missing, StarTransaction, Way};
use luvhive_core::premium::{ChargeId, Plan, reconcile};
use serde_json::{Value, json};
use tokio::time::sleep;
use tracing::{info, warn};

use super::RuntimeHandle;
use crate::payments::{FOUND, Till, TillError, TransactionPage};

/// The pause after each page, so that a long list does not flood Telegram with calls.
const PAGE_PAUSE: Duration = Duration::from_secs(1);

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
/// Page by page, with a pause between two, from where everything before is known to be booked; that is remembered after
/// each page. While Telegram wants to be left alone, it waits and goes on with the same page.
///
/// # Errors
/// See [`ReconcileError`]; trying again later is right, and goes on from what is remembered.
pub async fn run(
    till: &dyn Till,
    ledger: &dyn Ledger,
    handle: &RuntimeHandle,
    clock: &dyn Clock,
) -> Result<Found, ReconcileError> {
    let known = u32::try_from(ledger.count_reconciled().await?).unwrap_or(0);
    // The last known one is read again: if it is not there, or not the booked one, this is another list, and nothing of it
    // is known.
    let mut offset = known.saturating_sub(1);
    let mut page = read_page(till, offset).await?;
    if known > 0 && !is_same_list(ledger, &page).await? {
        warn!(known, "Telegram's list of transactions is not the one that was read; it is read from its beginning");
        offset = 0;
        page = read_page(till, offset).await?;
    }
    let mut found = Found::default();
    let mut is_complete = true;
    // Telegram's own numbers are positive.
    let mut numbers = 1_i64..;
    while page.count > 0 {
        let Missing { payments, refunds } = find_missing(ledger, &page.transactions).await?;
        for (number, transaction) in numbers.by_ref().zip(payments.iter().chain(&refunds)) {
            handle.hand_in(&as_update(-number, transaction).to_string());
        }
        found.payments += payments.len();
        found.refunds += refunds.len();
        offset = offset.saturating_add(page.count);
        // What was handed in is not booked yet: the next comparison sees whether it was.
        is_complete &= payments.is_empty() && refunds.is_empty();
        if is_complete {
            ledger.mark_reconciled(u64::from(offset), clock.now()).await?;
        }
        sleep(PAGE_PAUSE).await;
        page = read_page(till, offset).await?;
    }
    Ok(found)
}

/// Reports whether a page begins with a transaction that is booked, as all of the list are that were read before. One of
/// another kind cannot be told from another.
async fn is_same_list(ledger: &dyn Ledger, page: &TransactionPage) -> Result<bool, StoreError> {
    let Some(first) = &page.first else { return Ok(page.count > 0) };
    Ok(find_missing(ledger, std::slice::from_ref(first)).await?.is_empty())
}

async fn read_page(till: &dyn Till, offset: u32) -> Result<TransactionPage, TillError> {
    loop {
        match till.list_transactions(offset).await {
            Err(TillError::Unavailable { retry_after: Some(wait), .. }) => {
                info!(offset, tg.retry_after_ms = wait.as_millis(), "Telegram's list of transactions is read on later");
                sleep(wait).await;
            }
            done => return done,
        }
    }
}

async fn find_missing(ledger: &dyn Ledger, transactions: &[StarTransaction]) -> Result<Missing, StoreError> {
    let charges: Vec<ChargeId> = transactions.iter().map(|transaction| transaction.charge.clone()).collect();
    let known = ledger.list_known(&charges).await?;
    Ok(reconcile(transactions, &known))
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
