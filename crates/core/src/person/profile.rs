//! What a person is: gender, place, languages, interests.

use super::{Bio, CardParts, Country, InterestSet, Photo, SpokenLanguages};
use crate::code::{bit_set, coded_enum};
use crate::time::Day;

coded_enum! {
    /// A gender, set once at registration.
    Gender { Woman = "woman", Man = "man", NonBinary = "nonbinary" }
}

bit_set! {
    /// A set of genders: whom somebody wants to meet.
    GenderSet of Gender as u8
}

/// A city as typed: 1 to 60 characters after trimming, no control characters, inner white space collapsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct City(String);

/// The longest name of a city, in Unicode scalar values.
pub const MAX_CITY_CHARS: usize = 60;

impl City {
    /// Makes a city from typed text; `None` if nothing is left, it is too long or holds control or direction marks.
    pub fn new(text: &str) -> Option<Self> {
        let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let length = name.chars().count();
        (length > 0 && length <= MAX_CITY_CHARS && !name.contains(is_unseen)).then_some(Self(name))
    }

    /// Returns the name as typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns a number that is equal for names equal but for case: FNV-1a, 32 bits, never 0.
    pub fn mark(&self) -> u32 {
        let hash =
            self.0.to_lowercase().bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        hash.max(1)
    }
}

/// Reports whether a letter shows nothing on its own, or turns or joins its neighbors: no name needs it, and it can make
/// one name look like another (Unicode 16, `Default_Ignorable_Code_Point`, and the controls).
fn is_unseen(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
        )
}

/// What a registered person is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Gender; set once.
    pub gender: Gender,
    /// Date of birth; set once, at least 18 years back at registration.
    pub born: Day,
    /// Country of residence.
    pub country: Country,
    /// City, if they named one.
    pub city: Option<City>,
    /// Languages spoken; at least one.
    pub languages: SpokenLanguages,
    /// Interests; at least one.
    pub interests: InterestSet,
    /// What they write about themselves, if anything.
    pub bio: Option<Bio>,
    /// Their photo, if they gave one.
    pub photo: Option<Photo>,
    /// What the match card may show.
    pub card: CardParts,
}
