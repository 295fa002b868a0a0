//! Decimal digits of all scripts.

/// The zero of each script's decimal digits, in order; nine more follow each (Unicode 16, general category `Nd`).
#[rustfmt::skip]
const ZEROS: [char; 76] = [
    '\u{30}', '\u{660}', '\u{6f0}', '\u{7c0}', '\u{966}', '\u{9e6}', '\u{a66}', '\u{ae6}', '\u{b66}', '\u{be6}', '\u{c66}',
    '\u{ce6}', '\u{d66}', '\u{de6}', '\u{e50}', '\u{ed0}', '\u{f20}', '\u{1040}', '\u{1090}', '\u{17e0}', '\u{1810}',
    '\u{1946}', '\u{19d0}', '\u{1a80}', '\u{1a90}', '\u{1b50}', '\u{1bb0}', '\u{1c40}', '\u{1c50}', '\u{a620}', '\u{a8d0}',
    '\u{a900}', '\u{a9d0}', '\u{a9f0}', '\u{aa50}', '\u{abf0}', '\u{ff10}', '\u{104a0}', '\u{10d30}', '\u{10d40}', '\u{11066}',
    '\u{110f0}', '\u{11136}', '\u{111d0}', '\u{112f0}', '\u{11450}', '\u{114d0}', '\u{11650}', '\u{116c0}', '\u{116d0}',
    '\u{116da}', '\u{11730}', '\u{118e0}', '\u{11950}', '\u{11bf0}', '\u{11c50}', '\u{11d50}', '\u{11da0}', '\u{11f50}',
    '\u{16130}', '\u{16a60}', '\u{16ac0}', '\u{16b50}', '\u{16d70}', '\u{1ccf0}', '\u{1d7ce}', '\u{1d7d8}', '\u{1d7e2}',
    '\u{1d7ec}', '\u{1d7f6}', '\u{1e140}', '\u{1e2f0}', '\u{1e4f0}', '\u{1e5f1}', '\u{1e950}', '\u{1fbf0}',
];

/// Returns the value of a decimal digit of any script, 0 to 9; `None` for any other letter.
pub fn digit(letter: char) -> Option<u32> {
    let below = ZEROS.partition_point(|zero| *zero <= letter);
    let zero = ZEROS.get(below.checked_sub(1)?)?;
    u32::from(letter).checked_sub(u32::from(*zero)).filter(|value| *value < 10)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn digits_of_every_script_have_their_value() {
        assert!(ZEROS.is_sorted());
        for (text, value) in [("0٠۰०๐０", 0), ("4٤۴४௪৪๔４", 4), ("9٩۹९௯৯๙９𝟗𝟿", 9)] {
            assert!(text.chars().all(|letter| digit(letter) == Some(value)), "{text}");
        }
        for letter in ['a', '²', '½', '四', 'Ⅳ', '٪', ':', '/'] {
            assert_eq!(digit(letter), None, "{letter}");
        }
    }

    proptest! {
        #[test]
        fn no_decimal_digit_is_left_out(text in "\\p{Nd}{40}") {
            prop_assert!(text.chars().all(|letter| digit(letter).is_some()), "{text}");
        }
    }
}
