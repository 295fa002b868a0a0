//! The parameters of a request, out of its query string and its body, checked against the tables, and the files with them.

use serde_json::{Map, Value};

use super::multipart::{self, Upload};
use super::tables::Method;
use super::{Field, Type, check};
use crate::refusal::ApiError;

/// Checked parameters, and the files that came with them.
#[derive(Debug, Default)]
pub(crate) struct Params(pub(crate) Map<String, Value>, Vec<Upload>);

impl Params {
    /// Reads query and body; the body's fields win.
    ///
    /// # Errors
    /// 400 as Telegram words it, for bad JSON, unknown fields and wrong types.
    pub(crate) fn read(method: &Method, query: Option<&str>, content_type: &str, body: &[u8]) -> Result<Self, ApiError> {
        let (mut map, mut uploads) = (Map::new(), Vec::new());
        if let Some(query) = query {
            read_form(method, query.as_bytes(), &mut map)?;
        }
        let kind = content_type.split(';').next().unwrap_or_default().trim();
        match kind {
            _ if body.is_empty() => {}
            "application/json" => match serde_json::from_slice(body) {
                Ok(Value::Object(fields)) => {
                    for (name, value) in fields {
                        let field = find(method, &name)?;
                        map.insert(name, unpack(field.ty, value));
                    }
                }
                Ok(_) => return Err(ApiError::bad_request("object expected")),
                Err(_) => return Err(ApiError::bad_request("can't parse JSON object")),
            },
            "application/x-www-form-urlencoded" => read_form(method, body, &mut map)?,
            "multipart/form-data" => {
                uploads = multipart::read(content_type, body, &mut |name, text| put_text(method, name, text, &mut map))?;
            }
            _ => return Err(ApiError::bad_request("the sandbox takes JSON and forms")),
        }
        map.retain(|_, value| !value.is_null());
        for (name, value) in &map {
            check(value, name, find(method, name)?.ty)?;
        }
        Ok(Self(map, uploads))
    }

    /// A number.
    pub(crate) fn int(&self, name: &str) -> Option<i64> {
        self.0.get(name).and_then(Value::as_i64)
    }

    /// A number that has to be there: `message_id`.
    pub(crate) fn message_id(&self) -> Result<i64, ApiError> {
        self.int("message_id").ok_or_else(|| ApiError::bad_request("message identifier is not specified"))
    }

    /// A fraction.
    pub(crate) fn float(&self, name: &str) -> Option<f64> {
        self.0.get(name).and_then(Value::as_f64)
    }

    /// A switch; absent is off.
    pub(crate) fn is_on(&self, name: &str) -> bool {
        self.0.get(name).and_then(Value::as_bool).unwrap_or_default()
    }

    /// A text.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    /// The file that a parameter such as `attach://name` means.
    pub(crate) fn upload(&self, value: &str) -> Option<&Upload> {
        let name = value.strip_prefix("attach://")?;
        self.1.iter().find(|upload| upload.name == name)
    }

    /// A list.
    pub(crate) fn list(&self, name: &str) -> Option<&Vec<Value>> {
        self.0.get(name).and_then(Value::as_array)
    }

    /// Anything.
    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// A chat's number: `chat_id` or `from_chat_id`. A name never fits a private chat.
    pub(crate) fn chat(&self, name: &str) -> Result<i64, ApiError> {
        match self.0.get(name) {
            Some(Value::Number(id)) => Ok(id.as_i64().unwrap_or_default()),
            Some(Value::String(id)) if !id.is_empty() => {
                id.parse().map_err(|_not_a_number| ApiError::bad_request("chat not found"))
            }
            _ => Err(ApiError::bad_request(format!("{name} is empty"))),
        }
    }
}

fn find(method: &Method, name: &str) -> Result<&'static Field, ApiError> {
    method
        .1
        .iter()
        .flat_map(|group| group.iter())
        .find(|field| field.name == name)
        .ok_or_else(|| ApiError::bad_request(format!("unknown field \"{name}\" for {}", method.0)))
}

/// Objects and lists may come as JSON inside a string, as in forms.
fn unpack(ty: Type, value: Value) -> Value {
    match (ty, &value) {
        (Type::List(_) | Type::Object(_) | Type::Any, Value::String(text)) => serde_json::from_str(text).unwrap_or(value),
        _ => value,
    }
}

fn read_form(method: &Method, form: &[u8], map: &mut Map<String, Value>) -> Result<(), ApiError> {
    for pair in form.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
        let mut halves = pair.splitn(2, |byte| *byte == b'=');
        let name = decode(halves.next().unwrap_or_default())?;
        let text = decode(halves.next().unwrap_or_default())?;
        put_text(method, name, text, map)?;
    }
    Ok(())
}

/// Takes a parameter that came as text.
fn put_text(method: &Method, name: String, text: String, map: &mut Map<String, Value>) -> Result<(), ApiError> {
    let field = find(method, &name)?;
    let value = match field.ty {
        Type::Int => text.parse::<i64>().map_or(Value::String(text), Value::from),
        Type::Float => text.parse::<f64>().map_or(Value::String(text), Value::from),
        Type::Bool => match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => Value::Bool(true),
            _ => Value::Bool(false),
        },
        Type::Str | Type::ChatId => Value::String(text),
        Type::List(_) | Type::Object(_) | Type::Any => unpack(field.ty, Value::String(text)),
    };
    map.insert(name, value);
    Ok(())
}

/// Undoes percent encoding.
fn decode(bytes: &[u8]) -> Result<String, ApiError> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter();
    while let Some(byte) = rest.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => {
                let pair: Vec<u8> = rest.by_ref().take(2).copied().collect();
                std::str::from_utf8(&pair)
                    .ok()
                    .and_then(|pair| u8::from_str_radix(pair, 16).ok())
                    .ok_or_else(|| ApiError::bad_request("can't parse the query"))?
            }
            byte => *byte,
        });
    }
    String::from_utf8(out).map_err(|_not_utf8| ApiError::bad_request("strings must be encoded in UTF-8"))
}
