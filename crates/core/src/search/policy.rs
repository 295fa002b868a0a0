//! The policy: how a person becomes a ticket, and what a good pair is worth. The formula stands here and nowhere else.

use std::time::Duration;

use luvhive_matching::{Config, Dim, Effort, Fairness, Mark, Schema, SchemaError, Set, TagRule, Ticket, Weights};

use crate::chat::seat::Widening;
use crate::filter::{Asks, Filter, FilterSet, Trait};
use crate::id::PersonId;
use crate::person::age::{ADULT_AGE, HIGHEST_AGE};
use crate::person::country::COUNTRY_COUNT;
use crate::person::{Gender, Interest, PersonFacts, SpokenLanguage};
use crate::time::Timestamp;

/// Points for each shared interest.
pub const POINTS_PER_INTEREST: u32 = 10;
/// How many shared interests count.
pub const COUNTED_INTERESTS: u32 = 5;
/// Points for the same age.
pub const POINTS_FOR_SAME_AGE: u32 = 20;
/// Points less for each year apart.
pub const POINTS_LESS_PER_YEAR: u32 = 2;
/// Points for the same country.
pub const POINTS_FOR_COUNTRY: u32 = 10;
/// Points for the same city.
pub const POINTS_FOR_CITY: u32 = 10;
/// Points per second of waiting.
pub const POINTS_PER_SECOND: u32 = 1;
/// Seconds of waiting that count.
pub const COUNTED_SECONDS: u32 = 60;

/// How many points premium adds for a waiting person. Waiting can add more, so nobody starves.
///
/// Measured by `benches/fairness.rs`: in a crowd, where passes are what runs out, 10 points bought nothing.
pub const POINTS_FOR_PREMIUM: u32 = 40;

/// A wait after which a person is served before those who wait less; among them points decide.
pub(super) const OVERDUE_AFTER: Duration = Duration::from_mins(2);
/// How often compatible later arrivals may be served first: then a person is served before everybody who came later.
pub(super) const OVERDUE_PASSES: u8 = 20;
const VERIFIED: u16 = 1;
/// The bytes of a city's mark, each a dimension: a filter for one's own city has to be exact.
const CITY_BYTES: usize = 4;

/// The dimensions in which people are matched.
#[derive(Debug)]
pub(super) struct Policy {
    pub(super) schema: Schema,
    gender: Dim,
    verified: Dim,
    age: Dim,
    country: Dim,
    language: Dim,
    interest: Dim,
    city: Mark,
    city_bytes: [Dim; CITY_BYTES],
}

impl Policy {
    /// Declares the dimensions.
    ///
    /// # Errors
    /// None in practice: a test builds it.
    pub(super) fn new() -> Result<Self, SchemaError> {
        let mut schema = Schema::builder();
        let gender = schema.category("gender", size_of_list(Gender::ALL));
        let verified = schema.category("verified", 2);
        let age = schema.ordinal("age", i32::from(ADULT_AGE)..=i32::from(HIGHEST_AGE));
        let country = schema.category("country", u16::from(COUNTRY_COUNT));
        let language = schema.any_tags("language", size_of_list(SpokenLanguage::ALL));
        let interest = schema.any_tags("interest", size_of_list(Interest::ALL));
        let city = schema.mark("city");
        let city_bytes = ["city_a", "city_b", "city_c", "city_d"].map(|name| schema.ordinal(name, 0..=i32::from(u8::MAX)));
        Ok(Self { schema: schema.build()?, gender, verified, age, country, language, interest, city, city_bytes })
    }

    /// What a pair is worth: shared interests, close age, same country and city, conduct. Waiting is counted by the
    /// matcher's fairness ([`POINTS_PER_SECOND`], [`COUNTED_SECONDS`]).
    pub(super) fn weights(&self) -> Weights {
        Weights::new()
            .shared(self.interest, POINTS_PER_INTEREST, COUNTED_INTERESTS)
            .near(self.age, POINTS_FOR_SAME_AGE, POINTS_LESS_PER_YEAR)
            .same(self.country, POINTS_FOR_COUNTRY)
            .mark(self.city, POINTS_FOR_CITY)
            .merit()
    }

    /// The matcher's settings: waiting counts, premium does, and nobody is passed over more than [`OVERDUE_PASSES`]
    /// times, which only a search of everybody can promise.
    pub(super) fn config() -> Config {
        let fairness = Fairness::default()
            .aging(1_000 / u64::from(POINTS_PER_SECOND), COUNTED_SECONDS)
            .priority(2, POINTS_FOR_PREMIUM)
            .overdue(u64::try_from(OVERDUE_AFTER.as_millis()).ok(), Some(OVERDUE_PASSES));
        Config::default().effort(Effort::Exact).fairness(fairness)
    }

    /// A person as the matcher sees them: what they are, and whom they accept apart from the filters they dropped.
    pub(super) fn ticket(&self, facts: &PersonFacts, widening: Widening, now: Timestamp) -> Ticket<PersonId> {
        let is_premium = facts.is_premium(now);
        let mut ticket = Ticket::new(facts.person)
            .have(self.gender, i32::from(index(facts.gender.index())))
            .have(self.verified, i32::from(facts.is_verified))
            .have(self.age, i32::from(facts.age(now).years()))
            .have(self.country, i32::from(facts.country.index()))
            .have(self.language, languages(facts))
            .have(self.interest, interests(facts))
            .mark(self.city, facts.city_mark.unwrap_or(0))
            .priority(u8::from(is_premium))
            // Both tickets' merits are added: half a point of conduct each makes up to 10 for the pair.
            .merit(facts.conduct() / 2);
        for (dimension, byte) in self.city_of(facts) {
            ticket = ticket.have(dimension, byte);
        }
        let counts = |filter: &Filter| (is_premium || !filter.needs_premium()) && !widening.contains(*filter);
        let asked: FilterSet = facts.preferences.filters().iter().filter(counts).collect();
        let is_local = asked.contains(Filter::City) && facts.city_mark.is_some();
        // Without a city of one's own there is nothing to ask for, and with one it takes the place of a country.
        let asked = asked.without(if is_local { Filter::Country } else { Filter::City });
        asked.iter().fold(ticket, |ticket, filter| self.accept(ticket, filter.asks(), facts))
    }

    /// Adds what a person accepts by one of their filters.
    fn accept(&self, ticket: Ticket<PersonId>, asks: Asks, facts: &PersonFacts) -> Ticket<PersonId> {
        let wanted = &facts.preferences;
        match asks {
            Asks::WantedGender => ticket.accept(self.gender, positions(wanted.genders.iter().map(Gender::index))),
            Asks::WantedAge => {
                ticket.accept(self.age, i32::from(wanted.ages.low().years())..=i32::from(wanted.ages.high().years()))
            }
            Asks::WantedCountry => match wanted.country {
                Some(country) => ticket.accept(self.country, [u16::from(country.index())]),
                None => ticket,
            },
            Asks::Verified => ticket.accept(self.verified, [VERIFIED]),
            Asks::Shared(Trait::Country) => ticket.accept(self.country, [u16::from(facts.country.index())]),
            Asks::Shared(Trait::City) => {
                let local = self.city_of(facts).fold(ticket, |ticket, (dimension, byte)| ticket.accept(dimension, byte..=byte));
                // Cities of one name lie in different countries.
                self.accept(local, Asks::Shared(Trait::Country), facts)
            }
            Asks::Shared(Trait::Interest) => ticket.accept(self.interest, TagRule::any_of(interests(facts))),
            Asks::Shared(Trait::Language) => ticket.accept(self.language, TagRule::any_of(languages(facts))),
        }
    }

    /// The bytes of a city's mark, each with its dimension.
    fn city_of(&self, facts: &PersonFacts) -> impl Iterator<Item = (Dim, i32)> {
        let bytes = facts.city_mark.map_or([0; CITY_BYTES], u32::to_be_bytes);
        self.city_bytes.into_iter().zip(bytes.map(i32::from))
    }
}

fn languages(facts: &PersonFacts) -> Set {
    positions(facts.languages.iter().map(SpokenLanguage::index))
}

fn interests(facts: &PersonFacts) -> Set {
    positions(facts.interests.iter().map(Interest::index))
}

fn positions(of: impl Iterator<Item = usize>) -> Set {
    of.map(index).collect()
}

fn size_of_list<T>(list: &[T]) -> u16 {
    u16::try_from(list.len()).unwrap_or(u16::MAX)
}

fn index(position: usize) -> u16 {
    u16::try_from(position).unwrap_or(u16::MAX)
}
