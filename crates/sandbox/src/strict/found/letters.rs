//! Characters as the finders tell them apart: letters, parts of words, parts of links.
//! Source: `MessageEntity.cpp` of `TDLib`, with the categories of Unicode.

/// A letter. Vowel signs and other marks are none, although Rust calls them alphabetic.
pub(super) fn is_letter(c: char) -> bool {
    c.is_alphabetic() && !c.is_numeric() && !is_mark(c)
}

/// A letter, a digit of any script, or an underscore.
pub(super) fn is_word(c: char) -> bool {
    c == '_' || c.is_numeric() || is_letter(c)
}

/// A character of a mention or a command.
pub(super) fn is_name(c: char) -> bool {
    c == '_' || c.is_ascii_alphanumeric()
}

/// A character of a hashtag.
pub(super) fn is_tag(c: char) -> bool {
    matches!(c, '\u{b7}' | '\u{200c}' | '\u{d80}'..='\u{dff}') || is_word(c)
}

/// A character of the host in a link.
pub(super) fn is_host(c: char) -> bool {
    if c < '\u{c0}' { is_name(c) || matches!(c, '.' | '-' | '~') } else { is_linked(c) }
}

/// A character of what may stand before the `@` of a link.
pub(super) fn is_user(c: char) -> bool {
    !matches!(c, '\n' | '/' | '[' | ']' | '{' | '}' | '(' | ')' | '\'' | '`' | '<' | '>' | '"' | '@' | '«' | '»') && is_linked(c)
}

/// A character of what follows the host of a link.
pub(super) fn is_path(c: char) -> bool {
    !matches!(c, '\n' | '<' | '>' | '"' | '«' | '»') && is_linked(c)
}

/// A character of a scheme such as `https`. Letters beyond ASCII count, so that a scheme with them is found and refused.
pub(super) fn is_scheme(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphanumeric() || matches!(c, '+' | '-') } else { !c.is_whitespace() }
}

/// No blank, and of the general punctuation only joiners and dashes.
fn is_linked(c: char) -> bool {
    match c {
        '\u{2000}'..='\u{206f}' => matches!(c, '\u{200c}' | '\u{200d}' | '\u{2010}'..='\u{2015}'),
        _ => !c.is_whitespace(),
    }
}

/// Marks of the scripts that most people write: Hebrew, Arabic, those of India, Thai, Lao.
/// The blocks of India lie alike: 128 places each, the signs at the same ones.
fn is_mark(c: char) -> bool {
    match c {
        '\u{591}'..='\u{5c7}'
        | '\u{610}'..='\u{61a}'
        | '\u{64b}'..='\u{65f}'
        | '\u{670}'
        | '\u{6d6}'..='\u{6dc}'
        | '\u{6df}'..='\u{6e4}'
        | '\u{6e7}'
        | '\u{6e8}'
        | '\u{6ea}'..='\u{6ed}'
        | '\u{a70}'
        | '\u{a71}'
        | '\u{e31}'
        | '\u{e34}'..='\u{e3a}'
        | '\u{e47}'..='\u{e4e}'
        | '\u{eb1}'
        | '\u{eb4}'..='\u{ebc}'
        | '\u{ec8}'..='\u{ece}' => true,
        '\u{900}'..='\u{d7f}' => {
            matches!(u32::from(c) % 0x80, 0x00..=0x03 | 0x3a..=0x3c | 0x3e..=0x4d | 0x4f | 0x51..=0x53 | 0x57 | 0x62 | 0x63)
        }
        _ => false,
    }
}
