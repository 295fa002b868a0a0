//! Texts that lie encrypted in the database, under keys that come from outside it: AES-256-GCM, with the key's number in
//! front and the text's place bound to it, so that a text that was moved to another row cannot be read there.

mod census;
mod column;
mod key;
mod portion;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use luvhive_core::entropy::Entropy;
use parking_lot::Mutex;

pub use census::{Census, take_census};
pub(crate) use column::{APPEAL, BIO, CALL, CITY, COMMAND, Column, DIALOG, FORMER_WORDS, REPORT_WORDS, UPDATE};
pub use key::KeyId;
use key::{Key, NONCE};
pub use portion::{Mark, Portion, is_bot_running, seal_portion, statements};

/// Encrypts and decrypts texts; clones share the keys.
#[derive(Clone, Default)]
pub struct Vault(Option<Arc<Inner>>);

struct Inner {
    /// The first one encrypts, all of them decrypt.
    keys: Vec<Key>,
    nonces: Mutex<Nonces>,
    has_warned: AtomicBool,
}

/// Nonces that no two texts share: a number drawn by this process, then a counter. Drawing all 96 bits for each text would
/// make a repetition likely after some months of a busy bot.
struct Nonces {
    entropy: Box<dyn Entropy>,
    drawn: u64,
    used: u32,
}

impl Nonces {
    fn next(&mut self) -> [u8; NONCE] {
        self.used = self.used.wrapping_add(1);
        if self.used == 0 {
            self.drawn = self.entropy.next_u64();
        }
        let mut nonce = [0; NONCE];
        let (drawn, used) = nonce.split_at_mut(size_of::<u64>());
        drawn.copy_from_slice(&self.drawn.to_be_bytes());
        used.copy_from_slice(&self.used.to_be_bytes());
        nonce
    }
}

/// A text as it is stored: in clear, or encrypted.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Kept<'a> {
    pub(crate) text: Option<Cow<'a, str>>,
    pub(crate) sealed: Option<Vec<u8>>,
}

/// A text of a column that may be NULL, and its encrypted form.
pub(crate) type Filled<'a> = (Option<Cow<'a, str>>, Option<Vec<u8>>);

/// Whose row it is: the bot, and the number that the column's table knows the row by.
pub(crate) type Row = (i64, i64);

impl Vault {
    /// Makes a vault of keys, each of 64 hexadecimal digits, with white space between them. The first one encrypts, all of
    /// them decrypt. `None` unless there is at least one, and nothing else.
    pub fn new(keys: &str, mut entropy: Box<dyn Entropy>) -> Option<Self> {
        let keys: Vec<Key> = keys.split_whitespace().map(Key::parse).collect::<Option<_>>()?;
        if keys.is_empty() {
            return None;
        }
        let drawn = entropy.next_u64();
        let nonces = Mutex::new(Nonces { entropy, drawn, used: 0 });
        Some(Self(Some(Arc::new(Inner { keys, nonces, has_warned: AtomicBool::new(false) }))))
    }

    /// The numbers of its keys, the one that encrypts first; none without a key.
    pub fn keys(&self) -> Vec<KeyId> {
        self.0.iter().flat_map(|inner| inner.keys.iter().map(Key::id)).collect()
    }

    /// Makes a text ready to be stored: encrypted if there is a key.
    pub(crate) fn put<'a>(&self, column: &Column, row: Row, text: Option<&'a str>) -> Kept<'a> {
        match (text, &self.0) {
            (Some(text), Some(inner)) => Kept { text: None, sealed: inner.seal(column, row, text) },
            (text, _) => Kept { text: text.map(Cow::Borrowed), sealed: None },
        }
    }

    /// Makes a text ready for a column that is never NULL: an empty text stands where it is encrypted.
    pub(crate) fn fill<'a>(&self, column: &Column, row: Row, text: Cow<'a, str>) -> (Cow<'a, str>, Option<Vec<u8>>) {
        match self.put(column, row, Some(&text)).sealed {
            Some(sealed) => (Cow::Borrowed(""), Some(sealed)),
            None => (text, None),
        }
    }

    /// The same for a column that is NULL in rows without a text.
    pub(crate) fn fill_some<'a>(&self, column: &Column, row: Row, text: Option<Cow<'a, str>>) -> Filled<'a> {
        let (text, sealed) = text.map(|text| self.fill(column, row, text)).unzip();
        (text, sealed.flatten())
    }

    /// Returns a stored text. One in clear counts first: the previous release wrote it later. One that cannot be decrypted is
    /// not there, with one warning.
    pub(crate) fn get(&self, column: &Column, row: Row, (text, sealed): (Option<String>, Option<&[u8]>)) -> Option<String> {
        match (text.filter(|text| !text.is_empty()), sealed) {
            (Some(text), _) => Some(text),
            (None, Some(sealed)) => self.open(column, row, sealed),
            (None, None) => None,
        }
    }

    /// Decrypts a text; `None`, with one warning, if that cannot be.
    pub(crate) fn open(&self, column: &Column, row: Row, sealed: &[u8]) -> Option<String> {
        let id = KeyId::of_sealed(sealed);
        let key = self.0.iter().flat_map(|inner| &inner.keys).find(|key| Some(key.id()) == id);
        let text = key.and_then(|key| key.open(&column.bind(row), sealed)).and_then(|text| String::from_utf8(text).ok());
        if text.is_none() {
            self.warn(id, key.is_some());
        }
        text
    }

    /// Makes the MAC of a row of the audit log by the sub-key of this key; `None` if the key is not here.
    pub(crate) fn mac(&self, by: KeyId, content: &[u8]) -> Option<[u8; 32]> {
        self.0.iter().flat_map(|inner| &inner.keys).find(|key| key.id() == by)?.mac(content)
    }

    /// Reports whether a text is encrypted by the key that encrypts now.
    fn is_current(&self, sealed: &[u8]) -> bool {
        self.keys().first().copied() == KeyId::of_sealed(sealed)
    }

    fn warn(&self, id: Option<KeyId>, is_known: bool) {
        if self.0.as_ref().is_some_and(|inner| inner.has_warned.swap(true, Ordering::Relaxed)) {
            return;
        }
        let key = id.map(|id| id.to_string()).unwrap_or_default();
        if is_known {
            tracing::warn!(key, "a stored text was changed or moved, cannot be decrypted and counts as empty");
        } else {
            tracing::warn!(key, "the key of a stored text is missing, and it counts as empty; see `luvhive key check`");
        }
    }
}

impl Inner {
    fn seal(&self, column: &Column, row: Row, text: &str) -> Option<Vec<u8>> {
        let nonce = self.nonces.lock().next();
        self.keys.first()?.seal(nonce, &column.bind(row), text.as_bytes())
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Vault").field(&self.keys()).finish()
    }
}

#[cfg(test)]
mod tests;
