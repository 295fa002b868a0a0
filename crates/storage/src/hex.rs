//! Bytes written as hexadecimal digits.

/// Reads pairs of digits of either case; `None` for anything else.
pub(crate) fn read(digits: &str) -> Option<Vec<u8>> {
    let (pairs, []) = digits.as_bytes().as_chunks::<2>() else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    pairs.iter().map(|&[high, low]| Some(digit(high)? << 4 | digit(low)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn pairs_of_digits_are_read_and_nothing_else() {
        assert_eq!(read("00fFa5"), Some(vec![0x00, 0xff, 0xa5]));
        assert_eq!(read(""), Some(Vec::new()));
        for bad in ["a", "abc", "+5", " 5", "0x", "zz", "५५"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
