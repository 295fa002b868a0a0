//! Schools and their years: "in 9th grade", "my middle school".

use super::{COUNTED, ENDS, Kind, Means, NEVER, Token, front_of, has};

/// Years of school before adulthood, by any country's counting.
const GRADES: std::ops::RangeInclusive<u32> = 1..=12;
/// "In 9th grade", "my middle school".
pub(super) fn says_school(clause: &[Token], before: &[Token]) -> bool {
    let is_pupil = has(before, Means::LESSON) && !has(before, NEVER.or(Means::NOT));
    let Some(at) = (0..clause.len()).find(|&at| is_school_at(clause, at, is_pupil)) else { return false };
    let front = clause.get(..at.saturating_add(2).min(clause.len())).unwrap_or_default();
    let behind = clause.get(at.saturating_add(2)..).unwrap_or_default();
    !has(front, NEVER.or(Means::NOT)) && !has(behind, Means::UNREAL.or(Means::STAFF).or(Means::COLLEGE))
}

/// A school or one of its years at this place, and the writer beside it.
fn is_school_at(clause: &[Token], at: usize, is_pupil: bool) -> bool {
    let Some(token) = clause.get(at) else { return false };
    let after = |by: usize| clause.get(at.saturating_add(by));
    let studies = Means::YET.or(Means::LESSON).or(Means::STUDY).or(Means::ME_LAST);
    let is_mine = is_pupil || has(clause, studies.or(Means::ME).or(Means::MINE));
    let fits = |token: &Token| {
        token.value.is_some_and(|value| GRADES.contains(&value))
            && token.is(Means::ORDINAL.or(Means::NUMBER))
            && token.length_fits()
    };
    // 9th, 7б, 6-а
    let has_suffix = after(1).is_some_and(|next| !next.has_gap && next.kind == Kind::Word && next.length() <= 3);
    let next = after(if has_suffix { 2 } else { 1 });
    let is_grade =
        (fits(token) && next.is_some_and(|next| next.is(Means::GRADE))) || (token.is(Means::GRADE) && after(1).is_some_and(fits));
    // Nothing but the year: "grade 8", "kelas 9 smp".
    let part =
        Means::GRADE.or(Means::NUMBER).or(Means::ORDINAL).or(Means::SCHOOL).or(Means::LESSON).or(Means::LINK).or(Means::HERE);
    let told = clause.iter().take_while(|token| !(token.is(Means::OF) && token.is(Means::AFTER)));
    let is_bare = told.clone().all(|token| token.is(part.or(ENDS)) || (!token.has_gap && token.length() <= 3))
        && told.clone().any(|token| token.is(Means::SCHOOL) || token.value.is_some_and(|value| value > 4));
    let last = front_of(clause, at).rev().find(|token| !token.is(Means::LINK) || token.is(Means::STUDY));
    let is_near = token.is(Means::ORDINAL) || has_suffix || last.is_some_and(|last| last.is(Means::STUDY));
    let is_studied = fits(token)
        && is_near
        && has(clause, Means::STUDY)
        && (has_suffix
            || next.is_none_or(|next| next.is_sign('-') || next.is(Means::STUDY) || (token.is(Means::ORDINAL) && next.is(ENDS))))
        && !next.is_some_and(|next| next.is(Means::DURATION.or(Means::YEARS).or(COUNTED)));
    // "10th me hu", "आठवीं में हूँ"
    let is_in = (token.is(Means::ORDINAL) || has_suffix)
        && fits(token)
        && attends(clause, at.saturating_add(if has_suffix { 2 } else { 1 }))
        || is_grade && attends(clause, at.saturating_add(if has_suffix { 3 } else { 2 }));
    let lead = clause
        .get(..at)
        .unwrap_or_default()
        .iter()
        .rev()
        .find(|token| !token.is(Means::LINK.or(Means::BEFORE)) || token.is(Means::ME));
    let is_led = lead.is_some_and(|lead| lead.is(Means::ME));
    let is_still = front_of(clause, at).rev().find(|token| !token.is(Means::LINK)).is_some_and(|last| last.is(Means::YET));
    // The clause ends with the year of school, or with how it is attended.
    let last = at.saturating_add(if has_suffix { 3 } else { 2 });
    let follows = ENDS.or(studies).or(Means::SCHOOL).or(Means::GRADE).or(Means::HERE).or(Means::LINK);
    let is_last = clause
        .get(last)
        .is_none_or(|next| !next.is_name() || (next.is(follows) && (!next.is(Means::OF) || next.is(Means::GRADE))));
    let is_mine_here = at.checked_sub(1).and_then(|at| clause.get(at)).is_some_and(|before| before.is(Means::MINE))
        && after(1).is_none_or(|next| next.is(Means::LINK));
    let is_hu = clause.iter().any(|token| token.is(Means::ME_LAST) && !token.is(Means::ME));
    let is_there = is_led || is_still || is_mine_here || is_hu || has(clause, Means::STUDY);
    token.is(Means::CLAIM)
        || (is_grade
            && is_last
            && (is_led
                || is_still
                || is_pupil
                || (is_bare && (has(clause, BARE) || told.count() < clause.len()))
                || has(clause, Means::STUDY)
                || (has(clause, Means::LESSON) && has(clause, Means::WHEN.or(Means::ME)))))
        || (is_mine && is_studied)
        || is_in
        || (token.is(Means::SCHOOL) && is_there)
        || (token.is(Means::BIRTHDAY) && has(clause, Means::MINE))
}

/// What a bare year of school needs beside it.
const BARE: Means = Means::HERE.or(Means::SCHOOL).or(Means::LESSON).or(Means::STUDY).or(Means::LINK);

/// "me hu", "में पढ़ता हूँ", with the letter of a class before it.
fn attends(clause: &[Token], at: usize) -> bool {
    let rest = clause.get(at..).unwrap_or_default();
    let rest = if rest.first().is_some_and(|letter| letter.length() == 1 && !letter.is(Means::LINK)) {
        rest.get(1..)
    } else {
        Some(rest)
    };
    match rest.unwrap_or_default() {
        [first, ..] if first.is(Means::STUDY) => true,
        [link, last, ..] => link.is(Means::LINK) && last.is(Means::ME_LAST.or(Means::STUDY)),
        _ => false,
    }
}
