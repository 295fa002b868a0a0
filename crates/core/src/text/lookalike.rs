//! Letters of other scripts that look like Latin ones.

/// Letters beside the Latin letter they look like, in lower case and without accents, in the order of their numbers.
#[rustfmt::skip]
const LOOKALIKES: [(char, char); 69] = [
    ('ı', 'i'), ('ƒ', 'f'), ('ɑ', 'a'), ('ɡ', 'g'), ('ɢ', 'g'), ('ɩ', 'i'), ('ɪ', 'i'), ('ɴ', 'n'), ('ʀ', 'r'), ('ʏ', 'y'),
    ('ʙ', 'b'), ('ʜ', 'h'), ('ʟ', 'l'), ('α', 'a'), ('ε', 'e'), ('η', 'h'), ('ι', 'i'), ('κ', 'k'), ('μ', 'm'), ('ν', 'n'),
    ('ο', 'o'), ('ρ', 'p'), ('τ', 't'), ('υ', 'y'), ('χ', 'x'), ('ϲ', 'c'), ('ϳ', 'j'), ('а', 'a'), ('в', 'b'), ('е', 'e'),
    ('к', 'k'), ('м', 'm'), ('н', 'h'), ('о', 'o'), ('р', 'p'), ('с', 'c'), ('т', 't'), ('у', 'y'), ('х', 'x'), ('ѕ', 's'),
    ('і', 'i'), ('ј', 'j'), ('ү', 'y'), ('ұ', 'y'), ('һ', 'h'), ('ӏ', 'l'), ('ԁ', 'd'), ('ԛ', 'q'), ('ԝ', 'w'), ('օ', 'o'),
    ('ᴀ', 'a'), ('ᴄ', 'c'), ('ᴅ', 'd'), ('ᴇ', 'e'), ('ᴊ', 'j'), ('ᴋ', 'k'), ('ᴍ', 'm'), ('ᴏ', 'o'), ('ᴘ', 'p'), ('ᴛ', 't'),
    ('ᴜ', 'u'), ('ᴠ', 'v'), ('ᴡ', 'w'), ('ᴢ', 'z'), ('ꜰ', 'f'), ('ꜱ', 's'), ('ꞌ', '\''), ('ꭰ', 'd'), ('ꮖ', 'i'),
];

/// Returns the Latin letter that a folded letter looks like, or the letter itself.
///
/// Cyrillic and Greek letters are taken by their capitals, so that a text means the same in either case: `в` is `b`, `н` is `h`.
pub fn lookalike(letter: char) -> char {
    if letter.is_ascii() {
        return letter;
    }
    match LOOKALIKES.binary_search_by_key(&letter, |&(other, _)| other) {
        Ok(at) => LOOKALIKES.get(at).map_or(letter, |&(_, latin)| latin),
        Err(_) => letter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_that_look_alike_are_one() {
        assert!(LOOKALIKES.is_sorted_by_key(|&(letter, _)| letter));
        for (letter, latin) in [('а', 'a'), ('н', 'h'), ('ο', 'o'), ('ꜱ', 's'), ('ж', 'ж'), ('ا', 'ا'), ('z', 'z')] {
            assert_eq!(lookalike(letter), latin, "{letter}");
        }
    }
}
