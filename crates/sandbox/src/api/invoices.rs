//! Invoices in Stars: sent to a chat or put behind a link, and the answer to the person who is about to pay.
//! Other currencies need a payment provider, and the sandbox has none.

use std::sync::Arc;

use serde_json::{Value, json};

use super::send::{self, Options, deliver};
use crate::people::purse::answer_checkout;
use crate::refusal::{ApiError, Outcome, done, to_result};
use crate::shared::Shared;
use crate::strict::markup::{Allowed, pay_keyboard};
use crate::strict::params::Params;
use crate::world::message::{Content, Kind};
use crate::world::record::Record;
use crate::world::stars::Invoice;
use crate::world::{World, letters};

/// Longest title and description, in characters (Bot API, `sendInvoice`).
const TITLE_MAX: usize = 32;
const DESCRIPTION_MAX: usize = 255;
/// Longest payload, in bytes (Bot API, `sendInvoice`).
const PAYLOAD_MAX: usize = 128;
/// Longest start parameter (Bot API, deep links).
const START_MAX: usize = 64;
/// The most one invoice may ask for; Telegram's own limit is not published.
const AMOUNT_MAX: u32 = 100_000;
/// The most a subscription may cost (Bot API, `createInvoiceLink`).
const SUBSCRIPTION_MAX: u32 = 10_000;
/// The only period there is, 30 days (Bot API, `createInvoiceLink`).
const PERIOD_S: u32 = 2_592_000;
/// What Stars do not know; each of these set is a mistake, although Telegram passes over some.
const NOT_FOR_STARS: [&str; 7] = [
    "need_name",
    "need_phone_number",
    "need_email",
    "need_shipping_address",
    "send_phone_number_to_provider",
    "send_email_to_provider",
    "is_flexible",
];

/// `sendInvoice`
pub(crate) fn send_invoice(shared: &Shared, params: &Params) -> Outcome {
    let chat = params.chat("chat_id")?;
    let mut invoice = read(params)?;
    invoice.chat = Some(chat);
    let start = params.text("start_parameter").unwrap_or_default();
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if start.len() > START_MAX || !start.bytes().all(is_letter) {
        return Err(ApiError::bad_request("START_PARAM_INVALID"));
    }
    let mut options = Options::read_with(params, chat, Allowed::Invoice)?;
    options.markup.get_or_insert_with(|| Arc::new(pay_keyboard(invoice.amount)));
    let body = json!({"invoice": {
        "title": invoice.title, "description": invoice.description, "start_parameter": start,
        "currency": "XTR", "total_amount": invoice.amount,
    }});
    let content = Content::of_fields(Kind::Invoice, body);
    let now = shared.now_ms();
    shared.with(|world| {
        send::open_chat(world, chat)?;
        options.invoice = Some(number(world, &mut invoice));
        let id = deliver(world, now, Arc::new(content), options)?;
        world.commit(Record::Invoice(invoice));
        send::shown(world, chat, id)
    })
}

/// `createInvoiceLink`
pub(crate) fn create_link(shared: &Shared, params: &Params) -> Outcome {
    let mut invoice = read(params)?;
    if let Some(period) = params.int("subscription_period") {
        if period != i64::from(PERIOD_S) {
            return Err(ApiError::bad_request("SUBSCRIPTION_PERIOD_INVALID"));
        }
        if invoice.amount > SUBSCRIPTION_MAX {
            return Err(ApiError::bad_request("STARS_INVOICE_INVALID"));
        }
        invoice.period_s = Some(PERIOD_S);
    }
    shared.with(|world| {
        let slug = number(world, &mut invoice);
        world.commit(Record::Invoice(invoice));
        to_result(&format!("https://t.me/${slug}"))
    })
}

/// Gives an invoice its number and the name made of it, which is never given again.
fn number(world: &mut World, invoice: &mut Invoice) -> String {
    invoice.seq = world.next.stars;
    invoice.slug = format!("{}{}", letters(&mut world.rng, 12), invoice.seq);
    invoice.slug.clone()
}

/// Reads what both kinds of invoice have.
fn read(params: &Params) -> Result<Invoice, ApiError> {
    let title = between(params, "title", TITLE_MAX)?;
    let description = between(params, "description", DESCRIPTION_MAX)?;
    let payload = params.text("payload").unwrap_or_default();
    if payload.is_empty() || payload.len() > PAYLOAD_MAX {
        return Err(ApiError::bad_request("INVOICE_PAYLOAD_INVALID"));
    }
    if params.text("currency") != Some("XTR") {
        return Err(ApiError::bad_request("PAYMENT_PROVIDER_INVALID"));
    }
    let is_given = |name: &str| params.text(name).is_some_and(|text| !text.is_empty());
    let has_tips = params.int("max_tip_amount").is_some_and(|most| most != 0)
        || params.list("suggested_tip_amounts").is_some_and(|tips| !tips.is_empty());
    if is_given("provider_token") || is_given("provider_data") || has_tips || NOT_FOR_STARS.iter().any(|name| params.is_on(name))
    {
        return Err(ApiError::bad_request("STARS_INVOICE_INVALID"));
    }
    check_photo(params)?;
    Ok(Invoice {
        seq: 0,
        slug: String::new(),
        title,
        description,
        payload: payload.to_owned(),
        amount: price(params)?,
        period_s: None,
        chat: None,
    })
}

/// A text of 1 to `most` characters.
fn between(params: &Params, name: &str, most: usize) -> Result<String, ApiError> {
    let text = params.text(name).unwrap_or_default().trim();
    match text.chars().count() {
        0 => Err(ApiError::bad_request(format!("parameter \"{name}\" is required"))),
        length if length <= most => Ok(text.to_owned()),
        _ => Err(ApiError::bad_request(format!("parameter \"{name}\" is longer than {most} characters"))),
    }
}

/// The one price line.
fn price(params: &Params) -> Result<u32, ApiError> {
    let prices = params.list("prices").map(Vec::as_slice).unwrap_or_default();
    let [line] = prices else {
        return Err(ApiError::bad_request("STARS_INVOICE_INVALID"));
    };
    if line.get("label").and_then(Value::as_str).is_none_or(|label| label.trim().is_empty()) {
        return Err(ApiError::bad_request("can't parse labeled price: Field \"label\" must be non-empty"));
    }
    let amount = line.get("amount").and_then(Value::as_u64).and_then(|amount| u32::try_from(amount).ok());
    amount
        .filter(|amount| (1..=AMOUNT_MAX).contains(amount))
        .ok_or_else(|| ApiError::bad_request("CURRENCY_TOTAL_AMOUNT_INVALID"))
}

fn check_photo(params: &Params) -> Result<(), ApiError> {
    let url = params.text("photo_url").unwrap_or_default();
    if !url.is_empty() && !url.starts_with("https://") && !url.starts_with("http://") {
        return Err(ApiError::bad_request("WEBDOCUMENT_URL_INVALID"));
    }
    let sizes = ["photo_size", "photo_width", "photo_height"];
    if sizes.iter().any(|name| params.int(name).is_some_and(|size| size < 0)) {
        return Err(ApiError::bad_request("WEBDOCUMENT_INVALID"));
    }
    Ok(())
}

/// `answerPreCheckoutQuery`
pub(crate) fn answer(shared: &Arc<Shared>, params: &Params) -> Outcome {
    let id = params.text("pre_checkout_query_id").unwrap_or_default();
    let is_fine =
        params.value("ok").and_then(Value::as_bool).ok_or_else(|| ApiError::bad_request("parameter \"ok\" is required"))?;
    let message = params.text("error_message").unwrap_or_default();
    if !is_fine && message.is_empty() {
        return Err(ApiError::bad_request("parameter \"error_message\" is required"));
    }
    let verdict = if is_fine { Ok(()) } else { Err(message) };
    shared.with(|world| {
        if answer_checkout(shared, world, id, verdict) {
            return done();
        }
        Err(ApiError::bad_request("query is too old and response timeout expired or query ID is invalid"))
    })
}
