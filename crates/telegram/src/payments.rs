//! Payments: what an invoice carries, and Telegram's till.
//! What a payment brings about is a dialog's business, and becomes true like everything else a lane does.

mod payload;
mod till;

pub(crate) use payload::read;
pub use payload::{Invoices, MAX_PAYLOAD_BYTES};
pub use till::{Offer, Renewal, Till, TillError, TransactionPage};

/// The field that tells a payment found in Telegram's list from one that Telegram told of; Telegram has none of this name.
pub(crate) const FOUND: &str = "luvhive_found";
