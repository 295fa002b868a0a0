//! Invoices as Telegram shows them: one price in Stars, a name, a sentence.

use frankenstein::methods::{CreateInvoiceLinkParams, SendInvoiceParams};
use frankenstein::payments::LabeledPrice;
use luvhive_core::engine::checkout::STARS;
use luvhive_core::engine::effect::Rendered;
use luvhive_core::id::TelegramId;
use luvhive_core::premium::Plan;

use crate::locale::Words;
use crate::payments::Offer;
use crate::rendered::render;

/// Describes something to buy.
pub(crate) fn offer(words: Words, plan: Plan, payload: String) -> Offer {
    let price = [("days", plan.days().into()), ("stars", plan.stars().get().into())];
    Offer {
        plan,
        title: words.with(&format!("plan-{plan}"), &price),
        description: format!("{} {}", words.with(&format!("invoice-{plan}"), &price), words.text("invoice-consent")),
        payload,
    }
}

/// Renders an offer as an invoice in somebody's chat.
pub(crate) fn send(to: TelegramId, offer: &Offer) -> Rendered {
    let params = SendInvoiceParams::builder()
        .chat_id(to.get())
        .title(&offer.title)
        .description(&offer.description)
        .payload(&offer.payload)
        .currency(STARS)
        .prices(prices(offer))
        .build();
    render("sendInvoice", &params)
}

/// The parameters of a link that leads to an offer.
pub(crate) fn link_params(offer: &Offer) -> CreateInvoiceLinkParams {
    let period = offer.plan.renews_every().and_then(|period| u32::try_from(period.as_secs()).ok());
    CreateInvoiceLinkParams::builder()
        .title(&offer.title)
        .description(&offer.description)
        .payload(&offer.payload)
        .currency(STARS)
        .prices(prices(offer))
        .maybe_subscription_period(period)
        .build()
}

/// Telegram wants exactly one price where people pay in Stars.
fn prices(offer: &Offer) -> Vec<LabeledPrice> {
    vec![LabeledPrice { label: offer.title.clone(), amount: offer.plan.stars().get() }]
}
