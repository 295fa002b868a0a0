//! The [`Till`] that speaks to the Bot API.

use std::sync::Arc;
use std::time::Duration;

use frankenstein::AsyncTelegramApi;
use frankenstein::methods::{EditUserStarSubscriptionParams, GetStarTransactionsParams, RefundStarPaymentParams};
use frankenstein::response::MethodResponse;
use luvhive_core::id::TelegramId;
use luvhive_core::premium::reconcile::{StarTransaction, Way};
use luvhive_core::premium::{ChargeId, Stars};
use luvhive_core::time::Timestamp;
use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::Value;
use tokio::time::Instant;
use tracing::warn;

use super::{BotApi, ClientError};
use crate::payments::{Offer, Renewal, Till, TillError, TransactionPage};
use crate::signal::LeaseTerm;
use crate::view::invoice;

/// The most transactions one call gives (Bot API 10.3, `getStarTransactions.limit`).
const PAGE: u32 = 100;

/// Asks Telegram's till, only while this process owns the shard.
#[derive(Debug)]
pub struct BotApiTill {
    api: Arc<BotApi>,
    term: Arc<LeaseTerm>,
    /// When it may be asked again, after Telegram asked to be left alone.
    opens: Mutex<Option<Instant>>,
}

/// The transactions are read one at a time: a kind that is new to frankenstein must not spoil the others of its page.
#[derive(Deserialize)]
struct Page {
    transactions: Vec<Value>,
}

/// A transaction as far as it is about a person who paid for an invoice. Telegram's list holds other kinds too.
#[derive(Deserialize)]
struct WireTransaction {
    id: String,
    amount: i64,
    date: i64,
    source: Option<WirePartner>,
    receiver: Option<WirePartner>,
}

#[derive(Deserialize)]
struct WirePartner {
    #[serde(rename = "type")]
    kind: String,
    user: Option<WireUser>,
    invoice_payload: Option<String>,
    subscription_period: Option<i64>,
}

#[derive(Deserialize)]
struct WireUser {
    id: i64,
}

#[async_trait::async_trait]
impl Till for BotApiTill {
    async fn refund(&self, payer: TelegramId, charge: &ChargeId) -> Result<(), TillError> {
        let params =
            RefundStarPaymentParams::builder().user_id(number(payer)?).telegram_payment_charge_id(charge.as_str()).build();
        match self.ask_till(self.api.refund_star_payment(&params)).await {
            Err(TillError::Refused { code: 400, description }) if description.contains("ALREADY_REFUNDED") => Ok(()),
            done => done,
        }
    }

    async fn edit_subscription(&self, payer: TelegramId, charge: &ChargeId, renewal: Renewal) -> Result<(), TillError> {
        let params = EditUserStarSubscriptionParams::builder()
            .user_id(number(payer)?)
            .telegram_payment_charge_id(charge.as_str())
            .is_canceled(renewal == Renewal::Off)
            .build();
        self.ask_till(self.api.edit_user_star_subscription(&params)).await
    }

    async fn create_link(&self, offer: &Offer) -> Result<String, TillError> {
        self.expect_leave()?;
        let reply = self.api.create_invoice_link(&invoice::link_params(offer)).await;
        Ok(reply.map_err(failed)?.result)
    }

    async fn list_transactions(&self, offset: u32) -> Result<TransactionPage, TillError> {
        self.expect_leave()?;
        let params = GetStarTransactionsParams::builder().offset(offset).limit(PAGE).build();
        let reply: MethodResponse<Page> = self.api.request("getStarTransactions", Some(params)).await.map_err(failed)?;
        let page: Vec<_> = reply.result.transactions.into_iter().map(read).collect();
        let count = u32::try_from(page.len()).unwrap_or(u32::MAX);
        let first = page.first().cloned().flatten();
        Ok(TransactionPage { count, first, transactions: page.into_iter().flatten().collect() })
    }
}

impl BotApiTill {
    /// Wraps a client; asks only while `term` runs.
    pub fn new(api: Arc<BotApi>, term: Arc<LeaseTerm>) -> Self {
        Self { api, term, opens: Mutex::default() }
    }

    /// A process that was frozen must not act beside the one that took over.
    fn expect_leave(&self) -> Result<(), TillError> {
        if self.term.is_running() {
            return Ok(());
        }
        Err(TillError::Unavailable { retry_after: None, source: Box::new(Guarded) })
    }

    /// Makes a call about one payment, unless Telegram wants to be left alone: then it is not asked before the time it named.
    async fn ask_till(
        &self,
        call: impl Future<Output = Result<MethodResponse<bool>, ClientError>> + Send,
    ) -> Result<(), TillError> {
        self.expect_leave()?;
        if let Some(rest) = self.rest() {
            return Err(TillError::Unavailable { retry_after: Some(rest), source: Box::new(Resting) });
        }
        let done = call.await.map(drop).map_err(failed);
        if let Err(TillError::Unavailable { retry_after: Some(rest), .. }) = &done {
            *self.opens.lock() = Instant::now().checked_add(*rest);
        }
        done
    }

    fn rest(&self) -> Option<Duration> {
        let opens = *self.opens.lock();
        opens.map(|opens| opens.saturating_duration_since(Instant::now())).filter(|rest| !rest.is_zero())
    }
}

/// Why a call was not made at all.
#[derive(Debug, thiserror::Error)]
#[error("this process does not own the shard")]
struct Guarded;

/// Why a call was not made at all.
#[derive(Debug, thiserror::Error)]
#[error("Telegram asked to be left alone for a while")]
struct Resting;

/// The payer's number as the parameters take it. Telegram has no person with a negative one, and refuses it so.
fn number(payer: TelegramId) -> Result<u64, TillError> {
    let refused = |_negative| TillError::Refused { code: 400, description: "Bad Request: USER_ID_INVALID".to_owned() };
    u64::try_from(payer.get()).map_err(refused)
}

/// Reads a transaction; `None` if it is not about a person and an invoice.
fn read(value: Value) -> Option<StarTransaction> {
    let wire: WireTransaction = serde_json::from_value(value).ok()?;
    let (partner, is_in) = match (wire.source, wire.receiver) {
        (Some(source), None) => (source, true),
        (None, Some(receiver)) => (receiver, false),
        _ => return None,
    };
    let payload = partner.invoice_payload.filter(|_| partner.kind == "user");
    let telegram = TelegramId::new(partner.user?.id);
    let way = match (is_in, payload) {
        (true, Some(payload)) => Way::In { payload, is_subscription: partner.subscription_period.is_some() },
        (false, Some(_)) => Way::Out,
        (_, None) => return None,
    };
    let Some(charge) = ChargeId::new(&wire.id) else {
        // Its time, in seconds since 1970, finds it in the list.
        let case = wire.date;
        warn!(case, "a payment in Telegram's list has an identifier that cannot be kept; an operator has to look there");
        return None;
    };
    Some(StarTransaction {
        charge,
        stars: Stars::new(u32::try_from(wire.amount).ok()?),
        at: Timestamp::from_millis(wire.date.saturating_mul(1_000)),
        telegram,
        way,
    })
}

fn failed(error: ClientError) -> TillError {
    match error {
        ClientError::Refused { code, description, .. } if code != 401 && code != 429 => TillError::Refused { code, description },
        error => TillError::Unavailable { retry_after: error.retry_after(), source: Box::new(error) },
    }
}
