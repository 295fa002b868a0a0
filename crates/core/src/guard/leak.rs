//! What can name a message's writer: the kinds, where they stand, and the search for all of them.

use std::ops::Range;

use super::file::{self, File};
use super::token::{Kind, Token, read};
use super::words::Means;
use super::{link, name, phone, service};
use crate::code::{bit_set, coded_enum};

coded_enum! {
    /// What can name somebody. A person is asked once for each of these in a chat.
    Leak {
        Phone = "phone",
        Handle = "handle",
        Link = "link",
        Email = "email",
        Service = "service",
        FileName = "file_name",
        FileFacts = "file_facts",
    }
}

bit_set! {
    /// A set of kinds of leaks.
    LeakSet of Leak as u8
}

/// What is judged: a message, or a text that others read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Post<'a> {
    /// The text or caption.
    pub text: &'a str,
    /// Addresses that lie hidden behind words of the text.
    pub hidden_links: &'a [&'a str],
    /// The file, if it is sent as one: pictures that Telegram makes anew are none.
    pub file: Option<File<'a>>,
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What it is.
    pub kind: Leak,
    /// Where it stands in the text, in bytes, on borders of characters; empty if it is not in the text.
    pub at: Range<usize>,
}

/// What was found, in the order of the kinds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Leaks(Vec<Found>);

impl Leaks {
    /// Returns the kinds that were found.
    pub fn kinds(&self) -> LeakSet {
        self.0.iter().map(|found| found.kind).collect()
    }

    /// Returns each place, in the order of the kinds.
    pub fn found(&self) -> &[Found] {
        &self.0
    }

    /// Reports whether nothing names anybody.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Finds what can name the writer of a message.
///
/// # Examples
/// ```
/// use luvhive_core::guard::{Leak, Post, leaks};
///
/// let found = leaks(&Post { text: "my snap is juno_bee4", ..Post::default() });
/// assert!(found.kinds().contains(Leak::Service));
/// assert!(leaks(&Post { text: "I deleted instagram last year", ..Post::default() }).is_empty());
/// ```
pub fn leaks(post: &Post<'_>) -> Leaks {
    let tokens = signs(&read(post.text));
    let mut found = Vec::new();
    let mut add = |kind, places: Vec<Range<usize>>| found.extend(places.into_iter().map(|at| Found { kind, at }));
    add(Leak::Phone, phone::find(&tokens));
    add(Leak::Handle, name::find_handles(&tokens));
    let mut links = link::find(&tokens);
    links.extend(post.hidden_links.iter().map(|_| 0..0));
    add(Leak::Link, links);
    add(Leak::Email, name::find_emails(&tokens));
    add(Leak::Service, service::find(&tokens));
    let whole = |is_found: bool| is_found.then_some(0..0).into_iter().collect();
    add(Leak::FileName, whole(post.file.is_some_and(file::is_telling)));
    add(Leak::FileFacts, whole(post.file.is_some_and(file::has_facts)));
    Leaks(found)
}

/// Reads spelled signs as signs: `(at)` is `@`, `[.]` is a dot, and stars between letters are nothing.
fn signs(tokens: &[Token]) -> Vec<Token> {
    let is_open = |token: &Token| matches!(token.kind, Kind::Sign('(' | '[' | '{' | '<'));
    let is_close = |token: &Token| matches!(token.kind, Kind::Sign(')' | ']' | '}' | '>'));
    let mut plain: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut rest = tokens;
    let mut is_glued = false;
    while let [first, after @ ..] = rest {
        if let [inner, close, ..] = after
            && is_open(first)
            && is_close(close)
            && let Some(sign) = bracketed(inner)
        {
            // Brackets around the other parts go as well: (ravi)(at)(x).
            if plain.last().is_some_and(|last| is_close(last) && !first.has_gap) {
                plain.pop();
            }
            plain.push(Token {
                kind: Kind::Sign(sign),
                // More than one letter: said on purpose, so any ending makes an address.
                text: format!("({sign})"),
                means: Means::NOTHING,
                value: None,
                at: first.at.start..close.at.end,
                ..first.clone()
            });
            rest = after.get(2..).unwrap_or_default();
            is_glued = true;
            continue;
        }
        let is_bracket = is_glued && is_open(first) && !first.has_gap;
        if !first.is_sign('*') && !is_bracket {
            plain.push(first.clone());
        }
        is_glued = is_bracket;
        rest = after;
    }
    plain
}

/// The sign that a word in brackets stands for.
fn bracketed(inner: &Token) -> Option<char> {
    match inner.kind {
        Kind::Sign(sign @ ('.' | '@' | '/')) => Some(sign),
        Kind::Word if inner.is(Means::AT) || inner.text == "a" => Some('@'),
        Kind::Word if inner.is(Means::DOT) => Some('.'),
        Kind::Word if inner.is(Means::SLASH) => Some('/'),
        _ => None,
    }
}
