//! Values of core as the codes that tables hold, and back; a code that no version wrote is a corrupt row.

use std::borrow::Cow;

use luvhive_core::chat::seat::{Filter, Widening};
use luvhive_core::person::{Age, City, Country, Gender, GenderSet, Interest, InterestSet, SpokenLanguage, SpokenLanguages};
use luvhive_core::person::{Profile, UiLanguage};
use luvhive_core::ports::StoreError;
use luvhive_core::preferences::{AgeRange, Preferences};

/// Returns a text without U+0000, which PostgreSQL cannot hold.
pub(crate) fn storable(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "")) } else { Cow::Borrowed(text) }
}

/// Makes the error for a column that no version of ours writes.
pub(crate) fn corrupt(what: &'static str) -> StoreError {
    StoreError::Corrupt { what }
}

/// Reads one code.
pub(crate) fn read<T>(found: Option<T>, what: &'static str) -> Result<T, StoreError> {
    found.ok_or(corrupt(what))
}

fn read_all<T, S: FromIterator<T>>(
    codes: &[String],
    from_code: impl Fn(&str) -> Option<T>,
    what: &'static str,
) -> Result<S, StoreError> {
    codes.iter().map(|code| from_code(code).ok_or(corrupt(what))).collect()
}

/// Lists the codes of some languages.
pub(crate) fn of_languages(set: SpokenLanguages) -> Vec<&'static str> {
    set.iter().map(SpokenLanguage::code).collect()
}

/// Lists the codes of some interests.
pub(crate) fn of_interests(set: InterestSet) -> Vec<&'static str> {
    set.iter().map(Interest::code).collect()
}

/// Lists the codes of some genders.
pub(crate) fn of_genders(set: GenderSet) -> Vec<&'static str> {
    set.iter().map(Gender::code).collect()
}

/// Joins the codes of some filters with commas.
pub(crate) fn of_widening(set: Widening) -> String {
    set.iter().map(Filter::code).collect::<Vec<_>>().join(",")
}

/// Reads a language of the bot's texts; one that a newer version knew is English.
pub(crate) fn ui_language(code: &str) -> UiLanguage {
    UiLanguage::from_code(code).unwrap_or(UiLanguage::English)
}

/// Reads languages; one that only a newer version knows is passed over, so that an older one still starts.
pub(crate) fn languages(codes: &[String]) -> SpokenLanguages {
    codes.iter().filter_map(|code| SpokenLanguage::from_code(code)).collect()
}

/// Reads interests.
pub(crate) fn interests(codes: &[String]) -> Result<InterestSet, StoreError> {
    read_all(codes, Interest::from_code, "interests")
}

/// Reads genders.
pub(crate) fn genders(codes: &[String]) -> Result<GenderSet, StoreError> {
    read_all(codes, Gender::from_code, "genders")
}

/// Reads dropped filters.
pub(crate) fn widening(codes: &[String]) -> Result<Widening, StoreError> {
    read_all(codes, Filter::from_code, "dropped filters")
}

/// Reads a city.
pub(crate) fn city(name: Option<&str>) -> Result<Option<City>, StoreError> {
    name.map(|name| City::new(name).ok_or(corrupt("city"))).transpose()
}

/// The editable parts of a profile, as columns.
pub(crate) struct ProfileColumns<'a> {
    pub(crate) country: &'static str,
    pub(crate) city: Option<&'a str>,
    pub(crate) languages: Vec<&'static str>,
    pub(crate) interests: Vec<&'static str>,
}

impl<'a> From<&'a Profile> for ProfileColumns<'a> {
    fn from(profile: &'a Profile) -> Self {
        Self {
            country: profile.country.code(),
            city: profile.city.as_ref().map(City::as_str),
            languages: of_languages(profile.languages),
            interests: of_interests(profile.interests),
        }
    }
}

/// Puts preferences together.
pub(crate) fn preferences(
    wanted: &[String],
    (lowest, highest): (i16, i16),
    country: Option<&str>,
    requires_common_language: bool,
    requires_verified: bool,
) -> Result<Preferences, StoreError> {
    let age = |years: i16| u8::try_from(years).ok().and_then(Age::new).ok_or(corrupt("age wanted"));
    Ok(Preferences {
        genders: genders(wanted)?,
        ages: read(AgeRange::new(age(lowest)?, age(highest)?), "ages wanted")?,
        country: country.map(|code| read(Country::from_code(code), "country wanted")).transpose()?,
        requires_common_language,
        requires_verified,
    })
}
