//! The form in which a call to the Bot API is stored between the lane or the engine that makes it and the sender that
//! sends it: JSON `{"method":"sendMessage","params":{…}}`, `chat_id` among the params, beside them the file if
//! there is one. Written and read here alone.

use std::borrow::Cow;

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
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<File<'a>>,
}

/// A file that a call carries; its parameters name it `attach://file`.
#[derive(Serialize, Deserialize)]
pub(crate) struct File<'a> {
    /// Its name: letters, digits, `-` and `.`.
    #[serde(borrow)]
    pub(crate) name: Cow<'a, str>,
    /// What it holds.
    #[serde(borrow)]
    pub(crate) text: Cow<'a, str>,
}

/// A call that was read.
#[derive(Deserialize)]
pub(crate) struct Call<'a> {
    pub(crate) method: &'a str,
    #[serde(borrow)]
    pub(crate) params: &'a RawValue,
    #[serde(borrow, default)]
    pub(crate) file: Option<File<'a>>,
}

/// Writes a call.
pub(crate) fn render(method: &'static str, params: &impl Serialize) -> Rendered {
    write(&Written { method, params, file: None })
}

/// Writes a call that carries a file.
pub(crate) fn render_with(method: &'static str, params: &impl Serialize, file: File<'_>) -> Rendered {
    write(&Written { method, params, file: Some(file) })
}

fn write<P: Serialize>(call: &Written<'_, P>) -> Rendered {
    // Strings and numbers always have a JSON form, so there is no error to report here.
    let body = serde_json::to_string(call).unwrap_or_default();
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
