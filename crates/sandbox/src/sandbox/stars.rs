//! Stars as a driver sees them: paying, what came of it, subscriptions, and payments held back.
//! Times, refusals and balances follow the Bot API; scripted faults bend them, see [`crate::FaultAction`].

use std::time::Duration;

use serde_json::Value;

use super::Sandbox;
use crate::api::stars::list_transactions;
use crate::error::SandboxError;
use crate::people::account::{SeenPayment, SeenSubscription, payments, subscriptions};
use crate::people::purse::{self, Payable};
use crate::people::seen::{SeenInvoice, SeenMessage};
use crate::people::subscription::settle;
use crate::person::PersonId;
use crate::world::stars::CheckoutState;

impl Sandbox {
    /// The messages of the person's chat that hold an invoice, oldest first.
    pub fn invoices(&self, person: PersonId) -> Vec<SeenMessage> {
        self.messages(person).into_iter().filter(|message| message.invoice.is_some()).collect()
    }

    /// Looks at the invoice in a message (by its id) or behind a link, as the confirmation shows it.
    ///
    /// # Errors
    /// [`SandboxError::NoInvoice`] and [`SandboxError::UnknownMessage`] when there is none;
    /// [`SandboxError::NotAllowed`] for one that is paid, and for a subscription that runs.
    pub fn look_at_invoice(&self, person: PersonId, what: impl Into<Payable>) -> Result<SeenInvoice, SandboxError> {
        self.shared.with(|world| purse::look(world, person, &what.into()))
    }

    /// Presses Pay and confirms it, or opens a link and confirms it; returns the checkout's id.
    ///
    /// The bot gets a `pre_checkout_query` with this id and has 10 s. Once it agrees, the Stars are
    /// taken, the chat shows it, and the bot gets a message with `successful_payment`.
    ///
    /// # Errors
    /// As [`Self::look_at_invoice`]; also [`SandboxError::NotAllowed`] for too few Stars.
    pub fn pay(&self, person: PersonId, what: impl Into<Payable>) -> Result<String, SandboxError> {
        let what = what.into();
        self.act(person, |mut actor| actor.check_out(&what))
    }

    /// Pays the newest invoice of the chat that is not paid; returns the checkout's id.
    ///
    /// # Errors
    /// As [`Self::pay`].
    pub fn pay_latest(&self, person: PersonId) -> Result<String, SandboxError> {
        let is_open = |message: &&SeenMessage| message.invoice.as_ref().is_some_and(|invoice| !invoice.is_paid);
        let invoices = self.invoices(person);
        let newest = invoices.iter().rfind(is_open).ok_or_else(|| SandboxError::NoInvoice("in the chat".to_owned()))?;
        self.pay(person, newest.id)
    }

    /// Looks at an invoice and closes it again. As in Telegram, the bot learns nothing of it; for
    /// a person who stops after the bot agreed, see [`crate::FaultAction::AbandonPayments`].
    ///
    /// # Errors
    /// As [`Self::look_at_invoice`].
    pub fn decline(&self, person: PersonId, what: impl Into<Payable>) -> Result<(), SandboxError> {
        self.look_at_invoice(person, what).map(|_| ())
    }

    /// How a checkout stands; `None` for an unknown one.
    pub fn checkout(&self, id: &str) -> Option<CheckoutState> {
        self.shared.with(|world| {
            settle(&self.shared, world);
            world.stars.checkouts.get(id).map(|checkout| checkout.state.clone())
        })
    }

    /// Waits until a checkout is no longer [`CheckoutState::Asked`].
    ///
    /// # Errors
    /// [`SandboxError::TimedOut`].
    pub async fn wait_for_checkout(&self, id: &str, timeout: Duration) -> Result<CheckoutState, SandboxError> {
        let mut changed = self.shared.changed.subscribe();
        let wait = async {
            loop {
                changed.borrow_and_update();
                if let Some(state) = self.checkout(id).filter(|state| *state != CheckoutState::Asked) {
                    return state;
                }
                if changed.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        };
        let late = |_elapsed| SandboxError::TimedOut(timeout, "no answer to the pre-checkout query".to_owned());
        tokio::time::timeout(timeout, wait).await.map_err(late)
    }

    /// What the person has paid, oldest first.
    pub fn payments(&self, person: PersonId) -> Vec<SeenPayment> {
        self.shared.with(|world| payments(world, person))
    }

    /// How many Stars the person has; 0 for nobody.
    pub fn stars(&self, person: PersonId) -> u32 {
        self.chat(person, |chat| chat.person.stars).unwrap_or(0)
    }

    /// Gives the person Stars.
    ///
    /// # Errors
    /// [`SandboxError::UnknownPerson`].
    pub fn give_stars(&self, person: PersonId, add: u32) -> Result<(), SandboxError> {
        self.shared.with(|world| purse::give(world, person, add))
    }

    /// How many Stars the bot has: what was paid and not given back.
    pub fn bot_stars(&self) -> u64 {
        self.shared.with(|world| world.stars.balance())
    }

    /// All transactions as Bot API objects, oldest first: also those the bot was never told of.
    pub fn star_transactions(&self) -> Vec<Value> {
        self.shared.with(|world| list_transactions(world).collect())
    }

    /// Lets the payments through that [`crate::FaultAction::HoldPayments`] held back, oldest
    /// first; returns how many. Each is dated now.
    pub fn release_payments(&self) -> usize {
        self.shared.with(|world| purse::release_held(&self.shared, world))
    }

    /// The person's subscriptions, also those that lapsed.
    pub fn subscriptions(&self, person: PersonId) -> Vec<SeenSubscription> {
        self.shared.with(|world| {
            settle(&self.shared, world);
            subscriptions(world, person)
        })
    }

    /// The person ends a subscription, named by its first charge. It stays paid until its date;
    /// the bot gets a `subscription` update.
    ///
    /// # Errors
    /// [`SandboxError::NoInvoice`] when there is none; [`SandboxError::NotAllowed`] when it has
    /// ended or already stands so.
    pub fn cancel_subscription(&self, person: PersonId, id: &str) -> Result<(), SandboxError> {
        self.act(person, |mut actor| actor.keep_subscription(id, true))
    }

    /// The person takes that back before the subscription lapses; the bot gets a `subscription` update.
    ///
    /// # Errors
    /// As [`Self::cancel_subscription`]; also [`SandboxError::NotAllowed`] while the bot forbids it.
    pub fn resume_subscription(&self, person: PersonId, id: &str) -> Result<(), SandboxError> {
        self.act(person, |mut actor| actor.keep_subscription(id, false))
    }

    /// Makes a subscription due now, as if its period had passed: it renews with a new charge and
    /// without a pre-checkout query, or it lapses (canceled, or too few Stars). To let whole
    /// periods pass for everybody, use [`Self::advance_clock`].
    ///
    /// # Errors
    /// [`SandboxError::NoInvoice`] when there is none; [`SandboxError::NotAllowed`] when it has ended.
    pub fn renew_now(&self, person: PersonId, id: &str) -> Result<(), SandboxError> {
        self.act(person, |mut actor| actor.renew_now(id))
    }
}
