//! A person's purse: paying an invoice, what comes of it, and Stars that come back.
//! A payment takes the Stars, notes the charge, says so in the chat and tells the bot, all at once.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};

use super::seen::SeenInvoice;
use super::subscription::settle;
use super::{Actor, acting, find};
use crate::error::SandboxError;
use crate::faults::PaymentFault;
use crate::person::{Person, PersonId};
use crate::shared::Shared;
use crate::world::message::{Content, Kind, Message};
use crate::world::queue::CALLBACK_KEPT_MS;
use crate::world::record::Record;
use crate::world::stars::{Checkout, CheckoutState, Invoice, Payment, Refund, Subscription};
use crate::world::{World, letters};

/// What a person pays.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub enum Payable {
    /// The invoice in the message with this id.
    #[serde(rename = "message_id")]
    Message(i64),
    /// The invoice behind this link, such as `https://t.me/$…`.
    #[serde(rename = "link")]
    Link(String),
}

impl From<i64> for Payable {
    fn from(message_id: i64) -> Self {
        Self::Message(message_id)
    }
}

impl From<&str> for Payable {
    fn from(link: &str) -> Self {
        Self::Link(link.to_owned())
    }
}

/// A charge about to be made.
pub(super) struct Charge {
    pub(super) person: i64,
    pub(super) title: String,
    pub(super) payload: String,
    pub(super) amount: u32,
    pub(super) at_ms: i64,
    /// Times the bot is told.
    pub(super) copies: u8,
    pub(super) cycle: Cycle,
}

/// How a charge stands to a subscription.
pub(super) enum Cycle {
    Once,
    First { slug: String, period_s: u32 },
    Renewal(Box<Subscription>),
}

/// The invoice a person may pay now.
fn find_invoice(world: &World, person: PersonId, what: &Payable) -> Result<Invoice, SandboxError> {
    let missing = || SandboxError::NoInvoice(format!("{what:?}"));
    let slug = match what {
        Payable::Message(id) => {
            let message = find(acting(world, person)?, *id)?;
            if message.rare(|more| more.receipt.as_ref()).is_some() {
                return Err(SandboxError::NotAllowed("paying an invoice that is paid"));
            }
            message.rare(|more| more.invoice.as_deref()).ok_or_else(missing)?
        }
        Payable::Link(link) => {
            acting(world, person)?;
            link.strip_prefix("https://t.me/$").ok_or_else(missing)?
        }
    };
    let invoice = world.stars.invoices.get(slug).ok_or_else(missing)?;
    let is_running = |known: &Subscription| known.slug == slug && known.person == person.get() && !known.has_ended;
    if world.stars.subscriptions.values().any(is_running) {
        return Err(SandboxError::NotAllowed("paying for a subscription twice"));
    }
    Ok(invoice.clone())
}

/// The invoice a person may pay now, as they see it.
pub(crate) fn look(world: &World, person: PersonId, what: &Payable) -> Result<SeenInvoice, SandboxError> {
    let invoice = find_invoice(world, person, what)?;
    Ok(SeenInvoice {
        title: invoice.title,
        description: invoice.description,
        amount: invoice.amount,
        period_s: invoice.period_s,
        is_paid: false,
        receipt: None,
    })
}

/// Gives a person Stars.
pub(crate) fn give(world: &mut World, person: PersonId, add: u32) -> Result<(), SandboxError> {
    let known = &world.chats.get(&person.get()).ok_or(SandboxError::UnknownPerson(person))?.person;
    let richer = Person { stars: known.stars.saturating_add(add), ..known.clone() };
    world.commit(Record::Person(richer));
    Ok(())
}

impl Actor<'_> {
    /// Confirms a payment: the bot is asked first. Returns the id of the checkout.
    pub(crate) fn check_out(&mut self, what: &Payable) -> Result<String, SandboxError> {
        let (shared, person) = (self.shared, self.person);
        let now = shared.now_ms();
        settle(shared, self.world);
        let invoice = find_invoice(self.world, person, what)?;
        let buyer = &self.chat()?.person;
        if buyer.stars < invoice.amount {
            return Err(SandboxError::NotAllowed("paying with too few Stars"));
        }
        let seq = self.world.next.stars;
        let id = format!("{}{seq:09}", 1 + (buyer.id % 900));
        let payload = json!({
            "id": id, "from": buyer.as_user(), "currency": "XTR",
            "total_amount": invoice.amount, "invoice_payload": invoice.payload,
        });
        let message = match what {
            Payable::Message(id) => Some(*id),
            Payable::Link(_) => None,
        };
        let checkout = Checkout {
            seq,
            id: id.clone(),
            person: person.get(),
            slug: invoice.slug,
            message,
            at_ms: now,
            state: CheckoutState::Asked,
        };
        self.world.commit(Record::Checkout(checkout.clone()));
        self.tell_json("pre_checkout_query", payload.to_string(), CALLBACK_KEPT_MS);
        if shared.faults.for_payment(person.get(), &[PaymentFault::Unanswered]).is_some() {
            take(shared, self.world, checkout, 1);
        }
        shared.due.notify_one();
        Ok(id)
    }
}

/// The bot's answer to a checkout; `false` when it comes too late or for none.
pub(crate) fn answer_checkout(shared: &Arc<Shared>, world: &mut World, id: &str, verdict: Result<(), &str>) -> bool {
    settle(shared, world);
    let Some(checkout) = world.stars.checkouts.get(id).filter(|known| known.state == CheckoutState::Asked).cloned() else {
        return false;
    };
    let end = |world: &mut World, state| world.commit(Record::Checkout(Checkout { state, ..checkout.clone() }));
    if let Err(message) = verdict {
        end(world, CheckoutState::Refused { message: message.to_owned() });
        return true;
    }
    let all = [PaymentFault::Twice, PaymentFault::Held, PaymentFault::Lost, PaymentFault::Abandoned];
    match shared.faults.for_payment(checkout.person, &all) {
        Some(PaymentFault::Held) => end(world, CheckoutState::Held),
        Some(PaymentFault::Abandoned) => end(world, CheckoutState::Abandoned),
        Some(PaymentFault::Twice) => take(shared, world, checkout, 2),
        Some(PaymentFault::Lost) => take(shared, world, checkout, 0),
        Some(PaymentFault::Unanswered) | None => take(shared, world, checkout, 1),
    }
    true
}

/// Lets the payments through that a fault held back; returns how many those were.
pub(crate) fn release_held(shared: &Arc<Shared>, world: &mut World) -> usize {
    let is_held = |known: &&Checkout| known.state == CheckoutState::Held;
    let mut held: Vec<Checkout> = world.stars.checkouts.values().filter(is_held).cloned().collect();
    held.sort_by_key(|checkout| checkout.seq);
    let count = held.len();
    for checkout in held {
        take(shared, world, checkout, 1);
    }
    count
}

/// Takes the Stars of a checkout and tells the bot `copies` times.
fn take(shared: &Arc<Shared>, world: &mut World, checkout: Checkout, copies: u8) {
    let Some(invoice) = world.stars.invoices.get(&checkout.slug).cloned() else {
        return;
    };
    let charge = Charge {
        person: checkout.person,
        title: invoice.title,
        payload: invoice.payload,
        amount: invoice.amount,
        at_ms: shared.now_ms(),
        copies,
        cycle: match invoice.period_s {
            Some(period_s) => Cycle::First { slug: invoice.slug, period_s },
            None => Cycle::Once,
        },
    };
    let state = match book(shared, world, charge) {
        Some((charge, receipt)) => {
            let paid = checkout.message.and_then(|id| world.chats.get(&checkout.person)?.find(id)).cloned();
            if let Some(mut message) = paid {
                message.more_mut().receipt = Some(receipt);
                world.commit(Record::Message { chat: checkout.person, message });
            }
            CheckoutState::Paid { charge }
        }
        None => CheckoutState::TooFewStars,
    };
    world.commit(Record::Checkout(Checkout { state, ..checkout }));
}

/// Makes a charge; returns its id and the message that says so, or `None` for too few Stars.
pub(super) fn book(shared: &Arc<Shared>, world: &mut World, charge: Charge) -> Option<(String, i64)> {
    let buyer = &world.chats.get(&charge.person)?.person;
    let buyer = Person { stars: buyer.stars.checked_sub(charge.amount)?, ..buyer.clone() };
    let seq = world.next.stars;
    // Shorter than the secret half of a token, so that no search for tokens finds one.
    let id = format!("stx{}{seq:06}", letters(&mut world.rng, 12));
    let mut body = json!({
        "currency": "XTR", "total_amount": charge.amount, "invoice_payload": charge.payload,
        "telegram_payment_charge_id": id, "provider_payment_charge_id": format!("{}_{seq}", charge.person),
    });
    let subscription = match charge.cycle {
        Cycle::Once => None,
        Cycle::First { slug, period_s } => Some(Subscription {
            id: id.clone(),
            person: charge.person,
            slug,
            title: charge.title.clone(),
            payload: charge.payload.clone(),
            amount: charge.amount,
            period_s,
            until_ms: charge.at_ms + i64::from(period_s) * 1000,
            is_canceled: false,
            is_barred: false,
            has_ended: false,
        }),
        Cycle::Renewal(known) => Some(Subscription { until_ms: charge.at_ms + i64::from(known.period_s) * 1000, ..*known }),
    };
    if let (Some(known), Some(map)) = (&subscription, body.as_object_mut()) {
        map.insert("subscription_expiration_date".to_owned(), (known.until_ms / 1000).into());
        map.insert("is_recurring".to_owned(), true.into());
        if known.id == id {
            map.insert("is_first_recurring".to_owned(), true.into());
        }
    }
    let payment = Payment {
        seq,
        charge: id.clone(),
        person: charge.person,
        title: charge.title,
        payload: charge.payload,
        amount: charge.amount,
        at_ms: charge.at_ms,
        period_s: subscription.as_ref().map(|known| known.period_s),
        subscription: subscription.as_ref().map(|known| known.id.clone()),
        refund: None,
    };
    world.commit(Record::Person(buyer));
    world.commit(Record::Payment(payment));
    if let Some(subscription) = subscription {
        world.commit(Record::Subscription(subscription));
    }
    let receipt = note(world, charge.person, service_content(Kind::SuccessfulPayment, &body), charge.at_ms);
    for _ in 0..charge.copies {
        Actor::new(shared, world, PersonId::from(charge.person)).tell(receipt, "message");
    }
    Some((id, receipt))
}

/// Gives a payment back: the person has the Stars again, and chat and bot are told.
pub(crate) fn give_back(shared: &Arc<Shared>, world: &mut World, payment: Payment) {
    let now = shared.now_ms();
    let body = json!({
        "currency": "XTR", "total_amount": payment.amount, "invoice_payload": payment.payload,
        "telegram_payment_charge_id": payment.charge,
    });
    let (person, amount) = (payment.person, payment.amount);
    let refund = Some(Refund { seq: world.next.stars, at_ms: now });
    world.commit(Record::Payment(Payment { refund, ..payment }));
    if let Some(buyer) = world.chats.get(&person).map(|chat| chat.person.clone()) {
        world.commit(Record::Person(Person { stars: buyer.stars.saturating_add(amount), ..buyer }));
    }
    let id = note(world, person, service_content(Kind::RefundedPayment, &body), now);
    Actor::new(shared, world, PersonId::from(person)).tell(id, "message");
}

/// What a service message about Stars holds.
fn service_content(kind: Kind, body: &Value) -> Content {
    Content::of_fields(kind, json!({kind.field(): body}))
}

/// Puts a service message about Stars into a chat; returns its id.
fn note(world: &mut World, chat: i64, content: Content, at_ms: i64) -> i64 {
    let id = world.next.message;
    let message = Message::written(id, at_ms / 1000, content);
    world.commit(Record::Message { chat, message });
    id
}
