//! Registered people: the menu, profile, settings, leaving, and whatever they say to nobody.

use std::time::Duration;

use luvhive_core::engine::event::EngineCommand;
use luvhive_core::id::MessageId;
use luvhive_core::person::{City, Consent, PersonFacts, Profile};
use luvhive_core::ports::{Change, RegisteredPerson, StoreError};
use luvhive_core::preferences::Preferences;

use super::incoming::{Press, Said};
use super::record::{Dialog, TypedField};
use super::{Dialogs, Scene, Turn, record, registration, set_language};
use crate::callback::{Callback, ProfileAction, SettingsAction};
use crate::locale::MenuCommand;
use crate::view::{about, country as list, menu, notice, profile as profile_view, settings as settings_view};

/// How long typed text is taken for the answer to a question.
const TYPING_LASTS: Duration = Duration::from_mins(10);
/// How long "delete everything" can be pressed after the question was asked.
const DELETE_LASTS_S: u32 = 3_600;

impl Dialogs {
    pub(super) async fn hear_member(
        &self,
        scene: &Scene<'_>,
        person: &RegisteredPerson,
        said: &Said,
        turn: &mut Turn,
    ) -> Result<(), StoreError> {
        let words = scene.words;
        let Some(command) = said.command else {
            hear_text(scene, person, said, turn);
            return Ok(());
        };
        stop_typing(scene, turn);
        match command {
            MenuCommand::Profile => turn.say(scene, &profile_view::overview(words, &person.profile, scene.now)),
            MenuCommand::Settings => turn.say(scene, &settings_view::overview(words, &person.facts.preferences)),
            MenuCommand::DeleteMe => turn.say(scene, &about::ask_delete(words, scene.now)),
            MenuCommand::Report => self.hear_report(scene, &person.facts, said.reply_to, turn).await?,
            MenuCommand::Block => self.hear_block(scene, &person.facts, turn).await?,
            // The engine decides searching; what comes here anyway is answered with the menu.
            MenuCommand::Find | MenuCommand::CancelSearch | MenuCommand::Next | MenuCommand::Stop => {
                show_menu(scene, person, turn);
            }
            MenuCommand::Start | MenuCommand::Menu => show_menu(scene, person, turn),
            MenuCommand::Help | MenuCommand::Privacy | MenuCommand::Terms | MenuCommand::Language => {}
        }
        Ok(())
    }

    pub(super) async fn press_member(
        &self,
        scene: &Scene<'_>,
        person: &RegisteredPerson,
        press: &Press,
        callback: Callback,
        turn: &mut Turn,
    ) -> Result<(), StoreError> {
        let (words, message) = (scene.words, press.message);
        let facts = &person.facts;
        if !matches!(callback, Callback::Step { .. }) {
            stop_typing(scene, turn);
        }
        match callback {
            Callback::Step { serial, action } => registration::press(scene, message, serial, action, turn),
            Callback::Command(_) => turn.answer_with(words.text("old-button")),
            Callback::Settings(action) => press_settings(scene, facts, message, action, turn),
            Callback::Profile(action) => press_profile(scene, person, message, action, turn),
            Callback::Rate { chat, is_good } => self.rate(scene, facts, message, chat, is_good, turn).await?,
            Callback::Card { chat } => self.show_card(scene, facts, message, chat, turn).await?,
            Callback::AskBlock { chat } => self.ask_block(scene, facts, message, chat, turn).await?,
            Callback::Block { chat } => self.block(scene, facts, message, chat, turn).await?,
            Callback::AskReport { chat, message: about } => self.ask_report(scene, facts, message, (chat, about), turn).await?,
            Callback::Report { chat, message: about, reason } => {
                self.report(scene, facts, message, (chat, about), reason, turn).await?;
            }
            Callback::Delete { asked_at_s } => {
                let age_s = about::seconds(scene.now).checked_sub(asked_at_s);
                if age_s.is_some_and(|age_s| age_s <= DELETE_LASTS_S) {
                    turn.change(Change::ToEngine(EngineCommand::Leave { person: facts.person }));
                    turn.show(scene, message, &menu::sentence(words, "delete-started"));
                } else {
                    turn.show(scene, message, &menu::sentence(words, "delete-too-old"));
                }
            }
            Callback::Dismiss => turn.show(scene, message, &menu::sentence(words, "dismissed")),
        }
        Ok(())
    }
}

/// The menu that fits, or what stands before it: a sanction, new documents.
fn show_menu(scene: &Scene<'_>, person: &RegisteredPerson, turn: &mut Turn) {
    let words = scene.words;
    if scene.chat.is_some() {
        turn.say(scene, &menu::chatting(words));
    } else if let Some(until) = person.facts.suspended_until.filter(|until| *until > scene.now) {
        turn.say(scene, &notice::suspended(words, until));
    } else if is_consent_old(scene) {
        registration::show_renewal(scene, turn);
    } else {
        turn.say(scene, &menu::idle(words));
    }
}

/// A message to nobody: an answer to a question of ours, or a misunderstanding.
fn hear_text(scene: &Scene<'_>, person: &RegisteredPerson, said: &Said, turn: &mut Turn) {
    let is_command = said.text.as_deref().is_some_and(|text| text.starts_with('/'));
    if scene.chat.is_some() || is_command || person.facts.is_suspended(scene.now) {
        return show_menu(scene, person, turn);
    }
    if is_consent_old(scene) {
        return registration::show_renewal(scene, turn);
    }
    match (open_dialog(scene), said.text.as_deref()) {
        (Some(Dialog::Typing { what, asked_at }), Some(text)) if scene.now.since(asked_at) <= TYPING_LASTS => {
            hear_typed(scene, person, what, text, turn);
        }
        _ => turn.say(scene, &menu::idle_hint(scene.words)),
    }
}

fn hear_typed(scene: &Scene<'_>, person: &RegisteredPerson, what: TypedField, text: &str, turn: &mut Turn) {
    let words = scene.words;
    match what {
        TypedField::City => match City::new(text) {
            Some(city) => {
                let profile = Profile { city: Some(city), ..person.profile.clone() };
                let screen = profile_view::overview(words, &profile, scene.now).with_hint(&words.text("profile-saved"));
                turn.change(Change::Profile(person.facts.person, Box::new(profile)));
                turn.change(Change::Dialog(None));
                turn.say(scene, &screen);
            }
            None => turn.say(scene, &profile_view::city(words, &person.profile).with_hint(&words.text("city-unreadable"))),
        },
        TypedField::HomeCountry => {
            let found = words.find_countries(text, list::MOST_FOUND);
            turn.say(scene, &profile_view::countries_found(words, text, &found));
        }
        TypedField::WantedCountry => {
            let found = words.find_countries(text, list::MOST_FOUND);
            turn.say(scene, &settings_view::countries_found(words, text, &found));
        }
    }
}

fn press_settings(scene: &Scene<'_>, facts: &PersonFacts, message: Option<MessageId>, action: SettingsAction, turn: &mut Turn) {
    let words = scene.words;
    let now = &facts.preferences;
    let wanted = match action {
        SettingsAction::Open => return turn.show(scene, message, &settings_view::overview(words, now)),
        SettingsAction::OpenLanguage => return turn.show(scene, message, &settings_view::languages(words)),
        SettingsAction::OpenWanted => return turn.show(scene, message, &settings_view::wanted(words, now)),
        SettingsAction::OpenAges => return turn.show(scene, message, &settings_view::ages(words, now.ages)),
        SettingsAction::OpenCountry(_) if scene.chat.is_some() => return turn.alert(words.text("typing-in-chat")),
        SettingsAction::OpenCountry(page) => {
            expect_typed(scene, TypedField::WantedCountry, turn);
            return turn.show(scene, message, &settings_view::countries(words, now.country, facts.country, page));
        }
        SettingsAction::Language(language) if language == words.language() => {
            return turn.answer_with(words.text("already-done"));
        }
        SettingsAction::Language(language) => return set_language(scene, language, message, turn),
        SettingsAction::Want(gender, on) if now.genders.contains(gender) == on => now.clone(),
        SettingsAction::Want(gender, _) => Preferences { genders: now.genders.toggled(gender), ..now.clone() },
        SettingsAction::Ages(ages) => Preferences { ages, ..now.clone() },
        SettingsAction::Country(country) => Preferences { country, ..now.clone() },
        SettingsAction::CommonLanguage(on) => Preferences { requires_common_language: on, ..now.clone() },
    };
    if wanted.genders.is_empty() {
        return turn.alert(words.text("settings-last-wanted"));
    }
    if wanted == *now {
        turn.answer_with(words.text("already-done"));
    } else {
        turn.change(Change::Preferences(facts.person, wanted.clone()));
    }
    let screen = match action {
        SettingsAction::Want(..) => settings_view::wanted(words, &wanted),
        SettingsAction::Ages(_) => settings_view::ages(words, wanted.ages),
        _ => settings_view::overview(words, &wanted),
    };
    turn.show(scene, message, &screen);
}

fn press_profile(
    scene: &Scene<'_>,
    person: &RegisteredPerson,
    message: Option<MessageId>,
    action: ProfileAction,
    turn: &mut Turn,
) {
    let words = scene.words;
    let now = &person.profile;
    let wanted = match action {
        ProfileAction::Open => return turn.show(scene, message, &profile_view::overview(words, now, scene.now)),
        ProfileAction::OpenLanguages(page) => return turn.show(scene, message, &profile_view::languages(words, now, page)),
        ProfileAction::OpenInterests => return turn.show(scene, message, &profile_view::interests(words, now)),
        ProfileAction::OpenCountry(_) | ProfileAction::OpenCity if scene.chat.is_some() => {
            return turn.alert(words.text("typing-in-chat"));
        }
        ProfileAction::OpenCountry(page) => {
            expect_typed(scene, TypedField::HomeCountry, turn);
            return turn.show(scene, message, &profile_view::countries(words, page));
        }
        ProfileAction::OpenCity => {
            expect_typed(scene, TypedField::City, turn);
            return turn.show(scene, message, &profile_view::city(words, now));
        }
        ProfileAction::Language(language, on, _) if now.languages.contains(language) == on => now.clone(),
        ProfileAction::Language(language, ..) => Profile { languages: now.languages.toggled(language), ..now.clone() },
        ProfileAction::Interest(interest, on) if now.interests.contains(interest) == on => now.clone(),
        ProfileAction::Interest(interest, _) => Profile { interests: now.interests.toggled(interest), ..now.clone() },
        ProfileAction::Country(country) if country == now.country => now.clone(),
        // A city belongs to its country.
        ProfileAction::Country(country) => Profile { country, city: None, ..now.clone() },
        ProfileAction::NoCity => Profile { city: None, ..now.clone() },
    };
    if wanted.languages.is_empty() {
        return turn.alert(words.text("profile-last-language"));
    }
    if wanted.interests.is_empty() {
        return turn.alert(words.text("profile-last-interest"));
    }
    let screen = match action {
        ProfileAction::Language(_, _, page) => profile_view::languages(words, &wanted, page),
        ProfileAction::Interest(..) => profile_view::interests(words, &wanted),
        _ => profile_view::overview(words, &wanted, scene.now),
    };
    if wanted == *now {
        turn.answer_with(words.text("already-done"));
    } else {
        turn.change(Change::Profile(person.facts.person, Box::new(wanted)));
    }
    turn.show(scene, message, &screen);
}

/// Takes the next text for an answer. Nobody is asked to type while what they type goes to a partner.
fn expect_typed(scene: &Scene<'_>, what: TypedField, turn: &mut Turn) {
    turn.change(Change::Dialog(Some(record::write(&Dialog::Typing { what, asked_at: scene.now }))));
}

/// Whoever does something else does not answer the question any more.
fn stop_typing(scene: &Scene<'_>, turn: &mut Turn) {
    if matches!(open_dialog(scene), Some(Dialog::Typing { .. })) {
        turn.change(Change::Dialog(None));
    }
}

fn open_dialog(scene: &Scene<'_>) -> Option<Dialog> {
    scene.visitor.dialog.as_ref().and_then(record::read)
}

fn is_consent_old(scene: &Scene<'_>) -> bool {
    !scene.visitor.consent.as_ref().is_some_and(Consent::is_current)
}
