//! What an invoice says about itself: plan, payer, receiver, signed so that only we can have written it.
//! It comes back with the pre-checkout and with the payment, and is believed only if the signature holds.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use luvhive_core::conduct::SubjectHash;
use luvhive_core::engine::checkout::Invoice;
use luvhive_core::id::{PersonId, TelegramId};
use luvhive_core::premium::Plan;
use luvhive_core::time::Timestamp;
use sha2::Sha256;

/// The most bytes a payload may have (Bot API 10.3, `sendInvoice.payload`).
pub const MAX_PAYLOAD_BYTES: usize = 128;

/// The form written today.
const VERSION: &str = "1";
/// What the key is derived for; another use of the token gives another key.
const PURPOSE: &[u8] = b"luvhive invoice payload 1";

/// What the key of [`InvoiceKey::subject`] is derived for.
const SUBJECTS: &[u8] = b"luvhive subject hash 1";

/// The key that signs invoices of one bot, and from which former people's hashes are derived where there is no other key.
#[derive(Clone)]
pub struct InvoiceKey([u8; 32]);

impl fmt::Debug for InvoiceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InvoiceKey(***)")
    }
}

impl InvoiceKey {
    /// Derives the key from the bot's token.
    pub fn derive(token: &str) -> Self {
        let mut mac = keyed(token.as_bytes());
        mac.update(PURPOSE);
        Self(mac.finalize().into_bytes().into())
    }

    /// Writes an invoice as a payload: ASCII, at most [`MAX_PAYLOAD_BYTES`].
    pub fn sign(&self, invoice: &Invoice) -> String {
        let Invoice { plan, payer, receiver, nonce, expires_at } = invoice;
        let expires_s = expires_at.as_micros() / 1_000_000;
        let body = format!("{VERSION}:{plan}:{payer}:{receiver}:{nonce:016x}:{expires_s}");
        let mut mac = keyed(&self.0);
        mac.update(body.as_bytes());
        let tag = mac.finalize().into_bytes();
        let tag = tag.first_chunk().map_or(0, |bytes| u128::from_be_bytes(*bytes));
        format!("{body}:{tag:032x}")
    }

    /// Reads a payload that this key signed; `None` for anything else.
    pub fn open(&self, payload: &str) -> Option<Invoice> {
        let (body, tag) = payload.rsplit_once(':')?;
        let tag = u128::from_str_radix(tag, 16).ok()?.to_be_bytes();
        let mut mac = keyed(&self.0);
        mac.update(body.as_bytes());
        mac.verify_truncated_left(&tag).ok()?;
        let invoice = read(payload)?;
        (self.sign(&invoice) == payload).then_some(invoice)
    }

    /// Draws a number from text, the same one each time; nobody without the key can tell it beforehand.
    pub fn nonce(&self, text: &str) -> u64 {
        let mut mac = keyed(&self.0);
        mac.update(b"nonce ");
        mac.update(text.as_bytes());
        let bytes = mac.finalize().into_bytes();
        bytes.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
    }
}

impl InvoiceKey {
    /// Hashes an account, the same each time; nobody without the key can tell whose the hash is. It changes with the token:
    /// [`crate::subject::SubjectKey`] has the hash that does not.
    pub(crate) fn subject(&self, account: TelegramId) -> SubjectHash {
        // A key of its own, so that no text that is signed elsewhere gives the same.
        let mut mac = keyed(&self.0);
        mac.update(SUBJECTS);
        let mut mac = keyed(&mac.finalize().into_bytes());
        mac.update(&account.get().to_be_bytes());
        SubjectHash::new(mac.finalize().into_bytes().into())
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

/// Makes the function that signs or hashes under a key of any length.
pub(crate) fn keyed(key: &[u8]) -> Hmac<Sha256> {
    match Hmac::new_from_slice(key) {
        Ok(mac) => mac,
        // A key of any length is taken; an empty one stands for the branch that cannot be.
        Err(_never) => Hmac::new(&hmac::digest::Key::<Hmac<Sha256>>::default()),
    }
}

#[cfg(test)]
mod tests;
