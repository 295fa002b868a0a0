//! Seeded populations for a dating market: who they are, whom they want, how they give way.
//! Frozen: a test compares them with a recorded number, since figures rest on them.

use alloc::vec::Vec;

use crate::dim::{AnyTags, Category, Common, Dim, Ordinal};
use crate::schema::Schema;
use crate::score::Weights;
use crate::set::Set;
use crate::ticket::{Anything, Have, Ticket};

const COUNTRIES: usize = 64;
/// Number of keys in [`Population::excluded`].
pub const EXCLUDED: usize = 10;

/// A small generator (splitmix64), the same everywhere.
#[derive(Clone, Debug)]
pub struct Random(pub u64);

impl Random {
    /// The next number.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `limit`, which must not be zero.
    pub fn below(&mut self, limit: u64) -> u64 {
        let wide = (u128::from(self.draw()) * u128::from(limit)) >> 64;
        u64::try_from(wide).unwrap_or(0)
    }

    /// True in `percent` of a hundred cases.
    pub fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn small(&mut self, limit: u64) -> u16 {
        u16::try_from(self.below(limit)).unwrap_or(0)
    }
}

/// How demanding people are and how unequal the sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Mix {
    /// Equal sides, permissive filters: nearly everybody fits somebody.
    Easy,
    /// 80 men to 19 women to 1 other, moderate filters.
    Skew,
    /// As skew, with narrow filters: age within three years, country, interests, rating.
    Hard,
}

/// A market: its schema, its weights, and any number of people, each a function of seed and key.
#[derive(Clone, Debug)]
pub struct Population {
    mix: Mix,
    seed: u64,
    schema: Schema,
    gender: Dim<Category>,
    country: Dim<Category>,
    age: Dim<Ordinal>,
    language: Dim<Common>,
    interest: Dim<AnyTags>,
    rating: Dim<Ordinal>,
    /// Cumulative shares of countries, in millionths: the k-th is 1/k as frequent as the first.
    shares: Vec<u64>,
}

impl Population {
    /// The market of a mix. The seed decides who its people are.
    ///
    /// # Errors
    /// None; the schema is valid. The result is that of the schema's construction.
    pub fn new(mix: Mix, seed: u64) -> Result<Self, crate::SchemaError> {
        let mut schema = Schema::builder();
        let gender = schema.category("gender", 3);
        let country = schema.category("country", 64);
        let age = schema.ordinal("age", 18..=65);
        let language = schema.common("language", 16);
        let interest = schema.any_tags("interest", 64);
        let rating = schema.ordinal("rating", 0..=7);
        schema.cluster(country);
        let schema = schema.build()?;
        let mut total = 0;
        let steps: Vec<u64> = (1..=64u64).map(|rank| 1_000_000_000 / rank).collect();
        let sum: u64 = steps.iter().sum();
        let shares = steps
            .iter()
            .map(|step| {
                total += step;
                total * 1_000_000 / sum
            })
            .collect();
        Ok(Self { mix, seed, schema, gender, country, age, language, interest, rating, shares })
    }

    /// The schema: gender, country, age, language, interest, rating.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Points: 100 for any pair, 40 for each of seven shared interests, nearness in age and rating, the country.
    pub fn weights(&self) -> Weights {
        Weights::new().base(100).shared(self.interest, 40, 7).near(self.age, 40, 2).same(self.country, 20).near(
            self.rating,
            14,
            2,
        )
    }

    /// A name for people like `key`: gender and whether they pay.
    pub fn segment(&self, key: u32) -> &'static str {
        let ticket = self.ticket(key);
        let gender = ticket.have.iter().find(|have| have.0 == self.gender).map(|have| have.1);
        let is_premium = ticket.class > 0;
        match (gender, is_premium) {
            (Some(Have::Category(0)), false) => "men",
            (Some(Have::Category(0)), true) => "men, premium",
            (Some(Have::Category(1)), false) => "women",
            (Some(Have::Category(1)), true) => "women, premium",
            (_, false) => "others",
            (_, true) => "others, premium",
        }
    }

    fn pick_country(&self, random: &mut Random) -> u16 {
        let at = random.below(1_000_000);
        let found = self.shares.iter().position(|share| at < *share).unwrap_or(COUNTRIES - 1);
        u16::try_from(found).unwrap_or(0)
    }

    fn by_mix(&self, easy: u64, skew: u64, hard: u64) -> u64 {
        match self.mix {
            Mix::Easy => easy,
            Mix::Skew => skew,
            Mix::Hard => hard,
        }
    }

    /// The ticket of person `key`, with steps after 10, 20 and 40 seconds.
    pub fn ticket(&self, key: u32) -> Ticket<u32> {
        let mut random = Random(self.seed ^ u64::from(key).wrapping_mul(0xA24B_AED4_963E_E407));
        random.draw();
        let random = &mut random;
        let (men, women) = (self.by_mix(50, 80, 80), self.by_mix(48, 19, 19));
        let draw = random.below(100);
        let gender: u16 = if draw < men { 0 } else { 1 + u16::from(draw >= men + women) };
        let opposite = match gender {
            0 => Set::from([1]),
            1 => Set::from([0]),
            _ => Set::from([0, 1, 2]),
        };
        let draw = random.below(100);
        let wants = match self.mix {
            Mix::Easy if draw < 50 => Set::from([0, 1, 2]),
            Mix::Skew | Mix::Hard if draw < 15 => Set::from([0, 1, 2]),
            Mix::Skew | Mix::Hard if draw < 22 => Set::from([gender]),
            _ => opposite,
        };
        let age = 18 + i32::from(random.small(28)) + i32::from(random.small(20));
        let half = match self.mix {
            Mix::Easy => 10 + random.small(20),
            Mix::Skew => 3 + random.small(10),
            Mix::Hard => 1 + random.small(3),
        };
        let half = i32::from(half);
        let country = self.pick_country(random);
        let anywhere = random.percent(self.by_mix(90, 50, 10));
        let mut countries = Set::from([country]);
        if !anywhere {
            for _ in 0..random.below(3) {
                countries.insert(self.pick_country(random));
            }
        }
        // The language goes with the country; many speak language 0 besides.
        let mut languages = Set::from([country % 15 + 1]);
        if random.percent(self.by_mix(95, 60, 30)) {
            languages.insert(0);
        }
        let tag = |random: &mut Random| random.small(64).min(random.small(64));
        let interests: Set = (0..3 + random.below(6)).map(|_| tag(random)).collect();
        let asks = random.percent(self.by_mix(5, 25, 80));
        let asked: Set = (0..if asks { 2 } else { 0 }).map(|_| tag(random)).collect();
        let rating = i32::from(random.small(5)) + i32::from(random.small(4));
        let least = if random.percent(self.by_mix(5, 25, 60)) { i32::from(random.small(6)) } else { 0 };
        let gives_way = random.percent(70);
        let premium = random.percent(5);

        let mut ticket = Ticket::new(key)
            .have(self.gender, gender)
            .have(self.country, country)
            .have(self.age, age)
            .have(self.language, languages)
            .have(self.interest, interests)
            .have(self.rating, rating)
            .accept(self.gender, wants)
            .accept(self.age, age - half..=age + half)
            .accept(self.rating, least..=7)
            .accept(self.interest, asked)
            .relax(self.age, 10_000, age - half - 3..=age + half + 3)
            .relax(self.age, 20_000, age - half - 6..=age + half + 6)
            .relax(self.age, 40_000, age - half - 10..=age + half + 10)
            .priority(u8::from(premium));
        if asks {
            ticket = ticket.relax(self.interest, 20_000, Anything);
        }
        if !anywhere {
            ticket = ticket.accept(self.country, countries);
            if gives_way {
                ticket = ticket.relax(self.country, 40_000, Anything);
            }
        }
        ticket
    }

    /// Keys that `key` must not meet: people who came shortly before, so that exclusions matter.
    pub fn excluded(&self, key: u32) -> [u32; EXCLUDED] {
        let mut random = Random(self.seed ^ 0x5555 ^ u64::from(key).wrapping_mul(0x9FB2_1C65_1E98_DF25));
        let mut keys = [0; EXCLUDED];
        for other in &mut keys {
            let back = 1 + u32::try_from(random.below(2_000)).unwrap_or(0);
            *other = key.wrapping_sub(back);
        }
        keys
    }
}
