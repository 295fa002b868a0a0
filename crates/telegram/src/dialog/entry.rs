//! Who may come in: whether the bot is open to newcomers, from which countries, and who looks at their age.

use std::fmt;
use std::sync::Arc;

use luvhive_core::person::Country;
use luvhive_core::ports::{AgeAnswer, AgeCheck, DeclaredAge, StoreError};

use super::registration::{Complete, Current};
use super::{Dialogs, Talk, registration};
use crate::callback::{Callback, ProfileAction, ProfileValue, StepAction};

/// Whether people who are not registered may register.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Admission {
    /// They may.
    #[default]
    Open,
    /// They may while a member of the staff moderates; members go on as before.
    WhileModerated,
    /// Not before somebody has finished setting the bot up; members go on as before.
    Closed,
}

/// What newcomers meet at the door.
#[derive(Clone)]
pub struct Entry {
    /// Whether they may register at all.
    pub admission: Admission,
    /// Countries that take no new people, neither newcomers nor members who move.
    pub closed_countries: Box<[Country]>,
    /// Who looks at their age.
    pub ages: Arc<dyn AgeCheck>,
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("admission", &self.admission)
            .field("closed_countries", &self.closed_countries)
            .finish_non_exhaustive()
    }
}

impl Default for Entry {
    /// Open to everybody who declares to be an adult.
    fn default() -> Self {
        Self { admission: Admission::Open, closed_countries: Box::default(), ages: Arc::new(DeclaredAge) }
    }
}

impl Dialogs {
    /// Reports whether newcomers are sent away now.
    pub(super) async fn is_closed(&self) -> Result<bool, StoreError> {
        Ok(match self.entry.admission {
            Admission::Open => false,
            Admission::WhileModerated => !self.people.has_moderator().await?,
            Admission::Closed => true,
        })
    }

    /// Says so if a button puts somebody into a country that takes no new people; reports whether it did.
    pub(super) fn turns_away(&self, talk: &mut Talk<'_>, callback: Callback) -> bool {
        let country = match callback {
            Callback::Step { action: StepAction::Country(country), .. }
            | Callback::Profile(ProfileAction::Set(ProfileValue::Country(country))) => Some(country),
            // A city lies in the country that was guessed.
            Callback::Step { action: StepAction::City, .. } => match registration::current(talk) {
                Current::Open(registration) => registration.draft.country,
                Current::Unreadable | Current::None => None,
            },
            _ => None,
        };
        let Some(country) = country.filter(|country| self.takes_nobody_from(*country)) else { return false };
        talk.alert(talk.words.with("country-closed", &[("country", talk.words.country(country).into())]));
        true
    }

    fn takes_nobody_from(&self, country: Country) -> bool {
        self.entry.closed_countries.contains(&country)
    }

    /// Registers somebody who has answered every question, if nothing speaks against it.
    pub(super) async fn admit(&self, talk: &mut Talk<'_>, complete: Complete) {
        let country = complete.person.profile().country;
        if self.takes_nobody_from(country) {
            // Closed since they chose it.
            let hint = talk.words.with("country-closed", &[("country", talk.words.country(country).into())]);
            return registration::ask_country(talk, complete, &hint);
        }
        match self.entry.ages.check(&complete.person).await {
            AgeAnswer::Passed => registration::welcome(talk, complete),
            // By the date they declared they are an adult, so it says nothing about when they will be.
            AgeAnswer::Refused => self.refuse(talk, None),
            AgeAnswer::Unavailable => talk.alert(talk.words.text("age-later")),
        }
    }
}
