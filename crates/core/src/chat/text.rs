//! The words of a message, which lie in memory alone while its chat goes on.

use std::fmt;

/// The text or caption of a message, at most [`ChatText::MOST_BYTES`] long. Nothing that is printed shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct ChatText(Box<str>);

impl ChatText {
    /// How long it is at most, in bytes; of a longer text the beginning is kept, with `…` at its end.
    pub const MOST_BYTES: usize = 4 << 10;

    /// Takes a text, or the beginning of one that is too long.
    pub fn new(mut text: String) -> Self {
        const CUT: char = '…';
        if text.len() > Self::MOST_BYTES {
            text.truncate(text.floor_char_boundary(Self::MOST_BYTES.saturating_sub(CUT.len_utf8())));
            text.push(CUT);
        }
        Self(text.into_boxed_str())
    }

    /// Returns the words.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How long it is, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.0.len()
    }
}

impl fmt::Debug for ChatText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChatText({} bytes)", self.bytes())
    }
}
