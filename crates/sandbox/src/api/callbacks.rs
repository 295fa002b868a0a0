//! Answers to presses of inline buttons: once each, and within 150 s.

use crate::refusal::{ApiError, Outcome, done};
use crate::shared::Shared;
use crate::strict::params::Params;
use crate::world::queue::CALLBACK_KEPT_MS;
use crate::world::record::{Callback, CallbackAnswer, Record};

/// Longest notice, in characters (Bot API, `answerCallbackQuery`).
const NOTICE_MAX: usize = 200;

/// `answerCallbackQuery`
pub(crate) fn answer(shared: &Shared, params: &Params) -> Outcome {
    let id = params.text("callback_query_id").unwrap_or_default();
    let text = params.text("text").filter(|text| !text.is_empty());
    if text.is_some_and(|text| text.chars().count() > NOTICE_MAX) {
        return Err(ApiError::bad_request("MESSAGE_TOO_LONG"));
    }
    let now = shared.now_ms();
    shared.with(|world| {
        let open =
            world.callbacks.get(id).filter(|callback| callback.answer.is_none() && now - callback.at_ms < CALLBACK_KEPT_MS);
        let Some(callback) = open else {
            return Err(ApiError::bad_request("query is too old and response timeout expired or query ID is invalid"));
        };
        let answer = CallbackAnswer {
            text: text.map(str::to_owned),
            show_alert: params.is_on("show_alert"),
            url: params.text("url").map(str::to_owned),
        };
        let callback = Callback { answer: Some(answer), ..callback.clone() };
        world.commit(Record::Callback(callback));
        done()
    })
}
