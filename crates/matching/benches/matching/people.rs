//! People of a dating market as plain values, who fits whom and for how many points by plain arithmetic, and the same
//! told to the crate. Nobody relaxes and nobody is kept apart.

use std::collections::BTreeMap;

use luvhive_matching::sim::Random;
use luvhive_matching::{
    AnyTags, Category, Common, Config, Dim, Effort, Fairness, Match, Matcher, Ordinal, Outcome, Schema, Set, Ticket, Weights,
};

const COUNTRIES: u64 = 64;

/// Somebody, packed for a scan. Keys are given in the order of arrival, and a millisecond lies between two arrivals.
#[derive(Clone, Copy)]
pub(crate) struct Person {
    pub(crate) interests: u64,
    /// At least one of these is asked for; nought asks for nothing.
    pub(crate) asked: u64,
    /// Countries that are accepted.
    pub(crate) countries: u64,
    pub(crate) key: u32,
    pub(crate) languages: u16,
    /// One bit: man, woman, other.
    pub(crate) side: u8,
    pub(crate) wants: u8,
    pub(crate) country: u8,
    pub(crate) age: u8,
    pub(crate) ages: (u8, u8),
    pub(crate) rating: u8,
    pub(crate) least: u8,
    pub(crate) merit: u8,
}

impl Person {
    /// Whether each accepts the other.
    pub(crate) fn fits(&self, other: &Self) -> bool {
        self.accepts(other) && other.accepts(self) && self.languages & other.languages != 0
    }

    fn accepts(&self, other: &Self) -> bool {
        self.wants & other.side != 0
            && (self.ages.0..=self.ages.1).contains(&other.age)
            && self.countries >> other.country & 1 == 1
            && (self.asked == 0 || self.asked & other.interests != 0)
            && other.rating >= self.least
    }
}

/// Weights as plain numbers; nought leaves one out.
#[derive(Clone, Copy)]
pub(crate) struct Plain {
    /// Points for each shared interest, and how many count.
    pub(crate) shared: (u32, u32),
    /// Points for the same age, and how many fewer a year apart.
    pub(crate) age: (u32, u32),
    pub(crate) country: u32,
    pub(crate) rating: (u32, u32),
    pub(crate) merit: bool,
}

impl Plain {
    pub(crate) fn points(&self, first: &Person, second: &Person) -> u32 {
        let near =
            |weight: (u32, u32), first: u8, second: u8| weight.0.saturating_sub(weight.1 * u32::from(first.abs_diff(second)));
        let shared = (first.interests & second.interests).count_ones().min(self.shared.1) * self.shared.0;
        let country = if first.country == second.country { self.country } else { 0 };
        let merit = if self.merit { u32::from(first.merit) + u32::from(second.merit) } else { 0 };
        shared + country + merit + near(self.age, first.age, second.age) + near(self.rating, first.rating, second.rating)
    }
}

/// How demanding people are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Filters {
    Loose,
    Mid,
    Tight,
}

/// A market: how its sides are split and how demanding its people are.
#[derive(Clone)]
pub(crate) struct People {
    pub(crate) men: u64,
    pub(crate) filters: Filters,
    pub(crate) seed: u64,
    shares: Vec<u64>,
}

impl People {
    /// So many men of a hundred people who are men or women; 6 of a hundred are neither.
    pub(crate) fn new(men: u64, filters: Filters, seed: u64) -> Self {
        let steps = (1..=COUNTRIES).map(|rank| 1_000_000_000 / rank);
        let shares = steps.scan(0, |total, step| {
            *total += step;
            Some(*total)
        });
        Self { men, filters, seed, shares: shares.collect() }
    }

    /// The k-th country is 1/k as frequent as the first.
    fn country(&self, random: &mut Random) -> u8 {
        let at = random.below(self.shares[self.shares.len() - 1]);
        u8::try_from(self.shares.iter().position(|share| at < *share).unwrap()).unwrap()
    }

    /// Who arrives as number `key`.
    pub(crate) fn person(&self, key: u32) -> Person {
        let mut random = Random(self.seed ^ u64::from(key).wrapping_mul(0xA24B_AED4_963E_E407));
        random.draw();
        let random = &mut random;
        let by = |loose: u64, mid: u64, tight: u64| match self.filters {
            Filters::Loose => loose,
            Filters::Mid => mid,
            Filters::Tight => tight,
        };
        let small = |random: &mut Random, limit: u64| u8::try_from(random.below(limit)).unwrap();
        let tag = |random: &mut Random| 1u64 << random.below(64).min(random.below(64));
        let side = if random.percent(6) { 4 } else { 2 - u8::from(random.percent(self.men)) };
        let wants = match side {
            _ if random.percent(15) => 7,
            4 => 7,
            _ => 3 - side,
        };
        let age = 18 + small(random, 34) + small(random, 30);
        let half = by(10, 3, 2) + random.below(by(20, 10, 4));
        let half = u8::try_from(half).unwrap();
        let country = self.country(random);
        let mut countries = u64::MAX;
        if !random.percent(by(90, 50, 25)) {
            countries = (0..random.below(3)).fold(1 << country, |set, _| set | 1 << self.country(random));
        }
        let local = 1 << (country % 15 + 1);
        let languages = local | u16::from(random.percent(by(95, 60, 50)));
        let interests = (0..3 + random.below(6)).fold(0, |set, _| set | tag(random));
        let asked = if random.percent(by(5, 25, 50)) { tag(random) | tag(random) } else { 0 };
        let rating = small(random, 30) + small(random, 21);
        let least = if random.percent(by(5, 25, 40)) { small(random, 30) } else { 0 };
        let ages = (age.saturating_sub(half).max(18), (age + half).min(80));
        Person {
            interests,
            asked,
            countries,
            key,
            languages,
            side,
            wants,
            country,
            age,
            ages,
            rating,
            least,
            merit: small(random, 16),
        }
    }
}

/// The market told to the crate.
pub(crate) struct World {
    pub(crate) schema: Schema,
    gender: Dim<Category>,
    country: Dim<Category>,
    age: Dim<Ordinal>,
    language: Dim<Common>,
    interest: Dim<AnyTags>,
    rating: Dim<Ordinal>,
}

impl World {
    pub(crate) fn new() -> Self {
        let mut schema = Schema::builder();
        let gender = schema.category("gender", 3);
        let country = schema.category("country", 64);
        let age = schema.ordinal("age", 18..=80);
        let language = schema.common("language", 16);
        let interest = schema.any_tags("interest", 64);
        let rating = schema.ordinal("rating", 0..=49);
        Self { schema: schema.build().unwrap(), gender, country, age, language, interest, rating }
    }

    pub(crate) fn weights(&self, plain: &Plain) -> Weights {
        let mut weights = Weights::new();
        if plain.shared.0 > 0 {
            weights = weights.shared(self.interest, plain.shared.0, plain.shared.1);
        }
        weights = weights.near(self.age, plain.age.0, plain.age.1);
        if plain.country > 0 {
            weights = weights.same(self.country, plain.country);
        }
        if plain.rating.0 > 0 {
            weights = weights.near(self.rating, plain.rating.0, plain.rating.1);
        }
        if plain.merit { weights.merit() } else { weights }
    }

    pub(crate) fn ticket(&self, person: &Person) -> Ticket<u32> {
        let mut ticket = Ticket::new(person.key)
            .have(self.gender, u16::try_from(person.side.trailing_zeros()).unwrap())
            .have(self.country, u16::from(person.country))
            .have(self.age, i32::from(person.age))
            .have(self.language, set(person.languages.into()))
            .have(self.interest, set(person.interests))
            .have(self.rating, i32::from(person.rating))
            .merit(person.merit)
            .accept(self.gender, set(person.wants.into()))
            .accept(self.age, i32::from(person.ages.0)..=i32::from(person.ages.1))
            .accept(self.interest, set(person.asked));
        if person.countries != u64::MAX {
            ticket = ticket.accept(self.country, set(person.countries));
        }
        if person.least > 0 {
            ticket = ticket.accept(self.rating, i32::from(person.least)..=49);
        }
        ticket
    }
}

pub(crate) fn set(bits: u64) -> Set {
    (0..64).filter(|value| bits >> value & 1 == 1).collect()
}

/// People who arrived one by one and were matched without fairness; everybody is at hand who still waits.
pub(crate) struct Pool {
    pub(crate) people: People,
    pub(crate) plain: Plain,
    pub(crate) world: World,
    pub(crate) matcher: Matcher<u32>,
    pub(crate) waiting: BTreeMap<u32, Person>,
    pub(crate) next_key: u32,
    /// Pairs that do not fit or whose points are wrong.
    pub(crate) violations: u32,
}

impl Pool {
    pub(crate) fn new(people: People, plain: Plain) -> Self {
        let world = World::new();
        let config = Config::default().effort(Effort::Exact).fairness(Fairness::off());
        let matcher = Matcher::new(world.schema.clone(), world.weights(&plain), config).unwrap();
        Self { people, plain, world, matcher, waiting: BTreeMap::new(), next_key: 0, violations: 0 }
    }

    /// Lets people arrive until so many wait. Anybody who fits will do meanwhile, which takes a tenth of the time.
    pub(crate) fn grow(&mut self, waiting: usize) {
        self.matcher.set_effort(Effort::Bounded { runs: 0 });
        while self.waiting.len() < waiting {
            self.arrive();
        }
        self.matcher.set_effort(Effort::Exact);
    }

    /// Somebody arrives. Who, and with whom they were matched.
    pub(crate) fn arrive(&mut self) -> (Person, Option<Match<u32>>) {
        let person = self.people.person(self.next_key);
        self.next_key += 1;
        let outcome = self.matcher.offer(&self.world.ticket(&person), u64::from(person.key)).unwrap();
        let Outcome::Matched(made) = outcome else {
            self.waiting.insert(person.key, person);
            return (person, None);
        };
        let partner = self.waiting.remove(&made.partner).unwrap();
        let is_scored = made.points == self.plain.points(&person, &partner);
        self.violations += u32::from(!is_scored || !person.fits(&partner));
        (person, Some(made))
    }
}
