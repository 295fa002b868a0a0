//! Settings: whom to meet, what passes in a chat, when to be left alone, and the bot's language.

use luvhive_core::chat::Content;
use luvhive_core::engine::EngineCommand;
use luvhive_core::filter::Filter;
use luvhive_core::person::{Gender, PersonFacts, Reminders};
use luvhive_core::ports::Change;
use luvhive_core::preferences::Preferences;

use super::member::expect_typed;
use super::record::TypedField;
use super::{Talk, set_language};
use crate::callback::{Demand, SettingsAction, SettingsPage, SettingsValue};
use crate::view::country as list;
use crate::view::menu;
use crate::view::settings::{self as view, Me};

pub(super) fn press(talk: &mut Talk<'_>, facts: &PersonFacts, action: SettingsAction) {
    match action {
        SettingsAction::Show(page) => show(talk, facts, page),
        SettingsAction::Set(value) => set(talk, facts, value),
        SettingsAction::Language(language) if language == talk.words.language() => {
            talk.answer_with(talk.words.text("already-done"));
        }
        SettingsAction::Language(language) => set_language(talk, language),
        SettingsAction::Unconsent => take_consent_back(talk, facts),
    }
}

/// The consents are gone at once, and with them whom they want to meet; what passes in a chat and when to be reminded stays.
fn take_consent_back(talk: &mut Talk<'_>, facts: &PersonFacts) {
    let now = &facts.preferences;
    let open = Preferences::open_to(Gender::ALL.iter().copied().collect());
    let (withheld, reminders) = (now.withheld, now.reminders);
    let (accepts_media, protects_content) = (now.accepts_media, now.protects_content);
    talk.change(Change::Unconsent);
    talk.change(Change::Preferences(facts.person, Preferences { accepts_media, protects_content, withheld, reminders, ..open }));
    talk.command(EngineCommand::Unconsented { person: facts.person });
    talk.show(&menu::sentence(talk.words, "unconsented"));
}

fn show(talk: &mut Talk<'_>, facts: &PersonFacts, page: SettingsPage) {
    if matches!(page, SettingsPage::Countries(_)) {
        // What is typed in a chat goes to the partner.
        if talk.chat.is_some() {
            return talk.alert(talk.words.text("typing-in-chat"));
        }
        expect_typed(talk, TypedField::WantedCountry);
    }
    talk.show(&view::page(&Me::of(talk.words, facts, talk.now), page));
}

fn set(talk: &mut Talk<'_>, facts: &PersonFacts, value: SettingsValue) {
    let (words, now) = (talk.words, &facts.preferences);
    if value == SettingsValue::Demand(Demand::on(Filter::City)) && facts.city_mark.is_none() {
        return talk.alert(words.text("filters-no-city"));
    }
    let wanted = wanted(now, value);
    if wanted.genders.is_empty() {
        return talk.alert(words.text("settings-last-wanted"));
    }
    // A filter of premium can be switched off by everybody, and switched on or made another with premium only.
    let needs_premium = |filter: Filter| filter.needs_premium() && wanted.filters().contains(filter);
    if filter_of(value).is_some_and(needs_premium) && wanted != *now && !facts.is_premium(talk.now) {
        return talk.alert(words.text("filters-need-premium"));
    }
    let changed = PersonFacts { preferences: wanted.clone(), ..facts.clone() };
    if wanted == *now {
        talk.answer_with(words.text("already-done"));
    } else {
        talk.change(Change::Preferences(facts.person, wanted));
    }
    talk.show(&view::page(&Me::of(words, &changed, talk.now), page_of(value)));
}

/// The preferences with a value set.
fn wanted(now: &Preferences, value: SettingsValue) -> Preferences {
    let reminded = |reminders: Reminders| Preferences { reminders, ..now.clone() };
    match value {
        SettingsValue::Want(gender, on) if now.genders.contains(gender) == on => now.clone(),
        SettingsValue::Want(gender, _) => Preferences { genders: now.genders.toggled(gender), ..now.clone() },
        SettingsValue::Ages(ages) => Preferences { ages, ..now.clone() },
        SettingsValue::Country(country) => now.with_country(country),
        SettingsValue::Demand(Demand { filter, is_on: true }) => now.with_demand(filter),
        SettingsValue::Demand(Demand { filter, is_on: false }) => now.without_demand(filter),
        SettingsValue::Media(on) => Preferences { accepts_media: on, ..now.clone() },
        SettingsValue::Withhold(content, _) if !Content::WITHHOLDABLE.contains(&content) => now.clone(),
        SettingsValue::Withhold(content, true) => Preferences { withheld: now.withheld.with(content), ..now.clone() },
        SettingsValue::Withhold(content, false) => Preferences { withheld: now.withheld.without(content), ..now.clone() },
        SettingsValue::Protect(on) => Preferences { protects_content: on, ..now.clone() },
        SettingsValue::Remind(on) => reminded(Reminders { are_on: on, ..now.reminders }),
        SettingsValue::Zone(zone) => reminded(Reminders { zone: Some(zone), ..now.reminders }),
        SettingsValue::Quiet(quiet) => reminded(Reminders { quiet, ..now.reminders }),
    }
}

/// The filter that a value belongs to, if one can be part of premium.
fn filter_of(value: SettingsValue) -> Option<Filter> {
    match value {
        SettingsValue::Ages(_) => Some(Filter::Age),
        SettingsValue::Country(_) => Some(Filter::Country),
        SettingsValue::Demand(demand) => Some(demand.filter),
        _ => None,
    }
}

/// The page on which setting a value leaves the person.
fn page_of(value: SettingsValue) -> SettingsPage {
    match value {
        SettingsValue::Country(_) => SettingsPage::Overview,
        SettingsValue::Want(..) => SettingsPage::Wanted,
        SettingsValue::Ages(_) => SettingsPage::Ages,
        SettingsValue::Demand(_) => SettingsPage::Filters,
        SettingsValue::Media(_) | SettingsValue::Withhold(..) | SettingsValue::Protect(_) => SettingsPage::Chat,
        SettingsValue::Remind(_) | SettingsValue::Zone(_) => SettingsPage::Reminders,
        SettingsValue::Quiet(_) => SettingsPage::Quiet,
    }
}

/// Shows the countries that a typed text names.
pub(super) fn find_country(talk: &mut Talk<'_>, text: &str) {
    let found = talk.words.find_countries(text, list::MOST_FOUND);
    talk.show(&view::countries_found(talk.words, text, &found));
}
