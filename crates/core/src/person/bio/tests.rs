//! What is taken, what is cleaned, what is refused.

use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation as _;

use super::*;
use crate::text::is_unseen;

#[track_caller]
fn taken(text: &str) -> String {
    Bio::new(text).unwrap_or_else(|refusal| panic!("{text:?}: {refusal}")).as_str().to_owned()
}

#[test]
fn plain_words_are_taken_and_tidied() {
    assert_eq!(taken("  I like\n\ttea,  rain  and 2 cats. "), "I like tea, rain and 2 cats.");
    assert_eq!(taken("a\0b\u{202e}c\u{200b}d\u{feff}e"), "abcde");
    assert_eq!(taken("मुझे चाय पसंद है।"), "मुझे चाय पसंद है।");
    // Joiners that shape letters and pictures stay, others go.
    assert_eq!(taken("क्\u{200d}ष 👩\u{200d}👧 a\u{200d}b \u{200d}x"), "क्\u{200d}ष 👩\u{200d}👧 ab x");
    for text in
        ["Born in 1999, 26 now", "I love Instagram art", "tg is fun", "Hello.Good day", "3.5 stars", "at 10:30", "e.g. tea"]
    {
        taken(text);
    }
}

#[test]
fn length_is_counted_as_people_count() {
    let family = "👩\u{200d}👩\u{200d}👧";
    assert!(Bio::new(&"क्षि".repeat(MAX_BIO_GRAPHEMES / 2)).is_ok());
    assert_eq!(taken(&family.repeat(80)).graphemes(true).count(), 80);
    assert!(Bio::new(&"a".repeat(MAX_BIO_GRAPHEMES)).is_ok());
    assert_eq!(Bio::new(&"a".repeat(201)), Err(BioRefusal::TooLong { graphemes: 201 }));
    assert!(matches!(Bio::new(&"e\u{301}".repeat(201)), Err(BioRefusal::TooLong { graphemes: 201 })));
    // One character under a thousand marks is one grapheme cluster and still too long.
    assert_eq!(Bio::new(&format!("a{}", "\u{301}".repeat(1_100))), Err(BioRefusal::TooLong { graphemes: 1 }));
    for empty in ["", " \n ", "\u{200b}\u{202e}", "\u{200d}"] {
        assert_eq!(Bio::new(empty), Err(BioRefusal::Empty), "{empty:?}");
    }
}

#[test]
fn links_handles_addresses_and_numbers_are_refused() {
    for text in [
        "find me @ravi_k",
        "@ ravi_k",
        "＠ｒａｖｉ_k",
        "mail ravi@example.org",
        "t.me/ravi",
        "t . me / ravi",
        "see https://x.example",
        "www.ravi",
        "ravi dot com",
        "ravi(dot)in",
        "ｒａｖｉ．ｃｏｍ",
        "ravi。com",
        "insta: ravi",
        "My IG - ravi",
        "snap id ravi",
        "+91 98765 43210",
        "98-765-43 210",
        "९८७६५४३२१०",
        "9\u{200d}8\u{200d}7\u{200d}6\u{200d}5\u{200d}4\u{200d}3",
        "９８７６５４３",
    ] {
        assert_eq!(Bio::new(text), Err(BioRefusal::NamesSomebody), "{text}");
    }
}

proptest! {
    #[test]
    fn whatever_is_taken_keeps_every_promise(text in "\\PC{0,80}|.{0,240}") {
        if let Ok(bio) = Bio::new(&text) {
            let kept = bio.as_str();
            prop_assert!((1..=MAX_BIO_GRAPHEMES).contains(&kept.graphemes(true).count()));
            prop_assert!(!kept.contains(char::is_control) && !kept.contains(is_unseen), "{kept:?}");
            prop_assert!(!names_somebody(kept));
            prop_assert_eq!(Bio::from_stored(kept), Some(bio.clone()), "what is stored can be read");
            prop_assert_eq!(Bio::new(kept), Ok(bio));
        }
    }
}
