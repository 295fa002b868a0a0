//! What an invoice says about itself: plan, price, payer, receiver, sealed so that only we can write it and read it.
//! It comes back with the pre-checkout and with the payment, and is believed only if the seal holds. Telegram may show it
//! to the payer, who must not see by it that two receivers of gifts are one.

use hmac::Mac as _;
use luvhive_core::engine::checkout::Invoice;
use luvhive_core::id::PersonId;
use luvhive_core::premium::{Plan, Price, Stars};
use luvhive_core::time::Timestamp;

use crate::key::{BotKey, keyed};

/// The most bytes a payload may have (Bot API 10.3, `sendInvoice.payload`).
pub const MAX_PAYLOAD_BYTES: usize = 128;

/// The form written today: sealed, with the price. In front of the digits.
const SEALED: &str = "2:";
/// The form of before: readable, signed, without a price. Subscriptions that began with it renew with it.
const SIGNED: &str = "1";

/// What the key of seals is derived for.
const SEAL: &[u8] = b"luvhive invoice seal 2";
/// How many bytes of a seal's mark are kept.
const MARK: usize = 16;
/// How many bytes an invoice takes: plan, stars, days, payer, receiver, nonce, expiry.
const BODY: usize = 1 + 4 + 2 + 8 + 8 + 8 + 8;

impl BotKey {
    /// Returns what seals this bot's invoices.
    pub fn invoices(&self) -> Invoices<'_> {
        Invoices(self)
    }
}

/// Seals the invoices of one bot, and opens them again.
#[derive(Clone, Copy, Debug)]
pub struct Invoices<'a>(&'a BotKey);

impl Invoices<'_> {
    /// Writes an invoice as a payload: ASCII, at most [`MAX_PAYLOAD_BYTES`], the same each time; nobody without the key can
    /// read it, or tell whether two are for the same person.
    ///
    /// The mark is a keyed hash of the invoice, and the invoice is hidden by a stream drawn from key and mark: SIV, as in
    /// RFC 5297, with HMAC-SHA-256 in both places.
    pub fn seal(self, invoice: &Invoice) -> String {
        let body = write(invoice);
        let mark = self.mark(&body);
        let hidden = self.hide(&mark, body);
        mark.iter().chain(&hidden).fold(SEALED.to_owned(), |text, byte| format!("{text}{byte:02x}"))
    }

    /// Reads a payload that this bot made, of today's form or of the one before; `None` for anything else.
    pub fn open(self, payload: &str) -> Option<Invoice> {
        let Some(digits) = payload.strip_prefix(SEALED) else { return self.open_signed(payload) };
        let bytes = from_hex(digits)?;
        let (mark, hidden) = bytes.split_first_chunk::<MARK>()?;
        let body = self.hide(mark, hidden.try_into().ok()?);
        let mut mac = keyed(&self.seal_key());
        mac.update(&body);
        mac.verify_truncated_left(mark).ok()?;
        let invoice = parse(&body)?;
        // One invoice is one text: no other case of the digits, no longer form.
        (self.seal(&invoice) == payload).then_some(invoice)
    }

    fn open_signed(self, payload: &str) -> Option<Invoice> {
        let (body, tag) = payload.rsplit_once(':')?;
        let bytes = from_hex(tag).filter(|bytes| bytes.len() == MARK)?;
        let mut mac = self.0.mac();
        mac.update(body.as_bytes());
        mac.verify_truncated_left(&bytes).ok()?;
        read_signed(payload).filter(|_| payload == payload.to_ascii_lowercase())
    }

    fn seal_key(self) -> [u8; 32] {
        let mut mac = self.0.mac();
        mac.update(SEAL);
        mac.finalize().into_bytes().into()
    }

    fn mark(self, body: &[u8; BODY]) -> [u8; MARK] {
        let mut mac = keyed(&self.seal_key());
        mac.update(body);
        mac.finalize().into_bytes().first_chunk().copied().unwrap_or_default()
    }

    /// Hides an invoice, or shows a hidden one.
    fn hide(self, mark: &[u8; MARK], body: [u8; BODY]) -> [u8; BODY] {
        // A key of its own: what draws the stream never marks.
        let mut mac = keyed(&self.seal_key());
        mac.update(b"stream");
        let key = mac.finalize().into_bytes();
        let stream = (0_u8..).flat_map(|block| {
            let mut mac = keyed(&key);
            mac.update(mark);
            mac.update(&[block]);
            <[u8; 32]>::from(mac.finalize().into_bytes())
        });
        let mut hidden = body;
        hidden.iter_mut().zip(stream).for_each(|(byte, drawn)| *byte ^= drawn);
        hidden
    }
}

/// The number of a plan in a sealed payload. Numbers stay as they are: subscriptions renew with them.
const fn number(plan: Plan) -> u8 {
    match plan {
        Plan::Week => 1,
        Plan::Month => 2,
        Plan::HalfYear => 3,
        Plan::Year => 4,
        Plan::Monthly => 5,
        Plan::GiftWeek => 6,
        Plan::GiftMonth => 7,
        Plan::RatingReset => 8,
    }
}

fn write(invoice: &Invoice) -> [u8; BODY] {
    let Invoice { plan, price, payer, receiver, nonce, expires_at } = invoice;
    let fields = [
        &[number(*plan)][..],
        &price.stars.get().to_be_bytes(),
        &price.days.to_be_bytes(),
        &payer.get().to_be_bytes(),
        &receiver.get().to_be_bytes(),
        &nonce.to_be_bytes(),
        &(expires_at.as_micros() / 1_000_000).to_be_bytes(),
    ];
    let mut body = [0; BODY];
    body.iter_mut().zip(fields.concat()).for_each(|(byte, field)| *byte = field);
    body
}

fn parse(body: &[u8; BODY]) -> Option<Invoice> {
    let (&[plan], rest) = body.split_first_chunk()?;
    let (stars, rest) = rest.split_first_chunk()?;
    let (days, rest) = rest.split_first_chunk()?;
    let (payer, rest) = rest.split_first_chunk()?;
    let (receiver, rest) = rest.split_first_chunk()?;
    let (nonce, rest) = rest.split_first_chunk()?;
    let (expires_s, _) = rest.split_first_chunk()?;
    Some(Invoice {
        plan: Plan::ALL.iter().copied().find(|known| number(*known) == plan)?,
        price: Price { stars: Stars::new(u32::from_be_bytes(*stars)), days: u16::from_be_bytes(*days) },
        payer: PersonId::new(i64::from_be_bytes(*payer)),
        receiver: PersonId::new(i64::from_be_bytes(*receiver)),
        nonce: u64::from_be_bytes(*nonce),
        expires_at: Timestamp::from_micros(i64::from_be_bytes(*expires_s).checked_mul(1_000_000)?),
    })
}

/// Reads pairs of hexadecimal digits of either case; `None` for anything else, or for more than a payload can hold. That
/// capitals are none of ours is seen by comparing the whole payload with the one that we would have written.
fn from_hex(digits: &str) -> Option<Vec<u8>> {
    if digits.len() > MAX_PAYLOAD_BYTES {
        return None;
    }
    let (pairs, []) = digits.as_bytes().as_chunks::<2>() else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    pairs.iter().map(|&[high, low]| Some(digit(high)? << 4 | digit(low)?)).collect()
}

/// Reads what a payload of the form before says without asking who wrote it; the price is today's, since it holds none.
/// Only for payments that Telegram itself repeats, such as the renewal of a subscription after the bot's token was changed.
pub(crate) fn read_signed(payload: &str) -> Option<Invoice> {
    if payload.len() > MAX_PAYLOAD_BYTES {
        return None;
    }
    let fields: Vec<&str> = payload.split(':').collect();
    let [SIGNED, plan, payer, receiver, nonce, expires_s, _tag] = fields.as_slice() else { return None };
    let expires_s: i64 = expires_s.parse().ok()?;
    let plan = Plan::from_code(plan)?;
    Some(Invoice {
        plan,
        price: plan.price(),
        payer: PersonId::new(payer.parse().ok()?),
        receiver: PersonId::new(receiver.parse().ok()?),
        nonce: u64::from_str_radix(nonce, 16).ok()?,
        expires_at: Timestamp::from_micros(expires_s.checked_mul(1_000_000)?),
    })
}

#[cfg(test)]
mod tests;
