//! Finding a country by anything people type.

use super::*;

#[track_caller]
fn check(typed: &str, first: &str) {
    for &language in UiLanguage::ALL {
        let found = Words::new(language).find_countries(typed, 8);
        assert_eq!(found.first().map(|country| country.code()), Some(first), "{typed} in {language}: {found:?}");
    }
}

#[test]
fn whole_names_are_found_in_each_language_whatever_the_case() {
    for (typed, code) in [
        ("India", "IN"),
        ("iNDIA", "IN"),
        ("भारत", "IN"),
        ("  india ", "IN"),
        ("in", "IN"),
        ("Oman", "OM"),
        ("Niger", "NE"),
        ("नाइजर", "NE"),
        ("United States", "US"),
        ("usa", "US"),
        ("U.S.A.", "US"),
        ("अमेरिका", "US"),
        ("uk", "GB"),
        ("england", "GB"),
        ("Guinea", "GN"),
        ("गिनी", "GN"),
        ("Congo - Kinshasa", "CD"),
        ("dominica", "DM"),
    ] {
        check(typed, code);
    }
}

#[test]
fn accents_dots_and_signs_do_not_matter() {
    for (typed, code) in [
        ("cote d'ivoire", "CI"),
        ("Côte d’Ivoire", "CI"),
        ("aland", "AX"),
        ("Reunion", "RE"),
        ("curacao", "CW"),
        ("turkiye", "TR"),
        ("sao tome", "ST"),
        ("bosnia and herzegovina", "BA"),
        ("guinea bissau", "GW"),
        ("फ्रांस", "FR"),
        ("फ़्रांस", "FR"),
        ("ब्राजील", "BR"),
        ("st lucia", "LC"),
        ("ＩＮＤＩＡ", "IN"),
    ] {
        check(typed, code);
    }
}

#[test]
fn a_part_of_a_name_is_enough() {
    for (typed, code) in
        [("indones", "ID"), ("zealand", "NZ"), ("lanka", "LK"), ("पाकि", "PK"), ("arab em", "AE"), ("herzeg", "BA")]
    {
        check(typed, code);
    }
}

#[test]
fn flags_marks_and_slips_are_understood() {
    for (typed, code) in [
        ("🇮🇳", "IN"),
        (" 🇧🇷 ", "BR"),
        ("🇺🇦 Ukraine", "UA"),
        ("🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}", "GB"),
        ("\u{200e}Israel\u{fe0f}", "IL"),
        ("\u{2068}India\u{2069}", "IN"),
        ("Indai", "IN"),
        ("Gremany", "DE"),
        ("Phillipines", "PH"),
        ("Brzil", "BR"),
    ] {
        check(typed, code);
    }
}

#[test]
fn a_slip_is_understood_in_any_language_that_has_names() {
    for (typed, code) in [
        ("Nehterlands", "NL"),
        ("Austalia", "AU"),
        ("Pakisatn", "PK"),
        ("Deutchland", "DE"),
        ("Espanna", "ES"),
        ("Brazill", "BR"),
        ("जरमनी", "DE"),
        ("पाकिसतान", "PK"),
        ("ऑस्ट्रेलीया", "AU"),
        ("बांगलादेश", "BD"),
        ("नेपााल", "NP"),
        ("\u{2068}Gremany\u{2069}", "DE"),
        ("GREMANY", "DE"),
        ("सिंगापूर", "SG"),
    ] {
        check(typed, code);
    }
    let found = |typed: &str| Words::new(UiLanguage::English).find_countries(typed, 8);
    assert_eq!(found("Irxn"), found("Irxn").into_iter().filter(|one| ["IR", "IQ"].contains(&one.code())).collect::<Vec<_>>());
    assert_eq!((found("Irx"), found("Axstrxlxa")), (vec![], vec![]), "three letters, or three slips, are another name");
}

#[test]
fn nonsense_and_empty_text_find_nothing() {
    for typed in ["", "   ", "qqq", "🙂", "'", "-", "12345", "🇽🇽", "🇮", "abcdefgh", &"x".repeat(5_000)] {
        assert_eq!(Words::new(UiLanguage::English).find_countries(typed, 8), [], "{typed}");
    }
}

#[test]
fn every_country_is_found_by_its_own_name_first() {
    for &language in UiLanguage::ALL {
        let words = Words::new(language);
        for country in Country::all() {
            let name = words.country(country);
            assert_eq!(words.find_countries(&name, 8).first(), Some(&country), "{name}");
        }
    }
}

#[test]
fn the_list_holds_every_country_once_in_order_of_names() {
    let english = Words::new(UiLanguage::English).countries_by_name();
    assert_eq!(english.len(), 249);
    assert_eq!(english.first().map(|country| country.code()), Some("AF"));
    assert_eq!(english.get(1).map(|country| country.code()), Some("AX"), "Åland comes under A");
    assert_eq!(english.last().map(|country| country.code()), Some("ZW"));
}
