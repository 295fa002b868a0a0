//! Typed text: the letters in it that nobody sees, as one list, how it is tidied to be shown, and how it is folded to be
//! compared.

mod digit;
mod lookalike;

pub use digit::digit;
pub use lookalike::lookalike;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::canonical_combining_class;

/// Reports a letter without a shape of its own that no text needs: controls, direction marks, fillers, tags, letters of
/// private use (Unicode 16: `Cc`, `Co` of the basic plane, U+2800 and most of `Default_Ignorable_Code_Point`).
///
/// White space is none of them, nor are letters that shape their neighbors, for which see [`is_shaping`].
pub fn is_unseen(letter: char) -> bool {
    (letter.is_control() && !letter.is_whitespace())
        || is_direction_mark(letter)
        || matches!(letter,
            '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'
            | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{e000}'..='\u{f8ff}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// Reports a mark that turns the direction of writing, or says which it is.
pub const fn is_direction_mark(letter: char) -> bool {
    matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Reports joiners and variation selectors: nobody sees them, but some scripts and pictures need them.
pub const fn is_shaping(letter: char) -> bool {
    is_joiner(letter) || matches!(letter, '\u{fe00}'..='\u{fe0f}')
}

/// Reports U+200C and U+200D, which keep their neighbors apart or join them.
pub const fn is_joiner(letter: char) -> bool {
    matches!(letter, '\u{200c}' | '\u{200d}')
}

/// Removes what cannot be seen and collapses white space. Joiners stay between letters and pictures, which need them.
pub fn tidy(text: &str) -> String {
    let letters: Vec<char> = text.chars().filter(|&letter| !is_unseen(letter)).collect();
    let mut kept = String::with_capacity(text.len());
    let mut is_gap = false;
    for (at, &letter) in letters.iter().enumerate() {
        if letter.is_whitespace() {
            is_gap = true;
            continue;
        }
        if is_joiner(letter) {
            let joins = |other: Option<&char>| {
                other.is_some_and(|other| !other.is_ascii() && !is_joiner(*other) && !other.is_whitespace())
            };
            let before = at.checked_sub(1).and_then(|at| letters.get(at));
            if !joins(before) || !joins(letters.get(at.saturating_add(1))) {
                continue;
            }
        }
        if std::mem::take(&mut is_gap) && !kept.is_empty() {
            kept.push(' ');
        }
        kept.push(letter);
    }
    kept
}

/// Folds a name to the form in which names are compared: without case, accents, joiners and other letters that nobody sees,
/// compatibility forms alike, signs as single spaces. May be empty; never for showing.
pub fn fold(text: &str) -> String {
    let plain: String = text
        .nfkd()
        .filter(|&letter| !is_accent(letter) && !is_unseen(letter) && !is_shaping(letter))
        .flat_map(uncased)
        .filter(|letter| !matches!(letter, '’' | '\'' | '.' | '॰' | '\u{640}'))
        .map(|letter| match unlike(letter) {
            '&' | '-' | '(' | ')' | ',' | '/' | '\u{2010}'..='\u{2015}' => ' ',
            other => other,
        })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Reports a mark that changes no meaning. Marks of class 9 (virama) and 0 (vowel signs) carry meaning in Indian scripts,
/// those of class 8 (voicing) in kana; the others are accents.
fn is_accent(letter: char) -> bool {
    !matches!(canonical_combining_class(letter), 0 | 8 | 9)
}

/// There and back: ß is SS, and a final sigma is one like any other.
fn uncased(letter: char) -> impl Iterator<Item = char> {
    letter.to_uppercase().flat_map(char::to_lowercase)
}

/// Letters that are spelled in two ways, by habit or by keyboard.
const fn unlike(letter: char) -> char {
    match letter {
        'ø' => 'o',
        'ł' => 'l',
        'đ' => 'd',
        // Two spellings of the same nasal: हिंदी, हिन्दी.
        'ँ' => 'ं',
        // Keyboards of Persian and Urdu have letters of their own for these two.
        'ی' | 'ى' => 'ي',
        'ک' => 'ك',
        other => other,
    }
}

/// Hands over a decomposed letter as names are compared ([`fold`]), without case, accent and spelling of its keyboard, or
/// nothing. Signs stay.
pub(crate) fn for_each_plain(letter: char, mut take: impl FnMut(char)) {
    if is_accent(letter) || is_unseen(letter) || is_shaping(letter) || matches!(letter, '\u{640}' | '\u{20e3}') {
        return;
    }
    uncased(letter).filter(|&letter| !is_accent(letter)).map(unlike).for_each(&mut take);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::person::{Bio, City};

    /// One letter of each row of the list.
    const UNSEEN: [char; 24] = [
        '\0',
        '\u{7f}',
        '\u{ad}',
        '\u{34f}',
        '\u{61c}',
        '\u{115f}',
        '\u{17b5}',
        '\u{180e}',
        '\u{200b}',
        '\u{200e}',
        '\u{202e}',
        '\u{2060}',
        '\u{2069}',
        '\u{206f}',
        '\u{2800}',
        '\u{3164}',
        '\u{e000}',
        '\u{feff}',
        '\u{ffa0}',
        '\u{fff9}',
        '\u{fffb}',
        '\u{1bca0}',
        '\u{1d173}',
        '\u{e0041}',
    ];

    #[test]
    fn cities_and_bios_lose_unseen_letters() {
        for letter in UNSEEN {
            assert!(is_unseen(letter), "{letter:?}");
            assert_eq!(City::new(&format!("Pu{letter}ne")).unwrap().as_str(), "Pune", "{letter:?}");
            assert_eq!(Bio::new(&format!("te{letter}a")).unwrap().as_str(), "tea", "{letter:?}");
        }
    }

    #[test]
    fn letters_that_shape_others_are_kept_where_they_do() {
        for letter in ['\u{200c}', '\u{200d}', '\u{fe00}', '\u{fe0f}'] {
            assert!(is_shaping(letter) && !is_unseen(letter), "{letter:?}");
            assert_eq!(City::new(&format!("Pu{letter}ne")).unwrap().as_str(), "Pune", "{letter:?}");
        }
        assert_eq!(Bio::new("❤\u{fe0f} क्\u{200d}ष").unwrap().as_str(), "❤\u{fe0f} क्\u{200d}ष");
    }

    #[test]
    fn folded_names_differ_by_nothing_that_a_keyboard_decides() {
        for (one, other) in [
            ("São Paulo", "Sa\u{303}o Paulo"),
            ("São Paulo", "são  PAULO"),
            ("São Paulo", "sao paulo"),
            ("नई दिल्ली", "नई\u{200d} दिल्ली"),
            ("نجف\u{200c}آباد", "نجفآباد"),
            ("كركوك", "کرکوک"),
            ("تل أبيب", "\u{2067}تل أبيب\u{2069}"),
            ("İstanbul", "istanbul"),
            ("DIYARBAKIR", "dıyarbakır"),
            ("Straße", "STRASSE"),
            ("Saint-Denis", "saint denis"),
            ("ＰＵＮＥ", "Pune"),
            ("Київ", "КИЇВ"),
            ("ながさき", "なか\u{3099}さき"),
            ("ガ", "ｶﾞ"),
        ] {
            assert_eq!(fold(one), fold(other), "{one} {other}");
        }
        assert_ne!(fold("Pune"), fold("Puno"));
        assert_ne!(fold("か"), fold("が"));
        assert_ne!(fold("は"), fold("ぱ"));
        assert_eq!((fold(""), fold("'\u{200e}")), (String::new(), String::new()));
    }

    #[test]
    fn what_was_taken_before_the_lists_became_one_can_still_be_read() {
        for letter in ['\u{2800}', '\u{fff9}', '\u{e000}'] {
            let city = City::from_stored(&format!("Pu{letter}ne")).unwrap();
            assert_eq!(city.as_str().chars().nth(2), Some(letter));
        }
        let bio = Bio::from_stored("te\u{1bca0}a").unwrap();
        assert_eq!(bio.as_str(), "te\u{1bca0}a");
        assert_eq!((City::from_stored(""), City::from_stored("Pu\nne")), (None, None));
        assert_eq!((Bio::from_stored(""), Bio::from_stored("te\na")), (None, None));
    }
}
