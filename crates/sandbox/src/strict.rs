//! Checks of what a bot sends: field names and types by table, texts, entities and keyboards by
//! Telegram's rules. Real Telegram passes over unknown fields; here they are refused, because in a
//! test they are always a mistake.

mod found;
pub(crate) mod html;
pub(crate) mod markup;
pub(crate) mod multipart;
pub(crate) mod params;
pub(crate) mod reactions;
pub(crate) mod tables;
pub(crate) mod text;

use serde_json::Value;

use crate::refusal::ApiError;

/// The JSON type of a field.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Type {
    Int,
    Float,
    Bool,
    Str,
    /// A number or an `@name`.
    ChatId,
    /// A list of this type.
    List(&'static Type),
    /// An object with these fields and no others.
    Object(&'static [Field]),
    /// Checked elsewhere.
    Any,
}

/// A field of a method or of an object.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) ty: Type,
    pub(crate) is_required: bool,
}

impl Type {
    fn name(self) -> &'static str {
        match self {
            Self::Int | Self::Float => "Number",
            Self::Bool => "Boolean",
            Self::Str | Self::ChatId => "String",
            Self::List(_) => "Array",
            Self::Object(_) => "Object",
            Self::Any => "Value",
        }
    }

    fn fits(self, value: &Value) -> bool {
        match self {
            Self::Int => value.is_i64() || value.is_u64(),
            Self::Float => value.is_number(),
            Self::Bool => value.is_boolean(),
            Self::Str => value.is_string(),
            Self::ChatId => value.is_i64() || value.is_string(),
            Self::List(_) => value.is_array(),
            Self::Object(_) => value.is_object(),
            Self::Any => true,
        }
    }
}

/// Checks `value`, named `name`, and everything in it.
pub(crate) fn check(value: &Value, name: &str, ty: Type) -> Result<(), ApiError> {
    if !ty.fits(value) {
        return Err(ApiError::bad_request(format!("Field \"{name}\" must be of type {}", ty.name())));
    }
    match (ty, value) {
        (Type::List(item), Value::Array(values)) => values.iter().try_for_each(|value| check(value, name, *item)),
        (Type::Object(fields), Value::Object(map)) => {
            for (key, value) in map {
                let field = fields
                    .iter()
                    .find(|field| field.name == key)
                    .ok_or_else(|| ApiError::bad_request(format!("unknown field \"{key}\" in \"{name}\"")))?;
                check(value, key, field.ty)?;
            }
            match fields.iter().find(|field| field.is_required && !map.contains_key(field.name)) {
                Some(field) => {
                    let missing = field.name;
                    Err(ApiError::bad_request(format!("can't parse {name}: Can't find field \"{missing}\"")))
                }
                None => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
