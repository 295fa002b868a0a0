//! Telegram's HTML: the tags it knows, its four named entities, and its complaints.

use super::text::{Entity, utf16_len};
use crate::refusal::ApiError;

/// A tag that is open.
struct Open {
    tag: String,
    entity: Entity,
}

fn fail(detail: impl std::fmt::Display) -> ApiError {
    ApiError::bad_request(format!("can't parse entities: {detail}"))
}

/// Splits markup into a text and its entities.
///
/// # Errors
/// 400 with Telegram's words for unknown, unclosed and crossed tags.
pub(crate) fn parse(source: &str) -> Result<(String, Vec<Entity>), ApiError> {
    let (mut text, mut entities, mut open) = (String::new(), Vec::new(), Vec::<Open>::new());
    let (mut rest, mut units) = (source, 0);
    while let Some(c) = rest.chars().next() {
        let at = source.len() - rest.len();
        if c == '<' {
            let (inside, after) = rest
                .strip_prefix('<')
                .and_then(|rest| rest.split_once('>'))
                .ok_or_else(|| fail(format_args!("Unclosed start tag at byte offset {at}")))?;
            rest = after;
            if let Some(name) = inside.strip_prefix('/') {
                let closed = close(name.trim(), at, &mut open)?;
                entities.extend(finish(closed, units, &mut open));
            } else {
                open.push(start(inside, at, units, &open)?);
            }
            continue;
        }
        let (decoded, after) = decode(rest);
        text.push(decoded);
        units += decoded.len_utf16();
        rest = after;
    }
    if let Some(unclosed) = open.last() {
        return Err(fail(format_args!("Can't find end tag corresponding to start tag \"{}\"", unclosed.tag)));
    }
    debug_assert_eq!(units, utf16_len(&text));
    Ok((text, entities))
}

fn start(inside: &str, at: usize, offset: usize, open: &[Open]) -> Result<Open, ApiError> {
    let (tag, attributes) = inside.split_once(char::is_whitespace).unwrap_or((inside, ""));
    let tag = tag.to_ascii_lowercase();
    let value = |name: &str| attribute(attributes, name);
    let unsupported = || fail(format_args!("Unsupported start tag \"{tag}\" at byte offset {at}"));
    let kind = match tag.as_str() {
        "b" | "strong" => "bold",
        "i" | "em" => "italic",
        "u" | "ins" => "underline",
        "s" | "strike" | "del" => "strikethrough",
        "tg-spoiler" => "spoiler",
        "span" if value("class").as_deref() == Some("tg-spoiler") => "spoiler",
        "span" => {
            return Err(fail(format_args!("Tag \"span\" must have class \"tg-spoiler\" at byte offset {at}")));
        }
        "a" => "text_link",
        "code" => "code",
        "pre" => "pre",
        "blockquote" if attributes.split_whitespace().any(|word| word == "expandable") => "expandable_blockquote",
        "blockquote" => "blockquote",
        "tg-emoji" => "custom_emoji",
        _ => return Err(unsupported()),
    };
    let mut entity = Entity::new(kind, offset, 0);
    match kind {
        "text_link" => {
            if let Some(url) = value("href") {
                entity.rest.insert("url".to_owned(), url.into());
            }
        }
        "custom_emoji" => {
            let id = value("emoji-id")
                .ok_or_else(|| fail(format_args!("Tag \"tg-emoji\" must have attribute \"emoji-id\" at byte offset {at}")))?;
            entity.rest.insert("custom_emoji_id".to_owned(), id.into());
        }
        "code" if open.last().is_some_and(|outer| outer.entity.kind == "pre") => {
            if let Some(language) = value("class").and_then(|class| class.strip_prefix("language-").map(str::to_owned)) {
                entity.rest.insert("language".to_owned(), language.into());
            }
        }
        _ => {}
    }
    Ok(Open { tag, entity })
}

/// Takes the innermost open tag, which this end tag must belong to; returns its entity.
fn close(name: &str, at: usize, open: &mut Vec<Open>) -> Result<Entity, ApiError> {
    let Some(Open { tag, entity }) = open.pop() else {
        return Err(fail(format_args!("Unexpected end tag at byte offset {at}")));
    };
    if !name.is_empty() && !name.eq_ignore_ascii_case(&tag) {
        return Err(fail(format_args!("Unmatched end tag at byte offset {at}, expected \"</{tag}>\", found \"</{name}>\"")));
    }
    Ok(entity)
}

/// An entity that ends at `units`, unless it says nothing or is told by the tag around it.
fn finish(mut entity: Entity, units: usize, open: &mut [Open]) -> Option<Entity> {
    entity.length = units - entity.offset;
    let is_bare_link = entity.kind == "text_link" && !entity.rest.contains_key("url");
    if entity.length == 0 || is_bare_link {
        return None;
    }
    // `<pre><code class="language-x">` is one `pre` entity with a language.
    if entity.kind == "code"
        && let Some(outer) = open.last_mut()
        && outer.entity.kind == "pre"
    {
        outer.entity.rest.extend(entity.rest);
        return None;
    }
    Some(entity)
}

fn attribute(attributes: &str, name: &str) -> Option<String> {
    let mut rest = attributes;
    while let Some((key, after)) = rest.split_once('=') {
        let key = key.split_whitespace().last().unwrap_or_default();
        let after = after.trim_start();
        let (value, next) = match after.chars().next()? {
            quote @ ('"' | '\'') => after.strip_prefix(quote)?.split_once(quote)?,
            _ => after.split_once(char::is_whitespace).unwrap_or((after, "")),
        };
        if key.eq_ignore_ascii_case(name) {
            let (mut out, mut left) = (String::new(), value);
            while !left.is_empty() {
                let (c, after) = decode(left);
                out.push(c);
                left = after;
            }
            return Some(out);
        }
        rest = next;
    }
    None
}

/// The next character of `rest`, with entities undone, and what follows it.
fn decode(rest: &str) -> (char, &str) {
    let mut chars = rest.chars();
    let Some(first) = chars.next() else {
        return (' ', "");
    };
    if first == '&'
        && let Some((name, after)) = chars.as_str().split_once(';')
        && let Some(decoded) = named(name)
    {
        return (decoded, after);
    }
    (first, chars.as_str())
}

fn named(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|c| *c != '\0')
        }
    }
}
