//! Keyboards: their shape, the one action each inline button has, and the limits on both.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::tables::{FORCE_REPLY, INLINE_KEYBOARD, KEYBOARD_REMOVE, REPLY_KEYBOARD};
use super::{check, params::Params};
use crate::refusal::ApiError;

/// Longest callback data, in bytes (Bot API, `InlineKeyboardButton`).
const DATA_MAX: usize = 64;
/// More buttons than this are refused by Telegram's servers.
const BUTTONS_MAX: usize = 100;
/// What a button does; exactly one of these.
const ACTIONS: [&str; 7] =
    ["url", "callback_data", "web_app", "copy_text", "switch_inline_query", "switch_inline_query_current_chat", "pay"];

/// Which markups a method takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Allowed {
    /// Inline keyboards alone: edits.
    Inline,
    /// Inline keyboards whose first button is a Pay button: invoices.
    Invoice,
    /// All four: sends.
    All,
}

/// Reads `reply_markup`. An inline keyboard without buttons is none.
///
/// # Errors
/// 400 as Telegram words it.
pub(crate) fn read(params: &Params, allowed: Allowed) -> Result<Option<Arc<Value>>, ApiError> {
    let Some(value) = params.value("reply_markup") else {
        return Ok(None);
    };
    let Some(map) = value.as_object() else {
        return Err(ApiError::bad_request("object expected as reply markup"));
    };
    if map.is_empty() {
        return Ok(None);
    }
    if map.contains_key("inline_keyboard") {
        check(value, "inline keyboard", INLINE_KEYBOARD)?;
        let markup = inline(value)?.then(|| Arc::new(value.clone()));
        // An edit learns only later what it edits; it checks this for itself.
        if allowed != Allowed::Inline {
            check_pay(markup.as_deref(), allowed == Allowed::Invoice)?;
        }
        return Ok(markup);
    }
    if allowed != Allowed::All {
        return Err(ApiError::bad_request("inline keyboard expected"));
    }
    if map.contains_key("keyboard") {
        let value = Value::Object(with_objects(map));
        check(&value, "reply keyboard", REPLY_KEYBOARD)?;
        let is_blank = |key: &Value| key.get("text").and_then(Value::as_str).is_none_or(str::is_empty);
        if rows(&value, "keyboard").flatten().any(is_blank) {
            return Err(ApiError::bad_request("keyboard button text must be non-empty"));
        }
        if rows(&value, "keyboard").flatten().next().is_none() {
            return Err(ApiError::bad_request("reply keyboard must have at least one button"));
        }
        return Ok(Some(Arc::new(value)));
    }
    let ty = if map.contains_key("remove_keyboard") { KEYBOARD_REMOVE } else { FORCE_REPLY };
    check(value, "reply markup", ty)?;
    Ok(Some(Arc::new(value.clone())))
}

/// The buttons of a keyboard, row by row.
pub(crate) fn rows<'a>(markup: &'a Value, field: &str) -> impl Iterator<Item = &'a Vec<Value>> {
    markup.get(field).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_array)
}

/// Checks that a Pay button stands first under an invoice, and nowhere else.
///
/// # Errors
/// 400 as Telegram words it.
pub(crate) fn check_pay(markup: Option<&Value>, is_invoice: bool) -> Result<(), ApiError> {
    let is_pay = |button: &Value| button.get("pay").is_some();
    let mut buttons = markup.into_iter().flat_map(|markup| rows(markup, "inline_keyboard")).flatten();
    let starts_with_pay = markup.is_none() || buttons.next().is_some_and(|first| first.get("pay") == Some(&json!(true)));
    if is_invoice && !starts_with_pay {
        return Err(ApiError::bad_request("REPLY_MARKUP_BUY_EMPTY"));
    }
    let has_more = buttons.any(is_pay) || (!is_invoice && markup.is_some() && starts_with_pay);
    if has_more { Err(ApiError::bad_request("BUTTON_TYPE_INVALID")) } else { Ok(()) }
}

/// The keyboard an invoice gets that was sent without one.
pub(crate) fn pay_keyboard(amount: u32) -> Value {
    json!({"inline_keyboard": [[{"text": format!("Pay ⭐️{amount}"), "pay": true}]]})
}

/// A key may be given as its bare text.
fn with_objects(map: &Map<String, Value>) -> Map<String, Value> {
    let mut map = map.clone();
    if let Some(Value::Array(rows)) = map.get_mut("keyboard") {
        for key in rows.iter_mut().filter_map(Value::as_array_mut).flatten() {
            if let Value::String(text) = key {
                *key = json!({"text": text});
            }
        }
    }
    map
}

/// Whether the keyboard has buttons, once all of them were found right.
fn inline(markup: &Value) -> Result<bool, ApiError> {
    let mut count = 0;
    for button in rows(markup, "inline_keyboard").flatten() {
        count += 1;
        check_button(button)?;
    }
    if count > BUTTONS_MAX {
        return Err(ApiError::bad_request("reply markup is too long"));
    }
    Ok(count > 0)
}

fn check_button(button: &Value) -> Result<(), ApiError> {
    let text = button.get("text").and_then(Value::as_str).unwrap_or_default();
    if text.trim().is_empty() {
        return Err(ApiError::bad_request("can't parse inline keyboard button: button text must be non-empty"));
    }
    match ACTIONS.iter().filter(|action| button.get(**action).is_some()).count() {
        0 => {
            return Err(ApiError::bad_request(
                "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
            ));
        }
        1 => {}
        _ => {
            return Err(ApiError::bad_request("can't parse inline keyboard button: several actions in one button"));
        }
    }
    if let Some(data) = button.get("callback_data").and_then(Value::as_str)
        && (data.is_empty() || data.len() > DATA_MAX)
    {
        return Err(ApiError::bad_request("BUTTON_DATA_INVALID"));
    }
    if let Some(url) = button.get("url").and_then(Value::as_str)
        && !["http://", "https://", "tg://"].iter().any(|scheme| url.starts_with(scheme))
    {
        return Err(ApiError::bad_request(format!("inline keyboard button URL '{url}' is invalid: Unsupported URL protocol")));
    }
    if let Some(url) = button.pointer("/web_app/url").and_then(Value::as_str)
        && !url.starts_with("https://")
    {
        return Err(ApiError::bad_request(format!(
            "inline keyboard button Web App URL '{url}' is invalid: Only HTTPS links are allowed"
        )));
    }
    Ok(())
}
