//! Links: addresses of pages, whole, spaced, spelled, or with a sign that the reader is to put right.

use std::ops::Range;

use super::token::{Kind, Token, chunk_at};
use super::words::{Means, WORDS};

/// Finds addresses of pages. A site's name that names nobody counts only with a path behind it.
pub(super) fn find(tokens: &[Token]) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let after = |by: usize| tokens.get(at.saturating_add(by));
        let before = at.checked_sub(1).and_then(|at| tokens.get(at));
        let is = match token.kind {
            Kind::Sign(':') => {
                let is_slash = |by| after(by).is_some_and(|sign| sign.is_sign('/') && !sign.has_gap);
                is_slash(1) && is_slash(2)
            }
            Kind::Word if token.text.starts_with("www") => {
                token.length() > 4 || after(1).is_some_and(|dot| dot.is_sign('.') && !dot.has_gap)
            }
            Kind::Sign('.') => before.is_some_and(Token::is_name) && is_address(tokens, at),
            Kind::Sign(',') => {
                before.is_some_and(Token::is_name)
                    && !token.has_gap
                    && after(1).is_some_and(|end| !end.has_gap && end.is(Means::ENDING.or(Means::SHORT_ENDING)))
                    && has_path(tokens, at.saturating_add(2))
            }
            Kind::Word if token.is(Means::DOT) => before.is_some_and(Token::is_name) && is_spelled(tokens, at),
            // "instagram com/ tanya", "elo7 com br barra": the dots are left out.
            Kind::Word if token.is(Means::ENDING) => {
                let has_service = before.is_some_and(|before| before.is(Means::SERVICE.or(Means::MAYBE_SERVICE)));
                let is_country = after(1).is_some_and(|end| end.kind == Kind::Word && end.length() == 2);
                (has_service && has_path(tokens, at.saturating_add(1)))
                    || (is_country && before.is_some() && has_path(tokens, at.saturating_add(2)))
            }
            _ => false,
        };
        if is {
            found.push(chunk_at(tokens, at));
        }
    }
    found
}

/// Reports a slash with something behind it.
fn has_path(tokens: &[Token], at: usize) -> bool {
    tokens.get(at).is_some_and(|slash| slash.is_sign('/') || slash.is(Means::SLASH)) && tokens.get(at.saturating_add(1)).is_some()
}

/// Reports an address around the dot at this place.
fn is_address(tokens: &[Token], at: usize) -> bool {
    let (Some(dot), Some(end)) = (tokens.get(at), tokens.get(at.saturating_add(1))) else { return false };
    if end.kind != Kind::Word {
        return false;
    }
    // Back to the beginning of the name, and on behind the last ending.
    let start = (0..at).rev().take_while(|&place| tokens.get(place.saturating_add(1)).is_some_and(|next| !next.has_gap)).last();
    let start = start.unwrap_or_else(|| at.saturating_sub(1));
    let has_path = has_path(tokens, at.saturating_add(2));
    let is_behind_at = tokens.get(start..at).is_some_and(|name| name.iter().any(|token| token.is_sign('@')));
    if is_behind_at {
        return false;
    }
    let label = tokens.get(at.saturating_sub(1));
    let is_single = label.is_some_and(|label| label.length() == 1);
    let is_known = label.is_some_and(|label| label.is(Means::SERVICE.or(Means::MAYBE_SERVICE)));
    if dot.has_gap || end.has_gap {
        // "t . me / ravi", "marnie . com"; but "well . me too".
        let is_ending = end.is(Means::ENDING);
        let is_any = is_ending || end.is(Means::SHORT_ENDING);
        let is_spread = dot.has_gap && end.has_gap && ((is_ending && !is_single) || (is_any && has_path));
        let is_torn = is_ending && ((!dot.has_gap && has_path) || (!end.has_gap && !is_single));
        return is_spread || is_torn;
    }
    let site: String =
        tokens.get(start..at.saturating_add(2)).unwrap_or_default().iter().map(|token| token.text.as_str()).collect();
    let site = site.trim_start_matches(['(', '"', '[']);
    if WORDS.find_whole(site).is_some_and(|entry| entry.means.is(Means::NOBODY)) && !has_path {
        return false;
    }
    let is_bracketed = dot.length() > 1;
    let is_word = label.is_some_and(|label| label.length() > 1 && label.kind == Kind::Word);
    if end.is(Means::ENDING) {
        return !is_single || has_path;
    }
    if end.is(Means::SHORT_ENDING) {
        return is_bracketed || has_path || is_known;
    }
    end.text == "xn" || (has_path && end.length() >= 2 && is_word)
}

/// Reports an address around a spelled dot.
fn is_spelled(tokens: &[Token], at: usize) -> bool {
    let end = tokens.get(at.saturating_add(1));
    let before = at.checked_sub(1).and_then(|at| tokens.get(at));
    let is_said = before.is_some_and(|before| !before.is(Means::COMMON));
    end.is_some_and(|end| end.is(Means::ENDING) && is_said)
        || end.is_some_and(|end| end.is(Means::SHORT_ENDING)) && has_path(tokens, at.saturating_add(2))
}
