//! Telegram's till: it remembers what it was asked for, and refuses or fails when told to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use luvhive_core::id::TelegramId;
use luvhive_core::premium::ChargeId;
use luvhive_core::premium::reconcile::StarTransaction;

use crate::payments::{Offer, Renewal, Till, TillError, TransactionPage};

/// A till that does what it is asked unless told otherwise.
#[derive(Default)]
pub(crate) struct FakeTill {
    /// Calls, in their order.
    pub(crate) asked: Mutex<Vec<String>>,
    /// Charges that Telegram will not give back, or has never heard of.
    pub(crate) refuses: Mutex<BTreeSet<String>>,
    /// Whether Telegram cannot be reached.
    pub(crate) is_away: AtomicBool,
    /// What its list of transactions holds.
    pub(crate) transactions: Vec<StarTransaction>,
    /// From which places that list was read, whether it was given or not.
    pub(crate) offsets: Mutex<Vec<u32>>,
    /// How long it wants to be left alone, by the place where the list is read; once each.
    pub(crate) waits: Mutex<BTreeMap<u32, Duration>>,
}

impl FakeTill {
    fn ask(&self, what: String, charge: &str) -> Result<(), TillError> {
        if self.is_away.load(Ordering::SeqCst) {
            return Err(TillError::Unavailable { retry_after: None, source: "away".into() });
        }
        self.asked.lock().unwrap().push(what);
        if self.refuses.lock().unwrap().contains(charge) {
            return Err(TillError::Refused { code: 400, description: "CHARGE_ID_INVALID".to_owned() });
        }
        Ok(())
    }
}

#[async_trait::async_trait]
impl Till for FakeTill {
    async fn refund(&self, payer: TelegramId, charge: &ChargeId) -> Result<(), TillError> {
        self.ask(format!("refund {charge} to {payer}"), charge.as_str())
    }

    async fn edit_subscription(&self, _: TelegramId, charge: &ChargeId, renewal: Renewal) -> Result<(), TillError> {
        self.ask(format!("subscription {charge} canceled {}", renewal == Renewal::Off), charge.as_str())
    }

    async fn create_link(&self, offer: &Offer) -> Result<String, TillError> {
        self.ask(offer.payload.clone(), "link")?;
        Ok("https://t.me/$abc".to_owned())
    }

    async fn list_transactions(&self, offset: u32) -> Result<TransactionPage, TillError> {
        self.offsets.lock().unwrap().push(offset);
        if let Some(wait) = self.waits.lock().unwrap().remove(&offset) {
            return Err(TillError::Unavailable { retry_after: Some(wait), source: "later".into() });
        }
        let transactions: Vec<_> = self.transactions.iter().skip(usize::try_from(offset).unwrap()).take(100).cloned().collect();
        let first = transactions.first().cloned();
        Ok(TransactionPage { count: u32::try_from(transactions.len()).unwrap(), first, transactions })
    }
}
