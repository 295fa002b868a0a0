//! Finding countries by what people type, and putting them in order.

use std::sync::LazyLock;

use luvhive_core::person::{Country, UiLanguage};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::canonical_combining_class;

use super::Words;

/// Every name of every country in every language, folded.
static NAMES: LazyLock<Vec<(Country, Vec<String>)>> =
    LazyLock::new(|| Country::all().map(|country| (country, names_of(country))).collect());

fn names_of(country: Country) -> Vec<String> {
    let mut names = vec![fold(country.code())];
    for &language in UiLanguage::ALL {
        let words = Words::new(language);
        names.push(fold(&words.country(country)));
        let also = words.attribute(&format!("country-{country}"), "also").unwrap_or_default();
        names.extend(also.split(',').map(fold).filter(|name| !name.is_empty()));
    }
    names
}

impl Words {
    /// Lists the countries that typed text can mean, the likeliest first, at most `limit`.
    ///
    /// Any language's name will do, whole or in part, in any case and with any accents; a single letter finds beginnings only.
    pub(crate) fn find_countries(self, typed: &str, limit: usize) -> Vec<Country> {
        let wanted = fold(typed);
        let word = format!(" {wanted}");
        let letters = wanted.chars().count();
        if letters == 0 || letters > 60 {
            return Vec::new();
        }
        let mut found: Vec<(u8, String, Country)> = NAMES
            .iter()
            .filter_map(|(country, names)| {
                let best = names.iter().filter_map(|name| rank(name, &wanted, &word, letters)).min()?;
                Some((best, self.country(*country), *country))
            })
            .collect();
        found.sort();
        found.into_iter().take(limit).map(|(_, _, country)| country).collect()
    }

    /// Lists all countries by their name in this language.
    pub(crate) fn countries_by_name(self) -> &'static [Country] {
        let sorted = BY_NAME.iter().find(|(language, _)| *language == self.language());
        sorted.map_or(&[], |(_, countries)| countries)
    }
}

/// All countries by name, for each language.
static BY_NAME: LazyLock<Vec<(UiLanguage, Vec<Country>)>> = LazyLock::new(|| {
    let sorted = |language| {
        let words = Words::new(language);
        let mut named: Vec<(String, Country)> = Country::all().map(|country| (fold(&words.country(country)), country)).collect();
        named.sort();
        named.into_iter().map(|(_, country)| country).collect()
    };
    UiLanguage::ALL.iter().map(|&language| (language, sorted(language))).collect()
});

/// 0 = the whole name, 1 = its beginning, 2 = the beginning of a word, 3 = somewhere inside.
fn rank(name: &str, wanted: &str, word: &str, letters: usize) -> Option<u8> {
    if name == wanted {
        Some(0)
    } else if name.starts_with(wanted) && (letters > 1 || name.chars().count() > 2) {
        Some(1)
    } else if letters > 1 && name.contains(word) {
        Some(2)
    } else if letters > 2 && name.contains(wanted) {
        Some(3)
    } else {
        None
    }
}

/// Lower case, without accents and the Devanagari dot, signs as single spaces; `&` and "and" alike.
fn fold(text: &str) -> String {
    // Marks of class 9 (virama) and 0 (vowel signs) carry meaning in Indian scripts; the others are accents.
    let is_accent = |c: &char| !matches!(canonical_combining_class(*c), 0 | 9);
    let plain: String = text
        .nfkd()
        .filter(|c| !is_accent(c))
        .flat_map(char::to_lowercase)
        .filter(|c| !matches!(c, '’' | '\'' | '.' | '॰'))
        .map(|c| match c {
            'ı' => 'i',
            'ø' => 'o',
            'ł' => 'l',
            'đ' => 'd',
            // Two spellings of the same nasal: हिंदी, हिन्दी.
            'ँ' => 'ं',
            '&' | '-' | '(' | ')' | ',' | '/' => ' ',
            other => other,
        })
        .collect();
    let words = plain.split_whitespace().filter(|word| !matches!(*word, "and" | "the" | "और"));
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
