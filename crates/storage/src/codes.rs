//! Values of core as the codes that tables hold, and back. A code that this version does not know is passed over where
//! somebody can do without it, so that one row stops nothing; a row whose main part is unreadable is corrupt.

use std::borrow::Cow;

use diesel::prelude::*;
use luvhive_core::case::Queue;
use luvhive_core::chat::seat::Widening;
use luvhive_core::chat::{Content, Contents, Question, Questions, Sent};
use luvhive_core::conduct::ReportReason;
use luvhive_core::filter::Filter;
use luvhive_core::person::{Bio, CardPart, CardParts, City, Gender, GenderSet, Interest, InterestSet, Photo, Profile};
use luvhive_core::person::{SpokenLanguage, SpokenLanguages, UiLanguage};
use luvhive_core::ports::StoreError;
use luvhive_core::time::TelegramTime;

use crate::moment::Moment;
use crate::schema::people;
use crate::vault::Kept;

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

fn read_all<T, S: FromIterator<T>>(codes: &[String], from_code: impl Fn(&str) -> Option<T>) -> S {
    codes.iter().filter_map(|code| from_code(code)).collect()
}

/// Lists the codes of the reasons that only child safety works on.
pub(crate) fn child_safety() -> Vec<&'static str> {
    let reasons = ReportReason::ALL.iter().filter(|reason| Queue::of(**reason) == Queue::ChildSafety);
    reasons.map(|reason| reason.code()).collect()
}

/// What a report freezes of a message, as it is stored; one of a kind that only a newer program knows is not known.
pub(crate) fn sent(content: Option<&str>, written_at: Option<Moment>) -> Option<Sent> {
    let (content, at) = content.and_then(Content::from_code).zip(written_at)?;
    Some(Sent { content, at: TelegramTime::from_seconds(at.0.as_micros().div_euclid(1_000_000)) })
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

/// Reads languages.
pub(crate) fn languages(codes: &[String]) -> SpokenLanguages {
    read_all(codes, SpokenLanguage::from_code)
}

/// Reads interests.
pub(crate) fn interests(codes: &[String]) -> InterestSet {
    read_all(codes, Interest::from_code)
}

/// Reads genders, at least one.
pub(crate) fn genders(codes: &[String]) -> Result<GenderSet, StoreError> {
    let genders: GenderSet = read_all(codes, Gender::from_code);
    if genders.is_empty() { Err(corrupt("genders")) } else { Ok(genders) }
}

/// Reads dropped filters.
pub(crate) fn widening(codes: &[String]) -> Widening {
    read_all(codes, Filter::from_code)
}

/// Joins the codes of some questions with commas.
pub(crate) fn of_questions(set: Questions) -> String {
    set.iter().map(Question::code).collect::<Vec<_>>().join(",")
}

/// Reads questions.
pub(crate) fn questions(codes: &[String]) -> Questions {
    read_all(codes, Question::from_code)
}

/// Lists the codes of some kinds of content.
pub(crate) fn of_contents(set: Contents) -> Vec<&'static str> {
    set.iter().map(Content::code).collect()
}

/// Reads kinds of content.
pub(crate) fn contents(codes: &[String]) -> Contents {
    read_all(codes, Content::from_code)
}

/// Reads a city.
pub(crate) fn city(name: Option<&str>) -> Option<City> {
    name.and_then(City::from_stored)
}

/// Lists the codes of some parts of a match card.
pub(crate) fn of_card_parts(parts: CardParts) -> Vec<&'static str> {
    parts.iter().map(CardPart::code).collect()
}

/// Reads parts of a match card.
pub(crate) fn card_parts(codes: &[String]) -> CardParts {
    read_all(codes, CardPart::from_code)
}

/// Reads what a person writes about themselves.
pub(crate) fn bio(text: Option<&str>) -> Option<Bio> {
    text.and_then(Bio::from_stored)
}

/// The editable parts of a profile, as columns.
#[derive(AsChangeset, Insertable)]
#[diesel(table_name = people, treat_none_as_null = true)]
pub(crate) struct ProfileColumns<'a> {
    country: &'static str,
    city: Option<Cow<'a, str>>,
    city_sealed: Option<Vec<u8>>,
    languages: Vec<&'static str>,
    interests: Vec<&'static str>,
    bio: Option<Cow<'a, str>>,
    bio_sealed: Option<Vec<u8>>,
    photo_file_id: Option<Cow<'a, str>>,
    card_parts: Vec<&'static str>,
}

impl<'a> ProfileColumns<'a> {
    /// Makes the columns of a profile, with the bio and the city as they are kept.
    pub(crate) fn new(profile: &'a Profile, bio: Kept<'a>, city: Kept<'a>) -> Self {
        Self {
            country: profile.country.code(),
            city: city.text,
            city_sealed: city.sealed,
            languages: of_languages(profile.languages),
            interests: of_interests(profile.interests),
            bio: bio.text,
            bio_sealed: bio.sealed,
            photo_file_id: profile.photo.as_ref().map(Photo::as_str).map(Cow::Borrowed),
            card_parts: of_card_parts(profile.card),
        }
    }
}
