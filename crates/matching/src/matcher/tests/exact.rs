//! An exact search against a plain scan, with everything that is made for a crowd made for a few tickets already.
//! Without `merit` too: its slack of 255 points once hid that a band's loss was counted twice.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use proptest::prelude::*;

use crate::index::Crowds;
use crate::wide::unmix;
use crate::{
    Category, Config, Dim, Effort, Facts, Fairness, Mark, Matcher, Ordinal, Outcome, Schema, Score, Set, Tags, Ticket, Weights,
    Wide,
};

const ARRIVALS: u32 = 700;

/// Somebody as plain values.
#[derive(Clone, Debug)]
struct Person {
    key: u32,
    side: u16,
    country: u16,
    age: i32,
    rating: i32,
    hobbies: BTreeSet<u16>,
    traits: BTreeSet<u16>,
    town: u32,
    city: u32,
    merit: u8,
    class: u8,
    ages: (i32, i32),
    ratings: Option<(i32, i32)>,
    home_only: bool,
    towns: Vec<u32>,
    /// Who is excluded.
    barred: BTreeSet<u32>,
    came: u64,
}

/// The weights as plain numbers; nought leaves one out.
#[derive(Clone, Copy, Debug)]
struct Plain {
    base: u32,
    hobby: (u32, u32),
    trait_: (u32, u32),
    country: u32,
    age: (u32, u32),
    rating: (u32, u32),
    same_rating: u32,
    town: u32,
    city: u32,
    merit: bool,
    aging: (u64, u32),
    class_bonus: u32,
    /// Up to so many points for the two ages together, which no weight tells.
    extra: u32,
}

/// Weights with points of their own on top.
struct Odd {
    weights: Weights,
    age: Dim<Ordinal>,
    most: u32,
}

/// Points for two ages: more than may be given, for some.
fn odd(one: i32, two: i32) -> u32 {
    (one + two).unsigned_abs() % 7 * 9
}

impl Score for Odd {
    fn weights(&self) -> &Weights {
        &self.weights
    }

    fn extra(&self, one: &Facts<'_>, two: &Facts<'_>) -> u32 {
        odd(one.value(self.age).unwrap(), two.value(self.age).unwrap())
    }

    fn extra_most(&self) -> u32 {
        self.most
    }
}

struct World {
    schema: Schema,
    side: Dim<Category>,
    country: Dim<Category>,
    age: Dim<Ordinal>,
    rating: Dim<Ordinal>,
    hobby: Dim<Tags>,
    trait_: Dim<Tags>,
    town: Dim<Wide>,
    city: Mark,
}

impl World {
    /// Ratings go up to `top`: few of them are not worth bands.
    fn new(top: i32) -> Self {
        let mut schema = Schema::builder();
        let side = schema.category("side", 2);
        let country = schema.category("country", 9);
        let age = schema.ordinal("age", 18..=80);
        let rating = schema.ordinal("rating", 0..=top);
        let hobby = schema.tags("hobby", 12);
        let trait_ = schema.tags("trait", 9);
        let town = schema.wide("town", 3);
        let city = schema.mark("city");
        schema.cluster(country);
        Self { schema: schema.build().unwrap(), side, country, age, rating, hobby, trait_, town, city }
    }

    fn score(&self, plain: &Plain) -> Odd {
        let mut weights = Weights::new().base(plain.base);
        if plain.hobby.0 > 0 {
            weights = weights.shared(self.hobby, plain.hobby.0, plain.hobby.1);
        }
        if plain.trait_.0 > 0 {
            weights = weights.shared(self.trait_, plain.trait_.0, plain.trait_.1);
        }
        if plain.country > 0 {
            weights = weights.same(self.country, plain.country);
        }
        if plain.age.0 > 0 {
            weights = weights.near(self.age, plain.age.0, plain.age.1);
        }
        if plain.rating.0 > 0 {
            weights = weights.near(self.rating, plain.rating.0, plain.rating.1);
        }
        if plain.same_rating > 0 {
            weights = weights.same(self.rating, plain.same_rating);
        }
        if plain.town > 0 {
            weights = weights.same(self.town, plain.town);
        }
        if plain.city > 0 {
            weights = weights.mark(self.city, plain.city);
        }
        let weights = if plain.merit { weights.merit() } else { weights };
        Odd { weights, age: self.age, most: plain.extra }
    }

    fn ticket(&self, person: &Person) -> Ticket<u32> {
        let set = |values: &BTreeSet<u16>| values.iter().copied().collect::<Set>();
        let mut ticket = Ticket::new(person.key)
            .have(self.side, person.side)
            .have(self.country, person.country)
            .have(self.age, person.age)
            .have(self.rating, person.rating)
            .have(self.hobby, set(&person.hobbies))
            .have(self.trait_, set(&person.traits))
            .have(self.town, person.town)
            .mark(self.city, person.city)
            .merit(person.merit)
            .priority(person.class)
            .accept(self.side, [1 - person.side])
            .accept(self.age, person.ages.0..=person.ages.1);
        if let Some((low, high)) = person.ratings {
            ticket = ticket.accept(self.rating, low..=high);
        }
        if !person.towns.is_empty() {
            ticket = ticket.accept(self.town, &person.towns[..]);
        }
        if person.home_only {
            ticket = ticket.accept(self.country, [person.country]);
        }
        ticket
    }
}

impl Person {
    fn takes(&self, other: &Self) -> bool {
        self.side != other.side
            && (self.ages.0..=self.ages.1).contains(&other.age)
            && self.ratings.is_none_or(|(low, high)| (low..=high).contains(&other.rating))
            && (!self.home_only || self.country == other.country)
            && (self.towns.is_empty() || self.towns.contains(&other.town))
            && !self.barred.contains(&other.key)
    }
}

impl Plain {
    /// No points for anything.
    const NOUGHT: Self = Self {
        base: 0,
        hobby: (0, 1),
        trait_: (0, 1),
        country: 0,
        age: (0, 0),
        rating: (0, 0),
        same_rating: 0,
        town: 0,
        city: 0,
        merit: false,
        aging: (1_000, 0),
        class_bonus: 0,
        extra: 0,
    };

    fn points(&self, one: &Person, two: &Person) -> u32 {
        let shared = |a: &BTreeSet<u16>, b: &BTreeSet<u16>| u32::try_from(a.intersection(b).count()).unwrap();
        let near = |(most, slope): (u32, u32), a: i32, b: i32| most.saturating_sub(slope * a.abs_diff(b));
        let mut points = self.base + self.hobby.0 * shared(&one.hobbies, &two.hobbies).min(self.hobby.1);
        points += self.trait_.0 * shared(&one.traits, &two.traits).min(self.trait_.1);
        points += if one.country == two.country { self.country } else { 0 };
        points += near(self.age, one.age, two.age) + near(self.rating, one.rating, two.rating);
        points += if one.rating == two.rating { self.same_rating } else { 0 };
        points += if one.town != 0 && one.town == two.town { self.town } else { 0 };
        points += if one.city != 0 && one.city == two.city { self.city } else { 0 };
        points += odd(one.age, two.age).min(self.extra);
        points + if self.merit { u32::from(one.merit) + u32::from(two.merit) } else { 0 }
    }

    /// Points with what waiting and class add for somebody who waits.
    fn total(&self, new: &Person, waiting: &Person, now: u64) -> u64 {
        let aged = (now / self.aging.0 - waiting.came / self.aging.0).min(u64::from(self.aging.1));
        u64::from(self.points(new, waiting)) + aged + u64::from(self.class_bonus * u32::from(waiting.class))
    }

    /// Whom a plain scan takes: most in all, then who came first.
    fn best<'a>(&self, new: &Person, waiting: &'a [Person], now: u64) -> Option<&'a Person> {
        let fitting = waiting.iter().filter(|other| new.takes(other) && other.takes(new));
        fitting.rev().max_by_key(|other| self.total(new, other, now))
    }

    /// Everybody who fits, the best first.
    fn ranking<'a>(&self, new: &Person, waiting: &'a [Person], now: u64) -> Vec<&'a Person> {
        let fitting = waiting.iter().filter(|other| new.takes(other) && other.takes(new));
        let mut all: Vec<&Person> = fitting.collect();
        // Those who wait stand in order of arrival, which the sort keeps.
        all.sort_by_key(|other| core::cmp::Reverse(self.total(new, other, now)));
        all
    }
}

fn plain() -> impl Strategy<Value = Plain> {
    let shared = || prop_oneof![1 => Just((0, 1)), 3 => (1u32..20, 1u32..7)];
    let near = || prop_oneof![1 => Just((0, 0)), 4 => (1u32..70, 0u32..5)];
    let some = |most: u32| prop_oneof![1 => Just(0), 1 => 1..most];
    let aging = prop_oneof![2 => Just((1_000, 0)), 1 => (100u64..2_000, 1u32..80)];
    let class_bonus = 0u32..30;
    (
        (0u32..10, shared(), shared(), some(30), near(), near()),
        (some(30), some(30), some(30), prop::bool::weighted(0.25), aging, class_bonus),
        prop_oneof![2 => Just(0), 1 => 1u32..60],
    )
        .prop_map(
            |((base, hobby, trait_, country, age, rating), (same_rating, town, city, merit, aging, class_bonus), extra)| {
                // A bonus of classes asks for aging above it.
                let class_bonus = if aging.1 > 2 * class_bonus { class_bonus } else { 0 };
                Plain { base, hobby, trait_, country, age, rating, same_rating, town, city, merit, aging, class_bonus, extra }
            },
        )
}

/// A stream of numbers from a seed.
struct Draw(u64);

impl Draw {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    fn number(&mut self, limit: u64) -> i32 {
        i32::try_from(self.below(limit)).unwrap()
    }

    fn tags(&mut self, count: u64, size: u64) -> BTreeSet<u16> {
        (0..self.below(count)).map(|_| u16::try_from(self.below(size)).unwrap()).collect()
    }

    /// One of a few kinds of people; one in so many brings an old wait along, a long or a short one.
    fn alike(&mut self, key: u32, (classes, old): (u64, u64), now: u64) -> Person {
        let kind = self.below(6);
        let side = u16::from(self.below(10) < 3);
        let class = u8::try_from(self.below(classes)).unwrap();
        let waited = if self.below(2) == 0 { self.below(now + 1) } else { self.below(1_500).min(now) };
        let came = if self.below(old) == 0 { now - waited } else { now };
        Person { key, side, class, came, ages: (18, 80), ratings: None, home_only: false, ..Self(kind).person(key, classes, now) }
    }

    /// Mostly one side, so that a crowd gathers.
    fn person(&mut self, key: u32, classes: u64, came: u64) -> Person {
        let age = 18 + self.number(63);
        let rating = self.number(100);
        // Of few digits, so that any of them is one of several towns: none of these is ever taken for another.
        let mut town = || unmix([0, 0x1111_1111, 0x2222_2222, 0x1212_1212, 0x1111_1112][usize::try_from(self.below(5)).unwrap()]);
        let (mine, others) = (town(), [town(), town(), town()]);
        let wanted = usize::try_from(self.below(8)).unwrap();
        let towns: Vec<u32> = others.into_iter().filter(|town| *town != 0).take(wanted.saturating_sub(4)).collect();
        let (younger, older, span) = (self.number(30), self.number(30), self.number(60));
        Person {
            key,
            side: u16::from(self.below(10) == 0),
            country: u16::try_from(self.below(9).min(self.below(9))).unwrap(),
            age,
            rating,
            hobbies: self.tags(9, 12),
            traits: self.tags(6, 9),
            town: mine,
            city: u32::try_from(self.below(4)).unwrap(),
            merit: u8::try_from(self.below(16)).unwrap(),
            class: u8::try_from(self.below(classes)).unwrap(),
            ages: ((age - younger).max(18), (age + older).min(80)),
            ratings: (self.below(3) == 0).then(|| ((rating - span).max(0), (rating + span).min(99))),
            home_only: self.below(8) == 0,
            towns,
            barred: BTreeSet::new(),
            came,
        }
    }
}

/// With everything made for a few, with summaries alone, and with everything in one lane.
const CROWDS: [Crowds; 3] = [
    Crowds { group: 4, bands: 8, cluster: 40, lane: 12, summary: 2, ahead: 200, equals: 0 },
    Crowds { group: u32::MAX, bands: u32::MAX, cluster: u32::MAX, lane: u32::MAX, summary: 1, ahead: 0, equals: 0 },
    Crowds { group: 2, bands: 60, cluster: 90, lane: 8, summary: 1, ahead: u32::MAX, equals: 6 },
];

/// Who arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Arrivals {
    /// All sorts of people, hardly any of whom leave.
    Mixed,
    /// A few kinds of people, many of whom leave, so that places are filled again and points are often equal.
    Alike,
}

fn check(plain: &Plain, seed: u64, arrivals: Arrivals) -> Result<(), TestCaseError> {
    let mut draw = Draw(seed);
    let top = [8, 99][usize::from(draw.below(3) > 0)];
    let world = World::new(top);
    let classes = if plain.class_bonus > 0 { 3 } else { 1 };
    let fairness =
        Fairness::off().aging_every_ms(plain.aging.0).aging_cap(plain.aging.1).classes(classes).class_bonus(plain.class_bonus);
    let config = Config::default().effort(Effort::Exact).fairness(fairness);
    let mut matcher = Matcher::new(world.schema.clone(), world.score(plain), config).unwrap();
    matcher.index.crowds = CROWDS[usize::try_from(draw.below(3)).unwrap()];
    let mut waiting: Vec<Person> = Vec::new();
    let mut now = 0;
    let (count, stay) = if arrivals == Arrivals::Alike { (ARRIVALS * 4, 4) } else { (ARRIVALS, 40) };
    let old = [12, 200, 2_000][usize::try_from(draw.below(3)).unwrap()];
    for key in 0..count {
        now += draw.below(300);
        let classes = u64::from(classes);
        let new = if arrivals == Arrivals::Alike { draw.alike(key, (classes, old), now) } else { draw.person(key, classes, now) };
        let ratings = new.ratings.map(|(low, high)| (low.min(top), high.min(top)));
        let mut new = Person { rating: new.rating % (top + 1), ratings, ..new };
        if draw.below(8) == 0 {
            // The first two it would have taken, so that the third one is looked for.
            new.barred = plain.ranking(&new, &waiting, now).iter().take(2).map(|other| other.key).collect();
            new.barred.iter().for_each(|other| matcher.exclude(key, *other, None).unwrap());
        }
        if draw.below(16) == 0 {
            let most = u32::try_from(draw.below(40)).unwrap();
            matcher.advance(now, u32::MAX, |_| {}).unwrap();
            let expected = plain.ranking(&new, &waiting, now).into_iter().take(most.try_into().unwrap());
            let expected: Vec<_> = expected.map(|best| (best.key, plain.points(&new, best))).collect();
            prop_assert_eq!(matcher.top(&world.ticket(&new), most).unwrap(), expected);
        }
        let outcome = matcher.offer(&world.ticket(&new).waiting_since(new.came), now).unwrap();
        match (outcome, plain.best(&new, &waiting, now).cloned()) {
            (Outcome::Waiting, None) => waiting.insert(waiting.partition_point(|other| other.came <= new.came), new),
            (Outcome::Matched(made), Some(best)) => {
                prop_assert_eq!(made.partner, best.key, "{} of {} waiting", key, waiting.len());
                prop_assert_eq!(made.points, plain.points(&new, &best));
                waiting.retain(|other| other.key != best.key);
            }
            (outcome, best) => prop_assert!(false, "{outcome:?}, but the scan takes {best:?}"),
        }
        if draw.below(stay) == 0 && !waiting.is_empty() {
            let leaver = usize::try_from(draw.below(u64::try_from(waiting.len()).unwrap())).unwrap();
            matcher.cancel(waiting.remove(leaver).key).unwrap();
        }
        if draw.below(50) == 0 {
            matcher.index.check_blocks(|handle| matcher.slots.get(handle).rank);
        }
        if draw.below(400) == 0 {
            let (schema, crowds, snapshot) = (world.schema.clone(), matcher.index.crowds, matcher.snapshot());
            matcher = Matcher::restore(schema, world.score(plain), config, (), snapshot).unwrap();
            matcher.index.crowds = crowds;
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, max_shrink_iters: 64, ..ProptestConfig::default() })]

    #[test]
    fn an_exact_search_takes_whom_a_plain_scan_takes(plain in plain(), seed in any::<u64>()) {
        check(&plain, seed, Arrivals::Mixed)?;
    }

    #[test]
    fn those_who_are_alike_are_taken_in_order_of_arrival(plain in plain(), seed in any::<u64>()) {
        check(&plain, seed, Arrivals::Alike)?;
    }
}

/// The weights with which one partner in fifty was not the best.
#[test]
fn a_far_band_loses_its_points_once() {
    let bare = Plain { country: 20, age: (60, 2), rating: (20, 1), ..Plain::NOUGHT };
    for seed in 0..40 {
        for plain in [bare, Plain { age: (20, 1), rating: (60, 2), ..bare }, Plain { hobby: (12, 6), rating: (30, 2), ..bare }] {
            check(&plain, seed, Arrivals::Mixed).unwrap();
        }
    }
}

/// Each weight alone, so that nothing else decides.
#[test]
fn a_single_weight_is_weighed_rightly() {
    let nought = Plain::NOUGHT;
    for plain in [
        nought,
        Plain { hobby: (9, 3), ..nought },
        Plain { hobby: (1, 1), trait_: (7, 6), ..nought },
        Plain { country: 9, ..nought },
        Plain { age: (60, 3), ..nought },
        Plain { same_rating: 9, ..nought },
        Plain { town: 9, ..nought },
        Plain { city: 9, ..nought },
        Plain { merit: true, ..nought },
        Plain { aging: (500, 60), class_bonus: 20, ..nought },
        Plain { extra: 40, ..nought },
    ] {
        for (seed, arrivals) in (0..4).zip([Arrivals::Mixed, Arrivals::Alike].into_iter().cycle()) {
            check(&plain, seed, arrivals).unwrap();
        }
    }
}
