//! Names of accounts: by a sign in front of them, by their shape, by the words around them; and e-mail addresses.

use std::ops::Range;

use super::token::{Kind, Token, chunk_at};
use super::words::Means;

/// A name of an account has so many letters and digits at least.
const NAME_LETTERS: usize = 3;
/// One that only its digits tell from a word has so many letters at least.
const MIXED_LETTERS: usize = 4;

/// How far a Latin name may stand from the word that announces it, in tokens.
const FOREIGN_NEAR: usize = 4;

/// How much a piece of text looks like the name of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Shape {
    /// Like any word.
    Plain,
    /// It holds letters and digits, or words with a dash: `tante-dodol5`.
    Mixed,
    /// It holds a dot between words: `mega.batagor`.
    Dotted,
    /// Nothing else looks so: `juno_bee4`, `la.nena.de.cordoba`.
    Sure,
}

/// A piece of text without white space and without signs that no name has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece<'a> {
    /// The place of its first token.
    pub(super) first: usize,
    /// Its tokens.
    pub(super) tokens: &'a [Token],
    pub(super) shape: Shape,
}

impl Piece<'_> {
    /// Where it stands in the text.
    pub(super) fn at(&self) -> Range<usize> {
        let start = self.tokens.first().map_or(0, |token| token.at.start);
        start..self.tokens.last().map_or(start, |token| token.at.end)
    }

    /// The place behind its last token.
    pub(super) fn end(&self) -> usize {
        self.first.saturating_add(self.tokens.len())
    }

    /// Reports whether one of its words means this.
    pub(super) fn is(&self, means: Means) -> bool {
        self.tokens.iter().any(|token| token.is(means))
    }
}

/// Reports a sign that names of accounts hold.
fn is_inner(token: &Token) -> bool {
    token.is_name() || matches!(token.kind, Kind::Sign('_' | '.' | '-'))
}

/// Splits a text into pieces.
pub(super) fn pieces(tokens: &[Token]) -> Vec<Piece<'_>> {
    let is_foreign = is_foreign(tokens);
    let mut found = Vec::new();
    let mut at = 0_usize;
    for run in tokens.chunk_by(|one, next| !next.has_gap && is_inner(one) && is_inner(next)) {
        let first = at;
        at = at.saturating_add(run.len());
        let is_edge = |token: &&Token| matches!(token.kind, Kind::Sign('.' | '-'));
        let before = run.iter().take_while(is_edge).count();
        let behind = run.iter().rev().take_while(is_edge).count();
        let Some(inner) = run.get(before..run.len().saturating_sub(behind)) else { continue };
        if inner.iter().any(Token::is_name) {
            found.push(Piece { first: first.saturating_add(before), tokens: inner, shape: shape(inner, is_foreign) });
        }
    }
    found
}

/// Reports a text in another script than Latin.
pub(super) fn is_foreign(tokens: &[Token]) -> bool {
    tokens.iter().any(|token| token.kind == Kind::Word && !token.text.is_ascii())
}

/// Reports a word that is Latin for sure: no letter of another script looks like each of its own.
pub(super) fn is_latin(token: &Token) -> bool {
    token.kind == Kind::Word && token.text.is_ascii() && token.text.contains(|letter: char| !"abcehikmoptxy ".contains(letter))
}

/// Finds a Latin word that stands in a text of another script, near this place: there it is a name.
pub(super) fn foreign_name(tokens: &[Token], at: usize) -> Option<Range<usize>> {
    if !is_foreign(tokens) {
        return None;
    }
    let known = Means::COMMON.or(Means::NOBODY).or(Means::SERVICE).or(Means::MAYBE_SERVICE).or(Means::MAIL_HOST).or(Means::MAIL);
    let known = known.or(Means::HANDLE).or(Means::ENDING);
    let start = at.saturating_sub(FOREIGN_NEAR);
    let near = tokens.get(start..at.saturating_add(FOREIGN_NEAR).min(tokens.len()))?;
    near.iter().find(|token| is_latin(token) && token.length() > NAME_LETTERS && !token.is(known)).map(|token| token.at.clone())
}

/// The shape of the tokens of one piece.
fn shape(tokens: &[Token], is_foreign: bool) -> Shape {
    let count = |sign: char| tokens.iter().filter(|token| token.is_sign(sign)).count();
    let words = || tokens.iter().filter(|token| token.kind == Kind::Word);
    let letters: usize = words().map(Token::length).sum();
    let has_digits = tokens.iter().any(|token| token.kind == Kind::Number);
    let text: String = tokens.iter().map(|token| token.text.as_str()).collect();
    let is_nobody = super::words::WORDS.find(&text).means.is(Means::NOBODY);
    let has_common = words().any(|token| token.is(Means::COMMON));
    let starts_with_word = tokens.first().is_some_and(|token| token.kind != Kind::Number);
    if is_nobody || letters < NAME_LETTERS {
        return Shape::Plain;
    }
    if count('_') > 0 {
        return Shape::Sure;
    }
    let parts = tokens.split(|token| token.is_sign('.'));
    // Letters with dots between them: r.o.b.b.o.
    if dots_between(tokens) >= MIXED_LETTERS && parts.clone().all(|part| part.iter().map(Token::length).sum::<usize>() == 1) {
        return Shape::Dotted;
    }
    let short = parts.clone().filter(|part| part.iter().map(Token::length).sum::<usize>() < 2).count();
    let dots = dots_between(tokens);
    if dots > 0 && letters > MIXED_LETTERS && starts_with_word {
        let dotted = parts.count();
        if dots > 1 && !has_common && short == 0 {
            return Shape::Sure;
        }
        if (dots > 1 && short < dotted) || (!has_common && short == 0) {
            return Shape::Dotted;
        }
    }
    let is_mixed = has_digits && letters >= MIXED_LETTERS && (starts_with_word || letters > MIXED_LETTERS);
    let has_dash =
        is_foreign && count('-') > 0 && letters > 2 * NAME_LETTERS && !has_common && words().all(|word| word.text.is_ascii());
    if (is_mixed || has_dash) && dots == 0 { Shape::Mixed } else { Shape::Plain }
}

fn dots_between(tokens: &[Token]) -> usize {
    tokens.iter().filter(|token| token.is_sign('.')).count()
}

/// Finds names of accounts.
pub(super) fn find_handles(tokens: &[Token]) -> Vec<Range<usize>> {
    let pieces = pieces(tokens);
    let has_context = tokens.iter().any(|token| token.is(Means::HANDLE) && !token.is(Means::COMMON));
    let is_found = tokens.iter().any(|token| token.is(Means::FIND));
    let is_at_said = tokens.iter().any(|token| token.is(Means::AT) && !token.is(Means::COMMON));
    let has_underscore = tokens.iter().any(|token| token.is(Means::UNDERSCORE));
    let has_at = is_at_said || tokens.iter().any(|token| token.is_sign('@'));
    let mut found: Vec<Range<usize>> = pieces
        .iter()
        .filter(|piece| {
            let before = piece.first.checked_sub(1).and_then(|at| tokens.get(at));
            let is_glued = piece.tokens.first().is_some_and(|token| !token.has_gap);
            if before.is_some_and(|before| before.is_sign('@')) {
                return is_behind_at(tokens, piece, is_glued);
            }
            let is_called = before.is_some_and(|before| {
                before.is(Means::AT)
                    && (piece.shape >= Shape::Dotted || (piece.shape == Shape::Mixed && !before.is(Means::COMMON)))
            });
            let is_address = tokens.get(piece.end()).is_some_and(|next| next.is_sign('@') || next.is_sign('/'));
            is_called
                || (is_at_said && piece.shape >= Shape::Dotted)
                || piece.shape == Shape::Sure
                || (!is_address && has_context && piece.shape >= Shape::Mixed)
                || (!is_address && is_found && piece.shape >= Shape::Dotted)
        })
        .map(Piece::at)
        .collect();
    let announced = |token: &Token| token.is(Means::HANDLE.or(Means::FIND)) && !token.is(Means::COMMON);
    for (at, token) in tokens.iter().enumerate() {
        if announced(token) || (token.is(Means::AT) && !token.text.is_ascii()) {
            found.extend(foreign_name(tokens, at));
        }
        if token.is(Means::HANDLE) && !token.is(Means::COMMON) {
            found.extend(super::service::announced(tokens, at));
        }
        // "arroba nubecita"
        if token.is(Means::AT) && !token.is(Means::COMMON) {
            let next = tokens.get(at.saturating_add(1));
            let is_name =
                |next: &&Token| is_latin(next) && next.length() > NAME_LETTERS && !next.is(Means::COMMON.or(Means::LINK));
            found.extend(next.filter(is_name).map(|next| next.at.clone()));
        }
    }
    if found.is_empty() && has_at && has_underscore {
        found.extend(tokens.iter().filter(|token| token.is(Means::UNDERSCORE)).map(|token| token.at.clone()));
    }
    found
}

/// Reports whether what stands behind an "@" is a name: glued to it, or shaped like one.
fn is_behind_at(tokens: &[Token], piece: &Piece<'_>, is_glued: bool) -> bool {
    let letters: usize = piece.tokens.iter().filter(|token| token.kind == Kind::Word).map(Token::length).sum();
    let length: usize = piece.tokens.iter().filter(|token| token.is_name()).map(Token::length).sum();
    let at = piece.first.saturating_sub(1);
    let is_inside = tokens.get(at).is_some_and(|sign| !sign.has_gap)
        && at.checked_sub(1).and_then(|at| tokens.get(at)).is_some_and(Token::is_name);
    if is_inside || letters == 0 {
        return false;
    }
    let starts_with_word = piece.tokens.first().is_some_and(|token| token.kind == Kind::Word);
    let is_common = piece.tokens.len() == 1 && piece.is(Means::COMMON);
    let is_name =
        (letters >= NAME_LETTERS || length > NAME_LETTERS) && !is_common && (starts_with_word || letters >= MIXED_LETTERS);
    if is_glued { is_name || piece.shape == Shape::Sure } else { piece.shape > Shape::Plain }
}

/// Finds e-mail addresses, and where one is said to be.
pub(super) fn find_emails(tokens: &[Token]) -> Vec<Range<usize>> {
    let pieces = pieces(tokens);
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let near = |range: Range<usize>| tokens.get(range.start..range.end.min(tokens.len())).unwrap_or_default();
        let behind = near(at.saturating_add(1)..at.saturating_add(6));
        let is_sign = token.is_sign('@');
        let is_mail = match behind {
            [first, ..] if is_sign && first.is(Means::MAIL_HOST) => true,
            _ if is_sign && is_domain(tokens, at) => true,
            [first, dot, end, ..] if is_sign && first.is_name() && dot.is_sign('.') => {
                let is_inside = at > 0 && !token.has_gap && !first.has_gap;
                let is_whole = !dot.has_gap && !end.has_gap;
                let is_ending = behind.windows(2).any(|pair| match pair {
                    [dot, end] => dot.is_sign('.') && end.is(Means::ENDING.or(Means::SHORT_ENDING)),
                    _ => false,
                });
                let has_left = at.checked_sub(1).and_then(|at| tokens.get(at)).is_some_and(Token::is_name);
                has_left && is_ending && (is_inside || !is_whole)
            }
            _ if is_sign || token.is(Means::AT) => {
                let before = at.checked_sub(1).and_then(|at| tokens.get(at));
                let is_named = before.is_some_and(|before| before.is_name() && !before.is(Means::COMMON));
                (is_named || !token.is(Means::COMMON)) && is_spelled(token, behind)
            }
            _ => false,
        };
        if is_mail {
            found.push(chunk_at(tokens, at));
        }
    }
    // "My mail is bruno.tea", "gmail: bruno".
    let mut host = None;
    for (at, token) in tokens.iter().enumerate() {
        let after = |by: usize| tokens.get(at.saturating_add(by));
        let is_host = token.is(Means::MAIL_HOST);
        if is_host || token.is(Means::MAIL) {
            host = Some(at);
            let is_named = after(1).is_some_and(|sign| matches!(sign.kind, Kind::Sign(':' | '=' | '>')))
                && after(2).is_some_and(|name| name.is_name() && !name.is(Means::COMMON) && name.length() >= NAME_LETTERS);
            let is_domain = after(1).is_some_and(|dot| dot.is_sign('.') && !dot.has_gap)
                && after(2).is_some_and(|end| end.is(Means::ENDING) && !end.has_gap);
            if is_host && (is_named || is_domain) {
                found.push(token.at.clone());
            }
        }
    }
    if let Some(host) = host
        && found.is_empty()
    {
        found.extend(foreign_name(tokens, host));
        let starts_with_word = |piece: &&Piece<'_>| piece.tokens.first().is_some_and(|token| token.kind == Kind::Word);
        found.extend(pieces.iter().filter(|piece| piece.shape >= Shape::Mixed).filter(starts_with_word).map(Piece::at));
    }
    found
}

/// Reports a name before the "@" at this place and a domain behind it, without white space.
fn is_domain(tokens: &[Token], at: usize) -> bool {
    let has_left = at.checked_sub(1).and_then(|at| tokens.get(at)).is_some_and(|token| token.is_name() || token.is_sign('_'));
    let behind = tokens.get(at.saturating_add(1)..).unwrap_or_default();
    let host = behind.split(|token| token.has_gap || !is_inner(token)).next().unwrap_or_default();
    has_left
        && tokens.get(at).is_some_and(|sign| !sign.has_gap)
        && host.first().is_some_and(Token::is_name)
        && host
            .windows(2)
            .any(|pair| matches!(pair, [dot, end] if dot.is_sign('.') && end.kind == Kind::Word && end.length() > 1))
}

/// Reports a host behind a spelled "at": "at gmail", "arroba sapo ponto pt".
fn is_spelled(at: &Token, behind: &[Token]) -> bool {
    let is_common = at.is(Means::COMMON);
    let reach = if is_common { 1 } else { 3 };
    if behind.iter().take(reach).any(|token| token.is(Means::MAIL_HOST)) {
        return true;
    }
    behind.windows(3).take(2).any(|window| match window {
        [host, dot, end] => {
            host.is_name() && (dot.is(Means::DOT) || dot.is_sign('.')) && end.is(Means::ENDING.or(Means::SHORT_ENDING))
        }
        _ => false,
    })
}
