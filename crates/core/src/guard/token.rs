//! A folded text in tokens: words, numbers and signs, each with what it means and where it stands.

use std::ops::Range;

use unicode_normalization::char::canonical_combining_class;

use super::folded::{Letter, fold};
use super::words::{Entry, Means, WORDS};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    Number,
    Sign(char),
}

/// One token.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// Folded; a phrase is one token with spaces inside.
    pub(super) text: String,
    pub(super) means: Means,
    /// Of a number, or of a word that is one.
    pub(super) value: Option<u32>,
    /// How many words the longest phrase has that begins with it.
    pub(super) leads: usize,
    /// Whether white space stands before it.
    pub(super) has_gap: bool,
    /// Whether a line begins with it.
    pub(super) is_first: bool,
    /// Where it stands in the text, in bytes.
    pub(super) at: Range<usize>,
}

impl Token {
    /// Reports whether it means this.
    pub(super) fn is(&self, means: Means) -> bool {
        self.means.is(means)
    }

    /// Reports whether it is this sign.
    pub(super) fn is_sign(&self, sign: char) -> bool {
        self.kind == Kind::Sign(sign)
    }

    /// Reports whether a name can be made of it.
    pub(super) fn is_name(&self) -> bool {
        matches!(self.kind, Kind::Word | Kind::Number)
    }

    /// How many letters or digits it has.
    pub(super) fn length(&self) -> usize {
        self.text.chars().count()
    }
}

/// Where the text stands that holds the token at this place and no white space.
pub(super) fn chunk_at(tokens: &[Token], at: usize) -> Range<usize> {
    let first = tokens.get(..=at).unwrap_or_default().iter().rev().find(|token| token.has_gap).or_else(|| tokens.first());
    let behind = tokens.get(at..).unwrap_or_default();
    let last = behind.iter().take(1).chain(behind.iter().skip(1).take_while(|token| !token.has_gap)).last();
    first.map_or(0, |token| token.at.start)..last.map_or(0, |token| token.at.end)
}

/// Letters, and marks that some scripts write after them.
fn is_letter(letter: char) -> bool {
    letter.is_alphabetic() || canonical_combining_class(letter) == 9
}

/// Reads a text of any kind.
pub(super) fn read(text: &str) -> Vec<Token> {
    let letters = fold(text);
    let mut tokens: Vec<Token> = Vec::new();
    let (mut has_gap, mut is_first) = (true, true);
    let mut rest = letters.as_slice();
    while let [first, after @ ..] = rest {
        let count = match first.is {
            ' ' | '\n' => {
                has_gap = true;
                is_first |= first.is == '\n';
                rest = after;
                continue;
            }
            letter if letter.is_ascii_digit() => run(rest, |next, _| next.is.is_ascii_digit()),
            letter if is_letter(letter) => {
                run(rest, |next, after| is_letter(next.is) || (next.is == '\'' && after.is_some_and(|after| is_letter(after.is))))
            }
            _ => 1,
        };
        let (mine, left) = rest.split_at_checked(count).unwrap_or((rest, &[]));
        let kind = match first.is {
            letter if letter.is_ascii_digit() => Kind::Number,
            letter if is_letter(letter) => Kind::Word,
            sign => Kind::Sign(sign),
        };
        let word: String = mine.iter().map(|letter| letter.is).filter(|&letter| mine.len() == 1 || letter != '\'').collect();
        let end = left.first().map_or(text.len(), |next| next.at);
        let at = first.at..text.get(..end).map_or(end, |before| before.trim_end().len()).max(first.at);
        let Entry { means, value, leads } = match kind {
            Kind::Word => meaning(&word),
            Kind::Number => Entry {
                means: Means::NUMBER,
                value: word.parse().ok(),
                leads: WORDS.find_whole(&word).map_or(0, |entry| entry.leads),
            },
            Kind::Sign(_) => Entry::default(),
        };
        tokens.push(Token { kind, text: word, means, value, leads, has_gap, is_first, at });
        (has_gap, is_first) = (false, false);
        rest = left;
    }
    join(&tokens)
}

/// How many letters at the front go on as the first began; each is asked together with the one behind it.
fn run(letters: &[Letter], goes_on: impl Fn(Letter, Option<Letter>) -> bool) -> usize {
    let nexts = letters.iter().skip(1).copied().map(Some).chain([None]);
    1_usize.saturating_add(letters.iter().zip(nexts).skip(1).take_while(|(letter, next)| goes_on(**letter, *next)).count())
}

/// A word's own meaning, or that of the word without the article or "and" that Arabic writes in front of it.
fn meaning(word: &str) -> Entry {
    let mut entry = WORDS.find(word);
    for prefix in ["و", "ال", "وال", "بال", "ب", "عال", "لل", "ل"] {
        if entry.means == Means::NOTHING
            && let Some(rest) = word.strip_prefix(prefix)
            && rest.chars().count() > 2
        {
            entry = Entry { leads: entry.leads, ..WORDS.find(rest) };
        }
    }
    entry
}

/// Makes phrases that the lists hold one token each, the longest first.
fn join(tokens: &[Token]) -> Vec<Token> {
    let mut joined: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut rest = tokens;
    while let [first, after @ ..] = rest {
        let longest = (2..=first.leads).rev().find_map(|count| {
            let phrase = rest.get(..count)?;
            // "16th" is two tokens.
            let is_apart = |token: &Token| token.has_gap || (first.kind == Kind::Number && token.kind == Kind::Word);
            let is_whole = first.is_name() && after.iter().take(count - 1).all(|token| token.is_name() && is_apart(token));
            let text = is_whole.then(|| phrase.iter().map(|token| token.text.as_str()).collect::<Vec<_>>().join(" "))?;
            let entry = WORDS.find_whole(&text)?;
            Some((count, text, entry))
        });
        if let Some((count, text, entry)) = longest {
            let end = rest.get(count - 1).map_or(first.at.end, |last| last.at.end);
            joined.push(Token {
                kind: Kind::Word,
                text,
                means: entry.means,
                value: entry.value,
                at: first.at.start..end,
                ..first.clone()
            });
            rest = rest.get(count..).unwrap_or_default();
        } else {
            joined.push(first.clone());
            rest = after;
        }
    }
    joined
}
