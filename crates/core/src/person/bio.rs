//! What a person writes about themselves, for strangers to read: short, cleaned, and naming nobody.
//! What names somebody is for the guard to say, as in a chat.

use unicode_segmentation::UnicodeSegmentation as _;

use crate::guard::{Post, leaks};
use crate::text::tidy;

/// The longest text, in characters as people count them (grapheme clusters).
pub const MAX_BIO_GRAPHEMES: usize = 200;
/// The longest text in bytes: a grapheme cluster may be a heap of marks.
pub const MAX_BIO_BYTES: usize = 2_000;

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
    /// It holds a link, a handle, an address, a telephone number or a name for another service.
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

    /// Reports whether a partner may read it. Some texts were stored when fewer words and signs were known; they are hidden
    /// until their owner writes another one.
    pub fn is_showable(&self) -> bool {
        !names_somebody(&self.0)
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Reports a text that gives its writer away, as the guard sees it: links, handles, addresses, telephone numbers, names for
/// other services.
pub fn names_somebody(text: &str) -> bool {
    !leaks(&Post { text, ..Post::default() }).is_empty()
}

#[cfg(test)]
mod tests;
