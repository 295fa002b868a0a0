//! Invitations: who brought whom, and the code in the link that says so.
//! A code tells nothing about its owner.

use std::fmt;

use crate::id::PersonId;
use crate::time::Timestamp;

const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";
const LENGTH: usize = 10;

/// The code in a person's invitation link: 10 letters and digits, random.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InviteCode(Box<str>);

impl InviteCode {
    /// Makes a code from 64 random bits, of which 50 are used.
    pub fn from_random(bits: u64) -> Self {
        let letter = |i: u32| {
            let index = usize::try_from((bits >> (5 * i)) & 31).unwrap_or(0);
            char::from(ALPHABET.get(index).copied().unwrap_or(b'a'))
        };
        Self((0..10).map(letter).collect::<String>().into())
    }

    /// Checks a typed code; `None` unless it has the length and letters of one.
    pub fn new(text: &str) -> Option<Self> {
        (text.len() == LENGTH && text.bytes().all(|byte| ALPHABET.contains(&byte))).then(|| Self(text.into()))
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for InviteCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An invitation that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invite {
    /// Who invited; `None` = erased since.
    pub inviter: Option<PersonId>,
    /// Who came.
    pub invited: PersonId,
    /// When they registered.
    pub invited_at: Timestamp,
}
