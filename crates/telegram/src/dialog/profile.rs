//! One's own profile: looking at it, and changing it page by page in one message.

use luvhive_core::person::{Bio, BioRefusal, City, PersonFacts, Photo, Profile};
use luvhive_core::ports::{Change, RegisteredPerson};

use super::heard::Said;
use super::member::expect_typed;
use super::record::TypedField;
use super::{Dialogs, Done, Talk};
use crate::callback::{ProfileAction, ProfilePage, ProfileValue};
use crate::view::screen::{Screen, delete};
use crate::view::{country as list, profile as view};

impl Dialogs {
    pub(super) async fn press_profile(&self, talk: &mut Talk<'_>, person: &RegisteredPerson, action: ProfileAction) -> Done {
        match action {
            ProfileAction::Show(page) => show(talk, person, page),
            ProfileAction::Set(value) => set(talk, person, value),
            ProfileAction::ShowStatistics => self.show_statistics(talk, person).await?,
            ProfileAction::ShowPhoto => match &person.profile.photo {
                Some(photo) => talk.call(view::photo_preview(talk.words).send_photo(talk.telegram, photo)),
                None => talk.answer_with(talk.words.text("photo-none")),
            },
            ProfileAction::ClosePhoto => {
                if let Some(message) = talk.message {
                    talk.call(delete(talk.telegram, message));
                }
            }
        }
        Ok(())
    }
}

fn show(talk: &mut Talk<'_>, person: &RegisteredPerson, page: ProfilePage) {
    if let Some(what) = asked_on(page) {
        // What is typed in a chat goes to the partner.
        if talk.chat.is_some() {
            return talk.alert(talk.words.text("typing-in-chat"));
        }
        expect_typed(talk, what);
    }
    let screen = screen(talk, &person.facts, &person.profile, page);
    talk.show(&screen);
}

fn set(talk: &mut Talk<'_>, person: &RegisteredPerson, value: ProfileValue) {
    let (words, now) = (talk.words, &person.profile);
    let wanted = wanted(now, value);
    if wanted.languages.is_empty() {
        return talk.alert(words.text("profile-last-language"));
    }
    if wanted.interests.is_empty() {
        return talk.alert(words.text("profile-last-interest"));
    }
    let screen = screen(talk, &person.facts, &wanted, page_of(value));
    if wanted == *now {
        talk.answer_with(words.text("already-done"));
    } else {
        talk.change(Change::Profile(person.facts.person, Box::new(wanted)));
    }
    talk.show(&screen);
}

/// The profile with a value set.
fn wanted(now: &Profile, value: ProfileValue) -> Profile {
    match value {
        ProfileValue::Language(language, on, _) if now.languages.contains(language) == on => now.clone(),
        ProfileValue::Language(language, ..) => Profile { languages: now.languages.toggled(language), ..now.clone() },
        ProfileValue::Interest(interest, on) if now.interests.contains(interest) == on => now.clone(),
        ProfileValue::Interest(interest, _) => Profile { interests: now.interests.toggled(interest), ..now.clone() },
        ProfileValue::Country(country) if country == now.country => now.clone(),
        // A city belongs to its country.
        ProfileValue::Country(country) => Profile { country, city: None, ..now.clone() },
        ProfileValue::NoCity => Profile { city: None, ..now.clone() },
        ProfileValue::NoBio => Profile { bio: None, ..now.clone() },
        ProfileValue::NoPhoto => Profile { photo: None, ..now.clone() },
        ProfileValue::Card(part, true) => Profile { card: now.card.with(part), ..now.clone() },
        ProfileValue::Card(part, false) => Profile { card: now.card.without(part), ..now.clone() },
    }
}

/// The page on which setting a value leaves the person.
fn page_of(value: ProfileValue) -> ProfilePage {
    match value {
        ProfileValue::Language(_, _, page) => ProfilePage::Languages(page),
        ProfileValue::Interest(..) => ProfilePage::Interests,
        ProfileValue::Card(..) => ProfilePage::Card,
        ProfileValue::Country(_) | ProfileValue::NoCity | ProfileValue::NoBio | ProfileValue::NoPhoto => ProfilePage::Overview,
    }
}

fn screen(talk: &Talk<'_>, facts: &PersonFacts, profile: &Profile, page: ProfilePage) -> Screen {
    let words = talk.words;
    match page {
        ProfilePage::Overview => view::overview(words, profile, talk.now),
        ProfilePage::Languages(page) => view::languages(words, profile, page),
        ProfilePage::Interests => view::interests(words, profile),
        ProfilePage::Countries(page) => view::countries(words, page),
        ProfilePage::City => view::city(words, profile),
        ProfilePage::Bio => view::bio(words, profile),
        ProfilePage::Photo => view::photo(words, profile),
        ProfilePage::Card => view::card(words, facts, profile, talk.now),
    }
}

/// What is typed or sent as the answer to a page.
fn asked_on(page: ProfilePage) -> Option<TypedField> {
    match page {
        ProfilePage::Countries(_) => Some(TypedField::HomeCountry),
        ProfilePage::City => Some(TypedField::City),
        ProfilePage::Bio => Some(TypedField::Bio),
        ProfilePage::Photo => Some(TypedField::Photo),
        ProfilePage::Overview | ProfilePage::Languages(_) | ProfilePage::Interests | ProfilePage::Card => None,
    }
}

/// Takes a typed answer.
pub(super) fn take_text(talk: &mut Talk<'_>, person: &RegisteredPerson, what: TypedField, text: &str) {
    let (words, now) = (talk.words, &person.profile);
    match what {
        TypedField::City => match City::new(text) {
            Some(city) => keep(talk, person, Profile { city: Some(city), ..now.clone() }),
            None => say_again(talk, view::city(words, now), "city-unreadable"),
        },
        TypedField::Bio => match Bio::new(text) {
            Ok(bio) => keep(talk, person, Profile { bio: Some(bio), ..now.clone() }),
            Err(refusal) => {
                let screen = view::bio(words, now).with_hint(&refused(talk, refusal));
                talk.show(&screen);
            }
        },
        TypedField::HomeCountry | TypedField::WantedCountry | TypedField::Photo | TypedField::ReportWords(_) => {
            let found = words.find_countries(text, list::MOST_FOUND);
            talk.show(&view::countries_found(words, text, &found));
        }
    }
}

fn refused(talk: &Talk<'_>, refusal: BioRefusal) -> String {
    match refusal {
        BioRefusal::Empty => talk.words.text("bio-empty"),
        BioRefusal::TooLong { graphemes } => talk.words.with("bio-too-long", &[("count", graphemes.into())]),
        BioRefusal::NamesSomebody => talk.words.text("bio-names-somebody"),
    }
}

/// Takes a photo, where one was asked for.
pub(super) fn take_photo(talk: &mut Talk<'_>, person: &RegisteredPerson, said: &Said) {
    let now = &person.profile;
    match said.photo.as_deref().and_then(Photo::new) {
        Some(photo) => keep(talk, person, Profile { photo: Some(photo), ..now.clone() }),
        None => say_again(talk, view::photo(talk.words, now), "photo-expected"),
    }
}

/// Stores an answer and shows the profile in the place of the question.
fn keep(talk: &mut Talk<'_>, person: &RegisteredPerson, profile: Profile) {
    let screen = view::overview(talk.words, &profile, talk.now).with_hint(&talk.words.text("profile-saved"));
    talk.change(Change::Profile(person.facts.person, Box::new(profile)));
    talk.change(Change::Dialog(None));
    talk.show(&screen);
}

fn say_again(talk: &mut Talk<'_>, screen: Screen, key: &str) {
    talk.show(&screen.with_hint(&talk.words.text(key)));
}
