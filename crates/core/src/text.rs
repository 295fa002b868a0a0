//! Letters in typed text that nobody sees, as one list: what a person writes for strangers, and names.

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
    fn no_name_of_a_city_holds_an_unseen_letter_and_a_bio_loses_it() {
        for letter in UNSEEN {
            assert!(is_unseen(letter), "{letter:?}");
            assert_eq!(City::new(&format!("Pu{letter}ne")), None, "{letter:?}");
            assert_eq!(Bio::new(&format!("te{letter}a")).unwrap().as_str(), "tea", "{letter:?}");
        }
    }

    #[test]
    fn letters_that_shape_others_are_kept_where_they_do() {
        for letter in ['\u{200c}', '\u{200d}', '\u{fe00}', '\u{fe0f}'] {
            assert!(is_shaping(letter) && !is_unseen(letter), "{letter:?}");
            assert_eq!(City::new(&format!("Pu{letter}ne")), None, "{letter:?}");
        }
        assert_eq!(Bio::new("❤\u{fe0f} क्\u{200d}ष").unwrap().as_str(), "❤\u{fe0f} क्\u{200d}ष");
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
