//! What a person is: gender, place, languages, interests.

use super::bio::names_somebody;
use super::{Bio, CardParts, Country, InterestSet, Photo, SpokenLanguages};
use crate::code::{bit_set, coded_enum};
use crate::text::{is_shaping, is_unseen};
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
    /// Makes a city from typed text; `None` if nothing is left, it is too long, it names somebody as no bio may, or it holds
    /// letters that nobody sees, which no name needs and which can make one name look like another.
    pub fn new(text: &str) -> Option<Self> {
        let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let is_seen = !name.contains(|letter| is_unseen(letter) || is_shaping(letter));
        Self::from_stored(&name).filter(|city| is_seen && city.is_showable())
    }

    /// Takes a name that was checked when it was stored; `None` if it cannot have been. Which letters are unseen was
    /// another list then, so only controls are looked for.
    pub fn from_stored(name: &str) -> Option<Self> {
        let length = name.chars().count();
        (length > 0 && length <= MAX_CITY_CHARS && !name.contains(char::is_control)).then(|| Self(name.to_owned()))
    }

    /// Returns the name as typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reports whether a partner may read it: it holds no link, handle or telephone number. Some names were stored before
    /// this was asked; they are hidden until their owner types another one.
    pub fn is_showable(&self) -> bool {
        !names_somebody(&self.0)
    }

    /// Returns a number that is equal for names equal but for case: FNV-1a, 32 bits, never 0.
    pub fn mark(&self) -> u32 {
        let hash =
            self.0.to_lowercase().bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        hash.max(1)
    }
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
