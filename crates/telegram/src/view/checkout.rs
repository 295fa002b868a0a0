//! What somebody reads whose payment is refused before it is made: one sentence, shown by Telegram itself.

use luvhive_core::engine::checkout::CheckoutRefusal;

use crate::locale::Words;

/// Says why, and that nothing was charged where that could be in doubt.
pub(crate) fn refusal(words: Words, refusal: CheckoutRefusal) -> String {
    words.text(match refusal {
        CheckoutRefusal::Forged => "checkout-forged",
        CheckoutRefusal::Expired => "checkout-expired",
        CheckoutRefusal::NotYours => "checkout-not-yours",
        CheckoutRefusal::Suspended => "checkout-suspended",
        CheckoutRefusal::ReceiverGone => "checkout-receiver-gone",
        CheckoutRefusal::AlreadySubscribed => "checkout-subscribed",
        CheckoutRefusal::TryLater => "checkout-try-later",
    })
}
