//! What a person has paid, and what they pay again and again.

use serde::Serialize;

use crate::person::PersonId;
use crate::world::World;

/// A payment a person made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SeenPayment {
    /// The `telegram_payment_charge_id`.
    pub charge: String,
    /// What was bought.
    pub title: String,
    /// The payload of the bot's invoice.
    pub payload: String,
    /// The price in Stars.
    pub amount: u32,
    /// Seconds since 1970.
    pub date: i64,
    /// The subscription it belongs to, named by its first charge.
    pub subscription: Option<String>,
    /// Whether it was given back.
    pub is_refunded: bool,
}

/// A subscription of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SeenSubscription {
    /// The charge id of its first payment, by which the bot and the person name it.
    pub id: String,
    /// What was bought.
    pub title: String,
    /// The price of each period in Stars.
    pub amount: u32,
    /// Paid until then, in seconds since 1970.
    pub until: i64,
    /// Whether it will end instead of renewing, by the person's or the bot's wish.
    pub is_canceled: bool,
    /// Whether it lapsed.
    pub has_ended: bool,
}

/// What the person has paid, oldest first.
pub(crate) fn payments(world: &World, person: PersonId) -> Vec<SeenPayment> {
    let own = world.stars.transactions().filter(|(payment, is_back)| !is_back && payment.person == person.get());
    own.map(|(payment, _)| SeenPayment {
        charge: payment.charge.clone(),
        title: payment.title.clone(),
        payload: payment.payload.clone(),
        amount: payment.amount,
        date: payment.at_ms / 1000,
        subscription: payment.subscription.clone(),
        is_refunded: payment.refund.is_some(),
    })
    .collect()
}

/// The person's subscriptions, also those that lapsed.
pub(crate) fn subscriptions(world: &World, person: PersonId) -> Vec<SeenSubscription> {
    let own = world.stars.subscriptions.values().filter(|known| known.person == person.get());
    own.map(|known| SeenSubscription {
        id: known.id.clone(),
        title: known.title.clone(),
        amount: known.amount,
        until: known.until_ms / 1000,
        is_canceled: known.is_canceled,
        has_ended: known.has_ended,
    })
    .collect()
}
