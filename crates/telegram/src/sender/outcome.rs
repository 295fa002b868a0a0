//! What a send's result means for its row, its chat and the engine. One place decides it for all rows.

use luvhive_core::chat::Undelivered;
use luvhive_core::engine::effect::{OutboxBody, OutboxRow};
use luvhive_core::error::chain;
use luvhive_core::id::{ChatId, MessageId, TelegramId};
use luvhive_core::ports::{Delivery, MessagePair, MessengerError};
use luvhive_core::time::TelegramTime;
use tokio::time::Instant;
use tracing::{debug, warn};

use super::queue::{Fate, Job};
use super::retry;
use crate::rendered::is_removal;
use crate::signal::counters::Counters;

/// What follows from a result.
#[derive(Debug)]
pub(super) struct Consequence {
    pub(super) fate: Fate,
    /// The pair a relay made.
    pub(super) pair: Option<MessagePair>,
    pub(super) to_tell: ToTell,
    /// The chat whose opening this row may have told its receiver, and when that was; `None` = that stays unclear.
    pub(super) heard: Option<(ChatId, Option<TelegramTime>)>,
}

/// Who else has to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ToTell {
    Nobody,
    /// The limiter: this chat was throttled.
    Limiter,
    /// The engine: this person cannot be reached.
    Engine,
    /// The engine: this message of this person did not arrive, or may not have, which they shall hear.
    Writer(TelegramId, MessageId, Undelivered),
    /// The engine: the receiver may miss an invoice, and shall hear how to have another.
    Payer,
}

/// Judges the result of sending `job`, which came at `now`.
pub(super) fn judge(mut job: Job, result: Result<Delivery, MessengerError>, now: Instant, counters: &Counters) -> Consequence {
    let chat = heard_of(&job.row);
    let unclear = chat.map(|chat| (chat, None));
    let done = |pair| Consequence { fate: Fate::Remove, pair, to_tell: ToTell::Nobody, heard: unclear };
    match result {
        Ok(delivery) => {
            counters.sent.add(1);
            Consequence { heard: chat.map(|chat| (chat, delivery.at)), ..done(pair_of(&job.row, delivery)) }
        }
        Err(MessengerError::RetryAfter(wait)) => {
            counters.throttled.add(1);
            debug!(tg.retry_after_ms = wait.as_millis(), "a chat is throttled");
            // A wait that no clock can hold is cut to a day, Telegram's own longest.
            let at = now.checked_add(wait.max(retry::MIN_THROTTLE)).unwrap_or(now + std::time::Duration::from_hours(24));
            Consequence { fate: Fate::Again(at, job), pair: None, to_tell: ToTell::Limiter, heard: None }
        }
        Err(MessengerError::Gone) => {
            counters.gone.add(1);
            Consequence { fate: Fate::Park, pair: None, to_tell: ToTell::Engine, heard: None }
        }
        Err(MessengerError::Rejected { code, why }) if job.is_quoting && why.may_be_the_quotes() => {
            debug!(tg.code = code, why = why.code(), "a reply is refused; sending it again without its quote");
            job.is_bare = true;
            Consequence { fate: Fate::Again(now, job), pair: None, to_tell: ToTell::Nobody, heard: None }
        }
        Err(MessengerError::Rejected { code, why }) => {
            counters.rejected.add(1);
            warn!(tg.code = code, why = why.code(), kind = kind_of(&job.row), "a row is refused permanently and dropped");
            Consequence { to_tell: to_tell_of(&job.row, why), ..done(None) }
        }
        Err(MessengerError::NotSent(cause)) => {
            counters.not_sent.add(1);
            job.not_sent = job.not_sent.saturating_add(1);
            if job.not_sent == 1 {
                debug!(cause = chain(cause.as_ref()), "a row did not leave; sending it again");
            }
            Consequence {
                fate: Fate::Again(now + retry::NOT_SENT.after(job.not_sent), job),
                pair: None,
                to_tell: ToTell::Nobody,
                heard: None,
            }
        }
        Err(MessengerError::Unknown(cause)) => {
            counters.unknown.add(1);
            if is_once_only(&job.row) {
                warn!(cause = chain(cause.as_ref()), "an invoice may not have arrived; it is not sent twice");
                return Consequence { to_tell: to_tell_of(&job.row, Undelivered::Unclear), ..done(None) };
            }
            debug!(cause = chain(cause.as_ref()), "the outcome of a send is unknown");
            // It may have arrived: from now on nobody can say when.
            Consequence { fate: Fate::Doubt(job), pair: None, to_tell: ToTell::Nobody, heard: unclear }
        }
    }
}

/// The chat of a row that is no partner's message: such a row, if it is the first, tells that the chat is open.
fn heard_of(row: &OutboxRow) -> Option<ChatId> {
    row.chat.filter(|_| matches!(row.body, OutboxBody::Call(_)))
}

fn pair_of(row: &OutboxRow, delivery: Delivery) -> Option<MessagePair> {
    let OutboxBody::Relay(relay) = &row.body else { return None };
    Some(MessagePair { chat: row.chat?, from: relay.from, source: relay.source, to: row.receiver, copy: delivery.message? })
}

/// Who hears that a row is given up, and why: the person who sent what it would have passed on, or who waits for it.
pub(super) fn to_tell_of(row: &OutboxRow, why: Undelivered) -> ToTell {
    match &row.body {
        OutboxBody::Relay(relay) => ToTell::Writer(relay.from, relay.source, why),
        // The writer knows more than that: they were asked.
        OutboxBody::Edit { .. } if is_removal(row) => ToTell::Nobody,
        OutboxBody::Edit { original, .. } => ToTell::Writer(original.from, original.message, why.of_edit()),
        OutboxBody::Call(_) if is_once_only(row) => ToTell::Payer,
        OutboxBody::Call(_) => ToTell::Nobody,
    }
}

/// An invoice that stands there twice can be paid twice; one that is missing is asked for again by a tap.
pub(crate) fn is_once_only(row: &OutboxRow) -> bool {
    matches!(&row.body, OutboxBody::Call(call) if call.body.starts_with(r#"{"method":"sendInvoice""#))
}

pub(super) fn kind_of(row: &OutboxRow) -> &'static str {
    match row.body {
        OutboxBody::Relay(_) => "relay",
        OutboxBody::Call(_) => "call",
        OutboxBody::Edit { .. } => "edit",
    }
}
