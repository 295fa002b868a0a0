//! Telegram's till in tests: it remembers what it was asked for, and refuses or fails when told to.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use luvhive_core::id::TelegramId;
use luvhive_core::premium::ChargeId;

use crate::key::BotKey;
use crate::payments::{Offer, Renewal, Till, TillError, TransactionPage};

pub(super) fn key() -> BotKey {
    BotKey::derive("7:test")
}

#[derive(Default)]
pub(super) struct FakeTill {
    /// Calls, in their order.
    pub(super) asked: Mutex<Vec<String>>,
    /// Charges that Telegram will not give back, or has never heard of.
    pub(super) refuses: Mutex<BTreeSet<String>>,
    /// Whether Telegram cannot be reached.
    pub(super) is_away: AtomicBool,
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

    async fn list_transactions(&self, _: u32) -> Result<TransactionPage, TillError> {
        Ok(TransactionPage::default())
    }
}
