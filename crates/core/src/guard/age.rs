//! Whether a message says that its writer is a minor: "I am 15", "in 9th grade", "18 in two years".
//!
//! The age of somebody else, a quotation, the past, a wish and a duration are none. Each pattern asks for words around the
//! number, so that a bare number says nothing.

mod adult;
mod card;
mod school;
mod text;
mod years;

use adult::{says_minor_word, says_no_adult};
use card::is_card;
use school::says_school;
use text::{clauses, unquoted, whole_numbers};
use years::{is_measure, says_age};

use super::token::{Kind, Token, read};
use super::words::{Means, WORDS};

/// Ages of minors who can write.
const MINOR: std::ops::RangeInclusive<u32> = 8..=17;
/// The words that make a sentence another's or unreal.
const NEVER: Means = NOBODY.or(Means::UNREAL).or(Means::IF).or(Means::YOU).or(Means::COLLEGE);
/// The words that make it another's.
const NOBODY: Means = Means::OTHER.or(Means::SAYS).or(Means::STAFF);

/// The words that may follow an age.
const ENDS: Means = Means::AFTER.or(Means::TAG).or(Means::AGE).or(Means::WHEN).or(Means::HERE);

/// Reports whether a text says that its writer is younger than 18. `year` is the year in which it was written, for years of
/// birth.
///
/// # Examples
/// ```
/// use luvhive_core::guard::says_minor;
///
/// assert!(says_minor("hi im 15", 2026));
/// assert!(!says_minor("my son is 15", 2026) && !says_minor("I am 15 minutes away", 2026));
/// ```
pub fn says_minor(text: &str, year: i32) -> bool {
    let tokens = whole_numbers(&unquoted(read(text)));
    if tokens.iter().any(|token| token.is(Means::NO_CLAIM)) {
        return false;
    }
    let clauses: Vec<&[Token]> = clauses(&tokens);
    let has_mom = has(&tokens, Means::MOM);
    // "I'm 34 and still no adult."
    let is_grown = tokens.iter().any(|token| token.value.is_some_and(|value| (25..100).contains(&value)) && token.length_fits());
    let is_past = tokens.iter().any(|token| is_past_year(token, year));
    let is_about_work = tokens.iter().any(|token| token.is(Means::STAFF));
    let has_number = || tokens.iter().any(|token| token.value.is_some_and(|value| MINOR.contains(&value)) && token.length_fits());
    is_card(&tokens)
        || (has(&tokens, Means::THAT_AGE) && has_number() && !has(&tokens, Means::NOT))
        || is_born(&tokens, year)
        || clauses.iter().enumerate().any(|(at, clause)| {
            let before = at.checked_sub(1).and_then(|at| clauses.get(at)).copied().unwrap_or_default();
            // "Im 15, he said."
            let behind = clauses.get(at.saturating_add(1)).copied().unwrap_or_default();
            let is_said = behind.iter().find(|token| token.is_name()).is_some_and(|token| token.is(Means::SAYS));
            (!is_said && !is_past && says_age(clause, before, behind))
                || (!is_grown && says_no_adult(clause, has_mom))
                || (!is_about_work && !is_past && (says_minor_word(clause) || says_school(clause, before)))
        })
}

/// A year in which today's minors were not born: "1999, I'm 15".
fn is_past_year(token: &Token, year: i32) -> bool {
    let value = token.value.and_then(|value| i32::try_from(value).ok());
    token.kind == Kind::Number
        && token.length() == 4
        && value.is_some_and(|value| (1950..year.saturating_sub(17)).contains(&value))
}

fn has(tokens: &[Token], means: Means) -> bool {
    tokens.iter().any(|token| token.is(means))
}

/// What stands before this place.
fn front_of(clause: &[Token], at: usize) -> std::slice::Iter<'_, Token> {
    clause.get(..at).unwrap_or_default().iter()
}

/// A number of years that makes a minor, at this place: followed by nothing that it counts.
fn is_minor_at(clause: &[Token], at: usize) -> bool {
    clause.get(at).is_some_and(|token| token.value.is_some_and(|value| MINOR.contains(&value)) && token.length_fits())
        && ends_well(clause, at.saturating_add(1))
}

/// Reports that behind an age nothing stands that it could count: only years, a word such as "girl", or the next thought.
fn ends_well(clause: &[Token], at: usize) -> bool {
    let mut rest = clause.get(at..).unwrap_or_default();
    while let [first, after @ ..] = rest {
        if first.is(Means::YEARS) || (first.is(Means::OF) && !first.is(Means::AFTER)) {
            rest = after;
        } else {
            return match first.kind {
                Kind::Sign(sign) => {
                    !is_measure(sign) && !matches!(sign, '%' | '+' | '\'' | '$' | '=' | '*' | '-' | '/' | '"')
                        || tag_follows(rest)
                }
                // "From texas", not "from the exit".
                Kind::Word if first.is(Means::AFTER) && first.is(Means::OF) => after.first().is_some_and(is_unknown),
                // "15 m away".
                Kind::Word if first.is(Means::TAG) && !first.is(Means::AFTER) && first.length() == 1 => {
                    after.first().is_none_or(|next| !next.is_name())
                }
                Kind::Word => first.is(ENDS) && !first.is(Means::UNREAL) && goes_on(first, after),
                Kind::Number => false,
            };
        }
    }
    true
}

/// Reports that a word behind an age leaves it an age: "15 already, ...", not "15 already cost me".
fn goes_on(word: &Token, after: &[Token]) -> bool {
    let Some(next) = after.first().filter(|next| next.is_name()) else { return true };
    let is_loose = word.is(Means::BEFORE.or(Means::WHEN).or(Means::HERE).or(Means::YET)) && is_unknown(next);
    let is_not = after.iter().take(2).any(|token| token.is(Means::NOT));
    next.value.is_none() && !is_loose && !is_not
}

/// A word that no list knows: a name or a place.
fn is_unknown(token: &Token) -> bool {
    token.kind == Kind::Word && token.means == Means::NOTHING && token.value.is_none()
}

/// "16/f/texas", "15-f".
fn tag_follows(rest: &[Token]) -> bool {
    rest.get(1).is_some_and(|token| token.is(Means::TAG))
}

impl Token {
    /// Ages have two digits at most.
    fn length_fits(&self) -> bool {
        self.kind == Kind::Word || self.length() <= 2
    }
}

/// "Born in 2010", "2010 baby", "soy del 2010".
fn is_born(tokens: &[Token], year: i32) -> bool {
    let is_young = |token: &Token| {
        token.kind == Kind::Number
            && token.length() == 4
            && token
                .value
                .and_then(|value| i32::try_from(value).ok())
                .is_some_and(|born| (year.saturating_sub(17)..=year.saturating_sub(5)).contains(&born))
    };
    let Some(at) = tokens.iter().position(is_young) else { return false };
    if has(tokens, NOBODY.or(Means::YOU).or(Means::IF).or(Means::NOT)) {
        return false;
    }
    let before = tokens.get(at.saturating_sub(2)..at).unwrap_or_default();
    let is_of = tokens.get(at.saturating_add(1)).is_some_and(|next| next.is(Means::OF));
    let is_led = match before {
        [.., me, of] if me.is(Means::ME) && of.is(Means::OF) => ends_well(tokens, at.saturating_add(1)),
        [.., me] if me.is(Means::ME) => is_of,
        _ => false,
    } || matches!(tokens.get(at.saturating_add(1)..), Some([of, me, ..]) if of.is(Means::OF) && me.is(Means::ME));
    has(tokens, Means::BORN) || is_led
}
