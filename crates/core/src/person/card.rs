//! What a match card may say about a person: their own choice, part by part.

use super::{Bio, City, Profile};
use crate::code::{bit_set, coded_enum};

coded_enum! {
    /// A part of the match card that its owner can leave out.
    CardPart {
        Age = "age", Country = "country", City = "city",
        Interests = "interests", Bio = "bio", Rating = "rating",
    }
}

bit_set! {
    /// The parts of the match card that its owner lets partners see.
    CardParts of CardPart as u8
}

impl CardParts {
    /// What is shown until the person decides otherwise: everything but the city.
    pub const USUAL: Self = Self(0b11_1011);
}

/// What the engine holds for a person's match card: their choice, and of the texts only those that are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnCard {
    /// The parts shown.
    pub parts: CardParts,
    /// The city, if it is named, shown and names nobody.
    pub city: Option<City>,
    /// The text about themselves, if there is one, it is shown and names nobody.
    pub bio: Option<Bio>,
}

impl OwnCard {
    /// Keeps of these texts what is shown and names nobody.
    pub fn new(parts: CardParts, city: Option<City>, bio: Option<Bio>) -> Self {
        let city = city.filter(|city| parts.contains(CardPart::City) && city.is_showable());
        Self { parts, city, bio: bio.filter(|bio| parts.contains(CardPart::Bio) && bio.is_showable()) }
    }

    /// Takes from a profile what its owner shows.
    pub fn of(profile: &Profile) -> Self {
        Self::new(profile.card, profile.city.clone(), profile.bio.clone())
    }
}

impl Default for OwnCard {
    fn default() -> Self {
        Self { parts: CardParts::USUAL, city: None, bio: None }
    }
}

/// A photo, by the id under which the bot can send it again. No partner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Photo(Box<str>);

/// The longest id of a photo, in bytes.
pub const MAX_PHOTO_BYTES: usize = 255;

impl Photo {
    /// Wraps an id; `None` unless it is 1 to 255 visible ASCII characters.
    pub fn new(file_id: &str) -> Option<Self> {
        let fits = (1..=MAX_PHOTO_BYTES).contains(&file_id.len()) && file_id.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then(|| Self(file_id.into()))
    }

    /// Returns the id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_city_is_not_shown_until_its_owner_says_so() {
        let usual: Vec<_> = CardParts::USUAL.iter().collect();
        assert_eq!(usual, [CardPart::Age, CardPart::Country, CardPart::Interests, CardPart::Bio, CardPart::Rating]);
    }

    #[test]
    fn a_city_from_before_that_names_somebody_is_not_shown() {
        let parts = CardParts::USUAL.with(CardPart::City);
        let shown = |name: &str| OwnCard::new(parts, City::from_stored(name), None).city;
        for name in ["t.me/telegram", "@somebody", "+91 98765 43210", "insta: asha"] {
            assert_eq!((City::new(name), shown(name)), (None, None), "{name}");
        }
        for name in ["Pune", "St. John's", "Aix-en-Provence", "110001 Delhi", "ул. Ленина", "नई दिल्ली"] {
            assert_eq!(shown(name), City::new(name), "{name}");
            assert!(City::new(name).is_some(), "{name}");
        }
    }

    #[test]
    fn ids_of_photos_are_plain() {
        assert!(Photo::new("AgACAgQAAx").is_some());
        for id in ["", "a b", "a\0", "é", &"a".repeat(256)] {
            assert_eq!(Photo::new(id), None, "{id}");
        }
    }
}
