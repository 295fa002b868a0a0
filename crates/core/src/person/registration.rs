//! Becoming a registered person: the last check before a row is written.

use super::age::{self, BirthdayRefusal};
use super::{Consent, GenderSet, Profile, UiLanguage};
use crate::id::TelegramId;
use crate::time::Timestamp;

/// A person about to be registered; every rule was checked by [`NewPerson::new`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPerson {
    telegram: TelegramId,
    language: UiLanguage,
    consent: Consent,
    profile: Profile,
    wanted: GenderSet,
    registered_at: Timestamp,
}

/// Why somebody cannot be registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegistrationRefusal {
    /// The date of birth is not accepted.
    #[error("date of birth is not accepted")]
    Birthday(#[source] BirthdayRefusal),
    /// The consent is for older documents.
    #[error("consent is not current")]
    Consent,
    /// Nobody is wanted.
    #[error("no gender is wanted")]
    NobodyWanted,
    /// No language was named.
    #[error("no language is spoken")]
    NoLanguage,
    /// No interest was named.
    #[error("no interest is named")]
    NoInterest,
}

impl NewPerson {
    /// Checks every rule of registration.
    ///
    /// # Errors
    /// A [`RegistrationRefusal`] for the first rule that is broken, in the order of its variants.
    pub fn new(
        telegram: TelegramId,
        language: UiLanguage,
        consent: Consent,
        profile: Profile,
        wanted: GenderSet,
        now: Timestamp,
    ) -> Result<Self, RegistrationRefusal> {
        age::admit(profile.born, now).map_err(RegistrationRefusal::Birthday)?;
        if !consent.is_current() {
            return Err(RegistrationRefusal::Consent);
        }
        if wanted.is_empty() {
            return Err(RegistrationRefusal::NobodyWanted);
        }
        if profile.languages.is_empty() {
            return Err(RegistrationRefusal::NoLanguage);
        }
        if profile.interests.is_empty() {
            return Err(RegistrationRefusal::NoInterest);
        }
        Ok(Self { telegram, language, consent, profile, wanted, registered_at: now })
    }

    /// The Telegram account.
    pub fn telegram(&self) -> TelegramId {
        self.telegram
    }

    /// The language of the bot's texts.
    pub fn language(&self) -> UiLanguage {
        self.language
    }

    /// What was agreed to.
    pub fn consent(&self) -> Consent {
        self.consent
    }

    /// What the person is.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Whom they want to meet; never empty.
    pub fn wanted(&self) -> GenderSet {
        self.wanted
    }

    /// When the registration was completed.
    pub fn registered_at(&self) -> Timestamp {
        self.registered_at
    }
}
