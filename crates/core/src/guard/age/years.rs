//! Ages that are said: "I am 15", "just turned 17", "16 saal ki hu".

use super::{COUNTED, Kind, MINOR, Means, NEVER, NOBODY, Token, has, is_and, is_between, is_minor_at, is_unknown};

/// "I am 16", "16 saal ki hu", "my age? 13", "just turned 17", "seventeen, since april".
pub(super) fn says_age(clause: &[Token], before: &[Token], behind: &[Token]) -> bool {
    (0..clause.len()).any(|at| {
        if !is_age_word(clause, at) {
            return false;
        }
        let front = clause.get(..at).unwrap_or_default();
        let leads = Means::ME.or(Means::AGE).or(Means::TURN).or(Means::TRUTH);
        let is_filler = |token: &&Token| token.is_sign(':') || (token.is(Means::BEFORE) && !token.is(leads));
        let fillers = front.iter().rev().take_while(is_filler).count();
        let front = own(front, fillers);
        if has(front, NEVER)
            // "Everybody thinks, that I'm 16."
            || (has(before, Means::SAYS) && !has(before, Means::ME.or(Means::MINE).or(Means::TRUTH)) && !has(front, Means::TRUTH))
            || has(clause, Means::OTHER.or(Means::UNREAL).or(Means::STAFF))
            || is_signed(clause, at)
        {
            return false;
        }
        let lead = front.len().checked_sub(fillers.saturating_add(1)).and_then(|place| front.get(place));
        let is_not = has(front, Means::NOT);
        let is_described = is_described(clause, at);
        // "The bar turned 15": somebody nobody knows.
        let is_turned = lead.is_some_and(|lead| lead.is(Means::TURN) && !lead.is(Means::ME)) && front.iter().any(is_unknown);
        // "Я 15 лет живу тут": that long, not that old.
        let is_span = lead.is_some_and(|lead| lead.text == "я")
            && clause.get(at.saturating_add(1)).is_some_and(|next| next.is(Means::YEARS));
        let is_led = !is_span
            && ((lead.is_some_and(|lead| lead.is(leads)) && !is_turned)
                || is_introduced(front)
                || is_described
                // "Still 17."
                || (has(front, Means::YET) && front.iter().all(|token| token.is(Means::YET.or(Means::BEFORE))))
                || (front.len() == fillers && is_between(clause, at.saturating_add(1))));
        let is_tagged = front.len() == fillers.saturating_add(1) && lead.is_some_and(|lead| lead.is(Means::TAG));
        let is_young = has(before, Means::YOUNG.or(Means::MINOR))
            && (has(before, Means::ME.or(Means::ME_LAST).or(Means::YET).or(Means::BEFORE)) || before.len() <= 2)
            // "I'm a male, 15".
            || has(before, Means::ME) && has(before, Means::TAG) && before.len() <= 4;
        let is_age = before.iter().rev().find(|token| token.is_name()).is_some_and(|last| last.is(Means::AGE));
        // "I lied, 15."
        let is_true = has(before, Means::TRUTH) && has(before, Means::ME.or(Means::MINE).or(Means::ME_LAST));
        let is_opening = front.is_empty() && before.is_empty() && opens(clause, at);
        let is_named = is_introduced(before) || matches!(before, [head @ .., end] if !end.is_name() && is_introduced(head));
        let is_asked = lead.is_none() && (is_age || is_young || is_true || is_named) && !has(before, NEVER.or(Means::NOT));
        let is_front = front.iter().all(|token| {
            let is_time = token.is(Means::WHEN.or(Means::UNTIL).or(Means::DURATION));
            is_time || token.is(Means::BEFORE.or(Means::ME).or(Means::AGE).or(Means::HELLO).or(Means::AFTER).or(Means::TRUTH))
        });
        let is_followed = is_followed_by_me(clause, at, is_front);
        // "I'm 15? Thank you!"
        let is_doubted = clause.get(at.saturating_add(1)).is_some_and(|sign| sign.is_sign('?')) && front.len() == 1;
        if !is_not && !is_doubted && is_minor_at(clause, at) && (is_led || is_asked || is_tagged) {
            return true;
        }
        if !is_not && (is_followed || is_opening) {
            return true;
        }
        // "Seventeen. Since april."
        let is_alone = lead.is_none() && before.is_empty() && clause.get(at).is_some_and(|age| age.kind == Kind::Word);
        let rest = clause.get(at.saturating_add(1)..).unwrap_or_default();
        let years = rest.iter().take_while(|token| token.is(Means::YEARS)).count();
        let is_here = rest.get(years..).is_some_and(|rest| rest.iter().all(|token| token.is(Means::HERE)));
        let is_my_age = front.is_empty() && has(rest, Means::AGE) && has(rest, Means::MINE) && !has(rest, NEVER);
        let is_first = lead.is_none() && before.is_empty() && is_here && !rest.is_empty() && (years == 0 || years == rest.len());
        let is_since = has(behind, Means::TURN.or(Means::ALREADY).or(Means::WHEN).or(Means::AGE).or(Means::ME))
            && !has(behind, NOBODY.or(Means::YOU));
        (is_alone && years == rest.len() && (is_since || years > 0)) || (!is_not && (is_first || is_my_age))
    })
}

/// "16 and single", "16 and bored", the whole of a message.
fn opens(clause: &[Token], at: usize) -> bool {
    match clause.get(at.saturating_add(1)..).unwrap_or_default() {
        // The lists know "and bored" as one word.
        [and] => and.is(Means::AFTER) && and.text.starts_with("and "),
        // "15 é" is written like "15 e".
        [and, next, ..] => {
            is_and(and) && and.text != "e" && next.value.is_none() && !next.is(COUNTED.or(Means::OTHER).or(Means::YOU))
        }
        [] => false,
    }
}

/// What of the words before an age is said of it: in "don't judge me I'm 14", and "I should tell you I'm 14", only "I'm".
fn own(front: &[Token], fillers: usize) -> &[Token] {
    let lead = front.len().saturating_sub(fillers.saturating_add(1));
    let is_me = front.get(lead).is_some_and(|lead| lead.is(Means::ME));
    let told = front.get(..lead).unwrap_or_default();
    let is_denied = told.last().is_some_and(|last| last.is(Means::NOT));
    let is_mine = has(told, Means::ME.or(Means::MINE));
    let is_other = has(told, Means::OTHER.or(Means::STAFF).or(Means::UNREAL).or(Means::IF).or(Means::COLLEGE))
        || (!is_mine && has(told, Means::SAYS));
    if is_me && !is_denied && !is_other { front.get(lead..).unwrap_or_default() } else { front }
}

/// "I'm a 12 year old", "sou um garoto de 17", "minha idade é 14".
fn is_described(clause: &[Token], at: usize) -> bool {
    let front = clause.get(..at).unwrap_or_default();
    let is_article = |token: &Token| ["a", "an", "un", "una", "um", "uma"].contains(&token.text.as_str());
    let is_part = |token: &Token| is_article(token) || token.is(Means::TAG.or(Means::OF).or(Means::BEFORE).or(Means::LINK));
    let count = front.iter().rev().take_while(|token| is_part(token) && !token.is(Means::ME.or(Means::AGE))).count();
    let Some((lead, parts)) =
        front.get(front.len().saturating_sub(count.saturating_add(1))..).and_then(|tail| tail.split_first())
    else {
        return false;
    };
    let has_years = clause.get(at.saturating_add(1)).is_some_and(|next| next.is(Means::YEARS));
    let has_tag = parts.iter().any(|part| part.is(Means::TAG) && part.length() > 1);
    (lead.is(Means::AGE) && front.iter().any(|token| token.is(Means::MINE)))
        || (lead.is(Means::ME) && !parts.is_empty() && (has_tag || (has_years && parts.iter().any(is_article))))
}

/// "I'm jake 16": a name that no list knows stands between.
fn is_introduced(front: &[Token]) -> bool {
    matches!(front, [.., me, name] if me.is(Means::ME) && is_unknown(name))
}

/// Signs of what is measured or paid.
pub(super) const fn is_measure(sign: char) -> bool {
    matches!(sign, '°' | '€' | '₽' | '₴' | '₹' | '£' | '№' | '×')
}

/// Reports a sign in front of a number that makes it no age: +15, -15.
pub(super) fn is_signed(clause: &[Token], at: usize) -> bool {
    at.checked_sub(1)
        .and_then(|at| clause.get(at))
        .is_some_and(|sign| matches!(sign.kind, Kind::Sign('+' | '-' | '$' | '#' | '=')))
}

fn is_age_word(clause: &[Token], at: usize) -> bool {
    clause.get(at).is_some_and(|token| token.value.is_some_and(|value| MINOR.contains(&value)) && token.length_fits())
}

/// "16 saal ki hu", "шестнадцать мне".
fn is_followed_by_me(clause: &[Token], at: usize, is_front: bool) -> bool {
    let behind = clause.get(at.saturating_add(1)..).unwrap_or_default();
    let between = behind.iter().take_while(|token| token.is(Means::YEARS.or(Means::OF)) && !token.is(Means::ME)).count();
    let me = behind.get(between);
    let next = behind.get(between.saturating_add(1));
    // "hu" is said behind an age and nowhere else; "aku", "мне" may begin something new.
    me.is_some_and(|me| me.is(Means::ME_LAST) && !me.is(Means::ME)) && next.is_none_or(|next| next.value.is_none())
        || is_front
            && me.is_some_and(|me| me.is(Means::ME_LAST.or(Means::TURN)))
            && next.is_none_or(|next| !next.is_name() || (next.is(Means::AFTER) && !next.is(Means::NOT)))
}
