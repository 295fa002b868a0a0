//! What a person writes about themselves, for strangers to read: short, cleaned, and naming nobody.
//! The rule of what names somebody is a first fence; it knows links, handles, addresses and telephone numbers.

use unicode_normalization::UnicodeNormalization as _;
use unicode_segmentation::UnicodeSegmentation as _;

use crate::text::{is_joiner, tidy};

/// The longest text, in characters as people count them (grapheme clusters).
pub const MAX_BIO_GRAPHEMES: usize = 200;
/// The longest text in bytes: a grapheme cluster may be a heap of marks.
pub const MAX_BIO_BYTES: usize = 2_000;
/// So many digits in a row, with the usual signs between them, are a telephone number.
const PHONE_DIGITS: usize = 7;
/// A handle has so many letters at least.
const HANDLE_LETTERS: usize = 3;

/// What a person writes about themselves: 1 to 200 grapheme clusters, on one line, without what can name somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bio(Box<str>);

/// Why a text about oneself is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BioRefusal {
    /// Nothing is left of it.
    #[error("text is empty")]
    Empty,
    /// It is too long.
    #[error("text is longer than {MAX_BIO_GRAPHEMES} characters")]
    TooLong {
        /// How long it is, in grapheme clusters.
        graphemes: usize,
    },
    /// It holds a link, a handle, an address or a telephone number.
    #[error("text can name its writer")]
    NamesSomebody,
}

impl Bio {
    /// Makes a text from what was typed: invisible characters go, white space is collapsed.
    ///
    /// # Errors
    /// A [`BioRefusal`] in the order of its variants.
    pub fn new(text: &str) -> Result<Self, BioRefusal> {
        let text = tidy(text);
        if text.is_empty() {
            return Err(BioRefusal::Empty);
        }
        let graphemes = text.graphemes(true).count();
        if graphemes > MAX_BIO_GRAPHEMES || text.len() > MAX_BIO_BYTES {
            return Err(BioRefusal::TooLong { graphemes });
        }
        if names_somebody(&text) {
            return Err(BioRefusal::NamesSomebody);
        }
        Ok(Self(text.into()))
    }

    /// Takes a text that was checked when it was stored; `None` if it cannot have been. Which letters are unseen was
    /// another list then, so only controls are looked for.
    pub fn from_stored(text: &str) -> Option<Self> {
        let is_whole = !text.is_empty() && text.len() <= MAX_BIO_BYTES && !text.contains(char::is_control);
        is_whole.then(|| Self(text.into()))
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Reports links, handles, addresses and telephone numbers, also in look-alike letters (by compatibility forms).
pub fn names_somebody(text: &str) -> bool {
    let plain: String = text.nfkc().filter(|letter| !is_joiner(*letter)).flat_map(char::to_lowercase).map(plain_sign).collect();
    let plain = ["(dot)", "[dot]", " dot ", " . "].iter().fold(plain, |text, dot| text.replace(dot, "."));
    has_handle(&plain) || has_link(&plain) || has_phone(&plain)
}

/// Maps signs that look like those of addresses.
const fn plain_sign(letter: char) -> char {
    match letter {
        '\u{3002}' | '\u{2024}' | '\u{ff61}' | '\u{b7}' | '\u{2022}' => '.',
        '\u{2044}' | '\u{2215}' => '/',
        _ => letter,
    }
}

/// A sign of addressing in front of a name, or the name of a place where people have names, with a sign behind it.
fn has_handle(text: &str) -> bool {
    let after_sign = text.split('@').skip(1).any(|rest| {
        let name = rest.trim_start().chars().take_while(|&letter| letter.is_alphanumeric() || letter == '_');
        name.count() >= HANDLE_LETTERS
    });
    let places = [
        "telegram",
        "instagram",
        "insta",
        "snapchat",
        "snap",
        "whatsapp",
        "discord",
        "facebook",
        "tiktok",
        "skype",
        "ig",
        "tg",
        "fb",
    ];
    after_sign
        || places.iter().any(|place| {
            text.match_indices(place).any(|(at, _)| {
                let (before, rest) = text.split_at(at);
                let rest = rest.get(place.len()..).unwrap_or_default().trim_start();
                let is_word = !before.ends_with(char::is_alphanumeric);
                is_word
                    && (rest.starts_with([':', '=', '@', '-', '>'])
                        || rest.strip_prefix("id").is_some_and(|rest| !rest.starts_with(char::is_alphanumeric)))
            })
        })
}

/// A protocol, or a word, a dot and an ending under which names are sold.
fn has_link(text: &str) -> bool {
    const ENDINGS: &[&str] = &[
        "com", "net", "org", "info", "biz", "me", "in", "io", "co", "ru", "su", "ua", "br", "id", "de", "uk", "fr", "es", "it",
        "us", "eu", "app", "dev", "xyz", "link", "page", "site", "online", "shop", "club", "top", "live", "gg", "ly", "tv", "to",
        "cc", "ai", "pro", "vip", "fun", "space", "website", "bio", "onion", "web", "store", "world", "chat", "dating",
    ];
    if text.contains("://") || text.contains("www.") {
        return true;
    }
    let words = text.split(|letter: char| !letter.is_alphanumeric() && letter != '.' && letter != '-');
    words.into_iter().any(|word| {
        let mut parts = word.split('.');
        let first = parts.next().unwrap_or_default();
        let mut before = first;
        parts.any(|part| {
            let is_named = before.len() > 1 || before.chars().any(char::is_alphabetic);
            let is_ending = ENDINGS.contains(&part) || part.starts_with("xn--");
            before = part;
            is_named && is_ending
        })
    })
}

/// Digits of any script, with spaces, dots, dashes, brackets or a plus between them.
fn has_phone(text: &str) -> bool {
    let mut digits = 0_usize;
    for letter in text.chars() {
        if letter.is_numeric() {
            digits = digits.saturating_add(1);
            if digits >= PHONE_DIGITS {
                return true;
            }
        } else if !matches!(
            letter,
            ' ' | '.' | '-' | '(' | ')' | '+' | '/' | '_' | ',' | '\u{2010}'..='\u{2015}' | '\u{fe0f}' | '\u{20e3}'
        ) {
            digits = 0;
        }
    }
    false
}

#[cfg(test)]
mod tests;
