//! One's own profile: looking at it, and changing it page by page in one message.

use luvhive_core::id::MessageId;
use luvhive_core::person::{Bio, BioRefusal, CardParts, City, Photo, Profile};
use luvhive_core::ports::{Change, RegisteredPerson};

use super::heard::Said;
use super::member::{Question, expect_typed};
use super::record::TypedField;
use super::{Scene, Turn};
use crate::callback::ProfileAction;
use crate::view::screen::{Screen, delete};
use crate::view::{country as list, profile as view};

pub(super) fn press(
    scene: &Scene<'_>,
    person: &RegisteredPerson,
    message: Option<MessageId>,
    action: ProfileAction,
    turn: &mut Turn,
) {
    let now = &person.profile;
    let Some(wanted) = wanted(now, action) else { return open(scene, person, message, action, turn) };
    if wanted.languages.is_empty() {
        return turn.alert(scene.words.text("profile-last-language"));
    }
    if wanted.interests.is_empty() {
        return turn.alert(scene.words.text("profile-last-interest"));
    }
    let screen = match action {
        ProfileAction::Language(_, _, page) => view::languages(scene.words, &wanted, page),
        ProfileAction::Interest(..) => view::interests(scene.words, &wanted),
        ProfileAction::Card(..) => view::card(scene.words, &person.facts, &wanted, scene.now),
        _ => view::overview(scene.words, &wanted, scene.now),
    };
    if wanted == *now {
        turn.answer_with(scene.words.text("already-done"));
    } else {
        turn.change(Change::Profile(person.facts.person, Box::new(wanted)));
    }
    turn.show(scene, message, &screen);
}

/// The profile as an action wants it; `None` for an action that only shows something.
fn wanted(now: &Profile, action: ProfileAction) -> Option<Profile> {
    Some(match action {
        ProfileAction::Language(language, on, _) if now.languages.contains(language) == on => now.clone(),
        ProfileAction::Language(language, ..) => Profile { languages: now.languages.toggled(language), ..now.clone() },
        ProfileAction::Interest(interest, on) if now.interests.contains(interest) == on => now.clone(),
        ProfileAction::Interest(interest, _) => Profile { interests: now.interests.toggled(interest), ..now.clone() },
        ProfileAction::Country(country) if country == now.country => now.clone(),
        // A city belongs to its country.
        ProfileAction::Country(country) => Profile { country, city: None, ..now.clone() },
        ProfileAction::NoCity => Profile { city: None, ..now.clone() },
        ProfileAction::NoBio => Profile { bio: None, ..now.clone() },
        ProfileAction::NoPhoto => Profile { photo: None, ..now.clone() },
        ProfileAction::Card(part, on) => {
            let without: CardParts = now.card.iter().filter(|&shown| shown != part).collect();
            Profile { card: if on { without.with(part) } else { without }, ..now.clone() }
        }
        ProfileAction::Open
        | ProfileAction::OpenLanguages(_)
        | ProfileAction::OpenInterests
        | ProfileAction::OpenCountry(_)
        | ProfileAction::OpenCity
        | ProfileAction::OpenBio
        | ProfileAction::OpenPhoto
        | ProfileAction::ShowPhoto
        | ProfileAction::ClosePhoto
        | ProfileAction::OpenCard
        | ProfileAction::OpenStatistics => return None,
    })
}

fn open(scene: &Scene<'_>, person: &RegisteredPerson, message: Option<MessageId>, action: ProfileAction, turn: &mut Turn) {
    let (words, now) = (scene.words, &person.profile);
    if let Some(what) = asks_for(action) {
        // What is typed in a chat goes to the partner.
        if scene.chat.is_some() {
            return turn.alert(words.text("typing-in-chat"));
        }
        expect_typed(scene, what, message, turn);
    }
    let screen = match action {
        ProfileAction::OpenLanguages(page) => view::languages(words, now, page),
        ProfileAction::OpenInterests => view::interests(words, now),
        ProfileAction::OpenCountry(page) => view::countries(words, page),
        ProfileAction::OpenCity => view::city(words, now),
        ProfileAction::OpenBio => view::bio(words, now),
        ProfileAction::OpenPhoto => view::photo(words, now),
        ProfileAction::OpenCard => view::card(words, &person.facts, now, scene.now),
        ProfileAction::ShowPhoto => {
            match &now.photo {
                Some(photo) => turn.calls.push(view::photo_preview(words).send_photo(scene.telegram, photo)),
                None => turn.answer_with(words.text("photo-none")),
            }
            return;
        }
        ProfileAction::ClosePhoto => {
            turn.calls.extend(message.map(|message| delete(scene.telegram, message)));
            return;
        }
        _ => view::overview(words, now, scene.now),
    };
    turn.show(scene, message, &screen);
}

fn asks_for(action: ProfileAction) -> Option<TypedField> {
    match action {
        ProfileAction::OpenCountry(_) => Some(TypedField::HomeCountry),
        ProfileAction::OpenCity => Some(TypedField::City),
        ProfileAction::OpenBio => Some(TypedField::Bio),
        ProfileAction::OpenPhoto => Some(TypedField::Photo),
        _ => None,
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
