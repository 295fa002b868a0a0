//! The [`Messenger`] that speaks to the Bot API: a relay is `copyMessage`, a call is sent as it was rendered.

use std::sync::Arc;

use frankenstein::methods::{AnswerCallbackQueryParams, CopyMessageParams};
use frankenstein::response::MethodResponse;
use luvhive_core::engine::effect::{OutboxBody, Relay, Rendered};
use luvhive_core::id::{MessageId, TelegramId};
use luvhive_core::ports::{Delivery, Messenger, MessengerError};
use luvhive_core::time::TelegramTime;
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::time::Instant;
use tracing::{Instrument as _, debug, debug_span, field};

use super::{BotApi, ClientError, decode, encode};
use crate::rendered::{self, Call};
use crate::signal::measure;
use crate::view::screen;

/// Delivers outbox rows through the Bot API.
#[derive(Clone, Debug)]
pub struct BotApiMessenger {
    api: Arc<BotApi>,
}

impl BotApiMessenger {
    /// Wraps a client.
    pub fn new(api: Arc<BotApi>) -> Self {
        Self { api }
    }
}

/// What is read of a result: a send must not count as failed because Telegram tells of its message in a new way, so what
/// is not needed is passed over.
#[derive(Deserialize)]
#[serde(untagged)]
enum Made {
    Message { message_id: i32, date: Option<i64> },
    Nothing(serde::de::IgnoredAny),
}

#[async_trait::async_trait]
impl Messenger for BotApiMessenger {
    async fn deliver(&self, receiver: TelegramId, body: &OutboxBody, on: Option<MessageId>) -> Result<Delivery, MessengerError> {
        let begun = Instant::now();
        let reply = async {
            match body {
                OutboxBody::Relay(relay) => ("copyMessage", self.copy(receiver, *relay, on).await),
                OutboxBody::Call(rendered) => self.call(rendered, None).await,
                OutboxBody::Edit { call, .. } => self.call(call, on.map(|copy| (receiver, copy))).await,
            }
        };
        let (method, reply) = reply.instrument(debug_span!("tg.call", tg.method = field::Empty)).await;
        let outcome = match reply {
            Ok(delivery) => Ok(delivery),
            Err(error) if error.is_refused_with("message is not modified") => Ok(NOTHING),
            Err(error) if error.is_refused_with("query is too old") => Ok(NOTHING),
            Err(error) => Err(error.into_messenger()),
        };
        measure::called(method, &outcome, begun.elapsed());
        outcome
    }

    async fn answer(&self, callback: &str) -> Result<(), MessengerError> {
        let reply = async {
            let params = encode(&AnswerCallbackQueryParams::builder().callback_query_id(callback).build())?;
            self.api.call_raw("answerCallbackQuery", params).await
        };
        match reply.await {
            Ok(_true) => Ok(()),
            // Too old or answered already: nobody waits for it any more.
            Err(ClientError::Refused { code: 400, .. }) => Ok(()),
            Err(error) => Err(error.into_messenger()),
        }
    }

    async fn ping(&self) -> Result<(), MessengerError> {
        match self.api.call_raw("getMe", "{}".to_owned()).await.map_err(ClientError::into_messenger) {
            Ok(_) | Err(MessengerError::Gone | MessengerError::Rejected { .. }) => Ok(()),
            Err(silent) => Err(silent),
        }
    }
}

impl BotApiMessenger {
    async fn copy(&self, receiver: TelegramId, relay: Relay, reply_to: Option<MessageId>) -> Result<Delivery, ClientError> {
        let params = CopyMessageParams::builder()
            .chat_id(receiver.get())
            .from_chat_id(relay.from.get())
            .message_id(relay.source.get())
            .maybe_protect_content(relay.is_protected.then_some(true))
            .maybe_reply_parameters(reply_to.map(screen::reply_to))
            .build();
        made(&self.api.call_raw("copyMessage", encode(&params)?).await?)
    }

    /// Sends a call as it was rendered, a change with the place of the copy; returns the method's name with the outcome.
    async fn call<'a>(&self, rendered: &'a Rendered, copy: Option<Place>) -> (&'a str, Result<Delivery, ClientError>) {
        let Some(Call { method, params, file }) = rendered::read(rendered).filter(|call| is_method(call.method)) else {
            debug!(version = rendered.version, "a stored call has a form that is no longer known");
            let description = "stored call is not readable".to_owned();
            return ("unreadable", Err(ClientError::Refused { code: 400, description, retry_after: None }));
        };
        tracing::Span::current().record("tg.method", method);
        if let Some(file) = file {
            let reply = self.api.call_with(method, params, &file).await;
            return (method, reply.and_then(|reply| made(&reply)));
        }
        let sent = match copy {
            Some(copy) => placed(params, copy),
            None => params.get().to_owned(),
        };
        let reply = match self.api.call_raw(method, sent).await {
            Err(error) if copy.is_none() && method == "editMessageText" && error.is_of_lost_message() => match anew(params) {
                Some(params) => self.api.call_raw("sendMessage", params).await,
                None => Err(error),
            },
            reply => reply,
        };
        (method, reply.and_then(|reply| made(&reply)))
    }
}

/// The place of a copy: whose private chat, and which message there.
type Place = (TelegramId, MessageId);

/// The parameters of a change, with the place of the copy that it changes.
fn placed(params: &RawValue, (chat, copy): Place) -> String {
    let mut params: serde_json::Map<String, serde_json::Value> = serde_json::from_str(params.get()).unwrap_or_default();
    params.insert("chat_id".to_owned(), chat.get().into());
    params.insert("message_id".to_owned(), copy.get().into());
    serde_json::Value::Object(params).to_string()
}

/// A screen as a new message, where the one whose place it should take is gone; `None` for what is no screen: an older
/// version stored changes to a partner's words like this, and a copy that somebody deleted does not come back.
fn anew(params: &RawValue) -> Option<String> {
    let mut params: serde_json::Map<String, serde_json::Value> = serde_json::from_str(params.get()).ok()?;
    params.remove("message_id")?;
    let is_screen = params.contains_key("link_preview_options") || params.contains_key("reply_markup");
    is_screen.then(|| serde_json::Value::Object(params).to_string())
}

/// A call that made no message.
const NOTHING: Delivery = Delivery { message: None, at: None };

/// Reads what a call made, if it made a message. A copy is told without its date.
fn made(reply: &str) -> Result<Delivery, ClientError> {
    Ok(match decode::<MethodResponse<Made>>(reply)?.result {
        Made::Message { message_id, date } => {
            Delivery { message: Some(MessageId::new(message_id)), at: date.map(TelegramTime::from_seconds) }
        }
        Made::Nothing(_) => NOTHING,
    })
}

/// Method names become part of the address, so only letters pass.
fn is_method(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphabetic())
}
