//! Reading a typed date of birth, in the many ways in which people write dates.

mod months;

use luvhive_core::text::{digit, is_shaping, is_unseen};
use luvhive_core::time::Day;
use unicode_normalization::UnicodeNormalization as _;

/// The longest text that is read, in Unicode scalar values.
const MOST_LETTERS: usize = 60;

/// What stands behind the number of a day: 23rd, 1º, 1er, 23-го, 23-е, 23-й. Compatibility forms are gone by then.
const ORDINALS: [&str; 11] = ["st", "nd", "rd", "th", "o", "a", "er", "го", "е", "й", "ое"];

/// Words around a date that say nothing about it, in the languages of [`months`]: the, of, born on, year, date.
#[rustfmt::skip]
const FILLERS: [&str; 46] = [
    "the", "of", "on", "i", "was", "am", "born", "dob", "date", "birth",
    "जन्म", "को", "सन्", "तारीख",
    "de", "del", "el", "nací", "nacido", "nacida", "em", "do", "nasci", "nascido", "nascida",
    "г", "год", "года", "родился", "родилась", "р", "рік", "року", "народився", "народилася", "го", "е", "й",
    "lahir", "tanggal", "tgl",
    "من", "في", "عام", "سنة", "مواليد",
];

/// What typed text says about a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Typed {
    /// One day.
    Day(Day),
    /// Day and month can be taken for one another: day first, and month first.
    Ambiguous(Day, Day),
    /// The year has two digits.
    ShortYear,
    /// Well formed, but the calendar has no such day.
    NoSuchDay,
    /// No date.
    Unreadable,
}

impl Typed {
    /// The days it can be read as: none, one or two.
    pub(super) fn days(self) -> Vec<Day> {
        match self {
            Self::Day(day) => vec![day],
            Self::Ambiguous(one, other) => vec![one, other],
            Self::ShortYear | Self::NoSuchDay | Self::Unreadable => Vec::new(),
        }
    }
}

/// One part of a date.
enum Part {
    /// A number, and how many digits it was written with.
    Number(u32, usize),
    /// A month by name.
    Month(u32),
}

/// Reads a date. Year first or last with four digits; month as number or name in any of the languages of [`months`]; digits of
/// any script, and the signs that people put between them.
///
/// With dots the day comes first (23.04.1999); with other signs day and month are told apart by their size or not at all.
pub(super) fn read(text: &str) -> Typed {
    let text = plain(text);
    let text = without_time(text.trim());
    if text.chars().count() > MOST_LETTERS {
        return Typed::Unreadable;
    }
    let has_dots = text.contains('.') && !text.contains(['/', '-']);
    let Some(parts) = split(text) else { return Typed::Unreadable };
    match parts.as_slice() {
        [Part::Number(whole, 8)] => compact(*whole),
        [Part::Number(year, 4), Part::Number(month, 1..=2) | Part::Month(month), Part::Number(day, 1..=2)] => {
            day_of(*year, *month, *day)
        }
        [Part::Number(first, 1..=2), Part::Number(second, 1..=2), Part::Number(year, 4)] => {
            numeric(*first, *second, *year, has_dots)
        }
        [Part::Number(day, 1..=2), Part::Month(month), Part::Number(year, 4)]
        | [Part::Month(month), Part::Number(day, 1..=2), Part::Number(year, 4)] => day_of(*year, *month, *day),
        [Part::Number(_, 1..=2), Part::Number(_, 1..=2) | Part::Month(_), Part::Number(_, 1..=2)]
        | [Part::Month(_), Part::Number(_, 1..=2), Part::Number(_, 1..=2)] => Typed::ShortYear,
        _ => Typed::Unreadable,
    }
}

fn numeric(first: u32, second: u32, year: u32, has_dots: bool) -> Typed {
    let (day_first, month_first) = (day_of(year, second, first), day_of(year, first, second));
    match (day_first, month_first) {
        (Typed::Day(one), Typed::Day(other)) if one != other && !has_dots => Typed::Ambiguous(one, other),
        (Typed::Day(day), _) => Typed::Day(day),
        (_, Typed::Day(day)) if !has_dots => Typed::Day(day),
        _ => Typed::NoSuchDay,
    }
}

/// Eight digits without signs: year first (19990423), else day first (23041999).
fn compact(whole: u32) -> Typed {
    let (year, month, day) = (whole / 10_000, whole / 100 % 100, whole % 100);
    let (tail_year, first, second) = (whole % 10_000, whole / 1_000_000, whole / 10_000 % 100);
    let is_year = |year: u32| (1900..2100).contains(&year);
    match (is_year(year), is_year(tail_year)) {
        (true, false) => day_of(year, month, day),
        (false, true) => numeric(first, second, tail_year, false),
        (true, true) | (false, false) => Typed::Unreadable,
    }
}

fn day_of(year: u32, month: u32, day: u32) -> Typed {
    i32::try_from(year).ok().and_then(|year| Day::from_ymd(year, month, day)).map_or(Typed::NoSuchDay, Typed::Day)
}

/// The text in small letters and European digits, with one sign of each kind and without what nobody sees.
fn plain(text: &str) -> String {
    let seen = text.nfkc().filter(|&letter| !is_unseen(letter) && !is_shaping(letter));
    seen.flat_map(char::to_lowercase)
        .map(|letter| digit(letter).and_then(|value| char::from_digit(value, 10)).unwrap_or(sign(letter)))
        .collect()
}

/// The usual form of a sign.
const fn sign(letter: char) -> char {
    match letter {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' => '-',
        '\u{2044}' | '\u{2215}' | '\u{29f8}' | '\\' | '|' => '/',
        '\u{3002}' | '\u{6d4}' => '.',
        // Arabic's comma, signs of decimals and of dates; the Devanagari bar; dots in the middle; years, months and days.
        '\u{60c}' | '\u{60d}' | '\u{66b}' | '\u{66c}' | '।' | '\u{b7}' | '\u{2022}' | '\u{2027}' | '\u{30fb}' | '\u{3001}'
        | '年' | '月' | '日' | '년' | '월' | '일' | ';' | ':' | '_' | '~' | '\'' | '’' | '"' | '(' | ')' => ',',
        other => other,
    }
}

/// Cuts off the time of day behind a whole date: 1999-04-23T00:00.
fn without_time(text: &str) -> &str {
    let is_time = |rest: &str| {
        rest.contains(',')
            && rest.starts_with(|letter: char| letter.is_ascii_digit())
            && rest.chars().all(|letter| letter.is_ascii_digit() || matches!(letter, ',' | '.' | '+' | '-' | 'z'))
    };
    let cut = text.rsplit_once(|letter: char| letter == 't' || letter.is_whitespace());
    cut.filter(|(date, rest)| is_time(rest) && split(date).is_some_and(|parts| parts.len() == 3)).map_or(text, |(date, _)| date)
}

/// Splits into at most three parts; `None` at anything that is neither number, month, sign nor filler.
fn split(text: &str) -> Option<Vec<Part>> {
    let words = text.split(|letter: char| letter.is_whitespace() || matches!(letter, '.' | '/' | '-' | ','));
    let mut words = words.filter(|word| !word.is_empty() && !FILLERS.contains(word)).peekable();
    let mut parts = Vec::new();
    while let Some(word) = words.next() {
        if parts.len() == 3 {
            return None;
        }
        let of_two = words.peek().and_then(|next| months::find(&format!("{word} {next}")));
        if let Some(month) = of_two {
            words.next();
            parts.push(Part::Month(month));
        } else {
            parts.push(part(word)?);
        }
    }
    Some(parts)
}

fn part(word: &str) -> Option<Part> {
    let ending = word.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let digits = word.strip_suffix(ending)?;
    if digits.is_empty() {
        return months::find(word).map(Part::Month);
    }
    let is_whole = ending.is_empty() || (digits.len() <= 2 && ORDINALS.contains(&ending));
    Some(Part::Number(digits.parse().ok()?, digits.len())).filter(|_| is_whole)
}

#[cfg(test)]
mod tests;
