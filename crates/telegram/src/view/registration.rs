//! The screens of becoming a member, one per question.

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
    let question = Question { words, registration, draft: &registration.draft };
    match registration.step {
        Step::Consent => question.consent(),
        Step::Orientation => {
            let agree = question.button(words.text("orientation-agree"), StepAction::Agree);
            question.ask("orientation-title", "orientation-body", vec![vec![agree]])
        }
        Step::Birthday => question.ask("birthday-title", "birthday-body", Vec::new()),
        Step::BirthdayCheck => question.birthday_check(now),
        Step::Gender => {
            let gender = |&gender: &Gender| question.button(words.gender(gender), StepAction::Gender(gender));
            question.ask("gender-title", "gender-body", rows(Gender::ALL.iter().map(gender), 1))
        }
        Step::Wanted => question.wanted(),
        Step::Country => question.country(),
        Step::CountryList => question.countries(page),
        Step::City => {
            let without = question.button(words.text("city-none"), StepAction::NoCity);
            question.ask("city-title", "city-body", vec![vec![without]])
        }
        Step::Languages => question.languages(page),
        Step::Interests => question.interests(),
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
        CorrectionNews::Underage => titled("refused-title", words.text("corrected-underage")),
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

/// One question on its way to a screen.
#[derive(Clone, Copy)]
struct Question<'a> {
    words: Words,
    registration: &'a Registration,
    draft: &'a Draft,
}

impl Question<'_> {
    fn to(self, action: StepAction) -> Callback {
        Callback::Step { serial: self.registration.serial, action }
    }

    fn button(self, text: String, action: StepAction) -> Button {
        Button::new(text, self.to(action))
    }

    /// The screen with a title and a text, and with these buttons above the way back.
    fn ask(self, title: &str, body: &str, buttons: Vec<Vec<Button>>) -> Screen {
        self.with_way_back(Screen::titled(self.words.text(title), self.words.text(body)), buttons)
    }

    fn with_way_back(self, screen: Screen, mut buttons: Vec<Vec<Button>>) -> Screen {
        buttons.push(vec![self.button(self.words.text("button-back"), StepAction::Back)]);
        screen.with_buttons(buttons)
    }

    fn go_on(self, key: &str) -> Vec<Button> {
        vec![self.button(self.words.text(key), StepAction::Continue)]
    }

    fn consent(self) -> Screen {
        let (words, is_renewal) = (self.words, self.registration.is_renewal);
        let (title, body) = if is_renewal { ("renewal-title", "renewal-body") } else { ("consent-title", "consent-body") };
        let mut buttons = vec![vec![self.button(words.text("consent-agree"), StepAction::Agree)]];
        if !is_renewal {
            let others = UiLanguage::ALL.iter().filter(|&&language| language != words.language());
            let other = |&language: &UiLanguage| self.button(Words::own_name(language), StepAction::Ui(language));
            buttons.extend(rows(others.map(other), 2));
        }
        Screen::titled(words.text(title), words.text(body)).with_buttons(buttons)
    }

    fn birthday_check(self, now: Timestamp) -> Screen {
        let words = self.words;
        // Only an adult's date is asked about.
        let age_of = |day| age::age_at(day, now).map_or(age::ADULT_AGE, age::Age::years);
        match self.draft.typed.as_slice() {
            [day] => {
                let date = words.day(*day);
                let body = words.with("birthday-confirm-body", &[("date", date.clone().into()), ("age", age_of(*day).into())]);
                let yes = self.button(words.with("birthday-confirm", &[("date", date.into())]), StepAction::Born(*day));
                self.with_way_back(Screen::titled(words.text("birthday-confirm-title"), body), vec![vec![yes]])
            }
            days => {
                let named = |day| words.with("birthday-choice", &[("date", words.day(day).into()), ("age", age_of(day).into())]);
                let choices = days.iter().map(|&day| self.button(named(day), StepAction::Born(day)));
                self.ask("birthday-ambiguous-title", "birthday-ambiguous-body", rows(choices, 1))
            }
        }
    }

    fn wanted(self) -> Screen {
        let (words, wanted) = (self.words, self.draft.wanted);
        let gender = |&gender: &Gender| {
            let is_on = wanted.contains(gender);
            Button::choice(words, words.genders(gender), is_on, |on| self.to(StepAction::Want(gender, on)))
        };
        let mut buttons = rows(Gender::ALL.iter().map(gender), 1);
        buttons.push(vec![self.button(words.text("wanted-everyone"), StepAction::WantEveryone)]);
        buttons.push(self.go_on("button-continue"));
        self.choose("wanted-title", "wanted-body", words.gender_set(wanted), buttons)
    }

    /// A question with several answers, and what was chosen of them so far.
    fn choose(self, title: &str, body: &str, so_far: String, buttons: Vec<Vec<Button>>) -> Screen {
        let screen = Screen::titled(self.words.text(title), self.words.text(body));
        self.with_way_back(screen.with_paragraph(&chosen(self.words, so_far)), buttons)
    }

    fn country(self) -> Screen {
        let words = self.words;
        let list = vec![self.button(words.text("country-list"), StepAction::Page(0))];
        let Some(country) = self.draft.country else {
            let often = OFTEN.iter().filter_map(|code| Country::from_code(code));
            let mut buttons = rows(often.map(|of| self.button(words.country(of), StepAction::Country(of))), 2);
            buttons.push(list);
            return self.ask("country-title", "country-body", buttons);
        };
        let name = words.country(country);
        let body = match &self.draft.city {
            Some(city) => {
                words.with("country-body-city", &[("country", name.clone().into()), ("city", typed(city.as_str()).into())])
            }
            None => words.with("country-body-guess", &[("country", name.clone().into())]),
        };
        let go = self.button(words.with("country-continue", &[("country", name.into())]), StepAction::Country(country));
        let screen = Screen::titled(words.text("country-title"), body);
        self.with_way_back(screen, vec![vec![go], vec![self.city_button()], list])
    }

    fn countries(self, page: u8) -> Screen {
        let words = self.words;
        let (buttons, page, pages) =
            list::page(words, page, |of| self.to(StepAction::Country(of)), |page| self.to(StepAction::Page(page)));
        let body = words.with("country-page", &[("page", number(page)), ("pages", number(pages))]);
        self.with_way_back(Screen::titled(words.text("country-title"), body), buttons)
    }

    fn languages(self, page: u8) -> Screen {
        let (words, languages) = (self.words, self.draft.languages);
        let page = list::Page { number: page, turn_to: |page| self.to(StepAction::Page(page)) };
        let mut buttons = list::languages(words, page, languages, |language, on| self.to(StepAction::Language(language, on)));
        buttons.extend([self.go_on("button-continue"), vec![self.city_button()]]);
        self.choose("languages-title", "languages-body", words.spoken_set(languages), buttons)
    }

    fn interests(self) -> Screen {
        let (words, interests) = (self.words, self.draft.interests);
        let interest = |&interest: &Interest| {
            let is_on = interests.contains(interest);
            Button::choice(words, words.interest(interest), is_on, |on| self.to(StepAction::Interest(interest, on)))
        };
        let mut buttons = rows(Interest::ALL.iter().map(interest), 2);
        buttons.push(self.go_on("interests-finish"));
        self.choose("interests-title", "interests-body", words.interest_set(interests), buttons)
    }

    fn city_button(self) -> Button {
        let key = if self.draft.city.is_some() { "city-change" } else { "city-add" };
        self.button(self.words.text(key), StepAction::City)
    }
}
