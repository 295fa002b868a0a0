//! Finding countries by what people type, and putting them in order.

use std::sync::LazyLock;

use luvhive_core::person::{Country, UiLanguage};
use luvhive_core::text;

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
    /// A flag means its country. What finds nothing so is taken for a slip: names that are nearly the same are listed.
    pub(crate) fn find_countries(self, typed: &str, limit: usize) -> Vec<Country> {
        if let Some(country) = country_of_flag(typed) {
            return vec![country];
        }
        let wanted = fold(typed);
        let word = format!(" {wanted}");
        let letters = wanted.chars().count();
        if letters == 0 || letters > 60 {
            return Vec::new();
        }
        let found = self.ranked(limit, |name| rank(name, &wanted, &word, letters));
        if found.is_empty() { self.ranked(limit, |name| slips(name, &wanted, letters)) } else { found }
    }

    /// Lists the countries one of whose names has a rank, the lowest rank first, at most `limit`.
    fn ranked(self, limit: usize, rank: impl Fn(&str) -> Option<usize>) -> Vec<Country> {
        let best = |names: &[String]| names.iter().filter_map(|name| rank(name)).min();
        let mut found: Vec<(usize, String, Country)> = NAMES
            .iter()
            .filter_map(|(country, names)| best(names).map(|best| (best, self.country(*country), *country)))
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
fn rank(name: &str, wanted: &str, word: &str, letters: usize) -> Option<usize> {
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

/// How many letters are left out, put in, changed or swapped with the next; `None` for more than a slip of the finger.
fn slips(name: &str, wanted: &str, letters: usize) -> Option<usize> {
    let most = match letters {
        0..=3 => return None,
        4..=5 => 1,
        _ => 2,
    };
    Some(strsim::osa_distance(name, wanted)).filter(|slips| *slips <= most)
}

/// The country whose flag stands in a text: two letters of flags, or a black flag with the code of a region (England's).
fn country_of_flag(text: &str) -> Option<Country> {
    let letter = |sign: char| match sign {
        '\u{1f1e6}'..='\u{1f1ff}' => letter_of(sign, '\u{1f1e6}'),
        '\u{e0061}'..='\u{e007a}' => letter_of(sign, '\u{e0061}'),
        _ => None,
    };
    let code: String = text.chars().filter_map(letter).take(2).collect();
    Country::from_code(&code)
}

fn letter_of(sign: char, first: char) -> Option<char> {
    let position = u32::from(sign).checked_sub(u32::from(first))?;
    char::from_u32(u32::from('a').checked_add(position)?)
}

/// A name folded; "&" and "and" alike.
fn fold(name: &str) -> String {
    let folded = text::fold(name);
    let words = folded.split(' ').filter(|word| !matches!(*word, "and" | "the" | "और"));
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
