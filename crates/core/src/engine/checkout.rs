//! Whether a payment may go ahead: decided from memory alone, in the moment before Telegram takes the money.
//! Nothing changes here; a purchase becomes true by the payment itself.

use super::state::State;
use crate::id::{PersonId, TelegramId};
use crate::person::UiLanguage;
use crate::premium::{Plan, Price};
use crate::time::Timestamp;

/// The code of Telegram Stars (Bot API 10.3, `PreCheckoutQuery.currency`).
pub const STARS: &str = "XTR";

/// What an invoice is for. Only we can write one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invoice {
    /// What is bought.
    pub plan: Plan,
    /// For what and how much of it, when it was offered.
    pub price: Price,
    /// Who pays.
    pub payer: PersonId,
    /// Who gets it: the payer, or whom they make a gift.
    pub receiver: PersonId,
    /// Tells two invoices of the same kind apart.
    pub nonce: u64,
    /// When it is too old to be paid.
    pub expires_at: Timestamp,
}

/// Somebody is about to pay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkout {
    /// Whose account pays.
    pub from: TelegramId,
    /// The language tag Telegram gave for them.
    pub language: Option<Box<str>>,
    /// The currency's code.
    pub currency: Box<str>,
    /// The price, in the currency's smallest units.
    pub amount: i64,
    /// What for; `None` = we did not sign it.
    pub invoice: Option<Invoice>,
}

/// Why a payment may not go ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckoutRefusal {
    /// It is not an invoice of ours, or says something else than Telegram.
    Forged,
    /// The invoice is too old, or the price has changed since.
    Expired,
    /// The payer is not registered, or is not the person the invoice was made for.
    NotYours,
    /// A sanction against the payer is open.
    Suspended,
    /// Whom the gift is for is gone, or must not use it.
    ReceiverGone,
    /// A subscription of theirs is running, and a second one would be charged beside it.
    AlreadySubscribed,
    /// The database cannot be reached, so nobody could be given what they pay for.
    TryLater,
}

/// The answer, and the language in which it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckoutVerdict {
    /// The payer's language.
    pub language: UiLanguage,
    /// Why not, unless it may go ahead.
    pub refusal: Option<CheckoutRefusal>,
}

/// Decides whether a payment may go ahead. Constant time; reads the state and changes nothing.
pub fn check(state: &State, checkout: &Checkout, now: Timestamp) -> CheckoutVerdict {
    let guessed = checkout.language.as_deref().map_or(UiLanguage::English, UiLanguage::from_tag);
    let language = state.facts(checkout.from).map_or(guessed, |facts| facts.language);
    CheckoutVerdict { language, refusal: rule(state, checkout, now).err() }
}

fn rule(state: &State, checkout: &Checkout, now: Timestamp) -> Result<(), CheckoutRefusal> {
    let invoice = checkout.invoice.as_ref().ok_or(CheckoutRefusal::Forged)?;
    if &*checkout.currency != STARS || checkout.amount != i64::from(invoice.price.stars.get()) {
        return Err(CheckoutRefusal::Forged);
    }
    let payer = state.facts(checkout.from).filter(|facts| facts.person == invoice.payer).ok_or(CheckoutRefusal::NotYours)?;
    if payer.is_suspended(now) {
        return Err(CheckoutRefusal::Suspended);
    }
    // What is sold from now on is sold by today's list; what was sold before stays as it was.
    // Nobody buys anything who is about to be erased.
    if payer.leaves_at.is_some() || invoice.expires_at <= now || invoice.price != invoice.plan.price() {
        return Err(CheckoutRefusal::Expired);
    }
    if invoice.plan == Plan::Monthly && payer.renews_at.is_some_and(|at| at > now) {
        return Err(CheckoutRefusal::AlreadySubscribed);
    }
    let receiver = state.facts_of(invoice.receiver).ok_or(CheckoutRefusal::ReceiverGone)?;
    if receiver.is_barred(now) { Err(CheckoutRefusal::ReceiverGone) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
