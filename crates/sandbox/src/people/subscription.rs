//! What comes due unasked: subscriptions that renew or lapse, and checkouts nobody answered.
//! A person may end a subscription and take that back; the bot is told of both.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::Actor;
use super::purse::{Charge, Cycle, book};
use crate::error::SandboxError;
use crate::faults::PaymentFault;
use crate::person::PersonId;
use crate::shared::Shared;
use crate::world::World;
use crate::world::queue::KEPT_MS;
use crate::world::record::Record;
use crate::world::stars::{ANSWER_MS, Checkout, CheckoutState, Subscription};

/// Looked at no more rarely than this.
const IDLE: Duration = Duration::from_hours(1);

/// Does what is due when it is due; ends when the sandbox stops.
pub(crate) async fn run(shared: Arc<Shared>) {
    let mut stopping = shared.stopping.subscribe();
    while !*stopping.borrow() {
        let due = shared.with(|world| {
            settle(&shared, world);
            world.stars.next_due_ms()
        });
        let pause = due.map(|due| u64::try_from(due - shared.now_ms()).unwrap_or(0).saturating_add(1));
        tokio::select! {
            () = shared.due.notified() => {}
            () = tokio::time::sleep(pause.map_or(IDLE, Duration::from_millis).min(IDLE)) => {}
            _ = stopping.changed() => {}
        }
    }
}

/// Moves the world's time forwards and does what is due by then.
pub(crate) fn advance(shared: &Arc<Shared>, by: Duration) {
    shared.clock.advance(by);
    shared.with(|world| settle(shared, world));
    shared.queued.notify_waiters();
    shared.due.notify_one();
}

/// Does what is due by now: ends checkouts without an answer, renews subscriptions or ends them.
pub(crate) fn settle(shared: &Arc<Shared>, world: &mut World) {
    let now = shared.now_ms();
    if world.stars.next_due_ms().is_none_or(|due| due > now) {
        return;
    }
    let asked = world.stars.asked.iter().filter_map(|id| world.stars.checkouts.get(id));
    let late: Vec<Checkout> = asked.filter(|checkout| now - checkout.at_ms >= ANSWER_MS).cloned().collect();
    for checkout in late {
        world.commit(Record::Checkout(Checkout { state: CheckoutState::TimedOut, ..checkout }));
    }
    let is_due = |known: &&Subscription| !known.has_ended && known.until_ms <= now;
    while let Some(known) = world.stars.subscriptions.values().find(is_due).cloned() {
        renew(shared, world, known);
    }
}

fn renew(shared: &Arc<Shared>, world: &mut World, known: Subscription) {
    if known.is_canceled {
        world.commit(Record::Subscription(Subscription { has_ended: true, ..known }));
        return;
    }
    let fault = shared.faults.for_payment(known.person, &[PaymentFault::Twice, PaymentFault::Lost]);
    let charge = Charge {
        person: known.person,
        title: known.title.clone(),
        payload: known.payload.clone(),
        amount: known.amount,
        at_ms: known.until_ms,
        copies: match fault {
            Some(PaymentFault::Twice) => 2,
            Some(PaymentFault::Lost) => 0,
            _ => 1,
        },
        cycle: Cycle::Renewal(Box::new(known.clone())),
    };
    if book(shared, world, charge).is_none() {
        Actor::new(shared, world, PersonId::from(known.person)).tell_subscription(&known, "failed");
        world.commit(Record::Subscription(Subscription { has_ended: true, ..known }));
    }
}

impl Actor<'_> {
    /// A person ends a subscription of theirs, or takes that back.
    pub(crate) fn keep_subscription(&mut self, id: &str, is_canceled: bool) -> Result<(), SandboxError> {
        settle(self.shared, self.world);
        let known = own(self.world, self.person, id)?;
        if known.has_ended || known.is_canceled == is_canceled {
            return Err(SandboxError::NotAllowed("changing a subscription that ended or already stands so"));
        }
        if known.is_barred && !is_canceled {
            return Err(SandboxError::NotAllowed("renewing a subscription that the bot canceled"));
        }
        self.tell_subscription(&known, if is_canceled { "canceled" } else { "active" });
        self.world.commit(Record::Subscription(Subscription { is_canceled, ..known }));
        Ok(())
    }

    /// Makes a subscription due at once.
    pub(crate) fn renew_now(&mut self, id: &str) -> Result<(), SandboxError> {
        let known = own(self.world, self.person, id)?;
        if known.has_ended {
            return Err(SandboxError::NotAllowed("renewing a subscription that ended"));
        }
        self.world.commit(Record::Subscription(Subscription { until_ms: known.until_ms.min(self.shared.now_ms()), ..known }));
        settle(self.shared, self.world);
        Ok(())
    }

    fn tell_subscription(&mut self, known: &Subscription, state: &str) {
        let user = self.world.chats.get(&known.person).map(|chat| chat.person.as_user());
        let payload = json!({"user": user, "invoice_payload": known.payload, "state": state});
        self.tell_json("subscription", payload.to_string(), KEPT_MS);
    }
}

/// A subscription of this person.
fn own(world: &World, person: PersonId, id: &str) -> Result<Subscription, SandboxError> {
    let known = world.stars.subscriptions.get(id).filter(|known| known.person == person.get());
    known.cloned().ok_or_else(|| SandboxError::NoInvoice(format!("subscription {id}")))
}
