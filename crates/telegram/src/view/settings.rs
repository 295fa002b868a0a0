//! Settings: the bot's language, and whom to meet.

use luvhive_core::person::{Age, Country, Gender, UiLanguage};
use luvhive_core::preferences::{AgeRange, Preferences};

use super::country as list;
use super::registration::{chosen, found_or_not};
use super::screen::{Button, Screen, rows};
use crate::callback::{Callback, SettingsAction};
use crate::locale::Words;

/// Ranges of ages offered at once, both ends included; the last one is open above.
const AGE_CHOICES: &[(u8, u8)] = &[(18, 25), (21, 30), (25, 35), (30, 45), (40, 60)];
/// The youngest of "50 and over".
const ELDERS_FROM: u8 = 50;

/// All settings.
pub(crate) fn overview(words: Words, preferences: &Preferences) -> Screen {
    let common = preferences.requires_common_language;
    let lines = [
        words.with("settings-language", &[("language", Words::own_name(words.language()).into())]),
        words.with("settings-wanted", &[("genders", words.gender_set(preferences.genders).into())]),
        ages_line(words, preferences.ages),
        match preferences.country {
            Some(country) => words.with("settings-country", &[("country", words.country(country).into())]),
            None => words.text("settings-country-any"),
        },
        words.text(if common { "settings-common-on" } else { "settings-common-off" }),
    ];
    let turn_common = if common { "settings-turn-common-off" } else { "settings-turn-common-on" };
    let edit = |key: &str, action| vec![to(words.text(key), action)];
    Screen::titled(words.text("settings-title"), lines.join("\n")).with_paragraph(&words.text("settings-note")).with_buttons(
        vec![
            edit("settings-edit-wanted", SettingsAction::OpenWanted),
            edit("settings-edit-ages", SettingsAction::OpenAges),
            edit("settings-edit-country", SettingsAction::OpenCountry(0)),
            edit(turn_common, SettingsAction::CommonLanguage(!common)),
            edit("settings-edit-language", SettingsAction::OpenLanguage),
        ],
    )
}

/// The bot's languages, each by its own name.
pub(crate) fn languages(words: Words) -> Screen {
    let language = |&language: &UiLanguage| {
        let choice = SettingsAction::Language(language);
        Button::choice(words, Words::own_name(language), language == words.language(), |_| Callback::Settings(choice))
    };
    Screen::plain(words.text("language-title")).with_buttons(rows(UiLanguage::ALL.iter().map(language), 2))
}

/// Whom to meet.
pub(crate) fn wanted(words: Words, preferences: &Preferences) -> Screen {
    let gender = |&gender: &Gender| {
        let is_on = preferences.genders.contains(gender);
        Button::choice(words, words.genders(gender), is_on, |on| Callback::Settings(SettingsAction::Want(gender, on)))
    };
    let mut buttons = rows(Gender::ALL.iter().map(gender), 1);
    buttons.push(done(words));
    Screen::titled(words.text("wanted-title"), words.text("wanted-body"))
        .with_paragraph(&chosen(words, words.gender_set(preferences.genders)))
        .with_buttons(buttons)
}

/// Ages wanted: some usual ranges, and single steps at both ends.
pub(crate) fn ages(words: Words, range: AgeRange) -> Screen {
    let (low, high) = (range.low(), range.high());
    let offer = |low: u8, high: u8| AgeRange::new(Age::new(low)?, Age::new(high)?);
    let usual = AGE_CHOICES.iter().filter_map(|&(low, high)| offer(low, high));
    let elders = offer(ELDERS_FROM, Age::OLDEST.years());
    let choices = [AgeRange::ANY].into_iter().chain(usual).chain(elders);
    let choice = |range: AgeRange| to(age_choice(words, range), SettingsAction::Ages(range));
    let mut buttons = rows(choices.map(choice), 2);
    let step = |key: &'static str, age: Option<u8>, shown: u8, range: Option<AgeRange>| {
        age.and(range).map(|range| to(words.with(key, &[("age", shown.into())]), SettingsAction::Ages(range)))
    };
    let at_low = |low: Option<u8>| step("ages-youngest", low, low.unwrap_or(0), low.and_then(|low| offer(low, high.years())));
    let at_high = |high: Option<u8>| step("ages-oldest", high, high.unwrap_or(0), high.and_then(|high| offer(low.years(), high)));
    let lows = [low.years().checked_sub(1), low.years().checked_add(1)].map(at_low);
    buttons.push(lows.into_iter().flatten().collect());
    if range.high() != Age::OLDEST {
        let highs = [high.years().checked_sub(1), high.years().checked_add(1)].map(at_high);
        buttons.push(highs.into_iter().flatten().collect());
    }
    buttons.push(done(words));
    buttons.retain(|row| !row.is_empty());
    let body = if range == AgeRange::ANY {
        words.text("ages-body-any")
    } else if high == Age::OLDEST {
        words.with("ages-body-from", &[("low", low.years().into())])
    } else {
        words.with("ages-body", &[("low", low.years().into()), ("high", high.years().into())])
    };
    Screen::titled(words.text("ages-title"), body).with_buttons(buttons)
}

/// The country wanted: any, one's own, or one of all by page.
pub(crate) fn countries(words: Words, wanted: Option<Country>, home: Country, page: u8) -> Screen {
    let turn_to = |page| Callback::Settings(SettingsAction::OpenCountry(page));
    let (list, _, _) = list::page(words, page, only, turn_to);
    let mine = words.with("country-filter-mine", &[("country", words.country(home).into())]);
    let any = to(words.text("country-filter-any"), SettingsAction::Country(None));
    let mut buttons = vec![vec![any], vec![to(mine, SettingsAction::Country(Some(home)))]];
    buttons.extend(list);
    buttons.push(done(words));
    let body = match wanted {
        Some(country) => words.with("country-filter-body", &[("country", words.country(country).into())]),
        None => words.text("country-filter-body-any"),
    };
    Screen::titled(words.text("country-filter-title"), body)
        .with_paragraph(&words.text("country-filter-hint"))
        .with_buttons(buttons)
}

/// What a search for a country found.
pub(crate) fn countries_found(words: Words, text: &str, found: &[Country]) -> Screen {
    let mut buttons = rows(found.iter().map(|&of| Button::new(words.country(of), only(of))), 1);
    buttons.push(vec![to(words.text("country-list"), SettingsAction::OpenCountry(0))]);
    buttons.push(done(words));
    Screen::titled(words.text("country-filter-title"), found_or_not(words, text, found)).with_buttons(buttons)
}

fn ages_line(words: Words, range: AgeRange) -> String {
    let (low, high) = (range.low(), range.high());
    if range == AgeRange::ANY {
        words.text("settings-ages-any")
    } else if high == Age::OLDEST {
        words.with("settings-ages-from", &[("low", low.years().into())])
    } else {
        words.with("settings-ages", &[("low", low.years().into()), ("high", high.years().into())])
    }
}

fn age_choice(words: Words, range: AgeRange) -> String {
    if range == AgeRange::ANY {
        words.text("ages-choice-any")
    } else if range.high() == Age::OLDEST {
        words.with("ages-choice-from", &[("low", range.low().years().into())])
    } else {
        words.with("ages-choice", &[("low", range.low().years().into()), ("high", range.high().years().into())])
    }
}

fn only(country: Country) -> Callback {
    Callback::Settings(SettingsAction::Country(Some(country)))
}

fn to(text: String, action: SettingsAction) -> Button {
    Button::new(text, Callback::Settings(action))
}

fn done(words: Words) -> Vec<Button> {
    vec![to(words.text("settings-done"), SettingsAction::Open)]
}
