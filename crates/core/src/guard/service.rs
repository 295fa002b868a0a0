//! Names for other services: "my snap is …", "… on telegram", "name#1234".

use std::ops::Range;

use super::folded::spelled;
use super::name::{Piece, Shape, foreign_name, pieces};
use super::token::{Kind, Token};
use super::words::Means;

/// How far a name may stand from a word that is a service only beside one, in tokens.
const NEAR: usize = 5;
/// The shortest name that words alone announce.
const NAME_LETTERS: usize = 3;
/// So many digits stand behind the sign of a Discord name.
const TAG_DIGITS: usize = 4;

/// Finds names for other services.
pub(super) fn find(tokens: &[Token]) -> Vec<Range<usize>> {
    let pieces = pieces(tokens);
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let after = |by: usize| tokens.get(at.saturating_add(by));
        if token.is_sign('#') && !token.has_gap {
            let is_named = at.checked_sub(1).and_then(|at| tokens.get(at)).is_some_and(Token::is_name);
            if is_named && after(1).is_some_and(|tag| tag.kind == Kind::Number && tag.length() == TAG_DIGITS && !tag.has_gap) {
                found.push(token.at.clone());
            }
        }
        let is_sure = token.is(Means::SERVICE);
        if !is_sure && !token.is(Means::MAYBE_SERVICE) {
            continue;
        }
        let is_in = |piece: &Piece<'_>| (piece.first..piece.end()).contains(&at);
        let named = pieces.iter().find(|piece| {
            let distance = piece.first.abs_diff(at);
            !is_in(piece) && piece.shape >= Shape::Mixed && (is_sure || piece.shape == Shape::Sure || distance <= NEAR)
        });
        if let Some(piece) = named {
            found.push(piece.at());
        } else if let Some(name) = announced(tokens, at).or_else(|| foreign_name(tokens, at)) {
            found.push(name);
        }
    }
    found.extend(
        pieces.iter().filter(|piece| is_misspelled(piece)).filter_map(|piece| announced(tokens, piece.end().saturating_sub(1))),
    );
    found
}

/// Reports a service with digits for letters: `sn4p`.
fn is_misspelled(piece: &Piece<'_>) -> bool {
    let has_digit = piece.tokens.iter().any(|token| token.kind == Kind::Number);
    let has_word = piece.tokens.iter().any(|token| token.kind == Kind::Word);
    has_digit && has_word && {
        let text: String = piece.tokens.iter().flat_map(|token| token.text.chars()).map(spelled).collect();
        super::words::WORDS.find_whole(&text).is_some_and(|entry| entry.means.is(Means::SERVICE))
    }
}

/// The name that words or signs announce behind the service at this place: "insta: ravi", "my snap is ravi", "ig - ravi".
pub(super) fn announced(tokens: &[Token], at: usize) -> Option<Range<usize>> {
    let is_mine = tokens.get(at.saturating_sub(3)..at)?.iter().any(|token| token.is(Means::MINE.or(Means::FIND).or(Means::ME)));
    let is_sure =
        tokens.get(at).is_some_and(|token| token.is(Means::SERVICE) || (token.is(Means::HANDLE) && !token.is(Means::COMMON)));
    let is_asked = is_sure && tokens.get(at)?.is(Means::FIND);
    let (mut is_signed, mut is_linked, mut has_handle) =
        (false, false, tokens.get(at).is_some_and(|token| token.is(Means::SERVICE) && token.is(Means::HANDLE)));
    for (place, token) in tokens.iter().enumerate().skip(at.saturating_add(1)).take(NEAR) {
        match token.kind {
            Kind::Sign(':' | '=' | '@' | '>') => is_signed = true,
            Kind::Sign('-') if token.has_gap => is_signed = true,
            Kind::Sign('-' | '"' | '\'' | '?') => {}
            Kind::Sign(_) => return None,
            _ if token.is(Means::HANDLE) && !is_signed => has_handle = true,
            _ if token.is(Means::LINK.or(Means::MINE)) && !is_signed => is_linked = true,
            _ => {
                let is_long = tokens
                    .get(place.saturating_add(1))
                    .is_some_and(|next| !next.has_gap && matches!(next.kind, Kind::Sign('.' | '_' | '-')));
                let is_name = token.length() >= NAME_LETTERS && (is_long || !token.is(Means::COMMON)) && token.kind == Kind::Word;
                let is_last = tokens.get(place.saturating_add(1)).is_none_or(|next| !next.is_name());
                let is_numbered = tokens
                    .get(place.saturating_add(1))
                    .is_some_and(|next| next.kind == Kind::Number && next.text.starts_with('0'));
                let is_latin = token.text.is_ascii();
                let is_said = is_signed
                    || (is_latin && has_handle)
                    || (is_latin && is_numbered && is_linked)
                    || (is_latin && is_last && is_sure && token.length() > NAME_LETTERS && ((is_mine && is_linked) || is_asked));
                return (is_name && is_said).then(|| token.at.clone());
            }
        }
    }
    None
}
