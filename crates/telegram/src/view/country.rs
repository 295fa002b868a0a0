//! Lists of countries and languages, page by page; the callbacks are the caller's.

use luvhive_core::person::{Country, SpokenLanguage, SpokenLanguages};

use super::screen::{Button, rows};
use crate::callback::Callback;
use crate::locale::Words;

/// How many countries a search shows.
pub(crate) const MOST_FOUND: usize = 8;
/// How many countries a page shows, in two columns.
const COUNTRIES_A_PAGE: usize = 20;
/// How many languages a page shows, in two columns.
const LANGUAGES_A_PAGE: usize = 16;

/// A page of all countries by name: the buttons, which page it is and how many there are, from 1.
pub(crate) fn page(
    words: Words,
    page: u8,
    country: impl Fn(Country) -> Callback,
    turn_to: impl Fn(u8) -> Callback,
) -> (Vec<Vec<Button>>, usize, usize) {
    let countries = words.countries_by_name();
    let (page, pages) = clamp(page, countries.len(), COUNTRIES_A_PAGE);
    let shown = countries.iter().skip(page.saturating_mul(COUNTRIES_A_PAGE)).take(COUNTRIES_A_PAGE);
    let mut buttons = rows(shown.map(|&of| Button::new(words.country(of), country(of))), 2);
    buttons.extend(turning_row(words, page, pages, turn_to));
    (buttons, page.saturating_add(1), pages)
}

/// Which page of a list is shown, and what turns to another.
pub(crate) struct Page<T> {
    /// The page, from 0.
    pub(crate) number: u8,
    /// Turns to another.
    pub(crate) turn_to: T,
}

/// A page of languages to choose from.
pub(crate) fn languages(
    words: Words,
    Page { number: page, turn_to }: Page<impl Fn(u8) -> Callback>,
    chosen: SpokenLanguages,
    language: impl Fn(SpokenLanguage, bool) -> Callback,
) -> Vec<Vec<Button>> {
    let (page, pages) = clamp(page, SpokenLanguage::ALL.len(), LANGUAGES_A_PAGE);
    let shown = SpokenLanguage::ALL.iter().skip(page.saturating_mul(LANGUAGES_A_PAGE)).take(LANGUAGES_A_PAGE);
    let button = |&of: &SpokenLanguage| Button::choice(words, words.spoken(of), chosen.contains(of), |on| language(of, on));
    let mut buttons = rows(shown.map(button), 2);
    buttons.extend(turning_row(words, page, pages, turn_to));
    buttons
}

/// The page on which a language stands.
pub(crate) fn page_of(language: SpokenLanguage) -> u8 {
    u8::try_from(language.index() / LANGUAGES_A_PAGE).unwrap_or(0)
}

/// The page to show, from 0, and how many there are; a page beyond the last is the last.
fn clamp(page: u8, items: usize, a_page: usize) -> (usize, usize) {
    let pages = items.div_ceil(a_page).max(1);
    (usize::from(page).min(pages.saturating_sub(1)), pages)
}

fn turning_row(words: Words, page: usize, pages: usize, turn_to: impl Fn(u8) -> Callback) -> Option<Vec<Button>> {
    let button = |key: &str, page: usize| u8::try_from(page).ok().map(|page| Button::new(words.text(key), turn_to(page)));
    let previous = page.checked_sub(1).and_then(|page| button("button-previous-page", page));
    let next = page.checked_add(1).filter(|page| *page < pages).and_then(|page| button("button-next-page", page));
    let row: Vec<Button> = previous.into_iter().chain(next).collect();
    (!row.is_empty()).then_some(row)
}
