//! What an invoice says about itself: plan, payer, receiver, signed so that only we can have written it.
//! It comes back with the pre-checkout and with the payment, and is believed only if the signature holds.

use hmac::Mac as _;
use luvhive_core::engine::checkout::Invoice;
use luvhive_core::id::PersonId;
use luvhive_core::premium::Plan;
use luvhive_core::time::Timestamp;

use crate::key::BotKey;

/// The most bytes a payload may have (Bot API 10.3, `sendInvoice.payload`).
pub const MAX_PAYLOAD_BYTES: usize = 128;

/// The form written today.
const VERSION: &str = "1";
impl BotKey {
    /// Returns what signs this bot's invoices.
    pub fn invoices(&self) -> Invoices<'_> {
        Invoices(self)
    }
}

/// Signs the invoices of one bot, and knows them again.
#[derive(Clone, Copy, Debug)]
pub struct Invoices<'a>(&'a BotKey);

impl Invoices<'_> {
    /// Writes an invoice as a payload: ASCII, at most [`MAX_PAYLOAD_BYTES`].
    pub fn sign(self, invoice: &Invoice) -> String {
        let Invoice { plan, payer, receiver, nonce, expires_at } = invoice;
        let expires_s = expires_at.as_micros() / 1_000_000;
        let body = format!("{VERSION}:{plan}:{payer}:{receiver}:{nonce:016x}:{expires_s}");
        let mut mac = self.0.mac();
        mac.update(body.as_bytes());
        let tag = mac.finalize().into_bytes();
        let tag = tag.first_chunk().map_or(0, |bytes| u128::from_be_bytes(*bytes));
        format!("{body}:{tag:032x}")
    }

    /// Reads a payload that this bot signed; `None` for anything else.
    pub fn open(self, payload: &str) -> Option<Invoice> {
        let (body, tag) = payload.rsplit_once(':')?;
        let tag = u128::from_str_radix(tag, 16).ok()?.to_be_bytes();
        let mut mac = self.0.mac();
        mac.update(body.as_bytes());
        mac.verify_truncated_left(&tag).ok()?;
        let invoice = read(payload)?;
        (self.sign(&invoice) == payload).then_some(invoice)
    }
}

/// Reads what a payload says without asking who wrote it. Only for payments that Telegram itself repeats, such as the
/// renewal of a subscription after the bot's token was changed.
pub(crate) fn read(payload: &str) -> Option<Invoice> {
    if payload.len() > MAX_PAYLOAD_BYTES {
        return None;
    }
    let fields: Vec<&str> = payload.split(':').collect();
    let [VERSION, plan, payer, receiver, nonce, expires_s, _tag] = fields.as_slice() else { return None };
    let expires_s: i64 = expires_s.parse().ok()?;
    Some(Invoice {
        plan: Plan::from_code(plan)?,
        payer: PersonId::new(payer.parse().ok()?),
        receiver: PersonId::new(receiver.parse().ok()?),
        nonce: u64::from_str_radix(nonce, 16).ok()?,
        expires_at: Timestamp::from_micros(expires_s.checked_mul(1_000_000)?),
    })
}

#[cfg(test)]
mod tests;
