//! By what an account that was left is known again: a keyed hash. The key is a secret of its own, so that neither the
//! database nor the bot's token alone tells whose a hash is, and a changed token makes nobody unknown.

use std::fmt;

use hmac::Mac as _;
use luvhive_core::conduct::{Subject, SubjectHash};
use luvhive_core::id::{BotId, TelegramId};

use crate::key::{BotKey, keyed};

/// What the key is derived for; another use of the secret gives another key.
const PURPOSE: &[u8] = b"luvhive subject hash 2";

/// The key of one bot's hashes.
#[derive(Clone)]
pub struct SubjectKey {
    /// Derived from the secret; `None` = the token's is used.
    own: Option<[u8; 32]>,
    token: BotKey,
}

impl fmt::Debug for SubjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SubjectKey(***)")
    }
}

impl SubjectKey {
    /// Derives the key from a secret, for one bot: another bot's hashes are others. Rows that were hashed by the bot's token
    /// are recognised as long as that token is in use.
    pub fn new(secret: &str, bot: BotId, token: &BotKey) -> Self {
        let mut mac = keyed(secret.as_bytes());
        mac.update(PURPOSE);
        mac.update(&bot.get().to_be_bytes());
        Self { own: Some(mac.finalize().into_bytes().into()), token: token.clone() }
    }

    /// Hashes by the bot's token, for want of a secret. People who left are unknown once the token is changed.
    pub fn of_token(token: &BotKey) -> Self {
        Self { own: None, token: token.clone() }
    }

    /// Hashes an account, the same each time.
    pub(crate) fn subject(&self, account: TelegramId) -> Subject {
        let by_token = self.token.subjects().hash(account);
        let Some(own) = &self.own else { return by_token.into() };
        let mut mac = keyed(own);
        mac.update(&account.get().to_be_bytes());
        Subject { hash: SubjectHash::new(mac.finalize().into_bytes().into()), older: Some(by_token) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "0f0e0d0c0b0a090807060504030201000f0e0d0c0b0a09080706050403020100";

    fn subject(secret: &str, bot: i64, token: &str, account: i64) -> Subject {
        SubjectKey::new(secret, BotId::new(bot), &BotKey::derive(token)).subject(TelegramId::new(account))
    }

    #[test]
    fn a_hash_follows_from_secret_bot_and_account_alone() {
        let known = subject(SECRET, 7, "7:a", 1_001);
        assert_eq!(subject(SECRET, 7, "7:a", 1_001), known);
        assert_eq!(subject(SECRET, 7, "7:b", 1_001).hash, known.hash, "another token");
        assert_ne!(subject(SECRET, 7, "7:a", 1_002).hash, known.hash, "another account");
        assert_ne!(subject(SECRET, 8, "7:a", 1_001).hash, known.hash, "another bot");
        assert_ne!(subject("another", 7, "7:a", 1_001).hash, known.hash, "another secret");
    }

    #[test]
    fn what_the_token_hashed_is_recognised() {
        let (token, account) = (BotKey::derive("7:a"), TelegramId::new(1_001));
        let before = SubjectKey::of_token(&token).subject(account);
        assert_eq!(before.older, None);
        let after = subject(SECRET, 7, "7:a", 1_001);
        assert_eq!(after.hashes().collect::<Vec<_>>(), [after.hash, before.hash]);
        assert_ne!(after.hash, before.hash);
    }

    #[test]
    fn the_key_is_never_shown() {
        let key = SubjectKey::new(SECRET, BotId::new(7), &BotKey::derive("7:a"));
        assert_eq!(format!("{key:?}"), "SubjectKey(***)");
    }
}
