//! What happened to Stars afterwards: refunds, the transaction history, the bot's balance, and
//! subscriptions the bot ends or frees again.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::people::purse::give_back;
use crate::people::subscription::settle;
use crate::refusal::{ApiError, Outcome, done, to_result};
use crate::shared::Shared;
use crate::strict::params::Params;
use crate::world::World;
use crate::world::record::Record;
use crate::world::stars::{Payment, Subscription};

/// `refundStarPayment`: once per charge, to the person who paid it.
pub(crate) fn refund(shared: &Arc<Shared>, params: &Params) -> Outcome {
    shared.with(|world| {
        let (person, charge) = payer(world, params)?;
        let payment =
            world.stars.payments.get(charge).filter(|payment| payment.person == person).ok_or_else(unknown_charge)?.clone();
        if payment.refund.is_some() {
            return Err(ApiError::bad_request("CHARGE_ALREADY_REFUNDED"));
        }
        give_back(shared, world, payment);
        done()
    })
}

/// `editUserStarSubscription`: the subscription is named by its first charge, and is unknown once it has ended or that
/// charge was given back.
///
/// Ending it keeps what was paid for. Taking that back renews nothing directly: it lets the
/// person renew again.
pub(crate) fn edit_subscription(shared: &Arc<Shared>, params: &Params) -> Outcome {
    let is_canceled = params
        .value("is_canceled")
        .and_then(Value::as_bool)
        .ok_or_else(|| ApiError::bad_request("parameter \"is_canceled\" is required"))?;
    shared.with(|world| {
        let (person, charge) = payer(world, params)?;
        settle(shared, world);
        let is_returned = world.stars.payments.get(charge).is_some_and(|payment| payment.refund.is_some());
        let known = world.stars.subscriptions.get(charge).filter(|known| known.person == person && !known.has_ended);
        let known = known.filter(|_| !is_returned).ok_or_else(unknown_charge)?;
        let changed = Subscription { is_canceled: known.is_canceled || is_canceled, is_barred: is_canceled, ..known.clone() };
        world.commit(Record::Subscription(changed));
        done()
    })
}

/// Who is meant, and by which charge.
fn payer<'a>(world: &World, params: &'a Params) -> Result<(i64, &'a str), ApiError> {
    let person = params.int("user_id").filter(|id| *id > 0);
    let person = person.ok_or_else(|| ApiError::bad_request("invalid user_id specified"))?;
    if !world.chats.contains_key(&person) {
        return Err(ApiError::bad_request("user not found"));
    }
    match params.text("telegram_payment_charge_id") {
        Some(charge) if !charge.is_empty() => Ok((person, charge)),
        _ => Err(ApiError::bad_request("CHARGE_ID_EMPTY")),
    }
}

fn unknown_charge() -> ApiError {
    ApiError::bad_request("CHARGE_ID_INVALID")
}

/// `getStarTransactions`: oldest first.
pub(crate) fn transactions(shared: &Shared, params: &Params) -> Outcome {
    let whole = |name: &str, usual: i64| usize::try_from(params.int(name).unwrap_or(usual)).ok();
    let skip = whole("offset", 0).ok_or_else(|| ApiError::bad_request("parameter \"offset\" must be non-negative"))?;
    let limit = whole("limit", 100)
        .filter(|limit| (1..=100).contains(limit))
        .ok_or_else(|| ApiError::bad_request("parameter \"limit\" must be between 1 and 100"))?;
    shared.with(|world| {
        let list: Vec<Value> = list_transactions(world).skip(skip).take(limit).collect();
        to_result(&json!({"transactions": list}))
    })
}

/// All transactions as Bot API objects, oldest first.
pub(crate) fn list_transactions(world: &World) -> impl Iterator<Item = Value> {
    world.stars.transactions().map(|(payment, is_back)| transaction(world, payment, is_back))
}

/// A refund carries the id of what it gives back, with a receiver in place of the source.
fn transaction(world: &World, payment: &Payment, is_back: bool) -> Value {
    let user = world.chats.get(&payment.person).map(|chat| chat.person.as_user());
    let mut partner = json!({
        "type": "user", "transaction_type": "invoice_payment", "user": user, "invoice_payload": payment.payload,
    });
    if let (Some(period), Some(map)) = (payment.period_s, partner.as_object_mut()) {
        map.insert("subscription_period".to_owned(), period.into());
    }
    let at_ms = payment.refund.filter(|_| is_back).map_or(payment.at_ms, |refund| refund.at_ms);
    let side = if is_back { "receiver" } else { "source" };
    json!({"id": payment.charge, "amount": payment.amount, "date": at_ms / 1000, side: partner})
}

/// `getMyStarBalance`
pub(crate) fn balance(shared: &Shared) -> Outcome {
    shared.with(|world| to_result(&json!({"amount": world.stars.balance()})))
}
