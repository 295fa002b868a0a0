//! One's own profile, and the pages on which it is changed.

use luvhive_core::chat::Icebreaker;
use luvhive_core::engine::notice::MatchCard;
use luvhive_core::id::ChatId;
use luvhive_core::person::bio::MAX_BIO_GRAPHEMES;
use luvhive_core::person::{CardPart, Country, Interest, OwnCard, PersonFacts, Profile, age, badges};
use luvhive_core::ports::RegisteredPerson;
use luvhive_core::premium::Plan;
use luvhive_core::time::Timestamp;

use super::country as list;
use super::notice;
use super::registration::{chosen, found_or_not, number};
use super::screen::{Button, Screen, rows};
use crate::callback::{Callback, FriendAction, PremiumAction, ProfileAction, ProfilePage, ProfileValue};
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
        match &profile.bio {
            Some(bio) => words.with("profile-bio", &[("bio", typed(bio.as_str()).into())]),
            None => words.text("profile-no-bio"),
        },
        words.text(if profile.photo.is_some() { "profile-photo" } else { "profile-no-photo" }),
    ];
    let edit = |key: &str, page| to(words, key, show(page));
    Screen::titled(words.text("profile-title"), lines.join("\n")).with_paragraph(&words.text("profile-note")).with_buttons(vec![
        vec![edit("profile-edit-languages", ProfilePage::Languages(0)), edit("profile-edit-interests", ProfilePage::Interests)],
        vec![edit("profile-edit-country", ProfilePage::Countries(0)), edit("profile-edit-city", ProfilePage::City)],
        vec![edit("profile-edit-bio", ProfilePage::Bio), edit("profile-edit-photo", ProfilePage::Photo)],
        vec![edit("profile-edit-card", ProfilePage::Card)],
        vec![
            Button::new(words.text("profile-statistics"), Callback::Profile(ProfileAction::ShowStatistics)),
            Button::new(words.text("friends-open"), Callback::Friends(FriendAction::Open)),
        ],
    ])
}

/// Languages to choose from.
pub(crate) fn languages(words: Words, profile: &Profile, page: u8) -> Screen {
    let language = |language, on| set(ProfileValue::Language(language, on, list::page_of(language)));
    let turn_to = |page| show(ProfilePage::Languages(page));
    let mut buttons = list::languages(words, list::Page { number: page, turn_to }, profile.languages, language);
    buttons.push(done(words));
    Screen::titled(words.text("languages-title"), words.text("languages-body"))
        .with_paragraph(&chosen(words, words.spoken_set(profile.languages)))
        .with_buttons(buttons)
}

/// Interests to choose from.
pub(crate) fn interests(words: Words, profile: &Profile) -> Screen {
    let interest = |&interest: &Interest| {
        let to = |on| set(ProfileValue::Interest(interest, on));
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
    let turn_to = |page| show(ProfilePage::Countries(page));
    let (mut buttons, page, pages) = list::page(words, page, country, turn_to);
    buttons.push(back(words));
    let body = words.with("country-page", &[("page", number(page)), ("pages", number(pages))]);
    Screen::titled(words.text("country-title"), body).with_buttons(buttons)
}

/// What a search for a country found.
pub(crate) fn countries_found(words: Words, text: &str, found: &[Country]) -> Screen {
    let mut buttons = rows(found.iter().map(|&of| Button::new(words.country(of), country(of))), 1);
    buttons.push(vec![Button::new(words.text("country-list"), show(ProfilePage::Countries(0)))]);
    buttons.push(back(words));
    Screen::titled(words.text("country-title"), found_or_not(words, text, found)).with_buttons(buttons)
}

/// Asks for the city.
pub(crate) fn city(words: Words, profile: &Profile) -> Screen {
    let remove = Button::new(words.text("profile-city-remove"), set(ProfileValue::NoCity));
    let mut buttons: Vec<Vec<Button>> = profile.city.iter().map(|_| vec![remove.clone()]).collect();
    buttons.push(back(words));
    Screen::titled(words.text("city-title"), words.text("city-body")).with_buttons(buttons)
}

/// Asks for a text about oneself.
pub(crate) fn bio(words: Words, profile: &Profile) -> Screen {
    let mut buttons: Vec<Vec<Button>> =
        profile.bio.iter().map(|_| vec![to(words, "profile-bio-remove", set(ProfileValue::NoBio))]).collect();
    buttons.push(back(words));
    let screen = Screen::titled(words.text("bio-title"), words.with("bio-body", &[("most", MAX_BIO_GRAPHEMES.into())]));
    match &profile.bio {
        Some(bio) => screen.with_paragraph(&words.with("bio-now", &[("bio", typed(bio.as_str()).into())])),
        None => screen,
    }
    .with_buttons(buttons)
}

/// Asks for a photo.
pub(crate) fn photo(words: Words, profile: &Profile) -> Screen {
    let mut buttons = Vec::new();
    if profile.photo.is_some() {
        buttons.push(vec![
            to(words, "photo-show", Callback::Profile(ProfileAction::ShowPhoto)),
            to(words, "photo-remove", set(ProfileValue::NoPhoto)),
        ]);
    }
    buttons.push(back(words));
    let key = if profile.photo.is_some() { "photo-body-new" } else { "photo-body" };
    Screen::titled(words.text("photo-title"), words.text(key)).with_buttons(buttons)
}

/// What stands below one's own photo.
pub(crate) fn photo_preview(words: Words) -> Screen {
    Screen::plain(words.text("photo-preview")).with_buttons(vec![vec![to(
        words,
        "photo-close",
        Callback::Profile(ProfileAction::ClosePhoto),
    )]])
}

/// What a partner would see, and a switch for each part of it.
pub(crate) fn card(words: Words, facts: &PersonFacts, profile: &Profile, now: Timestamp) -> Screen {
    let shown = PersonFacts {
        card: OwnCard::of(profile),
        country: profile.country,
        interests: profile.interests,
        languages: profile.languages,
        ..facts.clone()
    };
    // To oneself everything is in common.
    let sample = MatchCard::between(ChatId::new(0), [&shown, &shown], Icebreaker::pick(0), now);
    let part = |&part: &CardPart| {
        let on = profile.card.contains(part);
        Button::choice(words, words.text(&format!("card-{part}")), on, |on| set(ProfileValue::Card(part, on)))
    };
    let mut buttons = rows(CardPart::ALL.iter().map(part), 2);
    buttons.push(done(words));
    Screen::titled(words.text("card-title"), words.text("card-body"))
        .with_paragraph(&notice::who(words, &sample).join("\n"))
        .with_paragraph(&words.text("card-note"))
        .with_buttons(buttons)
}

/// Counts and badges.
pub(crate) fn statistics(words: Words, person: &RegisteredPerson, friends: usize) -> Screen {
    let facts = &person.facts;
    let earned = badges(facts);
    let mut lines = vec![
        words.with("statistics-since", &[("date", words.day(person.facts.registered_at.day()).into())]),
        words.with("statistics-chats", &[("count", facts.chats_count.into())]),
        words.with("statistics-friends", &[("count", friends.into())]),
        words.with("statistics-ratings", &[("up", facts.ratings_up.into()), ("down", facts.ratings_down.into())]),
    ];
    if !earned.is_empty() {
        let names = words.list(earned.into_iter().map(|badge| words.text(&format!("badge-{badge}"))));
        lines.push(words.with("statistics-badges", &[("badges", names.into())]));
    }
    let mut buttons = Vec::new();
    if facts.ratings_up > 0 || facts.ratings_down > 0 {
        let price = words.with("statistics-reset", &[("stars", Plan::RatingReset.stars().get().into())]);
        buttons.push(vec![Button::new(price, Callback::Premium(PremiumAction::Buy(Plan::RatingReset)))]);
    }
    buttons.push(back(words));
    Screen::titled(words.text("statistics-title"), lines.join("\n")).with_buttons(buttons)
}

fn to(words: Words, key: &str, callback: Callback) -> Button {
    Button::new(words.text(key), callback)
}

fn show(page: ProfilePage) -> Callback {
    Callback::Profile(ProfileAction::Show(page))
}

fn set(value: ProfileValue) -> Callback {
    Callback::Profile(ProfileAction::Set(value))
}

fn country(of: Country) -> Callback {
    set(ProfileValue::Country(of))
}

fn done(words: Words) -> Vec<Button> {
    vec![Button::new(words.text("profile-done"), show(ProfilePage::Overview))]
}

fn back(words: Words) -> Vec<Button> {
    vec![Button::new(words.text("button-back"), show(ProfilePage::Overview))]
}
