//! The policy: how a person becomes a ticket, and what a good pair is worth. The formula stands here and nowhere else.

use std::time::Duration;

use luvhive_matching::{
    AnyTags, Category, Config, Dim, Effort, Fairness, Ordinal, Schema, SchemaError, Set, Ticket, Weights, Wide,
};

use crate::chat::seat::Widening;
use crate::filter::{Asks, Filter, FilterSet, Trait};
use crate::id::PersonId;
use crate::person::age::{ADULT_AGE, HIGHEST_AGE};
use crate::person::country::COUNTRY_COUNT;
use crate::person::{Gender, Interest, PersonFacts, SpokenLanguage};
use crate::time::Timestamp;

/// What counts how much when the best of several partners is chosen: the settings of the formula below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScoreWeights {
    /// Points for each shared interest.
    pub interest: u16,
    /// How many shared interests count, 1 to 15.
    pub counted_interests: u8,
    /// Points for the same age.
    pub age: u16,
    /// Points less for each year apart.
    pub age_slope: u16,
    /// Points for the same country.
    pub country: u16,
    /// Points for the same city.
    pub city: u16,
    /// Points that the conduct of both brings at most.
    pub conduct: u8,
    /// Points per second of waiting, 1 to 10.
    pub second: u8,
    /// Points that waiting brings at most.
    pub waiting: u16,
    /// Points that premium adds for a waiting person. Waiting can add more, so nobody starves.
    ///
    /// Measured by `benches/fairness.rs`: in a crowd, where passes are what runs out, 10 points bought nothing.
    pub premium: u16,
    /// How often compatible later arrivals may be served first, 1 to 31: then a person is served before everybody who came
    /// later.
    pub passes: u8,
}

impl Default for ScoreWeights {
    fn default() -> Self {
        Self {
            interest: 10,
            counted_interests: 5,
            age: 20,
            age_slope: 2,
            country: 10,
            city: 10,
            conduct: 10,
            second: 1,
            waiting: 60,
            premium: 40,
            passes: 20,
        }
    }
}

/// A wait after which a person is served before those who wait less; among them points decide.
pub(super) const OVERDUE_AFTER: Duration = Duration::from_mins(2);
/// The highest conduct of two people together.
const BEST_CONDUCT: u16 = 20;
const VERIFIED: u16 = 1;

/// The dimensions in which people are matched.
#[derive(Debug)]
pub(super) struct Policy {
    pub(super) schema: Schema,
    score: ScoreWeights,
    gender: Dim<Category>,
    verified: Dim<Category>,
    age: Dim<Ordinal>,
    country: Dim<Category>,
    language: Dim<AnyTags>,
    interest: Dim<AnyTags>,
    city: Dim<Wide>,
}

impl Policy {
    /// Declares the dimensions. Numbers beyond what [`ScoreWeights`] says count as the nearest possible one.
    ///
    /// # Errors
    /// None in practice: a test builds it.
    pub(super) fn new(score: ScoreWeights) -> Result<Self, SchemaError> {
        let mut schema = Schema::builder();
        let gender = schema.category("gender", size_of_list(Gender::ALL));
        let verified = schema.category("verified", 2);
        let age = schema.ordinal("age", i32::from(ADULT_AGE)..=i32::from(HIGHEST_AGE));
        let country = schema.category("country", u16::from(COUNTRY_COUNT));
        let language = schema.any_tags("language", size_of_list(SpokenLanguage::ALL));
        let interest = schema.any_tags("interest", size_of_list(Interest::ALL));
        // Nobody asks for a city but their own.
        let city = schema.wide("city", 1);
        let score = ScoreWeights {
            counted_interests: score.counted_interests.clamp(1, 15),
            second: score.second.clamp(1, 10),
            passes: score.passes.clamp(1, 31),
            ..score
        };
        Ok(Self { schema: schema.build()?, score, gender, verified, age, country, language, interest, city })
    }

    /// What a pair is worth: shared interests, close age, same country and city, conduct. The matcher's fairness counts
    /// waiting and premium.
    pub(super) fn weights(&self) -> Weights {
        let score = &self.score;
        Weights::new()
            .shared(self.interest, score.interest.into(), score.counted_interests.into())
            .near(self.age, score.age.into(), score.age_slope.into())
            .same(self.country, score.country.into())
            .same(self.city, score.city.into())
            .merit()
    }

    /// The matcher's settings: waiting counts, premium does, and nobody is passed over more than [`ScoreWeights::passes`]
    /// times, which only a search of everybody can promise.
    pub(super) fn config(&self) -> Config {
        let score = &self.score;
        let fairness = Fairness::default()
            .aging_every_ms(1_000 / u64::from(score.second))
            .aging_cap(score.waiting.into())
            .classes(2)
            .class_bonus(score.premium.into())
            .overdue_after_ms(u64::try_from(OVERDUE_AFTER.as_millis()).ok())
            .overdue_passes(score.passes);
        Config::default().effort(Effort::Exact).fairness(fairness)
    }

    /// A person's share of the points for conduct; those of both are added.
    fn merit(&self, facts: &PersonFacts) -> u8 {
        let share = u16::from(facts.conduct()).saturating_mul(self.score.conduct.into()) / BEST_CONDUCT;
        u8::try_from(share).unwrap_or(u8::MAX)
    }

    /// A person as the matcher sees them: what they are, and whom they accept apart from the filters they dropped.
    pub(super) fn ticket(&self, facts: &PersonFacts, widening: Widening, now: Timestamp) -> Ticket<PersonId> {
        let is_premium = facts.is_premium(now);
        let ticket = Ticket::new(facts.person)
            .have(self.gender, index(facts.gender.index()))
            .have(self.verified, u16::from(facts.is_verified))
            .have(self.age, i32::from(facts.age(now).years()))
            .have(self.country, u16::from(facts.country.index()))
            .have(self.language, languages(facts))
            .have(self.interest, interests(facts))
            .have(self.city, facts.city_mark.unwrap_or(0))
            .priority(u8::from(is_premium))
            .merit(self.merit(facts));
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
                let Some(city) = facts.city_mark else { return ticket };
                // Cities of one name lie in different countries.
                self.accept(ticket.accept(self.city, [city]), Asks::Shared(Trait::Country), facts)
            }
            Asks::Shared(Trait::Interest) => ticket.accept(self.interest, interests(facts)),
            Asks::Shared(Trait::Language) => ticket.accept(self.language, languages(facts)),
        }
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
