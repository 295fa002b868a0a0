//! Texts and their entities: cleaned, trimmed, measured in UTF-16 units, with the entities Telegram
//! finds on its own.

use serde_json::{Map, Value, json};

use super::{found, html};
use crate::refusal::ApiError;

/// Longest text of a message, in UTF-16 units (Bot API, `sendMessage`).
pub(crate) const TEXT_MAX: usize = 4096;
/// Longest caption, in UTF-16 units (Bot API, `sendPhoto`).
pub(crate) const CAPTION_MAX: usize = 1024;

/// An entity before it is put into JSON; positions in UTF-16 units.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entity {
    pub(crate) kind: String,
    pub(crate) offset: usize,
    pub(crate) length: usize,
    pub(crate) rest: Map<String, Value>,
}

impl Entity {
    /// An entity without further fields.
    pub(crate) fn new(kind: &str, offset: usize, length: usize) -> Self {
        Self { kind: kind.to_owned(), offset, length, rest: Map::new() }
    }

    fn end(&self) -> usize {
        self.offset + self.length
    }

    /// Whether Telegram puts a find of its own beside this one: none into code, links and mentions, and none across the edge
    /// of a quote (`TDLib`, `fix_entities`).
    fn admits(&self, find: &Self) -> bool {
        let is_apart = find.end() <= self.offset || self.end() <= find.offset;
        let is_inside = self.offset <= find.offset && find.end() <= self.end();
        is_apart
            || match self.kind.as_str() {
                "code" | "pre" | "text_link" | "text_mention" | "custom_emoji" => false,
                "blockquote" | "expandable_blockquote" => is_inside,
                _ => true,
            }
    }

    fn into_value(mut self) -> Value {
        self.rest.insert("offset".to_owned(), self.offset.into());
        self.rest.insert("length".to_owned(), self.length.into());
        self.rest.insert("type".to_owned(), self.kind.into());
        Value::Object(self.rest)
    }
}

/// A text ready to be stored.
#[derive(Debug, Default)]
pub(crate) struct Formatted {
    pub(crate) text: String,
    pub(crate) entities: Vec<Value>,
}

/// The number of UTF-16 units of `text`.
pub(crate) fn utf16_len(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// Formats what a bot or a person wrote. The result may be empty; its length is not yet checked.
///
/// # Errors
/// 400 for a parse mode the sandbox does not know, and for markup or entities that do not fit.
pub(crate) fn format(text: &str, parse_mode: Option<&str>, entities: Option<&Vec<Value>>) -> Result<Formatted, ApiError> {
    let (text, entities) = match parse_mode {
        Some(mode) if mode.eq_ignore_ascii_case("html") => html::parse(text)?,
        Some("") | None => (text.to_owned(), read_entities(text, entities)?),
        Some(mode) if mode.to_ascii_lowercase().starts_with("markdown") => {
            return Err(ApiError::bad_request("the sandbox reads HTML and entities, no Markdown"));
        }
        Some(_) => return Err(ApiError::bad_request("unsupported parse_mode")),
    };
    let (text, entities) = clean(&text, entities);
    let mut entities: Vec<Entity> = entities.into_iter().map(as_mention).collect();
    add_found(&text, &mut entities);
    entities.sort_by_key(|entity| (entity.offset, std::cmp::Reverse(entity.length)));
    let entities = entities.into_iter().map(Entity::into_value).collect();
    Ok(Formatted { text, entities })
}

/// Like [`format`], for the text of a message: not empty, not too long.
pub(crate) fn message_text(
    text: Option<&str>,
    parse_mode: Option<&str>,
    entities: Option<&Vec<Value>>,
) -> Result<Formatted, ApiError> {
    let text = text.filter(|text| !text.is_empty()).ok_or_else(|| ApiError::bad_request("message text is empty"))?;
    let formatted = format(text, parse_mode, entities)?;
    if formatted.text.chars().all(is_unseen) {
        return Err(ApiError::bad_request("text must be non-empty"));
    }
    if utf16_len(&formatted.text) > TEXT_MAX {
        return Err(ApiError::bad_request("message is too long"));
    }
    Ok(formatted)
}

/// Blanks, and what takes no room: a text of nothing else is none (`TDLib`, `strip_empty_characters`).
fn is_unseen(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{2800}' | '\u{feff}' | '\u{fffc}')
}

/// Like [`format`], for a caption: not too long.
pub(crate) fn caption(text: &str, parse_mode: Option<&str>, entities: Option<&Vec<Value>>) -> Result<Formatted, ApiError> {
    let formatted = format(text, parse_mode, entities)?;
    if utf16_len(&formatted.text) > CAPTION_MAX {
        return Err(ApiError::bad_request("message caption is too long"));
    }
    Ok(formatted)
}

const KINDS: [&str; 20] = [
    "mention",
    "hashtag",
    "cashtag",
    "bot_command",
    "url",
    "email",
    "phone_number",
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "blockquote",
    "expandable_blockquote",
    "code",
    "pre",
    "text_link",
    "text_mention",
    "custom_emoji",
    "date_time",
];

fn read_entities(text: &str, given: Option<&Vec<Value>>) -> Result<Vec<Entity>, ApiError> {
    let Some(given) = given else {
        return Ok(Vec::new());
    };
    let boundaries = boundaries(text);
    let mut entities = Vec::with_capacity(given.len());
    for value in given {
        let number = |name: &str| value.get(name).and_then(Value::as_i64).and_then(|n| usize::try_from(n).ok());
        let kind = value.get("type").and_then(Value::as_str).unwrap_or_default();
        let (Some(offset), Some(length)) = (number("offset"), number("length")) else {
            return Err(ApiError::bad_request("can't parse entities: negative offset or length"));
        };
        if !KINDS.contains(&kind) {
            return Err(ApiError::bad_request(format!("can't parse MessageEntity: unknown type \"{kind}\"")));
        }
        let is_missing = |name: &str| value.get(name).is_none();
        let field = match kind {
            "text_link" => "url",
            "text_mention" => "user",
            "custom_emoji" => "custom_emoji_id",
            _ => "type",
        };
        if is_missing(field) {
            return Err(ApiError::bad_request(format!("can't parse MessageEntity: \"{kind}\" lacks its field")));
        }
        if boundaries.binary_search(&offset).is_err() || boundaries.binary_search(&(offset + length)).is_err() {
            return Err(ApiError::bad_request("entity is out of the text or in the middle of a UTF-16 symbol"));
        }
        // Telegram finds these itself and ignores those given.
        if length > 0 && !KINDS.iter().take(7).any(|found| *found == kind) {
            let rest = value.as_object().map(|map| {
                let named = |name: &str| matches!(name, "type" | "offset" | "length");
                map.iter().filter(|(name, _)| !named(name)).map(|(n, v)| (n.clone(), v.clone())).collect()
            });
            entities.push(Entity { kind: kind.to_owned(), offset, length, rest: rest.unwrap_or_default() });
        }
    }
    Ok(entities)
}

/// The offsets at which a character begins, and the end.
fn boundaries(text: &str) -> Vec<usize> {
    let mut at = 0;
    let mut found = vec![0];
    found.extend(text.chars().map(|c| {
        at += c.len_utf16();
        at
    }));
    found
}

/// Takes out what Telegram takes out, trims both ends and moves the entities along.
fn clean(text: &str, entities: Vec<Entity>) -> (String, Vec<Entity>) {
    let is_dropped = |c: char| c == '\r' || ('\u{2028}'..='\u{202e}').contains(&c);
    let is_blanked = |c: char| c < ' ' && c != '\n';
    let is_clean = !text.contains(|c: char| is_dropped(c) || is_blanked(c));
    if is_clean && text.trim().len() == text.len() {
        return (text.to_owned(), entities);
    }
    // For each old position, the new one.
    let mut moved = Vec::with_capacity(text.len() + 1);
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    for c in text.chars() {
        let kept = if is_blanked(c) { ' ' } else { c };
        moved.extend(std::iter::repeat_n(at, c.len_utf16()));
        if !is_dropped(c) {
            out.push(kept);
            at += kept.len_utf16();
        }
    }
    moved.push(at);
    let start = utf16_len(&out) - utf16_len(out.trim_start());
    let end = utf16_len(out.trim_end()).max(start);
    let place = |old: usize| moved.get(old).copied().unwrap_or(at).clamp(start, end) - start;
    let entities = entities
        .into_iter()
        .map(|entity| {
            let (from, to) = (place(entity.offset), place(entity.end()));
            Entity { offset: from, length: to - from, ..entity }
        })
        .filter(|entity| entity.length > 0)
        .collect();
    (out.trim().to_owned(), entities)
}

/// Adds what Telegram finds itself. What was given comes first.
fn add_found(text: &str, entities: &mut Vec<Entity>) {
    let is_free = |find: &Entity| entities.iter().all(|given| given.admits(find));
    let finds: Vec<Entity> = found::find(text).into_iter().filter(is_free).collect();
    entities.extend(finds);
}

/// A link to a person is a mention of them; the world knows the rest of the user.
fn as_mention(mut entity: Entity) -> Entity {
    let url = entity.rest.get("url").and_then(Value::as_str).filter(|_| entity.kind == "text_link");
    if let Some(id) = url.and_then(linked_person) {
        "text_mention".clone_into(&mut entity.kind);
        entity.rest = Map::from_iter([("user".to_owned(), json!({"id": id}))]);
    }
    entity
}

/// Whose account a link such as `tg://user?id=5` leads to (`TDLib`, `LinkManager::get_link_user_id`).
fn linked_person(url: &str) -> Option<i64> {
    let url = url.to_ascii_lowercase();
    let rest = url.strip_prefix("tg:")?;
    let rest = rest.strip_prefix("//").unwrap_or(rest).strip_prefix("user")?;
    let query = rest.strip_prefix('/').unwrap_or(rest).strip_prefix('?')?;
    let query = query.split_once('#').map_or(query, |(query, _)| query);
    let id = query.split('&').find_map(|part| part.strip_prefix("id="))?;
    id.parse().ok()
}
