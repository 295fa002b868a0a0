//! The code by which support finds an account that was refused, without a Telegram id.

use std::fmt;

use crate::conduct::SubjectHash;

/// How many letters a code has: 60 bits of the account's keyed hash.
const LETTERS: usize = 12;
/// How many letters are read in one go.
const GROUP: usize = 4;
/// The letters of pseudonyms: none that can be taken for another one (no i, l, o, 1).
const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";

/// The support code of a refused account: twelve letters, shown as three groups of four, such as `abcd-efgh-jkmn`.
///
/// It is derived from the account's keyed hash, so the same account always gets the same one, and nobody without the key
/// can tell whose it is. It is longer than a pseudonym (ten letters, no groups), so that neither is taken for the other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SupportCode(String);

/// Derives the code of the account with this hash.
pub fn support_code(subject: &SubjectHash) -> SupportCode {
    let bits = subject.as_bytes().iter().take(8).fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
    let letter = |place: usize| {
        let index = usize::try_from(bits >> (5 * place) & 31).unwrap_or(0);
        char::from(ALPHABET.get(index).copied().unwrap_or(b'a'))
    };
    SupportCode((0..LETTERS).map(letter).collect())
}

impl SupportCode {
    /// Reads a typed code; capitals, spaces and signs between the letters do not matter, and an `o` is a `0`. `None`
    /// unless what remains has the length and letters of a code.
    pub fn new(text: &str) -> Option<Self> {
        let is_gap = |c: &char| c.is_whitespace() || matches!(c, '-' | '‐' | '–' | '—');
        let letters: String = text
            .chars()
            .filter(|c| !is_gap(c))
            .map(|c| if matches!(c, 'o' | 'O') { '0' } else { c.to_ascii_lowercase() })
            .collect();
        let is_code = letters.len() == LETTERS && letters.bytes().all(|letter| ALPHABET.contains(&letter));
        is_code.then_some(Self(letters))
    }

    /// Returns the letters without groups, as they are stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SupportCode {
    /// Formats in groups, as people read it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, letter) in self.0.chars().enumerate() {
            if place > 0 && place % GROUP == 0 {
                f.write_str("-")?;
            }
            write!(f, "{letter}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conduct::Pseudonym;

    #[test]
    fn a_code_is_read_back_as_people_say_it() {
        let code = support_code(&SubjectHash::new([0x5a; 32]));
        let shown = code.to_string();
        assert_eq!((shown.len(), shown.matches('-').count()), (14, 2), "{shown}");
        assert_eq!(code, support_code(&SubjectHash::new([0x5a; 32])), "the same each time");
        for typed in [
            shown.clone(),
            shown.to_uppercase(),
            shown.replace('-', " "),
            format!(" {} ", code.as_str()),
            shown.replace('0', "O"),
        ] {
            assert_eq!(SupportCode::new(&typed), Some(code.clone()), "{typed}");
        }
        assert_eq!(Pseudonym::new(code.as_str()), None, "no pseudonym");
    }

    #[test]
    fn different_accounts_have_different_codes() {
        let codes: std::collections::BTreeSet<_> = (0..=255_u8).map(|byte| support_code(&SubjectHash::new([byte; 32]))).collect();
        assert_eq!(codes.len(), 256);
    }

    #[test]
    fn anything_else_is_no_code() {
        for text in ["", "abcdefghjk", "abcd-efgh-jkm", "abcd-efgh-jkmnp", "abcd-efgh-jkm1", "abcd-efgh-jkmé"] {
            assert_eq!(SupportCode::new(text), None, "{text}");
        }
    }
}
