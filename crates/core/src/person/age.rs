//! Age in full years, and the gate at 18.

use crate::time::{Day, Timestamp};

/// The lowest age admitted, in years. Also a CHECK in the database.
pub const ADULT_AGE: u8 = 18;
/// The highest age that a date of birth may give, in years; beyond it a date is taken for a typing mistake.
pub const HIGHEST_AGE: u8 = 120;

/// An adult's age in full years, 18 to 120.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Age(u8);

impl Age {
    /// The lowest age admitted.
    pub const YOUNGEST: Self = Self(ADULT_AGE);
    /// The highest age known.
    pub const OLDEST: Self = Self(HIGHEST_AGE);

    /// Makes an age; `None` outside 18 to 120.
    pub const fn new(years: u8) -> Option<Self> {
        if years >= ADULT_AGE && years <= HIGHEST_AGE { Some(Self(years)) } else { None }
    }

    /// Returns the age in years.
    pub const fn years(self) -> u8 {
        self.0
    }
}

/// Why a date of birth is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BirthdayRefusal {
    /// The person is younger than 18. Remembered for that Telegram account.
    #[error("person is younger than {ADULT_AGE}")]
    TooYoung,
    /// The date lies in the future or more than 120 years back.
    #[error("date of birth is not plausible")]
    Implausible,
}

/// Returns the age of somebody born on `born`, at `now` (UTC day).
///
/// # Errors
/// [`BirthdayRefusal::TooYoung`] below 18 years, [`BirthdayRefusal::Implausible`] for a future day or more than 120 years.
pub fn age_at(born: Day, now: Timestamp) -> Result<Age, BirthdayRefusal> {
    let years = born.years_until(now.day()).ok_or(BirthdayRefusal::Implausible)?;
    let years = u8::try_from(years).map_err(|_too_old| BirthdayRefusal::Implausible)?;
    if years > HIGHEST_AGE {
        return Err(BirthdayRefusal::Implausible);
    }
    Age::new(years).ok_or(BirthdayRefusal::TooYoung)
}
