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

/// What makes the number beside it a count, and no age.
const COUNTED: Means = Means::COUNTED.or(Means::NO_AGE);

/// The words that may follow an age.
const ENDS: Means = Means::AFTER.or(Means::MINOR).or(Means::MOM).or(Means::TAG).or(Means::AGE).or(Means::WHEN).or(Means::HERE);

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
    // "I'm 34 and still no adult", "smp di medan, sekarang 27".
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
            [Some(*clause), head(clause)].into_iter().flatten().any(|clause| {
                (!is_said && !is_past && says_age(clause, before, behind))
                    || (!is_grown && says_no_adult(clause, has_mom))
                    || (!is_about_work && !is_past && !is_grown && (says_minor_word(clause) || says_school(clause, before)))
            })
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

/// The first thought of a clause that goes on behind an age: "I'm 15" of "I'm 15 and my mom is strict".
fn head(clause: &[Token]) -> Option<&[Token]> {
    let joins = |pair: &[Token]| match pair {
        [_, and] if !and.has_gap || !is_and(and) => false,
        // "In 9th grade I ..." is the past, and "15 і" is written like "15 I".
        [last, and] if and.is(Means::MINE) => last.is(Means::YEARS) || last.value.is_some(),
        [last, _] => last.is(Means::YEARS.or(Means::GRADE).or(Means::MINOR)) || last.value.is_some(),
        _ => false,
    };
    let at = clause.windows(2).position(joins)?.saturating_add(1);
    // "15 and 17".
    let goes_on = |token: &Token| token.is_name() && token.value.is_none() && !token.is(Means::OTHER);
    let goes_on = match clause.get(at..) {
        Some([and, next, ..]) => goes_on(next) || and.length() > 3,
        Some([and]) => and.length() > 3,
        _ => false,
    };
    goes_on.then(|| clause.get(..at)).flatten()
}

/// "And", which Arabic writes as the first letter of the next word.
fn is_and(token: &Token) -> bool {
    token.is(Means::AND)
        || (token.kind == Kind::Word
            && token.text.starts_with('و')
            && token.value.is_none()
            && !token.is(Means::YEARS)
            && token.length() > 3)
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
    if is_between(clause, at) {
        return true;
    }
    let mut rest = clause.get(at..).unwrap_or_default();
    let has_years = rest.first().is_some_and(|first| first.is(Means::YEARS) && !first.is(Means::DURATION));
    let is_of = |token: &Token| token.text.ends_with(" de");
    let is_from = at.checked_sub(2).and_then(|lead| clause.get(lead)).is_some_and(is_of)
        && rest.first().is_some_and(|first| first.is(Means::OF));
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
                // "The 17th".
                Kind::Word if !first.has_gap && !first.is(Means::TAG.or(Means::AGE)) => false,
                // "Soy un pibe de 16 de rosario".
                Kind::Word if is_from && is_unknown(first) => after.first().is_none_or(|next| !next.is_name()),
                // "16 years old looking for friends".
                Kind::Word if has_years && is_unknown(first) => true,
                // "15 m away".
                Kind::Word if first.is(Means::TAG) && !first.is(Means::AFTER) && first.length() == 1 => after
                    .first()
                    .is_none_or(|next| !next.is_name() || (first.text != "m" && first.text != "h" && is_unknown(next))),
                // "16, my name is Lena", without the comma.
                Kind::Word if first.is(Means::MINE) && !first.is(Means::LINK.or(Means::ME_LAST)) => goes_on(first, after),
                Kind::Word => first.is(ENDS) && !first.is(Means::UNREAL) && goes_on(first, after),
                Kind::Number => false,
            };
        }
    }
    true
}

/// "15, going on 16", "tengo 15 para 16": the next age stands behind one or two words.
fn is_between(clause: &[Token], at: usize) -> bool {
    let next = at.checked_sub(1).and_then(|at| clause.get(at)?.value).map(|age| age.saturating_add(1));
    (1..=3).any(|by| {
        let place = at.saturating_add(by);
        let between = clause.get(at..place).unwrap_or_default();
        clause.get(place).is_some_and(|token| token.value == next && token.length_fits())
            && between.iter().all(|token| token.kind == Kind::Word && !is_and(token))
            && ends_well(clause, place.saturating_add(1))
    })
}

/// Reports that a word behind an age leaves it an age: "15 already, ...", not "15 already cost me".
fn goes_on(word: &Token, after: &[Token]) -> bool {
    let Some(next) = after.first().filter(|next| next.is_name()) else { return true };
    let is_loose = word.is(Means::BEFORE.or(Means::WHEN).or(Means::HERE).or(Means::YET)) && is_unknown(next);
    let is_not = after.iter().take(2).any(|token| token.is(Means::NOT));
    (next.value.is_none() || word.is(Means::YOU)) && !is_loose && !is_not
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

/// "Born in 2010", "2010 baby", "soy del 2010", "я 09 года".
fn is_born(tokens: &[Token], year: i32) -> bool {
    let is_young = |token: &Token| {
        let value = token.value.and_then(|value| i32::try_from(value).ok()).filter(|_| token.kind == Kind::Number);
        let born = match token.length() {
            2 if token.text.starts_with('0') => value.map(|value| value.saturating_add(2000)),
            4 => value,
            _ => None,
        };
        born.is_some_and(|born| (year.saturating_sub(17)..=year.saturating_sub(5)).contains(&born))
    };
    tokens.iter().enumerate().filter(|(_, token)| is_young(token)).any(|(at, _)| is_year_of_birth(tokens, at))
}

/// Reports that the young year at this place is the writer's.
fn is_year_of_birth(tokens: &[Token], at: usize) -> bool {
    let front = tokens.get(..at).unwrap_or_default();
    if has(tokens, NOBODY.or(Means::IF).or(Means::NOT)) || has(front, Means::YOU) {
        return false;
    }
    let before = tokens.get(at.saturating_sub(2)..at).unwrap_or_default();
    let next = tokens.get(at.saturating_add(1));
    let is_year = tokens.get(at).is_some_and(|token| token.length() == 4);
    let is_of = next.is_some_and(|next| next.is(Means::OF.or(Means::YOU).or(Means::TAG))) || (is_year && next.is_none());
    let is_led = match before {
        // "я з 2010го"
        [.., me, of] if me.is(Means::ME) && of.is(Means::OF) => {
            let suffix = next.is_some_and(|next| next.kind == Kind::Word && !next.has_gap && next.length() <= 2);
            ends_well(tokens, at.saturating_add(if suffix { 2 } else { 1 }))
        }
        [.., me] if me.is(Means::ME) => is_of,
        [of] if of.is(Means::OF) => {
            next.is_some_and(|next| next.is(Means::YOU)) || tokens.get(at.saturating_add(2)).is_some_and(|you| you.is(Means::YOU))
        }
        [] => is_year && next.is_some_and(|next| next.is(Means::TAG)),
        _ => false,
    } || matches!(tokens.get(at.saturating_add(1)..), Some([of, me, ..]) if of.is(Means::OF) && me.is(Means::ME));
    (is_year && has(tokens, Means::BORN)) || is_led
}
