//! Languages: those people speak, and those the bot speaks.

use crate::code::{bit_set, coded_enum};

coded_enum! {
    /// A language that people can say they speak, by its ISO 639-1 code.
    SpokenLanguage {
        English = "en", Hindi = "hi", Spanish = "es", Portuguese = "pt", Russian = "ru", Ukrainian = "uk",
        Indonesian = "id", Arabic = "ar", Bengali = "bn", Urdu = "ur", Punjabi = "pa", Marathi = "mr",
        Telugu = "te", Tamil = "ta", Gujarati = "gu", Kannada = "kn", Malayalam = "ml", Odia = "or",
        Nepali = "ne", Sinhala = "si", French = "fr", German = "de", Italian = "it", Dutch = "nl",
        Polish = "pl", Turkish = "tr", Persian = "fa", Uzbek = "uz", Kazakh = "kk", Vietnamese = "vi",
        Thai = "th", Malay = "ms", Filipino = "tl", Chinese = "zh", Japanese = "ja", Korean = "ko",
        Hebrew = "he", Greek = "el", Romanian = "ro", Czech = "cs", Hungarian = "hu", Swedish = "sv",
        Amharic = "am", Swahili = "sw", Hausa = "ha", Yoruba = "yo", Azerbaijani = "az", Burmese = "my",
    }
}

bit_set! {
    /// A set of spoken languages.
    SpokenLanguages of SpokenLanguage as u64
}

coded_enum! {
    /// A language in which the bot's texts exist.
    UiLanguage { English = "en", Hindi = "hi" }
}

impl UiLanguage {
    /// Picks the language for a Telegram language tag such as `hi-IN`; English when it is none of ours.
    pub fn from_tag(tag: &str) -> Self {
        tag.split(['-', '_']).next().map(str::to_ascii_lowercase).and_then(|code| Self::from_code(&code)).unwrap_or(Self::English)
    }
}
