//! What the guard finds in its corpora, and that they are what they were when its rules were written.

#![expect(clippy::unwrap_used, reason = "the corpora lie in the repository")]

#[path = "guard/corpus.rs"]
mod corpus;

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

/// The lists that were set aside before the rules that they measure, with their SHA-256 and their number of lines.
const SET_ASIDE: [(&str, &str, usize); 10] = [
    ("age/claims.aside", "11df7fd560307497a44312aae75f739c5f143c7a01f226938a3ff07ad7b1aefd", 130),
    ("age/claims.blind", "8406742151a26462c585e4b761c4f91d5be2168feba58a8e60b9ae4c40e45659", 104),
    ("age/claims.fresh", "48b55211119de8e0011d6b577d7f29979b74b033f2412eb024e7dc0a8ad7f58d", 208),
    ("age/claims.setaside", "a8445c67939a6281df150064efbb206e25e29f021b49b108aedcc8f46313217f", 181),
    ("age/clean.aside", "aeda08f1607a9452c9620b119afc73cf722fa749f25cf91c5fac5906bcc03e04", 606),
    ("age/clean.blind", "0d4a568a1d11f0fc83f3e4b043e0afed6347ca89d872cf831ffe03248c8bd99a", 520),
    ("age/clean.fresh", "f2f077919e8707d087edbdb16cd023a1cd2d9f2e576c2fb75f611153ad55e9da", 1_020),
    ("age/clean.setaside", "07f91e488b9d1846a1dccf5e62f0e44a2da5b991dc91b619e2cd07e07a11a27e", 775),
    ("leaks/clean.setaside", "d85048e8863d7a3b92bb1d50bf80b5586cc79113aeb9eea24588423ac9f87066", 692),
    ("leaks/leaks.setaside", "0e09a06a773ac3c83d6d81c6bc83e39fb77231a1fdf57e36516fffb6f07250af", 207),
];

#[test]
fn the_part_set_aside_is_what_it_was_before_the_rules() {
    for (list, sum, lines) in SET_ASIDE {
        let bytes = std::fs::read(corpus::path(list)).unwrap();
        let hex = Sha256::digest(&bytes).iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        assert_eq!(hex, sum, "{list}");
        let read = corpus::read(list);
        assert_eq!(read.len(), lines, "{list}");
        assert!(read.iter().all(|line| !line.kind.is_empty()), "{list}");
        for language in ["en", "hi", "es", "pt", "ru", "uk", "id", "ar"] {
            assert!(read.iter().any(|line| line.language == language && !line.text.is_empty()), "{list}: {language}");
        }
    }
}

/// Holds the figures of a part of the lists.
#[track_caller]
fn check(question: corpus::Question, part: &str, (least_caught, most_wrong): (f64, f64)) {
    let measured = corpus::measure(question, part);
    let mut misses: BTreeMap<(&str, String, String), u32> = BTreeMap::new();
    for (what, line) in measured.misses {
        *misses.entry((what, line.language, line.kind)).or_default() += 1;
    }
    assert!(
        measured.caught >= least_caught && measured.wrong <= most_wrong,
        "{} {part}: {:.2} % caught, {:.2} % false: {misses:?}",
        question.name,
        measured.caught,
        measured.wrong
    );
}

#[test]
fn leaks_are_caught_and_nothing_else() {
    check(corpus::LEAKS, corpus::LEAKS.aside, (90.0, 0.5));
}

#[test]
fn claims_to_be_a_minor_are_caught_and_nothing_else() {
    check(corpus::AGE, corpus::AGE.aside, (87.0, 1.0));
    // The lists that gave the figures before, whose bounds stay.
    check(corpus::AGE, "fresh", (94.0, 0.7));
}
