//! Support corrects a date of birth or a gender: what can be corrected, and when a second member of the staff is needed.

mod support_code;

pub use support_code::{SupportCode, support_code};

use std::fmt;

use crate::conduct::Pseudonym;
use crate::person::Gender;
use crate::person::age::{self, BirthdayRefusal};
use crate::time::{Day, Timestamp};

/// The most characters a reason may have.
const MOST_REASON: usize = 500;
/// The most characters a name of the staff may have.
const MOST_NAME: usize = 100;

/// What is corrected, with what is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    /// The date of birth.
    Born(Day),
    /// The gender.
    Gender(Gender),
}

/// Whom a correction is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whom {
    /// A registered person, by pseudonym.
    Person(Pseudonym),
    /// An account that was refused, by its support code.
    Refused(SupportCode),
}

impl Whom {
    /// Reads what an operator typed; `None` if it is neither a pseudonym nor a support code.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        Pseudonym::new(text).map(Self::Person).or_else(|| SupportCode::new(text).map(Self::Refused))
    }
}

impl fmt::Display for Whom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(pseudonym) => pseudonym.fmt(f),
            Self::Refused(code) => code.fmt(f),
        }
    }
}

/// Why a correction is not made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CorrectionRefusal {
    /// Nobody has this pseudonym, and no refused account this code.
    #[error(
        "nobody has the pseudonym or support code {0:?}; a pseudonym has 10 letters and digits, a support code three groups of 4"
    )]
    Unknown(String),
    /// A reason is missing or too long.
    #[error("reason does not have 1 to 500 characters")]
    Reason,
    /// The second name is empty, too long, or the name of the person who corrects.
    #[error("second name is not that of another member of the staff than {0}, with 1 to 100 characters")]
    Second(String),
    /// The correction crosses the border of 18.
    #[error("this crosses the age of 18, so a second member of the staff has to agree")]
    NeedsSecond,
    /// It is right already.
    #[error("that is how it is already; there is nothing to correct")]
    AlreadySo,
    /// The date lies in the future or more than 120 years back.
    #[error("this cannot be a date of birth: it lies in the future or more than 120 years back")]
    Implausible,
    /// The person turns 18 within a day.
    #[error("by this date they turn 18 just now, but not everywhere yet; correct it tomorrow")]
    NotYetEverywhere,
    /// An adult by now, but not when they registered.
    #[error(
        "by this date they were below 18 when they registered, which the database does not hold; have them send /delete_me \
         and register again with this date"
    )]
    MinorWhenRegistered,
    /// An account that was refused has no gender.
    #[error("this account is not registered and has no gender; they choose it when they register")]
    NotRegistered,
}

/// A correction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCorrection {
    /// Whom it is about.
    pub whom: Whom,
    /// What is right.
    pub fact: Fact,
    /// The reason, for the audit log: 1 to 500 characters.
    pub reason: String,
    /// Which other member of the staff agrees, if one was asked.
    pub second: Option<String>,
    /// Who corrects: the operator's account name on the machine.
    pub decided_by: String,
    /// When.
    pub decided_at: Timestamp,
}

impl NewCorrection {
    /// Writes a correction down; `decided_by` is cut to 100 characters.
    ///
    /// # Errors
    /// [`CorrectionRefusal::Unknown`], [`CorrectionRefusal::Reason`], [`CorrectionRefusal::Second`].
    pub fn new(
        whom: &str,
        fact: Fact,
        reason: &str,
        second: Option<&str>,
        decided_by: &str,
        now: Timestamp,
    ) -> Result<Self, CorrectionRefusal> {
        let whom = Whom::new(whom).ok_or_else(|| CorrectionRefusal::Unknown(whom.to_owned()))?;
        let reason = reason.trim().to_owned();
        if reason.is_empty() || reason.chars().count() > MOST_REASON {
            return Err(CorrectionRefusal::Reason);
        }
        let second = second.map(str::trim);
        let is_other = |name: &str| {
            let is_name = !name.is_empty() && name.chars().count() <= MOST_NAME;
            // An actor may be named as one account that acts as another ("ann as root").
            is_name && decided_by.split_whitespace().chain([decided_by]).all(|actor| actor.to_lowercase() != name.to_lowercase())
        };
        if !second.is_none_or(is_other) {
            return Err(CorrectionRefusal::Second(decided_by.to_owned()));
        }
        let decided_by = decided_by.chars().take(MOST_NAME).collect();
        Ok(Self { whom, fact, reason, second: second.map(str::to_owned), decided_by, decided_at: now })
    }

    /// Decides what becomes of it. A correction across the age of 18, in either direction, needs a second name.
    ///
    /// # Errors
    /// [`CorrectionRefusal`].
    pub fn decide(&self, standing: &Standing) -> Result<Corrected, CorrectionRefusal> {
        let corrected = match (self.fact, standing) {
            (Fact::Gender(_), Standing::Refused) => return Err(CorrectionRefusal::NotRegistered),
            (Fact::Gender(gender), Standing::Person { gender: known, .. }) if gender == *known => {
                return Err(CorrectionRefusal::AlreadySo);
            }
            (Fact::Gender(gender), Standing::Person { .. }) => Corrected::Gender(gender),
            (Fact::Born(day), standing) => match (age::admit(day, self.decided_at), standing) {
                (Err(BirthdayRefusal::Implausible), _) => return Err(CorrectionRefusal::Implausible),
                (Err(BirthdayRefusal::NotYetEverywhere), _) => return Err(CorrectionRefusal::NotYetEverywhere),
                (Ok(_), Standing::Refused) => Corrected::Admitted,
                (Ok(_), Standing::Person { born, is_refused: false, .. }) if day == *born => {
                    return Err(CorrectionRefusal::AlreadySo);
                }
                // The database compares with the day in UTC on which they registered.
                (Ok(_), Standing::Person { registered_at, .. }) if age::age_at(day, *registered_at).is_err() => {
                    return Err(CorrectionRefusal::MinorWhenRegistered);
                }
                (Ok(_), Standing::Person { is_refused, .. }) => Corrected::Born { day, was_refused: *is_refused },
                (Err(BirthdayRefusal::TooYoung), Standing::Person { is_refused: false, .. }) => Corrected::Refused(day),
                (Err(BirthdayRefusal::TooYoung), _) => Corrected::StaysRefused(day),
            },
        };
        if corrected.crosses_18() && self.second.is_none() {
            return Err(CorrectionRefusal::NeedsSecond);
        }
        Ok(corrected)
    }

    /// What the audit row says about it. Neither date nor gender: the log outlives an erasure.
    pub fn detail(&self, corrected: &Corrected) -> String {
        let what = match corrected {
            Corrected::Gender(_) => "gender",
            Corrected::Born { was_refused: false, .. } => "date of birth, an adult's as before",
            Corrected::Born { was_refused: true, .. } => "date of birth, from a minor's to an adult's",
            Corrected::Refused(_) => "date of birth, from an adult's to a minor's",
            Corrected::StaysRefused(_) => "date of birth, a minor's as before",
            Corrected::Admitted => "refusal lifted, an adult's date of birth",
        };
        let second = self.second.as_deref().map_or(String::new(), |name| format!("; second: {name}"));
        format!("{what}{second}; reason: {}", self.reason)
    }

    /// The name of the act in the audit log.
    pub fn action(&self) -> &'static str {
        match self.fact {
            Fact::Born(_) => "correct birth date",
            Fact::Gender(_) => "correct gender",
        }
    }
}

/// What is known of somebody before a correction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Registered.
    Person {
        /// Gender.
        gender: Gender,
        /// Date of birth.
        born: Day,
        /// When they registered.
        registered_at: Timestamp,
        /// Whether an earlier correction found them to be a minor.
        is_refused: bool,
    },
    /// Not registered; refused as a minor.
    Refused,
}

/// What a correction does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Corrected {
    /// A person's gender is this.
    Gender(Gender),
    /// A person was born on this day, as an adult.
    Born {
        /// When.
        day: Day,
        /// Whether a refusal is lifted with it, and the suspension that came with that.
        was_refused: bool,
    },
    /// A registered person was born on this day and is a minor: their account is refused, they are suspended forever.
    ///
    /// Their rows stay until they ask for an erasure: reports by and about a minor are what safety needs most.
    Refused(Day),
    /// A refused account stays refused, and this is the date kept with the refusal.
    StaysRefused(Day),
    /// The refusal of an account is lifted: they can register.
    Admitted,
}

impl Corrected {
    /// Reports whether the person was below 18 before and is not any more, or the reverse.
    pub fn crosses_18(self) -> bool {
        match self {
            Self::Refused(_) | Self::Admitted | Self::Born { was_refused: true, .. } => true,
            Self::Gender(_) | Self::StaysRefused(_) | Self::Born { was_refused: false, .. } => false,
        }
    }

    /// What the person is told.
    pub fn news(self) -> CorrectionNews {
        match self {
            Self::Gender(gender) => CorrectionNews::Gender(gender),
            Self::Born { day, .. } => CorrectionNews::Born(day),
            Self::Refused(_) | Self::StaysRefused(_) => CorrectionNews::Refused,
            Self::Admitted => CorrectionNews::Admitted,
        }
    }
}

/// What a corrected person is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CorrectionNews {
    /// This is their gender now.
    Gender(Gender),
    /// This is their date of birth now.
    Born(Day),
    /// They are refused as a minor.
    Refused,
    /// They said themselves that they are a minor, and are refused.
    Underage,
    /// They are not refused any more and can register.
    Admitted,
}

#[cfg(test)]
mod tests;
