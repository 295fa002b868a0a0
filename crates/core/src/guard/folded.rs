//! A text as the guard reads it: without case, accents, unseen letters and look-alikes, each letter with its place.

use unicode_normalization::char::decompose_compatible;

use crate::text::{digit, for_each_plain, is_shaping, is_unseen, lookalike};

/// One letter, digit or sign.
#[derive(Clone, Copy, Debug)]
pub(super) struct Letter {
    pub(super) is: char,
    /// Where it stands in the text, in bytes.
    pub(super) at: usize,
}

/// The letter that a digit stands for where it is written for one: `sn4p`.
pub(super) const fn spelled(digit: char) -> char {
    match digit {
        '0' => 'o',
        '1' => 'i',
        '3' => 'e',
        '4' => 'a',
        '5' => 's',
        '7' => 't',
        other => other,
    }
}

/// Letters spaced so are one word: `i n s t a`.
const SPACED: usize = 4;

/// Folds a text. White space is a single space or line feed; letters that stand alone, one after the other, are joined.
pub(super) fn fold(text: &str) -> Vec<Letter> {
    let mut folded: Vec<Letter> = Vec::with_capacity(text.len());
    for (at, letter) in text.char_indices() {
        if letter.is_whitespace() {
            match folded.last_mut() {
                Some(last) if last.is == ' ' || last.is == '\n' => {
                    if letter == '\n' {
                        last.is = '\n';
                    }
                }
                _ => folded.push(Letter { is: if letter == '\n' { '\n' } else { ' ' }, at }),
            }
        } else if letter.is_ascii() {
            if !letter.is_control() {
                folded.push(Letter { is: letter.to_ascii_lowercase(), at });
            }
        } else if !is_unseen(letter) && !is_shaping(letter) && !matches!(letter, 'º' | 'ª') {
            decompose_compatible(letter, |part| {
                for_each_plain(part, |plain| folded.push(Letter { is: sign(plain), at }));
            });
        }
    }
    despace(&mut folded);
    folded
}

/// Digits of all scripts are one, and so are signs and letters that look alike.
fn sign(letter: char) -> char {
    if letter.is_ascii() {
        return letter;
    }
    if let Some(value) = digit(letter).and_then(|value| char::from_digit(value, 10)) {
        return value;
    }
    match letter {
        '\u{3002}' | '\u{2024}' | '\u{b7}' | '\u{2022}' | '\u{2219}' | '\u{22c5}' | '\u{6d4}' => '.',
        '\u{2044}' | '\u{2215}' => '/',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        '\u{60c}' => ',',
        '\u{61b}' => ';',
        '\u{61f}' => '?',
        '\u{2018}' | '\u{2019}' | '\u{2bc}' | '\u{60}' => '\'',
        '\u{2192}' | '\u{27a1}' | '\u{21d2}' | '\u{2794}' => '>',
        'ة' => 'ه',
        'ґ' => 'г',
        '«' | '»' | '“' | '”' | '„' | '‟' => '"',
        // Letters in black circles and squares, which have no compatibility form.
        '\u{1f150}'..='\u{1f169}' => nth(letter, '\u{1f150}'),
        '\u{1f170}'..='\u{1f189}' => nth(letter, '\u{1f170}'),
        other => lookalike(other),
    }
}

/// The Latin letter as far from `a` as this one is from `first`.
fn nth(letter: char, first: char) -> char {
    let steps = u32::from(letter).saturating_sub(u32::from(first));
    char::from_u32(u32::from('a').saturating_add(steps)).unwrap_or(letter)
}

/// Joins letters that stand alone, one after the other: `i n s t a` is `insta`.
fn despace(folded: &mut Vec<Letter>) {
    let is_gap = |letter: &Letter| letter.is == ' ' || letter.is == '\n';
    let mut kept: Vec<Letter> = Vec::with_capacity(folded.len());
    let mut rest = folded.as_slice();
    let mut is_start = true;
    while let [first, after @ ..] = rest {
        if is_start && !is_gap(first) {
            let mut run: Vec<Letter> = Vec::new();
            let mut left = rest;
            loop {
                match left {
                    [one, gap, more @ ..] if !is_gap(one) && gap.is == ' ' => {
                        run.push(*one);
                        left = more;
                    }
                    [one] if !is_gap(one) => {
                        run.push(*one);
                        left = &[];
                    }
                    [one, gap, ..] if !is_gap(one) && is_gap(gap) => {
                        run.push(*one);
                        left = left.get(1..).unwrap_or_default();
                    }
                    _ => break,
                }
                if left.is_empty() || left.first().is_some_and(is_gap) {
                    break;
                }
            }
            if run.len() >= SPACED && run.iter().filter(|letter| letter.is.is_alphabetic()).count() >= SPACED - 1 {
                kept.append(&mut run);
                if left.first().is_some_and(|next| !is_gap(next)) {
                    kept.push(Letter { is: ' ', at: left.first().map_or(0, |next| next.at) });
                }
                is_start = true;
                rest = left;
                continue;
            }
        }
        is_start = is_gap(first);
        kept.push(*first);
        rest = after;
    }
    *folded = kept;
}
