//! Reading a typed date of birth, in the many ways in which people write dates.

use luvhive_core::person::UiLanguage;
use luvhive_core::time::Day;

use crate::locale::Words;

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

/// Reads a date. Year first or last with four digits; month as number or name in any of the bot's languages.
///
/// With dots the day comes first (23.04.1999); with other signs day and month are told apart by their size or not at all.
pub(super) fn read(text: &str) -> Typed {
    let text = text.trim();
    if text.chars().count() > 40 {
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

/// Splits into at most three parts; `None` at anything that is neither number, month nor sign.
fn split(text: &str) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let words =
        text.split(|c: char| c.is_whitespace() || matches!(c, '.' | '/' | '-' | ',' | '–' | '।' | '\u{2212}' | '\\' | '_' | ':'));
    for word in words.filter(|word| !word.is_empty()) {
        if parts.len() == 3 {
            return None;
        }
        parts.push(part(word)?);
    }
    Some(parts)
}

fn part(word: &str) -> Option<Part> {
    let digits: Option<Vec<u32>> = word.chars().map(digit).collect();
    if let Some(digits) = digits {
        let value = digits.iter().try_fold(0_u32, |value, digit| value.checked_mul(10)?.checked_add(*digit))?;
        return Some(Part::Number(value, digits.len()));
    }
    if let Some(number) = ["st", "nd", "rd", "th"].iter().find_map(|ending| word.strip_suffix(ending))
        && let Ok(day) = number.parse()
    {
        return Some(Part::Number(day, number.len()));
    }
    month(word).map(Part::Month)
}

/// The value of a digit: European, Arabic, Persian, Devanagari and wide forms.
fn digit(c: char) -> Option<u32> {
    let zeros = ['0', '٠', '۰', '०', '０'];
    zeros.into_iter().find_map(|zero| u32::from(c).checked_sub(u32::from(zero)).filter(|value| *value < 10))
}

fn month(word: &str) -> Option<u32> {
    let word = word.to_lowercase();
    (1..=12).find(|month| {
        let key = format!("month-{month}");
        UiLanguage::ALL.iter().any(|&language| {
            let words = Words::new(language);
            let also = words.attribute(&key, "also").unwrap_or_default();
            words.text(&key).to_lowercase() == word || also.to_lowercase().split(", ").any(|name| name == word)
        })
    })
}

#[cfg(test)]
mod tests;
