//! One's own profile, and the pages on which it is changed.

use luvhive_core::person::{Country, Interest, Profile, age};
use luvhive_core::time::Timestamp;

use super::country as list;
use super::registration::{chosen, found_or_not, number};
use super::screen::{Button, Screen, rows};
use crate::callback::{Callback, ProfileAction};
use crate::locale::{Words, typed};

/// The profile as its owner sees it.
pub(crate) fn overview(words: Words, profile: &Profile, now: Timestamp) -> Screen {
    let age = age::age_at(profile.born, now).map_or(age::ADULT_AGE, age::Age::years);
    let city = match &profile.city {
        Some(city) => words.with("profile-city", &[("city", typed(city.as_str()).into())]),
        None => words.text("profile-no-city"),
    };
    let lines = [
        words.with("profile-gender", &[("gender", words.gender(profile.gender).into())]),
        words.with("profile-born", &[("date", words.day(profile.born).into()), ("age", age.into())]),
        words.with("profile-country", &[("country", words.country(profile.country).into())]),
        city,
        words.with("profile-languages", &[("languages", words.spoken_set(profile.languages).into())]),
        words.with("profile-interests", &[("interests", words.interest_set(profile.interests).into())]),
    ];
    let edit = |key: &str, action| vec![Button::new(words.text(key), Callback::Profile(action))];
    Screen::titled(words.text("profile-title"), lines.join("\n")).with_paragraph(&words.text("profile-note")).with_buttons(vec![
        edit("profile-edit-languages", ProfileAction::OpenLanguages(0)),
        edit("profile-edit-interests", ProfileAction::OpenInterests),
        edit("profile-edit-country", ProfileAction::OpenCountry(0)),
        edit("profile-edit-city", ProfileAction::OpenCity),
    ])
}

/// Languages to choose from.
pub(crate) fn languages(words: Words, profile: &Profile, page: u8) -> Screen {
    let language = |language, on| Callback::Profile(ProfileAction::Language(language, on, list::page_of(language)));
    let turn_to = |page| Callback::Profile(ProfileAction::OpenLanguages(page));
    let mut buttons = list::languages(words, page, profile.languages, language, turn_to);
    buttons.push(done(words));
    Screen::titled(words.text("languages-title"), words.text("languages-body"))
        .with_paragraph(&chosen(words, words.spoken_set(profile.languages)))
        .with_buttons(buttons)
}

/// Interests to choose from.
pub(crate) fn interests(words: Words, profile: &Profile) -> Screen {
    let interest = |&interest: &Interest| {
        let to = |on| Callback::Profile(ProfileAction::Interest(interest, on));
        Button::choice(words, words.interest(interest), profile.interests.contains(interest), to)
    };
    let mut buttons = rows(Interest::ALL.iter().map(interest), 2);
    buttons.push(done(words));
    Screen::titled(words.text("interests-title"), words.text("interests-body"))
        .with_paragraph(&chosen(words, words.interest_set(profile.interests)))
        .with_buttons(buttons)
}

/// All countries by page.
pub(crate) fn countries(words: Words, page: u8) -> Screen {
    let turn_to = |page| Callback::Profile(ProfileAction::OpenCountry(page));
    let (mut buttons, page, pages) = list::page(words, page, country, turn_to);
    buttons.push(back(words));
    let body = words.with("country-page", &[("page", number(page)), ("pages", number(pages))]);
    Screen::titled(words.text("country-title"), body).with_buttons(buttons)
}

/// What a search for a country found.
pub(crate) fn countries_found(words: Words, text: &str, found: &[Country]) -> Screen {
    let mut buttons = rows(found.iter().map(|&of| Button::new(words.country(of), country(of))), 1);
    buttons.push(vec![Button::new(words.text("country-list"), Callback::Profile(ProfileAction::OpenCountry(0)))]);
    buttons.push(back(words));
    Screen::titled(words.text("country-title"), found_or_not(words, text, found)).with_buttons(buttons)
}

/// Asks for the city.
pub(crate) fn city(words: Words, profile: &Profile) -> Screen {
    let remove = Button::new(words.text("profile-city-remove"), Callback::Profile(ProfileAction::NoCity));
    let mut buttons: Vec<Vec<Button>> = profile.city.iter().map(|_| vec![remove.clone()]).collect();
    buttons.push(back(words));
    Screen::titled(words.text("city-title"), words.text("city-body")).with_buttons(buttons)
}

fn country(of: Country) -> Callback {
    Callback::Profile(ProfileAction::Country(of))
}

fn done(words: Words) -> Vec<Button> {
    vec![Button::new(words.text("profile-done"), Callback::Profile(ProfileAction::Open))]
}

fn back(words: Words) -> Vec<Button> {
    vec![Button::new(words.text("button-back"), Callback::Profile(ProfileAction::Open))]
}
