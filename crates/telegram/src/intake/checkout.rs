//! Queries of people who are about to pay. They wait for nothing: intake hands them straight to the desk at the till.

use luvhive_core::id::TelegramId;
use tokio::sync::mpsc;

use super::Incoming;

/// Somebody is about to pay, as Telegram tells it; nothing of it is checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckoutQuery {
    /// The query to answer.
    pub id: Box<str>,
    /// Who is about to pay.
    pub from: TelegramId,
    /// The language tag Telegram gave for them.
    pub language: Option<Box<str>>,
    /// The currency's code.
    pub currency: Box<str>,
    /// The price, in the currency's smallest units.
    pub amount: i64,
    /// What the invoice says about itself.
    pub payload: Box<str>,
}

/// Where queries are handed in; clones lead to the same desk.
#[derive(Clone, Debug)]
pub(crate) struct CheckoutDoor(mpsc::UnboundedSender<CheckoutQuery>);

impl CheckoutDoor {
    /// Makes a door and the other side of it.
    pub(crate) fn new() -> (Self, mpsc::UnboundedReceiver<CheckoutQuery>) {
        let (door, queries) = mpsc::unbounded_channel();
        (Self(door), queries)
    }

    /// Hands in those of these updates that are queries.
    pub(crate) fn hand_in(&self, updates: &[Incoming]) {
        for query in updates.iter().filter_map(|incoming| incoming.checkout.clone()) {
            self.ask(query);
        }
    }

    /// Hands in a query; without effect once the desk has closed.
    pub(crate) fn ask(&self, query: CheckoutQuery) {
        let _ = self.0.send(query);
    }
}
