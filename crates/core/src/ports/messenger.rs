//! Sending: one outbox row out, one outcome back.

use std::time::Duration;

use crate::chat::Undelivered;
use crate::engine::effect::OutboxBody;
use crate::error::Cause;
use crate::id::{MessageId, TelegramId};
use crate::time::TelegramTime;

/// What a successful send brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The id of the new message in the receiver's private chat, if the call makes one.
    pub message: Option<MessageId>,
    /// When that was, on Telegram's clock, if it says so.
    pub at: Option<TelegramTime>,
}

/// Why a send did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum MessengerError {
    /// The receiver blocked the bot, deleted the account or never opened a chat; nothing reaches them any more.
    #[error("receiver cannot be reached")]
    Gone,
    /// Telegram asks to wait before the next call for this chat.
    #[error("receiver's chat is throttled for {0:?}")]
    RetryAfter(Duration),
    /// Telegram refuses this call for good.
    #[error("call is refused with code {code}")]
    Rejected {
        /// Telegram's error code; 0 = it was not asked, because what the call changes is not there.
        code: u16,
        /// What that means for a message passed on; never [`Undelivered::Unclear`].
        why: Undelivered,
    },
    /// The call did not leave this machine; repeating it is safe.
    #[error("call was not sent")]
    NotSent(#[source] Cause),
    /// Nobody knows whether the call took effect (time-out, 5xx, unreadable reply).
    #[error("outcome of the call is unknown")]
    Unknown(#[source] Cause),
}

/// Delivers outbox rows to people.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait::async_trait]
pub trait Messenger: Send + Sync {
    /// Sends one row. `on` is a message in the receiver's private chat: what a relay replies to, or the copy that an edit
    /// changes, which needs it.
    ///
    /// Not idempotent: each call may make a message.
    ///
    /// # Errors
    /// See [`MessengerError`].
    async fn deliver(&self, receiver: TelegramId, body: &OutboxBody, on: Option<MessageId>) -> Result<Delivery, MessengerError>;

    /// Stops a button's spinner. Best effort: a query too old counts as answered.
    ///
    /// # Errors
    /// See [`MessengerError`].
    async fn answer(&self, callback: &str) -> Result<(), MessengerError>;

    /// Asks Telegram for nothing but a sign of life. Idempotent.
    ///
    /// # Errors
    /// See [`MessengerError`]; a refusal for good is a sign of life too.
    async fn ping(&self) -> Result<(), MessengerError>;
}
