//! Payments: what an invoice carries, and Telegram's till.
//! A dialog decides what a payment leads to, and it is committed like everything else a lane does.

mod payload;
mod till;

pub(crate) use payload::read_signed;
pub use payload::{Invoices, MAX_PAYLOAD_BYTES};
pub use till::{Offer, Renewal, Till, TillError, TransactionPage};

/// The field that tells a payment found in Telegram's list from one that Telegram told of; Telegram has none of this name.
pub(crate) const FOUND: &str = "luvhive_found";
