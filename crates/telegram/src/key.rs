//! The key of one bot, derived from its token. What it is for is named where it is used: `BotKey::invoices` seals,
//! `BotKey::subjects` hashes accounts, `BotKey::marks` draws numbers; what one of them made the others cannot make.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use luvhive_core::conduct::SubjectHash;
use luvhive_core::id::TelegramId;
use sha2::Sha256;

/// What the key is derived for; another use of the token gives another key.
const PURPOSE: &[u8] = b"luvhive invoice payload 1";
/// What the key of [`Subjects`] is derived for.
const SUBJECTS: &[u8] = b"luvhive subject hash 1";

/// The key of one bot.
#[derive(Clone)]
pub struct BotKey([u8; 32]);

impl fmt::Debug for BotKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BotKey(***)")
    }
}

impl BotKey {
    /// Derives the key from the bot's token.
    pub fn derive(token: &str) -> Self {
        let mut mac = keyed(token.as_bytes());
        mac.update(PURPOSE);
        Self(mac.finalize().into_bytes().into())
    }

    /// Returns what hashes accounts, where there is no key that outlives the token.
    pub(crate) fn subjects(&self) -> Subjects<'_> {
        Subjects(self)
    }

    /// Returns what draws numbers from text.
    pub fn marks(&self) -> Marks<'_> {
        Marks(self)
    }

    /// Begins a signature or hash under this key.
    pub(crate) fn mac(&self) -> Hmac<Sha256> {
        keyed(&self.0)
    }
}

/// Hashes accounts under a bot's key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subjects<'a>(&'a BotKey);

impl Subjects<'_> {
    /// Hashes an account, the same each time; nobody without the key can tell whose the hash is. It changes with the token,
    /// so it serves only where there is no key of its own for this.
    pub(crate) fn hash(self, account: TelegramId) -> SubjectHash {
        // A key of its own, so that no text that is signed elsewhere gives the same.
        let mut mac = self.0.mac();
        mac.update(SUBJECTS);
        let mut mac = keyed(&mac.finalize().into_bytes());
        mac.update(&account.get().to_be_bytes());
        SubjectHash::new(mac.finalize().into_bytes().into())
    }
}

/// Draws numbers under a bot's key.
#[derive(Clone, Copy, Debug)]
pub struct Marks<'a>(&'a BotKey);

impl Marks<'_> {
    /// Draws a number from text, the same one each time; nobody without the key can tell it beforehand.
    pub fn draw(self, text: &str) -> u64 {
        let mut mac = self.0.mac();
        mac.update(b"nonce ");
        mac.update(text.as_bytes());
        let bytes = mac.finalize().into_bytes();
        bytes.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
    }
}

/// Makes the function that signs or hashes under a key of any length.
pub(crate) fn keyed(key: &[u8]) -> Hmac<Sha256> {
    match Hmac::new_from_slice(key) {
        Ok(mac) => mac,
        // A key of any length is taken; an empty one stands for the branch that cannot be.
        Err(_never) => Hmac::new(&hmac::digest::Key::<Hmac<Sha256>>::default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> BotKey {
        BotKey::derive("123:test")
    }

    #[test]
    fn the_key_is_never_shown() {
        assert_eq!(format!("{:?}", key()), "BotKey(***)");
        assert_eq!(format!("{:?}", key().marks()), "Marks(BotKey(***))");
    }

    #[test]
    fn a_mark_is_the_same_each_time_and_differs_by_text_and_key() {
        assert_eq!(key().marks().draw("77"), key().marks().draw("77"));
        assert_ne!(key().marks().draw("77"), key().marks().draw("78"));
        assert_ne!(key().marks().draw("77"), BotKey::derive("124:test").marks().draw("77"));
    }

    #[test]
    fn an_account_has_one_hash_under_one_token() {
        let (one, other) = (TelegramId::new(1_001), TelegramId::new(1_002));
        assert_eq!(key().subjects().hash(one), key().subjects().hash(one));
        assert_ne!(key().subjects().hash(one), key().subjects().hash(other));
        assert_ne!(key().subjects().hash(one), BotKey::derive("124:test").subjects().hash(one));
    }
}
