//! Links with and without a scheme, e-mail addresses, and links into Telegram itself.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::letters::{is_host, is_path, is_scheme, is_user, is_word};
use super::{Find, Walk};

/// The top-level domains of the root zone in 2023; without a scheme only these make a link.
static DOMAINS: LazyLock<BTreeSet<&str>> = LazyLock::new(|| include_str!("tlds.txt").split_whitespace().collect());
/// A link does not end with these.
const LOOSE: [char; 9] = ['.', ':', ';', ',', '(', '\'', '?', '!', '`'];
/// Schemes that make a link, each with those that end like it and make none.
const SCHEMES: [(&str, &[&str]); 3] = [("https", &[]), ("http", &["shttp"]), ("ftp", &["tftp", "sftp"])];

/// `tg://…` and `ton://…`.
pub(super) fn own(walk: &Walk, finds: &mut Vec<Find>) {
    let mut done = 0;
    for colon in walk.places(':') {
        let scheme = ["tg", "ton"].into_iter().find(|scheme| {
            let from = colon.checked_sub(scheme.len());
            from.is_some_and(|from| from >= done && walk.text(from, colon).eq_ignore_ascii_case(scheme))
        });
        let Some(scheme) = scheme.filter(|_| walk.text(colon + 1, colon + 3) == "//") else {
            continue;
        };
        let host = colon + 3;
        let end = walk.run(host, |c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')).min(host + 253);
        if end > host {
            done = with_path(walk, end);
            finds.push(Find { kind: "url", from: colon - scheme.len(), to: done });
        }
    }
}

/// Links and addresses around a dot.
pub(super) fn usual(walk: &Walk, finds: &mut Vec<Find>) {
    let mut next = 0;
    let is_dot = |at: &usize| walk.at(*at) == Some('.');
    while let Some(dot) = (next..walk.0.len()).find(is_dot) {
        let (from, to, is_bad) = around(walk, next, dot);
        if is_bad {
            // The next part of the same host may still be a link.
            next = walk.run_back(dot, to, |c| c != '.').max(dot + 1);
            continue;
        }
        if to > dot + 1 {
            finds.extend(judge(walk, from, to));
        }
        next = walk.run(to, |c| c == '.').max(dot + 1);
    }
}

/// The longest link around a dot, and whether something before it spoils it.
fn around(walk: &Walk, first: usize, dot: usize) -> (usize, usize, bool) {
    let mut from = walk.run_back(first, dot, is_host);
    let host_end = walk.run(dot, |c| c == '@' || is_host(c));
    let has_at = walk.text(dot, host_end).contains('@');
    if has_at {
        from = walk.run_back(first, from, is_user);
    }
    let mut to = with_path(walk, with_port(walk, host_end));
    while to > dot + 1 && walk.before(to) == Some('.') {
        to -= 1;
    }
    let mut is_bad = false;
    if from > first && walk.before(from) == Some('@') {
        let user = walk.run_back(first, from - 1, is_user);
        is_bad = has_at || user == from - 1;
        from = user;
    }
    if from == first {
        return (from, to, is_bad);
    }
    if from >= first + 6 && walk.text(from - 3, from) == "://" {
        let scheme = walk.text(walk.run_back(first, from - 3, is_scheme), from - 3).to_lowercase();
        let known = SCHEMES.iter().find(|(known, other)| scheme.ends_with(known) && !other.contains(&scheme.as_str()));
        return match known {
            Some((known, _)) => (from - 3 - known.len(), to, is_bad),
            None => (from, to, true),
        };
    }
    let is_joined = walk.before(from).is_some_and(|c| is_word(c) || matches!(c, '/' | '#' | '@'));
    (from, to, is_bad || is_joined)
}

/// The end of a host, with the port that may follow it.
fn with_port(walk: &Walk, end: usize) -> usize {
    if walk.at(end) != Some(':') {
        return end;
    }
    let to = walk.run(end + 1, |c| c.is_ascii_digit());
    let port = walk.text(end + 1, to).trim_start_matches('0').parse::<u16>();
    if port.is_ok() { to } else { end }
}

/// The end of a host, with the path, query or fragment that may follow it.
fn with_path(walk: &Walk, end: usize) -> usize {
    let Some(mark) = walk.at(end).filter(|c| matches!(c, '/' | '?' | '#')) else {
        return end;
    };
    let to = walk.run(end + 1, is_path);
    let to = walk.run_back(end + 1, to, |c| LOOSE.contains(&c));
    if mark == '/' || to > end + 1 { to } else { end }
}

/// What the characters between two places are: an address, a link, or neither.
fn judge(walk: &Walk, from: usize, to: usize) -> Option<Find> {
    let text = walk.text(from, to);
    if is_email(&text) {
        return Some(Find { kind: "email", from, to });
    }
    if text.strip_prefix("mailto:").is_some_and(is_email) {
        return Some(Find { kind: "email", from: from + "mailto:".len(), to });
    }
    kept(&text).map(|length| Find { kind: "url", from, to: from + length })
}

/// How many characters of a link stay; `None` if it is none.
fn kept(url: &str) -> Option<usize> {
    let after = |scheme: &str| {
        let (head, rest) = url.split_at_checked(scheme.len() + 3)?;
        (head.to_ascii_lowercase() == format!("{scheme}://")).then_some(rest)
    };
    let rest = SCHEMES.iter().find_map(|(scheme, _)| after(scheme));
    let whole = rest.unwrap_or(url);
    let (authority, path) = whole.split_at(whole.find(['/', '?', '#']).unwrap_or(whole.len()));
    let host = authority.split_once('@').map_or(authority, |(_, host)| host);
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
    is_domain(host, rest.is_some()).then(|| url.chars().count() - path.chars().count() + balanced(path))
}

/// How many characters of a path stay: up to a bracket that closes what it did not open, without loose ends.
fn balanced(path: &str) -> usize {
    let mut open = [0_i32; 3];
    let kept: Vec<char> = path
        .chars()
        .take_while(|c| {
            for ((opening, closing), depth) in [('(', ')'), ('[', ']'), ('{', '}')].iter().zip(&mut open) {
                *depth += i32::from(c == opening) - i32::from(c == closing);
            }
            open.iter().all(|depth| *depth >= 0)
        })
        .collect();
    kept.len() - kept.iter().rev().take_while(|c| LOOSE.contains(c)).count()
}

fn is_domain(host: &str, has_scheme: bool) -> bool {
    let parts: Vec<&str> = host.split('.').collect();
    let [.., second, top] = parts.as_slice() else {
        return false;
    };
    if parts.iter().any(|part| part.is_empty() || part.len() >= 64 || part.ends_with('-')) {
        return false;
    }
    if parts.len() == 4 && parts.iter().all(|part| is_octet(part)) {
        return true;
    }
    if host.chars().all(|c| c == '.' || c.is_ascii_digit()) || top.chars().count() < 2 || second.contains('_') {
        return false;
    }
    match top.strip_prefix("xn--") {
        Some(rest) => rest.len() >= 2 && rest.chars().all(|c| c.is_ascii_alphanumeric()),
        None => !top.contains(['_', '-']) && (has_scheme || is_known(top)),
    }
}

fn is_octet(part: &str) -> bool {
    let is_short = part.len() == 1 || !part.starts_with('0');
    is_short && part.chars().all(|c| c.is_ascii_digit()) && part.parse::<u8>().is_ok()
}

/// Whether a top-level domain is known. One that has capitals must begin with one.
fn is_known(top: &str) -> bool {
    let lower = top.to_lowercase();
    let is_odd = lower != top && lower.chars().next() == top.chars().next();
    !is_odd && DOMAINS.contains(lower.as_str())
}

/// Whether this is an e-mail address (`TDLib`, `is_email_address`).
fn is_email(text: &str) -> bool {
    let Some((user, host)) = text.split_once('@') else {
        return false;
    };
    let fits = |part: &str| part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    let users: Vec<&str> = user.split(['.', '+']).collect();
    let hosts: Vec<&str> = host.split('.').collect();
    let (Some((last, firsts)), Some((top, names))) = (users.split_last(), hosts.split_last()) else {
        return false;
    };
    let is_edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let is_name = |name: &&str| {
        (1..=30).contains(&name.len()) && fits(name) && is_edge(name.chars().next()) && is_edge(name.chars().next_back())
    };
    firsts.len() <= 10
        && firsts.iter().all(|part| part.len() <= 26 && fits(part))
        && (1..=35).contains(&last.len())
        && fits(last)
        && (1..=6).contains(&names.len())
        && names.iter().all(is_name)
        && (2..=8).contains(&top.len())
        && top.chars().all(|c| c.is_ascii_alphabetic())
}
