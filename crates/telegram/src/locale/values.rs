//! How values are called: genders, interests, languages, countries, dates, reasons.

use chrono::{DateTime, Datelike as _, Timelike as _};
use luvhive_core::chat::{Content, Icebreaker, Undelivered};
use luvhive_core::conduct::ReportReason;
use luvhive_core::filter::Filter;
use luvhive_core::person::{Country, Gender, GenderSet, Interest, InterestSet, SpokenLanguage, SpokenLanguages, UiLanguage};
use luvhive_core::time::{Day, Timestamp};

use super::Words;

impl Words {
    /// One person of this gender: "Woman".
    pub(crate) fn gender(self, gender: Gender) -> String {
        self.text(&format!("gender-{gender}"))
    }

    /// People of this gender: "Women".
    pub(crate) fn genders(self, gender: Gender) -> String {
        self.text(&format!("genders-{gender}"))
    }

    /// People of these genders: "Women, Men".
    pub(crate) fn gender_set(self, genders: GenderSet) -> String {
        self.list(genders.iter().map(|gender| self.genders(gender)))
    }

    /// An interest.
    pub(crate) fn interest(self, interest: Interest) -> String {
        self.text(&format!("interest-{interest}"))
    }

    /// Interests, in the order of the list.
    pub(crate) fn interest_set(self, interests: InterestSet) -> String {
        self.list(interests.iter().map(|interest| self.interest(interest)))
    }

    /// A spoken language.
    pub(crate) fn spoken(self, language: SpokenLanguage) -> String {
        self.text(&format!("language-{language}"))
    }

    /// Spoken languages, in the order of the list.
    pub(crate) fn spoken_set(self, languages: SpokenLanguages) -> String {
        self.list(languages.iter().map(|language| self.spoken(language)))
    }

    /// A language of the bot, by its own name.
    pub(crate) fn own_name(language: UiLanguage) -> String {
        Self::new(language).text("own-name")
    }

    /// A country.
    pub(crate) fn country(self, country: Country) -> String {
        self.text(&format!("country-{country}"))
    }

    /// What is said of a filter: `switch` on its button, `on` or `off` among the settings, `wish` inside a sentence. The
    /// filter's own words are attributes of its name; where it has none, the usual words are put around the name.
    pub(crate) fn filter(self, filter: Filter, part: &str) -> String {
        let key = format!("filter-{filter}");
        let usual = || self.with(&format!("filter-usual-{part}"), &[("filter", self.text(&key).into())]);
        self.attribute(&key, part).unwrap_or_else(usual)
    }

    /// What a report is about.
    pub(crate) fn reason(self, reason: ReportReason) -> String {
        self.text(&format!("reason-{reason}"))
    }

    /// The rule that a reported person broke, as a rule.
    pub(crate) fn rule(self, reason: ReportReason) -> String {
        self.text(&format!("rule-{reason}"))
    }

    /// A question to start with.
    pub(crate) fn icebreaker(self, icebreaker: Icebreaker) -> String {
        self.text(&format!("icebreaker-{}", icebreaker.index()))
    }

    /// Why a refused kind of message is not passed on.
    pub(crate) fn not_relayed(self, content: Content) -> String {
        self.text(&format!("not-relayed-{content}"))
    }

    /// That a message of this kind stays with its writer, by their own choice.
    pub(crate) fn withheld(self, content: Content) -> String {
        self.text(&format!("withheld-{content}"))
    }

    /// Why a message did not arrive, or may not have.
    pub(crate) fn undelivered(self, why: Undelivered) -> String {
        self.text(&format!("not-relayed-{why}"))
    }

    /// A calendar day with the month in letters, so that nobody can mix up day and month.
    pub(crate) fn day(self, day: Day) -> String {
        let date = day.as_naive();
        self.calendar(date.day(), date.month(), date.year())
    }

    /// A point in time, in UTC, to the minute.
    pub(crate) fn moment(self, moment: Timestamp) -> String {
        let Some(time) = DateTime::from_timestamp_micros(moment.as_micros()) else { return String::new() };
        let day = self.calendar(time.day(), time.month(), time.year());
        let clock = format!("{:02}:{:02}", time.hour(), time.minute());
        self.with("moment", &[("day", day.into()), ("clock", clock.into())])
    }

    fn calendar(self, day: u32, month: u32, year: i32) -> String {
        let month = self.text(&format!("month-{month}"));
        // As text: a year is no quantity, and must not get grouping signs.
        self.with("day", &[("day", day.to_string().into()), ("month", month.into()), ("year", year.to_string().into())])
    }
}
