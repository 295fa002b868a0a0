//! Invoices as Telegram shows them: one price in Stars, a name, a sentence.

use luvhive_core::engine::checkout::STARS;
use luvhive_core::engine::effect::Rendered;
use luvhive_core::id::TelegramId;
use luvhive_core::premium::Plan;
use serde::Serialize;

use crate::locale::Words;
use crate::payments::Offer;
use crate::rendered::render;

#[derive(Serialize)]
struct Price<'a> {
    label: &'a str,
    amount: u32,
}

/// What both kinds of invoice say.
#[derive(Serialize)]
pub(crate) struct InvoiceParams<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    chat_id: Option<i64>,
    title: &'a str,
    description: &'a str,
    payload: &'a str,
    currency: &'static str,
    prices: [Price<'a>; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    subscription_period: Option<u64>,
}

/// Describes something to buy.
pub(crate) fn offer(words: Words, plan: Plan, payload: String) -> Offer {
    let price = [("days", plan.days().into()), ("stars", plan.stars().get().into())];
    Offer {
        plan,
        title: words.with(&format!("plan-{plan}"), &price),
        description: words.with(&format!("invoice-{plan}"), &price),
        payload,
    }
}

/// Renders an offer as an invoice in somebody's chat.
pub(crate) fn send(to: TelegramId, offer: &Offer) -> Rendered {
    render("sendInvoice", &InvoiceParams { chat_id: Some(to.get()), ..params(offer) })
}

/// The parameters of a link that leads to an offer.
pub(crate) fn link_params(offer: &Offer) -> InvoiceParams<'_> {
    InvoiceParams { subscription_period: offer.plan.renews_every().map(|period| period.as_secs()), ..params(offer) }
}

fn params(offer: &Offer) -> InvoiceParams<'_> {
    InvoiceParams {
        chat_id: None,
        title: &offer.title,
        description: &offer.description,
        payload: &offer.payload,
        currency: STARS,
        prices: [Price { label: &offer.title, amount: offer.plan.stars().get() }],
        subscription_period: None,
    }
}
