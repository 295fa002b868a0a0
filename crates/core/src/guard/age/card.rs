//! Introductions: "15f", "Lena, 17, berlin".

use super::{COUNTED, Kind, MINOR, Means, Token, ends_well, has};

/// The longest introduction ("Lena, 17, Berlin"), in tokens.
const CARD: usize = 8;
/// An introduction: "15f", "f16", "16/f/texas", "15 m here", "Lena, 17, berlin", "chica de 14".
pub(super) fn is_card(tokens: &[Token]) -> bool {
    // "Boy 15 from recife, somebody to talk to?" looks for another and speaks of nobody else.
    let is_end = |token: &Token| matches!(token.kind, Kind::Sign(',' | '.' | '?' | '!'));
    let tail = tokens.iter().skip_while(|token| token.value.is_none()).skip_while(|token| !is_end(token)).count();
    let told = tokens.get(..tokens.len().saturating_sub(tail)).unwrap_or_default();
    if has(told, Means::OTHER)
        || has(tokens, Means::SAYS.or(Means::STAFF).or(Means::UNREAL).or(Means::COLLEGE))
        || tokens.len() > CARD.saturating_mul(2)
    {
        return false;
    }
    let is_age = |token: Option<&Token>| {
        token.is_some_and(|token| token.value.is_some_and(|value| MINOR.contains(&value)) && token.length_fits())
    };
    let is_tag = |token: Option<&Token>| token.is_some_and(|token| token.is(Means::TAG));
    let start = tokens.iter().take_while(|token| is_prelude(token)).count();
    let rest = tokens.get(start..).unwrap_or_default();
    let mine = rest.iter().take_while(|token| token.is(Means::ME) && !token.is(Means::TAG)).count();
    let named = rest.get(mine..).unwrap_or_default();
    let is_tagged = match rest {
        // 15f, 16/f, 16 ladka mumbai
        [age, _, ..] if is_age(Some(age)) => {
            let years = rest.iter().skip(1).take_while(|token| token.is(Means::YEARS.or(Means::OF))).count();
            let behind = 1 + years;
            // "Já 15 h na estrada" is a time.
            let is_asked = tokens.get(..start).unwrap_or_default().iter().any(|token| token.text.starts_with("asl"));
            let is_telling = start == 0 || is_asked || rest.get(behind).is_some_and(|tag| !tag.has_gap || tag.length() > 1);
            // "15 year old from kenya" says it in one word.
            let is_old = start == 0 && has(rest.get(1..behind).unwrap_or_default(), Means::TAG);
            // "16, you?"
            let is_answer = start == 0
                && has(rest, Means::YOU)
                && rest.iter().skip(1).all(|token| !token.is_name() || token.is(Means::YOU.or(Means::AFTER)));
            is_old
                || is_answer
                || (is_tag(rest.get(behind)) && is_telling)
                || rest.get(behind).is_some_and(|sign| matches!(sign.kind, Kind::Sign('/' | ',' | '-' | '.' | '(')))
                    && is_tag(rest.get(behind.saturating_add(1)))
                    && rest.len() <= CARD
        }
        _ => false,
    };
    // f16, chica de 14, Riya, 16, Jaipur
    let is_led = (0..rest.len().min(5)).any(|at| {
        is_age(rest.get(at))
            && at > 0
            && rest.get(..at).is_some_and(|before| {
                before.iter().all(|token| {
                    let is_one = token.kind == Kind::Word && token.value == Some(1);
                    is_one
                        || token.is(Means::TAG.or(Means::BEFORE).or(Means::LINK))
                        || matches!(token.kind, Kind::Sign('/' | ',' | '-' | '.'))
                }) && has(before, Means::TAG)
            })
            && ends_like_card(rest, at)
    });
    let is_named = match named {
        [name, comma, age, second, place, more @ ..] => {
            name.kind == Kind::Word
                && name.value.is_none()
                && !name.is(Means::PLACE)
                && (comma.is_sign(',') && second.is_sign(',') || comma.is_sign('/') && second.is_sign('/'))
                && is_age(Some(age))
                && place.kind == Kind::Word
                && more.len() < 3
        }
        _ => false,
    };
    is_tagged || is_led || is_named
}

/// What may stand before an introduction: "hi", "btw".
fn is_prelude(token: &Token) -> bool {
    let is_talk = token.is(Means::HELLO.or(Means::AFTER).or(Means::BEFORE).or(Means::TRUTH)) && !token.is(Means::TAG);
    !token.is_name() || (is_talk && token.value.is_none())
}

/// Reports that an introduction goes on behind its age with years, a place or nothing.
fn ends_like_card(rest: &[Token], at: usize) -> bool {
    let behind = rest.get(at.saturating_add(1)..).unwrap_or_default();
    // "m17 just chilling"
    let is_glued = rest.get(at).is_some_and(|age| !age.has_gap)
        && behind.first().is_some_and(|next| next.is(Means::BEFORE.or(Means::AFTER)) && !next.is(Means::LINK));
    let behind = match behind {
        [of, place @ ..] if of.is(Means::OF) => place,
        _ => behind,
    };
    ends_well(rest, at.saturating_add(1))
        || is_glued
        || behind.first().is_some_and(|next| next.kind == Kind::Word && next.has_gap && !next.is(COUNTED))
            && (behind.get(1).is_none_or(|sign| matches!(sign.kind, Kind::Sign(',' | '?' | '!' | '.')))
                || matches!(behind, [_, last] if last.is(Means::OF.or(Means::AFTER).or(Means::HERE))))
}
