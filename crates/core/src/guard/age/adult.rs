//! Minors who name no age: "not 18 yet", "two years until 18", "I'm a minor".

use super::years::is_signed;
use super::{COUNTED, ENDS, Kind, Means, NEVER, NOBODY, Token, front_of, has, is_unknown};

/// The first age of adults.
const ADULT: u32 = 18;
/// "Not 18 yet", "under 18", "two years until 18", "not an adult yet".
pub(super) fn says_no_adult(clause: &[Token], has_mom: bool) -> bool {
    let is_adult = |token: &Token| token.is(Means::ADULT) || (token.value == Some(ADULT) && token.length_fits());
    // "Not even 16 yet" says it as well.
    let is_younger = |token: &Token| token.value.is_some_and(|value| (14..ADULT).contains(&value)) && token.length_fits();
    let is_denied = has(clause, Means::NOT) && has(clause, Means::YET);
    let found = clause.iter().position(is_adult).or_else(|| clause.iter().position(is_younger).filter(|_| is_denied));
    let Some(at) = found else { return false };
    let is_counted = clause.get(at.saturating_add(1)).is_some_and(|next| matches!(next.kind, Kind::Sign('+' | '%' | ':')));
    let front = clause.get(..at).unwrap_or_default();
    if has(clause, Means::OTHER.or(Means::IF)) || has(front, Means::YOU) || is_counted || is_signed(clause, at) {
        return false;
    }
    // "Mom says not until 18."
    if has_mom && has(clause, Means::UNTIL.or(Means::UNDER)) {
        return true;
    }
    if has(clause, NOBODY.or(Means::COLLEGE).or(Means::UNREAL)) {
        return false;
    }
    let is_not = has(clause, Means::NOT);
    // "Not an adult" is also said of one's mind.
    let is_number = clause.get(at).is_some_and(|token| token.value.is_some());
    let is_mine = has(clause, Means::ME.or(Means::MINE).or(Means::ME_LAST).or(Means::AGE).or(Means::TURN));
    // "Not 18", "18 нет", not "18 не дают".
    let is_last =
        |place: usize| clause.get(place).is_none_or(|next| !next.is_name() || next.is(ENDS.or(Means::ME).or(Means::ME_LAST)));
    let of = clause.get(at.saturating_add(1)..).unwrap_or_default().iter().take_while(|token| token.is(Means::OF)).count();
    let place = at.saturating_add(of).saturating_add(1);
    let is_near = front_of(clause, at).rev().take(2).any(|token| token.is(Means::NOT))
        || (clause.get(place).is_some_and(|next| next.is(Means::NOT)) && is_last(place.saturating_add(1)));
    let behind = clause.get(at.saturating_add(1));
    // "Under 18 here."
    let is_here = behind.is_some_and(|next| next.is(Means::HERE)) && front.iter().all(|token| token.is(Means::UNDER));
    let is_span = |token: &Token| token.is(Means::YEARS.or(Means::DURATION));
    let is_clear = behind.is_none_or(|next| !is_span(next) && !is_unknown(next) && !next.is(COUNTED));
    let is_ahead = clause.iter().any(is_span) && !behind.is_some_and(is_span) && !has(clause, Means::ALREADY);
    let is_free = behind.is_none_or(|next| !is_unknown(next) && !next.is(COUNTED.or(Means::DURATION)) || next.is(Means::YEARS));
    (is_not && is_free && has(clause, Means::YET))
        || (is_near && is_mine && is_number && is_free && !has(clause, Means::UNDER))
        || (has(clause, Means::UNDER) && (is_mine || has(front, Means::YET) || is_here) && !is_not)
        || (!is_not && is_clear && (has(clause, Means::UNTIL) || is_ahead))
}

/// "I'm a minor", "малолетка я".
pub(super) fn says_minor_word(clause: &[Token]) -> bool {
    let Some(at) = clause.iter().position(|token| token.is(Means::MINOR)) else { return false };
    let front = clause.get(..at).unwrap_or_default();
    if has(front, NEVER.or(Means::NOT)) || has(clause, NOBODY.or(Means::UNREAL).or(Means::COLLEGE).or(Means::NOT)) {
        return false;
    }
    let is_me = |nearest: Option<&Token>| nearest.is_some_and(|token| token.is(Means::ME.or(Means::ME_LAST)));
    let is_other = |token: &&Token| !token.is(Means::BEFORE) || token.is(Means::ME);
    let behind = clause.get(at.saturating_add(1)..).unwrap_or_default();
    let ends = behind
        .first()
        .is_none_or(|next| !next.is_name() || next.is(Means::AFTER.or(Means::ME).or(Means::ME_LAST)) || next.value.is_some());
    let is_still = clause.iter().all(|token| token.is(Means::MINOR.or(Means::BEFORE).or(Means::YET).or(Means::UNTIL).or(ENDS)))
        && has(clause, Means::YET.or(Means::HERE));
    is_still || (is_me(front.iter().rev().find(is_other)) && ends) || is_me(behind.iter().find(is_other))
}
