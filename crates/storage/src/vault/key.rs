//! One key, its number, and the form of what it encrypts: form (1 byte), number of the key (4), nonce (12), then the
//! encrypted text with its tag (16).

use std::fmt;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::hmac;
use sha2::{Digest as _, Sha256};

use crate::hex;

/// Bytes of a nonce.
pub(super) const NONCE: usize = 12;
/// The one form there is.
const FORM: u8 = 1;
/// Bytes of a key's number.
const ID: usize = 4;
/// Bytes before the encrypted text.
const HEAD: usize = 1 + ID + NONCE;

/// The number of a key, made from the key itself: it tells which key a text needs, and nothing about that key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; ID]);

impl KeyId {
    /// Reads the number that an encrypted text begins with.
    pub(super) fn of_sealed(sealed: &[u8]) -> Option<Self> {
        let (&form, rest) = sealed.split_first()?;
        (form == FORM).then(|| rest.first_chunk().map(|id| Self(*id))).flatten()
    }

    /// Makes one of the bytes that the database returns.
    pub(crate) fn of_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Its bytes.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A key and its number.
pub(super) struct Key {
    id: KeyId,
    aead: LessSafeKey,
    /// A sub-key for the chain of the audit log, of which nothing follows about the key itself.
    chain: hmac::Key,
}

impl Key {
    /// Reads 64 hexadecimal digits; `None` for anything else.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; 32] = hex::read(text)?.try_into().ok()?;
        let hash = Sha256::new().chain_update(b"LuvHive data key").chain_update(bytes).finalize();
        let id = KeyId::of_bytes(hash.get(..ID)?)?;
        let chain = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &bytes), b"LuvHive audit log");
        let chain = hmac::Key::new(hmac::HMAC_SHA256, chain.as_ref());
        Some(Self { id, aead: LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &bytes).ok()?), chain })
    }

    /// Its number.
    pub(super) fn id(&self) -> KeyId {
        self.id
    }

    /// Makes the MAC of a row of the audit log.
    pub(super) fn mac(&self, content: &[u8]) -> Option<[u8; 32]> {
        hmac::sign(&self.chain, content).as_ref().try_into().ok()
    }

    /// Encrypts with a nonce that was never used with this key, bound to its place. `None` only beyond 64 GiB.
    pub(super) fn seal(&self, nonce: [u8; NONCE], place: &[u8], text: &[u8]) -> Option<Vec<u8>> {
        let mut body = Vec::with_capacity(text.len() + AES_256_GCM.tag_len());
        body.extend_from_slice(text);
        let nonced = Nonce::assume_unique_for_key(nonce);
        self.aead.seal_in_place_append_tag(nonced, Aad::from(place), &mut body).ok()?;
        let mut sealed = Vec::with_capacity(HEAD + body.len());
        sealed.push(FORM);
        sealed.extend_from_slice(&self.id.0);
        sealed.extend_from_slice(&nonce);
        sealed.append(&mut body);
        Some(sealed)
    }

    /// Decrypts; `None` if the key, the place or a bit is another one.
    pub(super) fn open(&self, place: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (head, body) = sealed.split_at_checked(HEAD)?;
        let nonce = Nonce::assume_unique_for_key(*head.last_chunk::<NONCE>()?);
        let mut body = body.to_vec();
        let length = self.aead.open_in_place(nonce, Aad::from(place), &mut body).ok()?.len();
        body.truncate(length);
        Some(body)
    }
}
