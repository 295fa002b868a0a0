//! Telephone numbers: digits of any script, spaced or spelled, told from dates, prices, scores and counting.

use std::ops::Range;

use super::token::{Kind, Token};
use super::words::Means;

/// So many digits are a telephone number.
const DIGITS: usize = 7;
/// So many are one if words say so and other words stand between them.
const ANNOUNCED: usize = 9;
/// A round number has so many zeros at its end.
const ZEROS: usize = 4;
/// A round number is no longer than this, in digits.
const ROUND: usize = 9;

/// Digits that stand together.
#[derive(Clone, Debug)]
struct Group {
    digits: String,
    /// The sign in front of it: a space if there is none.
    before: char,
    has_gap: bool,
    is_spelled: bool,
    at: Range<usize>,
}

/// Finds telephone numbers.
pub(super) fn find(tokens: &[Token]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut groups: Vec<Group> = Vec::new();
    let mut sign = ' ';
    let mut has_gap = false;
    let mut start = 0;
    for (at, token) in tokens.iter().enumerate() {
        has_gap |= token.has_gap;
        let digits = digits_of(tokens, at);
        if let Some((digits, is_spelled)) = digits {
            if groups.is_empty() {
                start = at;
            }
            let new = Group { digits, before: sign, has_gap, is_spelled, at: token.at.clone() };
            match groups.last_mut() {
                Some(last) if sign == ' ' && !has_gap && !last.is_spelled && !new.is_spelled => last.append(&new),
                Some(last) if matches!(sign, ' ' | '~') && last.has_room(&new) => last.take(&new),
                _ => groups.push(new),
            }
            (sign, has_gap) = (' ', false);
            continue;
        }
        if token.is(Means::THEN.or(Means::DOT)) && !groups.is_empty() && token.kind == Kind::Word {
            sign = '~';
            continue;
        }
        match token.kind {
            // A plus begins a number anew.
            Kind::Sign('+') if token.has_gap => {
                judge(tokens, start..at, &groups, &mut found);
                groups.clear();
                sign = '+';
            }
            Kind::Sign('-' | '.' | ',' | '/' | '(' | ')' | '_' | ';' | '\'' | '"' | '|' | '~') => {
                sign = if let Kind::Sign(is) = token.kind { is } else { ' ' };
            }
            Kind::Sign('+') if groups.is_empty() => sign = '+',
            Kind::Sign(other) if !other.is_ascii() && !is_unit(other) && !groups.is_empty() => sign = '~',
            _ => {
                judge(tokens, start..at, &groups, &mut found);
                groups.clear();
                sign = ' ';
                has_gap = false;
            }
        }
    }
    judge(tokens, start..tokens.len(), &groups, &mut found);
    if found.is_empty() {
        found.extend(scattered(tokens));
    }
    found
}

/// Finds a number whose parts stand among words, behind one that announces it: "number: 8900, later 555, and 0143".
fn scattered(tokens: &[Token]) -> Option<Range<usize>> {
    let first = tokens.iter().position(|token| token.is(Means::PHONE))?;
    let behind = tokens.get(first..)?;
    if tokens.iter().any(|token| token.is(Means::NO_PHONE.or(Means::COUNTED))) {
        return None;
    }
    let is_part = |token: &&Token| {
        let is_year = token.value.is_some_and(|value| (1900..2100).contains(&value) && token.length() == 4);
        token.kind == Kind::Number && token.length() > 2 && !is_year
    };
    let total: usize = behind.iter().filter(is_part).map(Token::length).sum();
    let (from, to) = (behind.iter().find(is_part)?, behind.iter().rfind(is_part)?);
    (total >= ANNOUNCED).then_some(from.at.start..to.at.end)
}

/// Money, arithmetic and measures are no part of a number.
fn is_unit(sign: char) -> bool {
    matches!(sign, '×' | '÷' | '°' | '€' | '£' | '₹' | '₽' | '₴' | '¥' | '±' | '√' | '≈' | '−')
}

/// The digits of a token: a number, a word that is one, or letters that look like digits beside digits. Says whether they are
/// spelled.
fn digits_of(tokens: &[Token], at: usize) -> Option<(String, bool)> {
    let token = tokens.get(at)?;
    match token.kind {
        Kind::Number => Some((token.text.clone(), false)),
        Kind::Word => {
            if let Some(value) = token.value.filter(|_| token.is(Means::NUMBER)) {
                return Some((value.to_string(), true));
            }
            let next = tokens.get(at.saturating_add(1)).filter(|next| !next.has_gap && next.kind == Kind::Number);
            let before = at.checked_sub(1).and_then(|at| tokens.get(at));
            let is_beside = next.is_some() || (!token.has_gap && before.is_some_and(|before| before.kind == Kind::Number));
            let digits: Option<String> = token.text.chars().map(look).collect();
            digits.filter(|_| is_beside).map(|digits| (digits, false))
        }
        Kind::Sign(_) => None,
    }
}

/// The digit that a letter looks like.
const fn look(letter: char) -> Option<char> {
    match letter {
        'o' => Some('0'),
        'i' | 'l' => Some('1'),
        'z' => Some('2'),
        's' => Some('5'),
        'b' => Some('8'),
        _ => None,
    }
}

impl Group {
    /// Reports a spelled number that a smaller one belongs to: ninety, five.
    fn has_room(&self, new: &Self) -> bool {
        let zeros = self.digits.len() - self.digits.trim_end_matches('0').len();
        let is_whole = self.digits.chars().all(|digit| digit == '0') || new.digits.starts_with('0');
        self.is_spelled && new.is_spelled && !is_whole && zeros >= new.digits.len()
    }

    /// Adds what stands right behind.
    fn append(&mut self, new: &Self) {
        self.digits.push_str(&new.digits);
        self.at.end = new.at.end;
    }

    /// Adds the smaller number.
    fn take(&mut self, new: &Self) {
        self.digits.truncate(self.digits.len().saturating_sub(new.digits.len()));
        self.digits.push_str(&new.digits);
        self.at.end = new.at.end;
    }

    fn value(&self) -> Option<u32> {
        self.digits.parse().ok()
    }

    fn is_year(&self) -> bool {
        self.digits.len() == 4 && self.value().is_some_and(|value| (1900..2100).contains(&value))
    }
}

/// Adds the groups to what was found if they are a telephone number.
fn judge(tokens: &[Token], run: Range<usize>, groups: &[Group], found: &mut Vec<Range<usize>>) {
    let Range { start, end } = run;
    let (Some(first), Some(last)) = (groups.first(), groups.last()) else { return };
    let near = |range: Range<usize>, means: Means| tokens.get(range).is_some_and(|near| near.iter().any(|token| token.is(means)));
    let is_announced = near(start.saturating_sub(4)..start, Means::PHONE.or(Means::SERVICE).or(Means::MAYBE_SERVICE));
    if near(start.saturating_sub(3)..start, Means::NO_PHONE) && !is_announced {
        return;
    }
    let is_counted = near(end..end.saturating_add(1).min(tokens.len()), Means::COUNTED)
        || tokens.get(end).is_some_and(|next| matches!(next.kind, Kind::Sign('%' | '$' | '€' | '₹' | '£' | '₽' | '₴')))
        || start.checked_sub(1).and_then(|at| tokens.get(at)).is_some_and(|before| {
            before.is(Means::COUNTED) || matches!(before.kind, Kind::Sign('$' | '€' | '₹' | '£' | '₽' | '₴'))
        });
    let left = without_dates(groups);
    let total: usize = left.iter().map(|group| group.digits.len()).sum();
    if total < DIGITS {
        return;
    }
    let tests = [is_round, is_counting, is_paired, is_fraction, is_list, is_pattern, is_figure];
    if first.before != '+' && (is_counted || tests.iter().any(|is_other| is_other(&left))) {
        return;
    }
    found.push(first.at.start..last.at.end);
}

/// Leaves out dates (12.05.2024, 2024-05-12) and years.
fn without_dates(groups: &[Group]) -> Vec<&Group> {
    let mut left = Vec::new();
    let mut rest = groups;
    while let [first, after @ ..] = rest {
        if let [second, third, ..] = after
            && second.before == third.before
            && matches!(second.before, '.' | '-' | '/' | ' ')
            && is_date([first, second, third])
        {
            rest = after.get(2..).unwrap_or_default();
            continue;
        }
        if !first.is_year() || first.is_spelled {
            left.push(first);
        }
        rest = after;
    }
    left
}

fn is_date(parts: [&Group; 3]) -> bool {
    let [first, second, third] = parts;
    let is_spaced = second.before == ' ';
    let is_day = |group: &Group| group.digits.len() <= 2 && group.value().is_some_and(|value| (1..=31).contains(&value));
    parts.iter().all(|group| !group.is_spelled)
        && is_day(second)
        && ((is_day(first) && (third.is_year() || (third.digits.len() == 2 && !is_spaced))) || (first.is_year() && is_day(third)))
}

/// Reports large numbers: 2400000, 1.200.000, 45 000.
fn is_round(groups: &[&Group]) -> bool {
    let all: String = groups.iter().map(|group| group.digits.as_str()).collect();
    let zeros = all.len() - all.trim_end_matches('0').len();
    match groups {
        [one] => zeros >= ZEROS && one.digits.len() <= ROUND && !one.digits.starts_with('0'),
        [first, rest @ ..] => {
            let sign = rest.first().map_or(' ', |second| second.before);
            let is_grouped = (1..=3).contains(&first.digits.len())
                && !first.digits.starts_with('0')
                && matches!(sign, '.' | ',' | ' ' | '\'')
                && rest.iter().all(|group| group.digits.len() == 3 && group.before == sign && !group.is_spelled);
            is_grouped && all.len() <= ROUND && (zeros >= 3 || (sign != ' ' && first.digits.len() < 3))
        }
        [] => false,
    }
}

/// Reports counting, rows of numbers and drawn numbers: none is smaller, or none is larger, than the one before.
fn is_counting(groups: &[&Group]) -> bool {
    let values: Vec<u32> = groups.iter().filter_map(|group| group.value()).collect();
    let is_small = values.iter().all(|value| *value < 100);
    values.len() == groups.len()
        && groups.len() > 4
        && (is_small || !groups.iter().any(|group| group.digits.starts_with('0')))
        && (values.is_sorted_by(|one, two| one <= two) || values.is_sorted_by(|one, two| one >= two))
}

/// Reports pairs: scores (6-4, 3-6, 7-5), times (7.15, 8.30), days (12.03-15.03).
fn is_paired(groups: &[&Group]) -> bool {
    let is_pair = |pair: &[&Group]| match pair {
        [_, two] => matches!(two.before, '-' | '.') && !two.has_gap,
        _ => false,
    };
    let is_apart = |sign: char| {
        groups.chunks(2).skip(1).all(|pair| pair.first().is_some_and(|one| one.has_gap || (one.before == '-' && sign == '.')))
    };
    let sign = groups.get(1).map_or(' ', |second| second.before);
    groups.len() >= 4
        && groups.len().is_multiple_of(2)
        && groups.iter().all(|group| group.digits.len() <= 2 && !group.is_spelled)
        && groups.chunks(2).all(|pair| is_pair(pair) && pair.get(1).is_some_and(|two| two.before == sign))
        && is_apart(sign)
}

/// Reports digits that no number has: 5555555, 1234567, 01001000.
fn is_pattern(groups: &[&Group]) -> bool {
    let all: Vec<u8> = groups.iter().flat_map(|group| group.digits.bytes()).collect();
    let steps = |by: fn(u8) -> u8| all.iter().zip(all.iter().skip(1)).all(|(one, two)| by(*one) == *two);
    let next = |digit: u8| if digit == b'9' { b'0' } else { digit.saturating_add(1) };
    steps(|digit| digit) || steps(next) || (all.len() >= 8 && all.iter().all(|digit| matches!(digit, b'0' | b'1')))
}

/// Reports height, weight and age: 175/70/28.
fn is_figure(groups: &[&Group]) -> bool {
    let values: Vec<u32> = groups.iter().filter_map(|group| group.value()).collect();
    matches!(values.as_slice(), [140..=210, 40..=140, 18..=80])
}

/// Reports decimal fractions (3.14159265), versions (124.0.6367.91) and addresses of machines.
fn is_fraction(groups: &[&Group]) -> bool {
    let [first, rest @ ..] = groups else { return false };
    let is_glued = rest.iter().all(|group| !group.has_gap && matches!(group.before, '.' | ','));
    match rest {
        [_] => is_glued && first.digits.len() <= 2,
        [_, _, ..] => {
            let lengths = || groups.iter().map(|group| group.digits.len());
            is_glued
                && !groups.iter().all(|group| group.digits.len() == 1)
                && (lengths().any(|length| length == 1) && lengths().any(|length| length >= 3)
                    || (groups.len() == 4 && groups.iter().all(|group| group.value().is_some_and(|value| value < 256))))
        }
        [] => false,
    }
}

/// Reports a list of small numbers with commas between them.
fn is_list(groups: &[&Group]) -> bool {
    groups.len() > 2
        && groups.iter().skip(1).all(|group| group.before == ',' && group.has_gap)
        && groups.iter().all(|group| group.digits.len() <= 3 && !group.is_spelled && !group.digits.starts_with('0'))
}
