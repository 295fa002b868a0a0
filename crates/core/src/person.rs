//! A registered adult: what is known about them and what others may see.

pub mod age;
pub mod badge;
pub mod bio;
pub mod card;
pub mod consent;
pub mod country;
pub mod facts;
pub mod interest;
pub mod language;
pub mod preferences;
pub mod profile;
pub mod registration;
pub mod zone;

pub use age::Age;
pub use badge::{Badge, badges};
pub use bio::{Bio, BioRefusal};
pub use card::{CardPart, CardParts, OwnCard, Photo};
pub use consent::{CONSENT_VERSION, Consent};
pub use country::Country;
pub use facts::PersonFacts;
pub use interest::{Interest, InterestSet};
pub use language::{SpokenLanguage, SpokenLanguages, UiLanguage};
pub use preferences::{AgeRange, Preferences};
pub use profile::{City, Gender, GenderSet, Profile};
pub use registration::{NewPerson, RegistrationRefusal};
pub use zone::{QuietHours, Reminders, Zone};
