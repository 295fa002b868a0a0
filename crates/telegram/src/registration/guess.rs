//! What a Telegram language tag lets us guess: the country people may live in and the language they speak.
//! Guesses are offered, never taken for an answer.

use luvhive_core::person::{Country, SpokenLanguage, SpokenLanguages};

/// Languages most of whose speakers live in one country; languages of many countries give no guess.
#[rustfmt::skip]
const HOMES: &[(&str, &str)] = &[
    ("hi", "IN"), ("bn", "BD"), ("ur", "PK"), ("pa", "IN"), ("mr", "IN"), ("te", "IN"), ("ta", "IN"), ("gu", "IN"), ("kn", "IN"),
    ("ml", "IN"), ("or", "IN"), ("ne", "NP"), ("si", "LK"), ("pt", "BR"), ("ru", "RU"), ("uk", "UA"), ("id", "ID"), ("fr", "FR"),
    ("de", "DE"), ("it", "IT"), ("nl", "NL"), ("pl", "PL"), ("tr", "TR"), ("fa", "IR"), ("uz", "UZ"), ("kk", "KZ"), ("vi", "VN"),
    ("th", "TH"), ("ms", "MY"), ("tl", "PH"), ("zh", "CN"), ("ja", "JP"), ("ko", "KR"), ("he", "IL"), ("el", "GR"), ("ro", "RO"),
    ("cs", "CZ"), ("hu", "HU"), ("sv", "SE"), ("am", "ET"), ("ha", "NG"), ("yo", "NG"), ("az", "AZ"), ("my", "MM"),
];

/// Guesses the country: the tag's region if it has one, else the language's home.
pub(super) fn country(tag: &str) -> Option<Country> {
    let mut parts = tag.split(['-', '_']);
    let language = parts.next()?.to_ascii_lowercase();
    let region = parts.filter(|part| part.len() == 2).find_map(Country::from_code);
    region.or_else(|| {
        let (_, home) = HOMES.iter().find(|(code, _)| *code == language)?;
        Country::from_code(home)
    })
}

/// Guesses the languages: that of the tag.
pub(super) fn languages(tag: &str) -> SpokenLanguages {
    let code = tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    // `fil` is the tag of Filipino, whose two-letter code is `tl`.
    let code = if code == "fil" { "tl" } else { code.as_str() };
    SpokenLanguage::from_code(code).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_counts_more_than_a_language() {
        for (tag, guess) in [
            ("hi", Some("IN")),
            ("hi-IN", Some("IN")),
            ("en-US", Some("US")),
            ("en", None),
            ("pt-br", Some("BR")),
            ("pt-PT", Some("PT")),
            ("zh-Hant-TW", Some("TW")),
            ("es", None),
            ("", None),
            ("x", None),
            ("en-ZZ", None),
            ("DE_at", Some("AT")),
        ] {
            assert_eq!(country(tag).map(Country::code), guess, "{tag}");
        }
    }

    #[test]
    fn the_language_of_the_tag_is_guessed_if_it_is_known() {
        for (tag, guess) in [("hi-IN", "Hindi"), ("EN", "English"), ("fil", "Filipino"), ("pt-br", "Portuguese")] {
            assert_eq!(languages(tag).iter().map(|language| format!("{language:?}")).collect::<Vec<_>>(), [guess]);
        }
        assert!(languages("eo").is_empty() && languages("").is_empty());
    }

    #[test]
    fn every_home_is_a_known_language_and_country() {
        for (language, home) in HOMES {
            assert!(SpokenLanguage::from_code(language).is_some() && Country::from_code(home).is_some(), "{language} {home}");
        }
    }
}
