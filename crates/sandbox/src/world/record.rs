//! Every change of the world is one of these records: the live world and a restarted one apply the
//! same ones, so that they cannot differ.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::channel::Channel;
use super::message::Message;
use super::stars::{Checkout, Invoice, Payment, Subscription};
use crate::person::{Bot, Person};

/// One change.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "snake_case")]
pub(crate) enum Record {
    /// The bot's account; the first record of a world.
    Bot(Bot),
    /// The next ids, so that none is ever given twice.
    Next(Next),
    /// A person appeared or changed.
    Person(Person),
    /// The channel was made or changed; its posts are messages.
    Channel(Channel),
    /// A message appeared or changed.
    Message { chat: i64, message: Message },
    /// A message was deleted.
    Gone { chat: i64, id: i64 },
    /// An update waits for the bot.
    Update(Pending),
    /// Updates below this id were confirmed.
    Confirmed { below: i64 },
    /// One update was delivered, or has expired.
    Done { id: i64 },
    /// A button was pressed or its press answered.
    Callback(Callback),
    /// A setting of the bot; `None` removes it.
    Setting { key: String, value: Option<Value> },
    /// A file a person sent that is none of the ready ones.
    File { id: String, body: Value },
    /// The bot asks to be paid.
    Invoice(Invoice),
    /// A person is about to pay, or it came to an end.
    Checkout(Checkout),
    /// A person paid, or got it back.
    Payment(Payment),
    /// A subscription began or changed.
    Subscription(Subscription),
}

/// The next free ids.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Next {
    pub(crate) message: i64,
    pub(crate) update: i64,
    pub(crate) person: i64,
    /// Of invoices, checkouts, payments and refunds together.
    #[serde(default)]
    pub(crate) stars: i64,
}

/// An update that the bot has not confirmed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Pending {
    pub(crate) id: i64,
    /// The update's one field besides its id, such as `message`.
    pub(crate) kind: Cow<'static, str>,
    /// Its queue at a webhook: deliveries of one queue keep their order.
    pub(crate) key: i64,
    /// What stands in that field, as JSON.
    pub(crate) payload: Arc<str>,
    /// Milliseconds since 1970.
    pub(crate) expires_ms: i64,
}

impl Pending {
    /// Appends the whole update as JSON.
    pub(crate) fn write(&self, out: &mut String) {
        use std::fmt::Write as _;
        let _ = write!(out, "{{\"update_id\":{},\"{}\":{}}}", self.id, self.kind, self.payload);
    }
}

/// One press of an inline button.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Callback {
    pub(crate) id: String,
    pub(crate) person: i64,
    pub(crate) at_ms: i64,
    pub(crate) answer: Option<CallbackAnswer>,
}

/// How the bot answered a press.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallbackAnswer {
    /// The notice shown, if any.
    pub text: Option<String>,
    /// Whether it is a dialog that must be closed, rather than a passing notice.
    pub show_alert: bool,
    /// A link to be opened.
    pub url: Option<String>,
}
