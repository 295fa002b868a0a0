//! What a person is: gender, place, languages, interests.

use unicode_normalization::UnicodeNormalization as _;

use super::bio::names_somebody;
use super::{Bio, CardParts, Country, InterestSet, Photo, SpokenLanguages};
use crate::code::{bit_set, coded_enum};
use crate::text::{fold, is_joiner, is_shaping, tidy};
use crate::time::Day;

coded_enum! {
    /// A gender, set once at registration.
    Gender { Woman = "woman", Man = "man", NonBinary = "nonbinary" }
}

bit_set! {
    /// A set of genders: whom somebody wants to meet.
    GenderSet of Gender as u8
}

/// A city as typed: 1 to 60 characters in normalization form C, one of them a letter, inner white space collapsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct City(String);

/// The longest name of a city, in Unicode scalar values.
pub const MAX_CITY_CHARS: usize = 60;

impl City {
    /// Makes a city from typed text; `None` if it has no letter, is too long, or names somebody as no bio may.
    ///
    /// Letters that nobody sees are left out, but joiners stay where a script needs them.
    pub fn new(text: &str) -> Option<Self> {
        let shown: String = text.chars().filter(|&letter| is_joiner(letter) || !is_shaping(letter)).collect();
        let name: String = tidy(&shown).nfc().collect();
        Self::from_stored(&name).filter(|city| name.contains(char::is_alphabetic) && city.is_showable())
    }

    /// Takes a name that was checked when it was stored; `None` if it cannot have been. Names were checked
    /// by other rules then, so only length and control characters are checked here.
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

    /// Returns a number that is equal for names that are equal once folded ([`fold`]): FNV-1a, 32 bits, never 0.
    ///
    /// It is made whenever a person is loaded and never stored, so names of any age are compared alike.
    pub fn mark(&self) -> u32 {
        let folded = fold(&self.0);
        // An older rule took names without a letter.
        let name = if folded.is_empty() { &self.0 } else { &folded };
        let hash = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cities_keep_what_their_script_needs_and_lose_the_rest() {
        for (typed, kept) in [
            ("نجف\u{200c}آباد", "نجف\u{200c}آباد"),
            ("ශ්\u{200d}රී ජයවර්ධනපුර", "ශ්\u{200d}රී ජයවර්ධනපුර"),
            ("\u{200e}תל אביב", "תל אביב"),
            ("Pune\u{fe0f}", "Pune"),
            ("Sa\u{303}o  Paulo ", "São Paulo"),
            ("1770", ""),
            ("12345", ""),
            ("१२३४५", ""),
            ("--", ""),
            ("🙂", ""),
            ("\u{200d}", ""),
            ("", ""),
        ] {
            assert_eq!(City::new(typed).as_ref().map_or("", City::as_str), kept, "{typed:?}");
        }
        assert_eq!(City::new(&"a".repeat(61)), None);
    }

    #[test]
    fn names_are_one_city_however_they_are_typed_and_whenever_they_were_stored() {
        let mark = |name: &str| City::from_stored(name).unwrap().mark();
        let sao_paulo = City::new("São Paulo").unwrap().mark();
        for name in ["Sa\u{303}o Paulo", "são  PAULO", "SAO PAULO", "\u{200e}São Paulo"] {
            assert_eq!(mark(name), sao_paulo, "{name}");
        }
        assert_ne!(mark("São Luís"), sao_paulo);
        assert_ne!(mark("..."), mark("''"), "names that fold to nothing are compared as they are");
    }
}
