//! Stars as the world keeps them: invoices, checkouts, payments, refunds and subscriptions.
//! Every amount a person pays or gets back stands in one of these records, so nothing is lost at a restart.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

/// The bot has this long to answer a pre-checkout query (Bot API, `answerPreCheckoutQuery`).
pub(crate) const ANSWER_MS: i64 = 10 * 1000;

/// What the bot asks to be paid.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Invoice {
    pub(crate) seq: i64,
    /// The end of its link; also how a message names it.
    pub(crate) slug: String,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) payload: String,
    pub(crate) amount: u32,
    /// Seconds between two payments of a subscription.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) period_s: Option<u32>,
    /// The chat it was sent to; `None` for one that lives behind a link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) chat: Option<i64>,
}

/// How a checkout stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum CheckoutState {
    /// The bot was asked and may still answer.
    Asked,
    /// The bot agreed; a scripted fault holds the payment back until it is released.
    Held,
    /// Paid.
    Paid {
        /// The `telegram_payment_charge_id`.
        charge: String,
    },
    /// The bot refused.
    Refused {
        /// What the person is told.
        message: String,
    },
    /// The bot did not answer in 10 s.
    TimedOut,
    /// The bot agreed, but by then the person had too few Stars.
    TooFewStars,
    /// The bot agreed, but the person did not go through with it.
    Abandoned,
}

/// A person about to pay.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Checkout {
    pub(crate) seq: i64,
    /// The id of the pre-checkout query.
    pub(crate) id: String,
    pub(crate) person: i64,
    pub(crate) slug: String,
    /// The invoice's message, if it was paid by its button.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<i64>,
    pub(crate) at_ms: i64,
    pub(crate) state: CheckoutState,
}

/// Stars that came back.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Refund {
    pub(crate) seq: i64,
    pub(crate) at_ms: i64,
}

/// One charge of a person.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Payment {
    pub(crate) seq: i64,
    /// The `telegram_payment_charge_id`.
    pub(crate) charge: String,
    pub(crate) person: i64,
    pub(crate) title: String,
    pub(crate) payload: String,
    pub(crate) amount: u32,
    pub(crate) at_ms: i64,
    /// The subscription it belongs to, named by its first charge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) subscription: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) period_s: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) refund: Option<Refund>,
}

/// Payments that come again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Subscription {
    /// The charge id of its first payment.
    pub(crate) id: String,
    pub(crate) person: i64,
    pub(crate) slug: String,
    pub(crate) title: String,
    pub(crate) payload: String,
    pub(crate) amount: u32,
    pub(crate) period_s: u32,
    /// Paid until then, in milliseconds since 1970.
    pub(crate) until_ms: i64,
    /// It will not be renewed.
    pub(crate) is_canceled: bool,
    /// The bot canceled it: the person cannot take that back.
    pub(crate) is_barred: bool,
    /// It lapsed.
    pub(crate) has_ended: bool,
}

/// Everything about Stars that is not a person's own balance.
#[derive(Debug, Default)]
pub(crate) struct Stars {
    pub(crate) invoices: HashMap<String, Invoice>,
    pub(crate) checkouts: HashMap<String, Checkout>,
    /// Checkouts the bot has not answered.
    pub(crate) asked: BTreeSet<String>,
    /// By charge id.
    pub(crate) payments: HashMap<String, Payment>,
    pub(crate) subscriptions: BTreeMap<String, Subscription>,
    /// The transaction history, oldest first: the charge, and whether it was given back.
    pub(crate) history: BTreeMap<i64, (String, bool)>,
}

impl Stars {
    pub(crate) fn apply_checkout(&mut self, checkout: Checkout) {
        if checkout.state == CheckoutState::Asked {
            self.asked.insert(checkout.id.clone());
        } else {
            self.asked.remove(&checkout.id);
        }
        self.checkouts.insert(checkout.id.clone(), checkout);
    }

    pub(crate) fn apply_payment(&mut self, payment: Payment) {
        self.history.insert(payment.seq, (payment.charge.clone(), false));
        if let Some(refund) = payment.refund {
            self.history.insert(refund.seq, (payment.charge.clone(), true));
        }
        self.payments.insert(payment.charge.clone(), payment);
    }

    /// What the bot has.
    pub(crate) fn balance(&self) -> u64 {
        self.payments.values().filter(|payment| payment.refund.is_none()).map(|payment| u64::from(payment.amount)).sum()
    }

    /// The transactions with their payments, oldest first; `true` for one that was given back.
    pub(crate) fn transactions(&self) -> impl Iterator<Item = (&Payment, bool)> {
        self.history.values().filter_map(|(charge, is_back)| Some((self.payments.get(charge)?, *is_back)))
    }

    /// When something is to be done unasked, in milliseconds since 1970.
    pub(crate) fn next_due_ms(&self) -> Option<i64> {
        let answers = self.asked.iter().filter_map(|id| Some(self.checkouts.get(id)?.at_ms + ANSWER_MS));
        let renewals = self.subscriptions.values().filter(|known| !known.has_ended).map(|known| known.until_ms);
        answers.chain(renewals).min()
    }
}
