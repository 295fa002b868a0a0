//! Points in time and calendar days, both without time zone surprises: UTC, microseconds, proleptic Gregorian.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Datelike, NaiveDate};

/// A point in time: microseconds since 1970-01-01T00:00:00Z, the precision PostgreSQL keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The latest point in time; stands for "forever" in sanctions and exclusions.
    pub const MAX: Self = Self(i64::MAX);
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self(0);

    /// Wraps microseconds since the Unix epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Wraps milliseconds since the Unix epoch, saturating.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis.saturating_mul(1_000))
    }

    /// Returns microseconds since the Unix epoch.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Returns whole milliseconds since the Unix epoch, 0 for earlier times: the matcher's clock.
    pub fn as_matcher_millis(self) -> u64 {
        u64::try_from(self.0 / 1_000).unwrap_or(0)
    }

    /// Adds a duration, saturating at [`Timestamp::MAX`].
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(micros))
    }

    /// Subtracts a duration, saturating.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        Self(self.0.saturating_sub(micros))
    }

    /// Returns how long after `earlier` this is; zero if it is not later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// Returns the calendar day in UTC, or the last representable day.
    pub fn day(self) -> Day {
        Day(DateTime::from_timestamp_micros(self.0).map_or(NaiveDate::MAX, |t| t.date_naive()))
    }
}

impl fmt::Display for Timestamp {
    /// Formats as RFC 3339 in UTC to the second, such as `2026-01-31T12:00:00Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match DateTime::from_timestamp_micros(self.0) {
            Some(time) => write!(f, "{}", time.format("%Y-%m-%dT%H:%M:%SZ")),
            None => f.write_str("for ever"),
        }
    }
}

/// A moment on Telegram's clock, in whole seconds since 1970: the precision of a message's `date` (Bot API, `Message`).
///
/// Our clock may differ from Telegram's by minutes, so the two are never compared without the known difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TelegramTime(i64);

impl TelegramTime {
    /// Wraps seconds since the Unix epoch, as Telegram counts them.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Returns seconds since the Unix epoch, as Telegram counts them.
    pub const fn as_seconds(self) -> i64 {
        self.0
    }

    /// Returns the moment on Telegram's clock when ours shows `ours` and Telegram's is `ahead_us` microseconds ahead of it.
    pub const fn at(ours: Timestamp, ahead_us: i64) -> Self {
        Self(ours.0.saturating_add(ahead_us).div_euclid(1_000_000))
    }

    /// Returns how many microseconds Telegram's clock is ahead of ours, if it shows this second when ours shows `ours`.
    pub const fn ahead_of(self, ours: Timestamp) -> i64 {
        self.0.saturating_mul(1_000_000).saturating_sub(ours.0)
    }

    /// Returns the same number of seconds as a point in time, for comparing moments of Telegram's clock with each other.
    pub const fn as_timestamp(self) -> Timestamp {
        Timestamp(self.0.saturating_mul(1_000_000))
    }

    /// Returns how many whole seconds after `earlier` this is; negative if it is before it.
    pub const fn seconds_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// A calendar day, such as a date of birth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(NaiveDate);

impl Day {
    /// Makes a day from year, month (1–12) and day of month (1–31); `None` if there is no such day.
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, day).map(Self)
    }

    /// Wraps chrono's calendar day.
    pub const fn from_naive(date: NaiveDate) -> Self {
        Self(date)
    }

    /// Returns chrono's calendar day.
    pub const fn as_naive(self) -> NaiveDate {
        self.0
    }

    /// Returns full years between this day and `today`; `None` if this day is later than `today`.
    pub fn years_until(self, today: Day) -> Option<u32> {
        today.0.years_since(self.0)
    }

    /// Returns the year.
    pub fn year(self) -> i32 {
        self.0.year()
    }
}

impl fmt::Display for Day {
    /// Formats as `YYYY-MM-DD`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Default for Timestamp {
    fn default() -> Self {
        Self::EPOCH
    }
}
