//! Payments: what an invoice carries, the desk that answers before the money is taken, and Telegram's till.
//! What a payment brings about is a dialog's business, and becomes true like everything else a lane does.

mod desk;
mod payload;
pub mod reconcile;
mod till;

use luvhive_core::id::TelegramId;

pub(crate) use desk::{Asks, CheckoutDoor, DeskParts, open};
pub use payload::{InvoiceKey, MAX_PAYLOAD_BYTES};
pub(crate) use payload::{keyed, read};
pub use till::{Offer, Till, TillError, TransactionPage};

/// Somebody is about to pay, as Telegram tells it; nothing of it is checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckoutQuery {
    /// The query to answer.
    pub id: Box<str>,
    /// Who is about to pay.
    pub from: TelegramId,
    /// The language tag Telegram gave for them.
    pub language: Option<Box<str>>,
    /// The currency's code.
    pub currency: Box<str>,
    /// The price, in the currency's smallest units.
    pub amount: i64,
    /// What the invoice says about itself.
    pub payload: Box<str>,
}
