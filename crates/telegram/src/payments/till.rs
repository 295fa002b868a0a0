//! Telegram's till: the few calls that a dialog makes directly, because it has to know how they end.
//! Each can be made again without harm, so that a lane that starts anew after a crash does no damage.

use std::time::Duration;

use luvhive_core::error::Cause;
use luvhive_core::id::TelegramId;
use luvhive_core::ports::StoreError;
use luvhive_core::premium::reconcile::StarTransaction;
use luvhive_core::premium::{ChargeId, Plan};

/// What is shown of something to buy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// What is bought.
    pub plan: Plan,
    /// Its name, at most 32 characters.
    pub title: String,
    /// What it is, at most 255 characters.
    pub description: String,
    /// The signed payload.
    pub payload: String,
}

/// A page of Telegram's own list of transactions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TransactionPage {
    /// How many there were on it, those of other kinds included.
    pub count: u32,
    /// The first one; `None` = there is none, or it is of another kind.
    pub first: Option<StarTransaction>,
    /// Payments by people, and what they were given back.
    pub transactions: Vec<StarTransaction>,
}

/// Whether a subscription goes on when the time that is paid is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// It is renewed.
    On,
    /// It ends.
    Off,
}

/// Why Telegram did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum TillError {
    /// Never will.
    #[error("Telegram refuses with code {code}: {description}")]
    Refused {
        /// The code.
        code: u16,
        /// Telegram's explanation.
        description: String,
    },
    /// Not now; asking again is right.
    #[error("Telegram's till cannot be reached")]
    Unavailable {
        /// How long Telegram wants to be left alone, if it said so.
        retry_after: Option<Duration>,
        /// What happened.
        #[source]
        source: Cause,
    },
}

impl TillError {
    /// Turns a passing failure into one that has the lane try again; the refusal is left for the caller.
    pub(crate) fn into_retry(self) -> Result<Self, StoreError> {
        match self {
            Self::Unavailable { source, .. } => Err(StoreError::Unavailable(source)),
            refused @ Self::Refused { .. } => Ok(refused),
        }
    }
}

/// Telegram's till.
#[async_trait::async_trait]
pub trait Till: Send + Sync {
    /// Has a payment given back. Idempotent: one that was given back before counts as done.
    ///
    /// # Errors
    /// See [`TillError`].
    async fn refund(&self, payer: TelegramId, charge: &ChargeId) -> Result<(), TillError>;

    /// Ends a subscription after the time that is paid, or lets it be renewed again. Idempotent.
    ///
    /// # Errors
    /// See [`TillError`].
    async fn edit_subscription(&self, payer: TelegramId, charge: &ChargeId, renewal: Renewal) -> Result<(), TillError>;

    /// Makes a link that leads to an offer.
    ///
    /// # Errors
    /// See [`TillError`].
    async fn create_link(&self, offer: &Offer) -> Result<String, TillError>;

    /// Reads a page of at most 100 transactions, oldest first, from the `offset`-th on.
    ///
    /// # Errors
    /// See [`TillError`].
    async fn list_transactions(&self, offset: u32) -> Result<TransactionPage, TillError>;
}
