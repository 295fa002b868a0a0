//! Age in full years, and the gate at 18.
//! Days are judged where the day comes last on earth (UTC−12), so that nobody is let in before they are 18 everywhere.

use std::time::Duration;

use crate::time::{Day, Timestamp};

/// The lowest age admitted, in years. Also a CHECK in the database.
pub const ADULT_AGE: u8 = 18;
/// The highest age that a date of birth may give, in years; beyond it a date is taken for a typing mistake.
pub const HIGHEST_AGE: u8 = 120;

/// How long after UTC a day begins where it comes last, at UTC−12.
const LAST_DAY_BEGINS: Duration = Duration::from_hours(12);
/// How long before UTC a day can have begun elsewhere: 14 hours at UTC+14, rounded up to a day. The account does not say
/// where its owner is, and a day's grace refuses nobody forever who turns 18 tonight.
const FIRST_DAY_BEGINS: Duration = Duration::from_hours(24);

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

    /// How many years a band has, but for the first one.
    pub const BAND: u8 = 5;

    /// Returns the band in which the age is shown, both ends included: 18–20, 21–25, 26–30 and so on in fives.
    pub fn band(self) -> (Self, Self) {
        let end = self.0.div_ceil(Self::BAND).saturating_mul(Self::BAND);
        let begin = end.saturating_sub(Self::BAND).saturating_add(1);
        (Self(begin.max(ADULT_AGE)), Self(end.min(HIGHEST_AGE)))
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
    /// The person turns 18 today or tomorrow, but it is not that day everywhere yet. Not remembered.
    #[error("person is not {ADULT_AGE} everywhere yet")]
    NotYetEverywhere,
    /// The date lies in the future or more than 120 years back: no date of birth, and not remembered.
    #[error("date of birth is not plausible")]
    Implausible,
}

/// Returns the age of somebody born on `born`, at `now` (UTC day). For showing it; who is let in is [`admit`]'s answer.
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

/// Lets somebody born on `born` in at `now` if they are 18 everywhere on earth, and returns their age (UTC day).
///
/// The day at UTC−12 is never later than the day in UTC, so a person who is let in here also satisfies the database's
/// CHECK, which compares with the day in UTC.
///
/// # Errors
/// [`BirthdayRefusal`].
pub fn admit(born: Day, now: Timestamp) -> Result<Age, BirthdayRefusal> {
    match age_at(born, now) {
        Ok(age) if is_adult_on(born, now.minus(LAST_DAY_BEGINS).day()) => Ok(age),
        Ok(_) => Err(BirthdayRefusal::NotYetEverywhere),
        Err(BirthdayRefusal::TooYoung) if is_adult_on(born, now.plus(FIRST_DAY_BEGINS).day()) => {
            Err(BirthdayRefusal::NotYetEverywhere)
        }
        Err(refusal) => Err(refusal),
    }
}

fn is_adult_on(born: Day, today: Day) -> bool {
    born.years_until(today).is_some_and(|years| years >= u32::from(ADULT_AGE))
}

/// What a typed date means at the gate, in all ways in which it can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gate {
    /// An adult's, whichever reading is meant: these days are asked about, at least one.
    Adult(Vec<Day>),
    /// Below 18 in every reading: the account is refused, and this, the latest reading, is kept with the refusal.
    TooYoung(Day),
    /// 18 within a day, but not everywhere yet. Not remembered.
    NotYetEverywhere,
    /// An adult's or not, depending on the reading: it is asked for again in a form with one reading. Not remembered.
    Unclear,
    /// No date of birth in any reading. Not remembered.
    Implausible,
}

/// Judges a typed date by its readings: one, or two where day and month can be taken for one another.
pub fn judge(readings: &[Day], now: Timestamp) -> Gate {
    let verdicts: Vec<_> = readings.iter().map(|&day| (day, admit(day, now))).collect();
    let is = |refusal: BirthdayRefusal| verdicts.iter().all(|(_, verdict)| *verdict == Err(refusal));
    if is(BirthdayRefusal::Implausible) {
        return Gate::Implausible;
    }
    if is(BirthdayRefusal::NotYetEverywhere) {
        return Gate::NotYetEverywhere;
    }
    if let Some(latest) = readings.iter().max().filter(|_| is(BirthdayRefusal::TooYoung)) {
        return Gate::TooYoung(*latest);
    }
    let could_be_a_minors = |verdict: &Result<Age, BirthdayRefusal>| {
        matches!(verdict, Err(BirthdayRefusal::TooYoung | BirthdayRefusal::NotYetEverywhere))
    };
    if verdicts.iter().any(|(_, verdict)| could_be_a_minors(verdict)) {
        return Gate::Unclear;
    }
    Gate::Adult(verdicts.into_iter().filter(|(_, verdict)| verdict.is_ok()).map(|(day, _)| day).collect())
}

#[cfg(test)]
mod tests;
