//! Settings: whom to meet, what passes in a chat, when to be left alone, and the bot's language.

use luvhive_core::filter::Filter;
use luvhive_core::id::MessageId;
use luvhive_core::person::{PersonFacts, Reminders};
use luvhive_core::ports::Change;
use luvhive_core::preferences::{AgeRange, Preferences};

use super::member::{Question, expect_typed};
use super::record::TypedField;
use super::{Scene, Turn, set_language};
use crate::callback::SettingsAction;
use crate::view::country as list;
use crate::view::screen::Screen;
use crate::view::settings::{self as view, Me};

pub(super) fn press(scene: &Scene<'_>, facts: &PersonFacts, message: Option<MessageId>, action: SettingsAction, turn: &mut Turn) {
    let words = scene.words;
    let now = &facts.preferences;
    match action {
        SettingsAction::OpenCountry(_) if scene.chat.is_some() => return turn.alert(words.text("typing-in-chat")),
        SettingsAction::OpenCountry(_) => expect_typed(scene, TypedField::WantedCountry, message, turn),
        SettingsAction::Language(language) if language == words.language() => {
            return turn.answer_with(words.text("already-done"));
        }
        SettingsAction::Language(language) => return set_language(scene, language, message, turn),
        SettingsAction::Demand(Filter::City, true) if facts.city_mark.is_none() => {
            return turn.alert(words.text("filters-no-city"));
        }
        _ => {}
    }
    let Some(wanted) = wanted(now, action) else {
        return turn.show(scene, message, &page(&Me::of(words, facts, scene.now), action));
    };
    if wanted.genders.is_empty() {
        return turn.alert(words.text("settings-last-wanted"));
    }
    if asks_for_premium(action) && wanted != *now && !facts.is_premium(scene.now) {
        return turn.alert(words.text("filters-need-premium"));
    }
    let changed = PersonFacts { preferences: wanted.clone(), ..facts.clone() };
    if wanted == *now {
        turn.answer_with(words.text("already-done"));
    } else {
        turn.change(Change::Preferences(facts.person, wanted));
    }
    turn.show(scene, message, &page(&Me::of(words, &changed, scene.now), action));
}

/// The preferences as an action wants them; `None` for an action that only shows something.
fn wanted(now: &Preferences, action: SettingsAction) -> Option<Preferences> {
    let reminded = |reminders: Reminders| Preferences { reminders, ..now.clone() };
    Some(match action {
        SettingsAction::Want(gender, on) if now.genders.contains(gender) == on => now.clone(),
        SettingsAction::Want(gender, _) => Preferences { genders: now.genders.toggled(gender), ..now.clone() },
        SettingsAction::Ages(ages) => Preferences { ages, ..now.clone() },
        SettingsAction::Country(country) => now.with_country(country),
        SettingsAction::Demand(filter, true) => now.with_demand(filter),
        SettingsAction::Demand(filter, false) => now.without_demand(filter),
        SettingsAction::Media(on) => Preferences { accepts_media: on, ..now.clone() },
        SettingsAction::Protect(on) => Preferences { protects_content: on, ..now.clone() },
        SettingsAction::Remind(on) => reminded(Reminders { are_on: on, ..now.reminders }),
        SettingsAction::Zone(zone) => reminded(Reminders { zone: Some(zone), ..now.reminders }),
        SettingsAction::Quiet(quiet) => reminded(Reminders { quiet, ..now.reminders }),
        SettingsAction::Open
        | SettingsAction::OpenLanguage
        | SettingsAction::OpenWanted
        | SettingsAction::OpenAges
        | SettingsAction::OpenCountry(_)
        | SettingsAction::OpenFilters
        | SettingsAction::OpenChat
        | SettingsAction::OpenReminders
        | SettingsAction::OpenZone
        | SettingsAction::OpenQuiet
        | SettingsAction::Language(_) => return None,
    })
}

/// Reports filters that are switched on or made another; each can be switched off by everybody.
fn asks_for_premium(action: SettingsAction) -> bool {
    match action {
        SettingsAction::Ages(ages) => ages != AgeRange::ANY,
        SettingsAction::Country(country) => country.is_some(),
        SettingsAction::Demand(filter, on) => on && filter.needs_premium(),
        _ => false,
    }
}

/// The page on which an action leaves the person.
fn page(me: &Me<'_>, action: SettingsAction) -> Screen {
    match action {
        SettingsAction::Open | SettingsAction::Country(_) => view::overview(me),
        SettingsAction::OpenLanguage | SettingsAction::Language(_) => view::languages(me.words),
        SettingsAction::OpenWanted | SettingsAction::Want(..) => view::wanted(me),
        SettingsAction::OpenAges | SettingsAction::Ages(_) => view::ages(me),
        SettingsAction::OpenCountry(page) => view::countries(me, page),
        SettingsAction::OpenFilters | SettingsAction::Demand(..) => view::filters(me),
        SettingsAction::OpenChat | SettingsAction::Media(_) | SettingsAction::Protect(_) => view::chat(me),
        SettingsAction::OpenReminders | SettingsAction::Remind(_) | SettingsAction::Zone(_) => view::reminders(me),
        SettingsAction::OpenZone => view::zones(me),
        SettingsAction::OpenQuiet | SettingsAction::Quiet(_) => view::quiet(me),
    }
}

/// Shows the countries that a typed text names.
pub(super) fn find_country(scene: &Scene<'_>, asked: Question, text: &str, turn: &mut Turn) {
    let found = scene.words.find_countries(text, list::MOST_FOUND);
    turn.show(scene, asked.screen, &view::countries_found(scene.words, text, &found));
}
