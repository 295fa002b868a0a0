//! The screens of becoming a member, one a question.

use luvhive_core::correction::{CorrectionNews, SupportCode};
use luvhive_core::person::{Country, Gender, Interest, Profile, UiLanguage, age};
use luvhive_core::time::Timestamp;

use super::country as list;
use super::menu::Menu;
use super::screen::{Button, Keyboard, Screen, rows};
use crate::callback::{Callback, StepAction};
use crate::locale::{Words, typed};
use crate::registration::{Draft, Registration, Step};

/// Countries offered when nothing can be guessed.
const OFTEN: &[&str] = &["IN", "US", "GB", "BR", "ID", "PK", "MX", "RU"];

/// The question that is open; `page` is that of the list in it, if it has one.
pub(crate) fn screen(words: Words, registration: &Registration, page: u8, now: Timestamp) -> Screen {
    let serial = registration.serial;
    let draft = &registration.draft;
    let to = |action: StepAction| Callback::Step { serial, action };
    let back = || vec![Button::new(words.text("button-back"), to(StepAction::Back))];
    let go = |key: &str| vec![Button::new(words.text(key), to(StepAction::Continue))];
    let titled = |title: &str, body: &str| Screen::titled(words.text(title), words.text(body));
    match registration.step {
        Step::Consent => consent(words, registration.is_renewal, to),
        Step::Orientation => titled("orientation-title", "orientation-body")
            .with_buttons(vec![vec![Button::new(words.text("orientation-agree"), to(StepAction::Agree))], back()]),
        Step::Birthday => titled("birthday-title", "birthday-body").with_buttons(vec![back()]),
        Step::BirthdayCheck => birthday_check(words, draft, now, to, back()),
        Step::Gender => {
            let gender = |&gender: &Gender| Button::new(words.gender(gender), to(StepAction::Gender(gender)));
            let mut buttons = rows(Gender::ALL.iter().map(gender), 1);
            buttons.push(back());
            titled("gender-title", "gender-body").with_buttons(buttons)
        }
        Step::Wanted => {
            let gender = |&gender: &Gender| {
                let is_on = draft.wanted.contains(gender);
                Button::choice(words, words.genders(gender), is_on, |on| to(StepAction::Want(gender, on)))
            };
            let mut buttons = rows(Gender::ALL.iter().map(gender), 1);
            buttons.push(vec![Button::new(words.text("wanted-everyone"), to(StepAction::WantEveryone))]);
            buttons.extend([go("button-continue"), back()]);
            titled("wanted-title", "wanted-body")
                .with_paragraph(&chosen(words, words.gender_set(draft.wanted)))
                .with_buttons(buttons)
        }
        Step::Country => country(words, draft, to, back()),
        Step::CountryList => {
            let (mut buttons, page, pages) =
                list::page(words, page, |of| to(StepAction::Country(of)), |page| to(StepAction::Page(page)));
            buttons.push(back());
            let body = words.with("country-page", &[("page", number(page)), ("pages", number(pages))]);
            Screen::titled(words.text("country-title"), body).with_buttons(buttons)
        }
        Step::City => {
            let without = vec![Button::new(words.text("city-none"), to(StepAction::NoCity))];
            titled("city-title", "city-body").with_buttons(vec![without, back()])
        }
        Step::Languages => languages(words, draft, page, to, go("button-continue"), back()),
        Step::Interests => {
            let interest = |&interest: &Interest| {
                let is_on = draft.interests.contains(interest);
                Button::choice(words, words.interest(interest), is_on, |on| to(StepAction::Interest(interest, on)))
            };
            let mut buttons = rows(Interest::ALL.iter().map(interest), 2);
            buttons.extend([go("interests-finish"), back()]);
            titled("interests-title", "interests-body")
                .with_paragraph(&chosen(words, words.interest_set(draft.interests)))
                .with_buttons(buttons)
        }
    }
}

/// What a search for a country found; nothing found is said as well.
pub(crate) fn countries_found(words: Words, serial: u32, text: &str, found: &[Country]) -> Screen {
    let to = |action: StepAction| Callback::Step { serial, action };
    let mut buttons = rows(found.iter().map(|&of| Button::new(words.country(of), to(StepAction::Country(of)))), 1);
    buttons.push(vec![Button::new(words.text("country-list"), to(StepAction::Page(0)))]);
    buttons.push(vec![Button::new(words.text("button-back"), to(StepAction::Back))]);
    Screen::titled(words.text("country-title"), found_or_not(words, text, found)).with_buttons(buttons)
}

/// The sentence above what a search found.
pub(super) fn found_or_not(words: Words, text: &str, found: &[Country]) -> String {
    if found.is_empty() {
        let short: String = text.chars().take(40).filter(|c| !c.is_control()).collect();
        words.with("country-not-found", &[("typed", typed(&short).into())])
    } else {
        words.text("country-found")
    }
}

/// What a minor reads, and how somebody who mistyped reaches support; the contact may be empty.
pub(crate) fn refused(words: Words, code: &SupportCode, contact: &str) -> Screen {
    let code = ("code", code.to_string().into());
    let mistyped = if contact.is_empty() {
        words.with("refused-mistyped-support", &[code])
    } else {
        words.with("refused-mistyped", &[("contact", typed(contact).into()), code])
    };
    Screen::titled(words.text("refused-title"), words.text("refused-body")).with_paragraph(&mistyped)
}

/// What somebody reads whom support has corrected.
pub(super) fn corrected(words: Words, news: CorrectionNews) -> Screen {
    let titled = |title: &str, body: String| Screen::titled(words.text(title), body);
    match news {
        CorrectionNews::Gender(gender) => {
            titled("corrected-title", words.with("corrected-gender", &[("gender", words.gender(gender).into())]))
        }
        CorrectionNews::Born(day) => titled("corrected-title", words.with("corrected-born", &[("date", words.day(day).into())])),
        CorrectionNews::Refused => titled("refused-title", words.text("corrected-refused")),
        CorrectionNews::Admitted => titled("corrected-admitted-title", words.text("corrected-admitted")),
    }
}

/// What stands in the place of the last question.
pub(crate) fn registered(words: Words, profile: &Profile, now: Timestamp) -> Screen {
    let age = age::age_at(profile.born, now).map_or(age::ADULT_AGE, age::Age::years);
    let body = words.with(
        "registered-body",
        &[
            ("gender", words.gender(profile.gender).into()),
            ("age", age.into()),
            ("country", words.country(profile.country).into()),
            ("languages", words.spoken_set(profile.languages).into()),
            ("interests", words.interest_set(profile.interests).into()),
        ],
    );
    Screen::titled(words.text("registered-title"), body)
}

/// The first words to a new member, with the menu.
pub(crate) fn welcome(words: Words) -> Screen {
    Screen::titled(words.text("welcome-title"), words.text("welcome-body")).with(Keyboard::Menu(Menu::idle(words)))
}

/// "Chosen: …", so that a choice does not hang on a check mark alone.
pub(super) fn chosen(words: Words, list: String) -> String {
    if list.is_empty() { words.text("chosen-none") } else { words.with("chosen-some", &[("chosen", list.into())]) }
}

/// A count as an argument.
pub(super) fn number(value: usize) -> fluent_bundle::FluentValue<'static> {
    fluent_bundle::FluentValue::from(value)
}

fn consent(words: Words, is_renewal: bool, to: impl Fn(StepAction) -> Callback) -> Screen {
    let (title, body) = if is_renewal { ("renewal-title", "renewal-body") } else { ("consent-title", "consent-body") };
    let mut buttons = vec![vec![Button::new(words.text("consent-agree"), to(StepAction::Agree))]];
    if !is_renewal {
        let others = UiLanguage::ALL.iter().filter(|&&language| language != words.language());
        buttons.extend(rows(others.map(|&language| Button::new(Words::own_name(language), to(StepAction::Ui(language)))), 2));
    }
    Screen::titled(words.text(title), words.text(body)).with_buttons(buttons)
}

fn birthday_check(words: Words, draft: &Draft, now: Timestamp, to: impl Fn(StepAction) -> Callback, back: Vec<Button>) -> Screen {
    // Only an adult's date is asked about.
    let age_of = |day| age::age_at(day, now).map_or(age::ADULT_AGE, age::Age::years);
    match draft.typed.as_slice() {
        [day] => {
            let date = words.day(*day);
            let body = words.with("birthday-confirm-body", &[("date", date.clone().into()), ("age", age_of(*day).into())]);
            let yes = Button::new(words.with("birthday-confirm", &[("date", date.into())]), to(StepAction::Born(*day)));
            Screen::titled(words.text("birthday-confirm-title"), body).with_buttons(vec![vec![yes], back])
        }
        days => {
            let named = |day| words.with("birthday-choice", &[("date", words.day(day).into()), ("age", age_of(day).into())]);
            let mut buttons = rows(days.iter().map(|&day| Button::new(named(day), to(StepAction::Born(day)))), 1);
            buttons.push(back);
            Screen::titled(words.text("birthday-ambiguous-title"), words.text("birthday-ambiguous-body")).with_buttons(buttons)
        }
    }
}

fn country(words: Words, draft: &Draft, to: impl Fn(StepAction) -> Callback, back: Vec<Button>) -> Screen {
    let list = vec![Button::new(words.text("country-list"), to(StepAction::Page(0)))];
    let Some(country) = draft.country else {
        let often = OFTEN.iter().filter_map(|code| Country::from_code(code));
        let mut buttons = rows(often.map(|of| Button::new(words.country(of), to(StepAction::Country(of)))), 2);
        buttons.extend([list, back]);
        return Screen::titled(words.text("country-title"), words.text("country-body")).with_buttons(buttons);
    };
    let name = words.country(country);
    let body = match &draft.city {
        Some(city) => words.with("country-body-city", &[("country", name.clone().into()), ("city", typed(city.as_str()).into())]),
        None => words.with("country-body-guess", &[("country", name.clone().into())]),
    };
    let go = Button::new(words.with("country-continue", &[("country", name.into())]), to(StepAction::Country(country)));
    Screen::titled(words.text("country-title"), body).with_buttons(vec![
        vec![go],
        vec![city_button(words, draft, to)],
        list,
        back,
    ])
}

fn languages(
    words: Words,
    draft: &Draft,
    page: u8,
    to: impl Fn(StepAction) -> Callback,
    go: Vec<Button>,
    back: Vec<Button>,
) -> Screen {
    let language = |language, on| to(StepAction::Language(language, on));
    let mut buttons = list::languages(words, page, draft.languages, language, |page| to(StepAction::Page(page)));
    buttons.extend([go, vec![city_button(words, draft, &to)], back]);
    Screen::titled(words.text("languages-title"), words.text("languages-body"))
        .with_paragraph(&chosen(words, words.spoken_set(draft.languages)))
        .with_buttons(buttons)
}

fn city_button(words: Words, draft: &Draft, to: impl Fn(StepAction) -> Callback) -> Button {
    let key = if draft.city.is_some() { "city-change" } else { "city-add" };
    Button::new(words.text(key), to(StepAction::City))
}
