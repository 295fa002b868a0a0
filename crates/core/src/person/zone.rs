//! Time zones, and the hours in which somebody is left alone.
//! Zones are those of the IANA database; which of them belong to a country is the table that comes with it.

use std::fmt;

use chrono::{DateTime, Timelike as _};
use chrono_tz::Tz;

use super::Country;
use crate::time::Timestamp;

/// Country and zone, one per line, sorted by country; within one in the order of the database.
const ZONES: &str = include_str!("zones.txt");

/// A time zone such as `Asia/Kolkata`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Zone(Tz);

impl Zone {
    /// Finds a zone by its name.
    pub fn from_name(name: &str) -> Option<Self> {
        name.parse().ok().map(Self)
    }

    /// Returns the name.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// Lists the zones of a country; none for a few places where nobody lives.
    pub fn of_country(country: Country) -> impl Iterator<Item = Self> {
        let here = move |line: &'static str| line.split_once('\t').filter(|(code, _)| *code == country.code());
        ZONES.lines().filter_map(here).filter_map(|(_, name)| Self::from_name(name))
    }

    /// Returns hour and minute there at `now`.
    pub fn clock(self, now: Timestamp) -> (u32, u32) {
        let time = DateTime::from_timestamp_micros(now.as_micros()).unwrap_or_default().with_timezone(&self.0);
        (time.hour(), time.minute())
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Whole hours of the day from one to another, over midnight if need be; never all day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuietHours {
    from: u8,
    until: u8,
}

impl QuietHours {
    /// Makes hours; `None` unless both are below 24 and differ.
    pub const fn new(from: u8, until: u8) -> Option<Self> {
        if from < 24 && until < 24 && from != until { Some(Self { from, until }) } else { None }
    }

    /// The first quiet hour.
    pub const fn from(self) -> u8 {
        self.from
    }

    /// The hour with which quiet ends.
    pub const fn until(self) -> u8 {
        self.until
    }

    /// Reports whether an hour of the day is quiet.
    pub fn contains(self, hour: u32) -> bool {
        let (from, until) = (u32::from(self.from), u32::from(self.until));
        if from < until { (from..until).contains(&hour) } else { hour >= from || hour < until }
    }
}

/// Whether and when a person wants to hear from us unasked. What they asked for always comes at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reminders {
    /// Whether at all.
    pub are_on: bool,
    /// Their time zone; `None` = the first of their country.
    pub zone: Option<Zone>,
    /// When not; `None` = at any hour.
    pub quiet: Option<QuietHours>,
}

impl Default for Reminders {
    /// On, but not from 22 to 8 o'clock.
    fn default() -> Self {
        Self { are_on: true, zone: None, quiet: QuietHours::new(22, 8) }
    }
}

impl Reminders {
    /// Returns the zone that counts for somebody who lives in this country.
    pub fn zone_in(self, country: Country) -> Zone {
        self.zone.or_else(|| Zone::of_country(country).next()).unwrap_or(Zone(Tz::UTC))
    }

    /// Reports whether somebody who lives in this country may be sent something unasked at `now`.
    pub fn may_remind(self, country: Country, now: Timestamp) -> bool {
        let (hour, _) = self.zone_in(country).clock(now);
        self.are_on && !self.quiet.is_some_and(|quiet| quiet.contains(hour))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn country(code: &str) -> Country {
        Country::from_code(code).unwrap()
    }

    #[test]
    fn every_line_is_a_country_and_a_zone_that_fits_a_button() {
        for line in ZONES.lines() {
            let (code, name) = line.split_once('\t').unwrap();
            assert!(Country::from_code(code).is_some() && Zone::from_name(name).is_some(), "{line}");
            assert!(name.len() <= 40, "{line}");
        }
        let without: Vec<_> =
            Country::all().filter(|&country| Zone::of_country(country).next().is_none()).map(Country::code).collect();
        assert_eq!(without, ["BV", "HM"]);
    }

    #[test]
    fn quiet_hours_go_over_midnight_and_follow_summer_time() {
        let night = Reminders { are_on: true, zone: None, quiet: QuietHours::new(22, 8) };
        // 2026-07-01T20:30Z: 02:00 in Kolkata, 22:30 in Berlin (summer), 21:30 in London (summer).
        let july = Timestamp::from_millis(1_782_937_800_000);
        assert_eq!(Zone::from_name("Asia/Kolkata").unwrap().clock(july), (2, 0));
        assert_eq!(Zone::from_name("Europe/Berlin").unwrap().clock(july), (22, 30));
        for (code, may) in [("IN", false), ("DE", false), ("GB", true)] {
            assert_eq!(night.may_remind(country(code), july), may, "{code}");
        }
        assert!(Reminders { quiet: None, ..night }.may_remind(country("IN"), july));
        assert!(!Reminders { are_on: false, quiet: None, ..night }.may_remind(country("GB"), july));
        let day = QuietHours::new(9, 17).unwrap();
        assert_eq!((0..24).filter(|&hour| day.contains(hour)).count(), 8);
        let night = QuietHours::new(22, 8).unwrap();
        assert_eq!((0..24).filter(|&hour| night.contains(hour)).count(), 10);
        assert_eq!((QuietHours::new(3, 3), QuietHours::new(24, 1)), (None, None));
    }
}
