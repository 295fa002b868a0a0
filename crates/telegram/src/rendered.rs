//! The form in which a call to the Bot API is stored between the lane or the engine that makes it and the sender that
//! sends it: JSON `{"method":"sendMessage","params":{…}}`, `chat_id` among the params. Written and read here alone.

use luvhive_core::engine::effect::{OutboxBody, OutboxRow, Rendered};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The version written today.
pub(crate) const VERSION: i16 = 1;

/// The method that takes a copy away.
pub(crate) const REMOVAL: &str = "deleteMessage";

/// Parameters of a call that needs none but its place.
#[derive(Serialize)]
pub(crate) struct NoParameters {}

/// Reports whether a row takes a copy away.
pub(crate) fn is_removal(row: &OutboxRow) -> bool {
    matches!(&row.body, OutboxBody::Edit { call, .. } if call.body.starts_with(r#"{"method":"deleteMessage""#))
}

#[derive(Serialize)]
struct Written<'a, P> {
    method: &'a str,
    params: &'a P,
}

/// A call that was read.
#[derive(Deserialize)]
pub(crate) struct Call<'a> {
    pub(crate) method: &'a str,
    #[serde(borrow)]
    pub(crate) params: &'a RawValue,
}

/// Writes a call.
pub(crate) fn render(method: &'static str, params: &impl Serialize) -> Rendered {
    // Strings and numbers always have a JSON form, so there is no error to report here.
    let body = serde_json::to_string(&Written { method, params }).unwrap_or_default();
    Rendered { version: VERSION, body }
}

/// Reads a call; `None` if it is in another form.
pub(crate) fn read(rendered: &Rendered) -> Option<Call<'_>> {
    if rendered.version != VERSION {
        return None;
    }
    serde_json::from_str(&rendered.body).ok()
}

#[cfg(test)]
mod tests;
