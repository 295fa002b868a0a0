//! Mentions, commands, hashtags, cashtags and phone numbers.

use super::letters::{is_letter, is_name, is_tag, is_word};
use super::{Find, Walk};

/// Names of fewer than four characters that are mentions all the same (`TDLib`, `get_valid_short_usernames`).
const SHORT: [&str; 5] = ["gif", "nft", "pic", "ufc", "vid"];
/// Hashtags are cut off there (`TDLib`, `match_hashtags`).
const TAG_MAX: usize = 256;

/// `@name`, not inside a word.
pub(super) fn mentions(walk: &Walk, finds: &mut Vec<Find>) {
    for at in walk.places('@') {
        let to = walk.run(at + 1, is_name);
        let is_apart = !walk.before(at).is_some_and(is_word) && !walk.at(to).is_some_and(is_word);
        let is_long = match to - at - 1 {
            2..=3 => SHORT.contains(&walk.text(at + 1, to).to_ascii_lowercase().as_str()),
            length => (4..=32).contains(&length),
        };
        if is_apart && is_long {
            finds.push(Find { kind: "mention", from: at, to });
        }
    }
}

/// `/command` or `/command@bot`, not inside a word, a path or a tag.
pub(super) fn commands(walk: &Walk, finds: &mut Vec<Find>) {
    let is_bad = |c: char| is_word(c) || matches!(c, '/' | '<' | '>');
    for at in walk.places('/') {
        let mut to = walk.run(at + 1, is_name);
        let is_named = (1..=64).contains(&(to - at - 1));
        let mut is_whole = true;
        if walk.at(to) == Some('@') {
            let end = walk.run(to + 1, is_name);
            is_whole = (3..=32).contains(&(end - to - 1));
            to = end;
        }
        if is_named && is_whole && !walk.before(at).is_some_and(is_bad) && !walk.at(to).is_some_and(is_bad) {
            finds.push(Find { kind: "bot_command", from: at, to });
        }
    }
}

/// `#tag` with at least one letter, or `#tag@channel`.
pub(super) fn hashtags(walk: &Walk, finds: &mut Vec<Find>) {
    for at in walk.places('#') {
        let end = walk.run(at + 1, is_tag);
        let to = end.min(at + 1 + TAG_MAX);
        let has_letter = walk.run(at + 1, |c| !is_letter(c)) < to;
        if has_letter && !walk.before(at).is_some_and(is_tag) && walk.at(end) != Some('#') {
            let to = if to == end { with_channel(walk, to) } else { to };
            finds.push(Find { kind: "hashtag", from: at, to });
        }
    }
}

/// `$USD`: one to eight capitals, or `$1INCH`.
pub(super) fn cashtags(walk: &Walk, finds: &mut Vec<Find>) {
    let is_bad = |c: char| c == '$' || is_tag(c);
    for at in walk.places('$') {
        let is_inch = walk.text(at + 1, at + 6) == "1INCH";
        let to = if is_inch { at + 6 } else { walk.run(at + 1, |c| c.is_ascii_uppercase()) };
        let fits = (1..=8).contains(&(to - at - 1));
        if fits && !walk.before(at).is_some_and(is_bad) && !walk.at(to).is_some_and(is_bad) {
            finds.push(Find { kind: "cashtag", from: at, to: with_channel(walk, to) });
        }
    }
}

/// The end of a tag, with the `@channel` that may follow it (Bot API, `MessageEntity`).
fn with_channel(walk: &Walk, to: usize) -> usize {
    if walk.at(to) != Some('@') {
        return to;
    }
    let end = walk.run(to + 1, is_name);
    if (3..=32).contains(&(end - to - 1)) && !walk.at(end).is_some_and(is_word) { end } else { to }
}

/// Phone numbers, by a rule of our own: 7 to 15 digits after a `+`, or 10 to 15 without one, in groups of at least two that
/// one blank, dash or pair of brackets keeps apart.
pub(super) fn phones(walk: &Walk, finds: &mut Vec<Find>) {
    let mut next = 0;
    while let Some(from) = (next..walk.0.len()).find(|at| walk.at(*at).is_some_and(|c| c.is_ascii_digit() || c == '+')) {
        let end = walk.run(from + 1, |c| c.is_ascii_digit() || matches!(c, ' ' | '-' | '(' | ')'));
        let to = walk.run_back(from + 1, end, |c| !c.is_ascii_digit());
        next = end.max(from + 1);
        let is_apart = |c: char| !is_word(c) && !matches!(c, '+' | '-' | '.' | ',' | '/' | ':');
        let number = walk.text(from, to);
        // What follows decides only if it touches: "5.5" is no number, "5. Then" ends one.
        let is_open = walk.before(from).is_none_or(is_apart) && (to < end || !walk.at(to).is_some_and(is_word));
        if is_open && is_phone(&number) {
            finds.push(Find { kind: "phone_number", from, to });
        }
    }
}

fn is_phone(number: &str) -> bool {
    let groups: Vec<usize> = number.split(|c: char| !c.is_ascii_digit()).map(str::len).filter(|length| *length > 0).collect();
    let digits: usize = groups.iter().sum();
    let has_double = ["  ", "--", "- ", " -"].iter().any(|pair| number.contains(pair));
    // After a `+` the country's code may be one digit.
    let is_grouped = |first: usize| !has_double && groups.iter().skip(first).all(|length| *length >= 2);
    if number.starts_with('+') {
        return (7..=15).contains(&digits) && is_grouped(1);
    }
    let is_mixed = number.contains(' ') && number.contains('-');
    (10..=15).contains(&digits) && !is_mixed && is_grouped(0)
}
