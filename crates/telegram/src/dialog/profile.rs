//! One's own profile: looking at it, and changing it page by page in one message.

use luvhive_core::id::MessageId;
use luvhive_core::person::{Bio, BioRefusal, City, PersonFacts, Photo, Profile};
use luvhive_core::ports::{Change, RegisteredPerson, StoreError};

use super::heard::Said;
use super::member::{Question, expect_typed};
use super::record::TypedField;
use super::{Dialogs, Scene, Turn};
use crate::callback::{ProfileAction, ProfilePage, ProfileValue};
use crate::view::screen::{Screen, delete};
use crate::view::{country as list, profile as view};

impl Dialogs {
    pub(super) async fn press_profile(
        &self,
        scene: &Scene<'_>,
        person: &RegisteredPerson,
        message: Option<MessageId>,
        action: ProfileAction,
        turn: &mut Turn,
    ) -> Result<(), StoreError> {
        match action {
            ProfileAction::Show(page) => show(scene, person, message, page, turn),
            ProfileAction::Set(value) => set(scene, person, message, value, turn),
            ProfileAction::ShowStatistics => self.show_statistics(scene, person, message, turn).await?,
            ProfileAction::ShowPhoto => match &person.profile.photo {
                Some(photo) => turn.calls.push(view::photo_preview(scene.words).send_photo(scene.telegram, photo)),
                None => turn.answer_with(scene.words.text("photo-none")),
            },
            ProfileAction::ClosePhoto => turn.calls.extend(message.map(|message| delete(scene.telegram, message))),
        }
        Ok(())
    }
}

fn show(scene: &Scene<'_>, person: &RegisteredPerson, message: Option<MessageId>, page: ProfilePage, turn: &mut Turn) {
    if let Some(what) = asked_on(page) {
        // What is typed in a chat goes to the partner.
        if scene.chat.is_some() {
            return turn.alert(scene.words.text("typing-in-chat"));
        }
        expect_typed(scene, what, message, turn);
    }
    turn.show(scene, message, &screen(scene, &person.facts, &person.profile, page));
}

fn set(scene: &Scene<'_>, person: &RegisteredPerson, message: Option<MessageId>, value: ProfileValue, turn: &mut Turn) {
    let (words, now) = (scene.words, &person.profile);
    let wanted = wanted(now, value);
    if wanted.languages.is_empty() {
        return turn.alert(words.text("profile-last-language"));
    }
    if wanted.interests.is_empty() {
        return turn.alert(words.text("profile-last-interest"));
    }
    let screen = screen(scene, &person.facts, &wanted, page_of(value));
    if wanted == *now {
        turn.answer_with(words.text("already-done"));
    } else {
        turn.change(Change::Profile(person.facts.person, Box::new(wanted)));
    }
    turn.show(scene, message, &screen);
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

fn screen(scene: &Scene<'_>, facts: &PersonFacts, profile: &Profile, page: ProfilePage) -> Screen {
    let words = scene.words;
    match page {
        ProfilePage::Overview => view::overview(words, profile, scene.now),
        ProfilePage::Languages(page) => view::languages(words, profile, page),
        ProfilePage::Interests => view::interests(words, profile),
        ProfilePage::Countries(page) => view::countries(words, page),
        ProfilePage::City => view::city(words, profile),
        ProfilePage::Bio => view::bio(words, profile),
        ProfilePage::Photo => view::photo(words, profile),
        ProfilePage::Card => view::card(words, facts, profile, scene.now),
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
pub(super) fn take_text(scene: &Scene<'_>, person: &RegisteredPerson, asked: Question, text: &str, turn: &mut Turn) {
    let (words, now) = (scene.words, &person.profile);
    match asked.what {
        TypedField::City => match City::new(text) {
            Some(city) => keep(scene, person, Profile { city: Some(city), ..now.clone() }, asked, turn),
            None => say_again(scene, asked, view::city(words, now), "city-unreadable", turn),
        },
        TypedField::Bio => match Bio::new(text) {
            Ok(bio) => keep(scene, person, Profile { bio: Some(bio), ..now.clone() }, asked, turn),
            Err(refusal) => {
                let screen = view::bio(words, now).with_hint(&refused(scene, refusal));
                turn.show(scene, asked.screen, &screen);
            }
        },
        TypedField::HomeCountry | TypedField::WantedCountry | TypedField::Photo => {
            let found = words.find_countries(text, list::MOST_FOUND);
            turn.show(scene, asked.screen, &view::countries_found(words, text, &found));
        }
    }
}

fn refused(scene: &Scene<'_>, refusal: BioRefusal) -> String {
    match refusal {
        BioRefusal::Empty => scene.words.text("bio-empty"),
        BioRefusal::TooLong { graphemes } => scene.words.with("bio-too-long", &[("count", graphemes.into())]),
        BioRefusal::NamesSomebody => scene.words.text("bio-names-somebody"),
    }
}

/// Takes a photo, where one was asked for.
pub(super) fn take_photo(scene: &Scene<'_>, person: &RegisteredPerson, asked: Question, said: &Said, turn: &mut Turn) {
    let now = &person.profile;
    match said.photo.as_deref().and_then(Photo::new) {
        Some(photo) => keep(scene, person, Profile { photo: Some(photo), ..now.clone() }, asked, turn),
        None => say_again(scene, asked, view::photo(scene.words, now), "photo-expected", turn),
    }
}

/// Stores an answer and shows the profile in the place of the question.
fn keep(scene: &Scene<'_>, person: &RegisteredPerson, profile: Profile, asked: Question, turn: &mut Turn) {
    let screen = view::overview(scene.words, &profile, scene.now).with_hint(&scene.words.text("profile-saved"));
    turn.change(Change::Profile(person.facts.person, Box::new(profile)));
    turn.change(Change::Dialog(None));
    turn.show(scene, asked.screen, &screen);
}

fn say_again(scene: &Scene<'_>, asked: Question, screen: Screen, key: &str, turn: &mut Turn) {
    turn.show(scene, asked.screen, &screen.with_hint(&scene.words.text(key)));
}
