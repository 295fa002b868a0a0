//! What is known of somebody on their way in: the question that is open and the answers so far, and how buttons change
//! both. Pure; the dialog stores it and the view shows it.

mod guess;
pub(crate) mod moves;

use luvhive_core::coins::InviteCode;
use luvhive_core::person::consent::{CONSENT_VERSION, Consent};
use luvhive_core::person::{City, Country, Gender, GenderSet, InterestSet, SpokenLanguage, SpokenLanguages, UiLanguage};
use luvhive_core::time::{Day, Timestamp};
use serde::{Deserialize, Serialize};

/// Where somebody is on their way in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Registration {
    /// The number of the screen shown last; buttons of other screens are stale.
    pub(crate) serial: u32,
    /// The question asked.
    pub(crate) step: Step,
    /// Whether a member agrees to new documents, which ends after the consents.
    pub(crate) is_renewal: bool,
    /// The answers.
    pub(crate) draft: Draft,
}

/// The questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Step {
    /// Terms and privacy notice.
    Consent,
    /// The handling of orientation.
    Orientation,
    /// Date of birth.
    Birthday,
    /// Which of two days, or whether the one typed is right.
    BirthdayCheck,
    /// Gender.
    Gender,
    /// Whom to meet.
    Wanted,
    /// Country.
    Country,
    /// The list of all countries.
    CountryList,
    /// City.
    City,
    /// Languages.
    Languages,
    /// Interests.
    Interests,
}

impl Step {
    /// Reports whether the answer can be typed.
    pub(crate) fn is_typed(self) -> bool {
        match self {
            Self::Birthday | Self::BirthdayCheck | Self::Country | Self::CountryList | Self::City => true,
            Self::Consent | Self::Orientation | Self::Gender | Self::Wanted | Self::Languages | Self::Interests => false,
        }
    }
}

/// The answers so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Draft {
    /// When terms and privacy notice were agreed to.
    pub(crate) documents_at: Option<Timestamp>,
    /// When the handling of orientation was agreed to.
    pub(crate) orientation_at: Option<Timestamp>,
    /// What the typed date can mean: nothing, one day or two.
    pub(crate) typed: Vec<Day>,
    /// The confirmed date of birth.
    pub(crate) born: Option<Day>,
    /// Gender.
    pub(crate) gender: Option<Gender>,
    /// Whom to meet.
    pub(crate) wanted: GenderSet,
    /// Country, guessed or chosen.
    pub(crate) country: Option<Country>,
    /// City.
    pub(crate) city: Option<City>,
    /// Languages, guessed or chosen.
    pub(crate) languages: SpokenLanguages,
    /// Interests.
    pub(crate) interests: InterestSet,
    /// The code of the invitation they came by.
    pub(crate) invite: Option<InviteCode>,
}

impl Registration {
    /// Begins with the first question; `tag` is the language tag Telegram gave, such as `hi-IN`.
    pub(crate) fn new(tag: &str, language: UiLanguage, now: Timestamp) -> Self {
        let guessed = guess::languages(tag);
        // A person who reads these texts speaks their language.
        let read = SpokenLanguage::from_code(language.code());
        let languages = if guessed.is_empty() { read.into_iter().collect() } else { guessed };
        let draft = Draft { country: guess::country(tag), languages, ..Draft::default() };
        // Seconds make the numbers of a new conversation differ from those of any earlier one.
        let serial = u32::try_from(now.as_micros() / 1_000_000 % i64::from(u32::MAX)).unwrap_or(0);
        Self { serial, step: Step::Consent, is_renewal: false, draft }
    }

    /// What was agreed to, once everything was.
    pub(crate) fn consent(&self) -> Option<Consent> {
        let (documents_at, orientation_at) = (self.draft.documents_at?, self.draft.orientation_at?);
        Some(Consent { version: CONSENT_VERSION, documents_at, orientation_at })
    }

    /// Makes the buttons of all screens so far stale.
    pub(crate) fn next_serial(&mut self) {
        self.serial = self.serial.wrapping_add(1);
    }
}
