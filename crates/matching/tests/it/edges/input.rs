//! Input at the edge of what is taken, and what is just beyond it.

use luvhive_matching::{Anything, Category, Config, Dim, Matcher, MatcherError, Outcome, Schema, Set, TagRule, Ticket, Weights};

use super::Sides;
use crate::model::World;
use crate::refusals::base;

#[test]
fn steps_of_one_time_are_taken_as_written() {
    let world = World::new();
    let ticket = base(&world, 2).accept(world.age, 20..=25).relax(world.age, 10, 19..=26).relax(world.age, 10, 18..=27);
    assert_eq!(world.matcher(Config::default()).offer(&ticket, 9), Ok(Outcome::Waiting));
}

#[test]
fn as_many_steps_as_the_limit_are_taken() {
    let world = World::new();
    let ticket = (1..=16).fold(base(&world, 2), |ticket, after| ticket.relax(world.age, after, Anything));
    assert_eq!(world.matcher(Config::default()).offer(&ticket, 9), Ok(Outcome::Waiting));
}

fn two_exclusions() -> Matcher<u32> {
    let mut matcher = World::new().matcher(Config::default().limits(|limits| limits.exclusions = 2));
    matcher.exclude(1, 2, None).unwrap();
    matcher.exclude(1, 3, None).unwrap();
    matcher
}

#[test]
fn exclusions_of_the_second_key_are_limited() {
    assert_eq!(two_exclusions().exclude(9, 1, None), Err(MatcherError::TooManyExclusions { key: 1, limit: 2 }));
}

#[test]
fn a_full_key_can_get_another_end() {
    let mut matcher = two_exclusions();
    assert_eq!(matcher.exclude(1, 3, Some(70)), Ok(()));
    assert_eq!(matcher.find_exclusion(3, 1), Some(Some(70)));
}

#[test]
fn an_exclusion_tells_its_end() {
    assert_eq!(two_exclusions().find_exclusion(2, 1), Some(None));
    assert_eq!(two_exclusions().find_exclusion(2, 3), None);
}

#[test]
fn an_exclusion_that_ends_now_is_refused() {
    let mut matcher = World::new().matcher(Config::default());
    matcher.advance(50, 1, |_| {}).unwrap();
    assert_eq!(matcher.exclude(1, 2, Some(50)), Err(MatcherError::EndsInPast { until_ms: 50, now_ms: 50 }));
    assert_eq!(matcher.exclude(1, 2, Some(51)), Ok(()));
}

/// One dimension after the other, with values in different words of the record.
#[test]
fn wide_dimensions_are_compared_in_full() {
    let mut schema = Schema::builder();
    let city = schema.category("city", 200);
    let job = schema.category("job", 100);
    let team = schema.category("team", 100);
    let tongue = schema.common("tongue", 100);
    let hobby = schema.any_tags("hobby", 100);
    let schema = schema.build().unwrap();
    let ticket = |key: u32, at: [u16; 5], asked: u16| {
        Ticket::new(key)
            .have(city, at[0] * 2)
            .have(job, at[1])
            .have(team, at[2])
            .have(tongue, [at[3]])
            .have(hobby, [at[4]])
            .accept(city, [asked * 2])
            .accept(job, [asked])
            .accept(team, [asked])
            .accept(hobby, [asked])
            .merit(1)
    };
    let values = [0u16, 1, 35, 63, 64, 65, 99];
    for (mine, other) in values.iter().flat_map(|mine| values.map(|other| (*mine, other))) {
        for dim in 0..5 {
            let mut at = [mine; 5];
            at[dim] = other;
            let (one, two) = (ticket(1, [mine; 5], mine), ticket(2, at, mine));
            let fits = mine == other;
            assert_eq!(schema.explain(&Weights::new(), &one, &two).unwrap().fits(), fits, "{dim}: {mine} {other}");
            for (one, two) in [(&one, &two), (&two, &one)] {
                let compiled = schema.predicate(one, 0).unwrap();
                assert_eq!(compiled.fits(&schema.record(two, 0).unwrap()), fits, "{dim}: {mine} {other}");
            }
            let mut matcher = Matcher::new(schema.clone(), Weights::new(), Config::default()).unwrap();
            matcher.offer(&one, 0).unwrap();
            assert_eq!(matcher.offer(&two, 0).unwrap() != Outcome::Waiting, fits, "{dim}: {mine} {other}");
        }
    }
}

#[test]
fn many_small_categories_do_not_run_over() {
    let mut schema = Schema::builder();
    let dims: Vec<Dim<Category>> = (0..12).map(|number| schema.category(&number.to_string(), 2)).collect();
    let schema = schema.build().unwrap();
    let mut matcher = Matcher::new(schema, Weights::new(), Config::default()).unwrap();
    let who = |key: u32, side: u16| {
        let ticket = dims[1..].iter().fold(Ticket::new(key).have(dims[0], side), |ticket, dim| ticket.have(*dim, 0));
        ticket.accept(dims[0], [1 - side])
    };
    for key in 0..400 {
        assert_eq!(matcher.offer(&who(key, 0), 0), Ok(Outcome::Waiting));
    }
    assert_eq!(matcher.count(&who(1_000, 1)), Ok(400));
}

#[test]
fn a_short_record_fits_nobody() {
    let mut schema = Schema::builder();
    let tag = schema.any_tags("tag", 200);
    let schema = schema.build().unwrap();
    let ticket = Ticket::new(1).have(tag, [3, 199]);
    let record = schema.record(&ticket, 0).unwrap();
    assert!(schema.predicate(&ticket, 0).unwrap().fits(&record));
    assert!(!schema.predicate(&ticket, 0).unwrap().fits(&record[..1]));
}

#[test]
fn a_short_record_has_no_points() {
    let sides = Sides::new();
    let record = sides.schema.record(&sides.who(1, 0, 5), 0).unwrap();
    assert_eq!(sides.schema.points(&Weights::new().same(sides.side, 3), &record, &[]), 0);
}

#[test]
fn sixty_demands_are_asked() {
    let mut schema = Schema::builder();
    let tag = schema.tags("tag", 60);
    let mut matcher = Matcher::new(schema.build().unwrap(), Weights::new(), Config::default()).unwrap();
    let tags = |from: u16| (from..60).collect::<Set>();
    matcher.offer(&Ticket::new(1).have(tag, tags(1)), 0).unwrap();
    let asks = |from: u16| Ticket::new(2).have(tag, tags(0)).accept(tag, TagRule::all_of(tags(from)));
    assert_eq!(matcher.count(&asks(1)), Ok(1));
    assert_eq!(matcher.count(&asks(0)), Ok(0));
}
