//! A text as ages are looked for in it: without quotations, with whole numbers, in clauses.

use super::{Kind, Means, Token, WORDS, is_measure};
use crate::guard::folded::spelled;

/// Leaves out what stands between quotation marks.
pub(super) fn unquoted(tokens: Vec<Token>) -> Vec<Token> {
    let mut kept = Vec::with_capacity(tokens.len());
    let mut is_quoted = false;
    for token in tokens {
        if token.is_sign('"') {
            is_quoted = !is_quoted;
            kept.push(token);
        } else if !is_quoted {
            kept.push(token);
        }
    }
    kept
}

/// Joins digits that stand apart ("1 5"), and reads words with digits for letters ("s1xteen").
pub(super) fn whole_numbers(tokens: &[Token]) -> Vec<Token> {
    let mut whole: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut rest = tokens;
    while let [first, after @ ..] = rest {
        let glued = 1 + after.iter().take_while(|token| !token.has_gap && token.is_name()).count();
        let chunk = rest.get(..glued).unwrap_or_default();
        if let [one, sign, two, after @ ..] = rest
            && one.kind == Kind::Number
            && two.kind == Kind::Number
            && matches!(sign.kind, Kind::Sign('.' | ':' | ','))
            && !sign.has_gap
            && !two.has_gap
        {
            // A time or a fraction is one number, and no age: 15:30, 16.5.
            let text = format!("{}{}{}", one.text, sign.text, two.text);
            whole.push(Token { value: None, text, at: one.at.start..two.at.end, ..one.clone() });
            rest = after;
        } else if let [one, two, after @ ..] = rest
            && one.kind == Kind::Number
            && two.kind == Kind::Number
            && one.text == "1"
            && two.length() == 1
            && after.first().is_none_or(|next| next.kind != Kind::Number)
        {
            let text = format!("1{}", two.text);
            whole.push(Token { value: text.parse().ok(), text, at: one.at.start..two.at.end, ..one.clone() });
            rest = after;
        } else if let [one, slash, two, after @ ..] = rest
            && one.text == "y"
            && slash.is_sign('/')
            && two.text == "o"
        {
            whole.push(Token {
                text: "yo".to_owned(),
                means: Means::YEARS,
                value: None,
                at: one.at.start..two.at.end,
                ..one.clone()
            });
            rest = after;
        } else if let [word, dash, age, ..] = rest
            && (word.text == "ke" || word.text.ends_with(" ke"))
            && dash.is_sign('-')
            && age.kind == Kind::Number
        {
            // "Ultah ke-15" writes the ordinal with a dash, which is no minus.
            whole.push(word.clone());
            rest = rest.get(2..).unwrap_or_default();
        } else if let Some(word) = misspelled(chunk) {
            whole.push(word);
            rest = rest.get(glued..).unwrap_or_default();
        } else {
            whole.push(first.clone());
            rest = after;
        }
    }
    whole
}

/// The word that a chunk is, once its digits are the letters they look like.
fn misspelled(chunk: &[Token]) -> Option<Token> {
    let first = chunk.first()?;
    let has_digit = chunk.iter().any(|token| token.kind == Kind::Number);
    let letters: usize = chunk.iter().filter(|token| token.kind == Kind::Word).map(Token::length).sum();
    if !has_digit || letters < 3 {
        return None;
    }
    let text: String = chunk.iter().flat_map(|token| token.text.chars()).map(|letter| look(letter, first)).collect();
    let entry = WORDS.find_whole(&text)?;
    Some(Token { kind: Kind::Word, text, means: entry.means, value: entry.value, ..first.clone() })
}

/// The letter that a digit stands for, in the script of the word's first letters.
fn look(digit: char, first: &Token) -> char {
    match digit {
        '9' if !first.text.is_ascii() => 'я',
        other => spelled(other),
    }
}

/// Splits a text where one thought ends. Words that turn it ("but") begin the next.
pub(super) fn clauses(tokens: &[Token]) -> Vec<&[Token]> {
    let ends = |token: &Token| match token.kind {
        Kind::Sign('.' | ',' | '!' | '?' | ';' | '"' | '(' | ')' | '…') => true,
        Kind::Sign(sign) => !sign.is_ascii() && !is_measure(sign),
        _ => false,
    };
    let begins = |token: &Token| ends(token) || token.is_first || (token.is(Means::BUT) && token.is_name());
    let is_said = |clause: &&[Token]| clause.iter().any(Token::is_name);
    tokens.chunk_by(|one, next| !ends(one) && !begins(next)).filter(is_said).collect()
}
