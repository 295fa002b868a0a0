//! Bad input is refused with an error that names the field, and changes nothing.

use std::ops::RangeInclusive;

use luvhive_matching::{
    Accept, Anything, Claims, Config, ConfigError, Dim, Effort, Fairness, Have, MAX_SPAN_MS, MAX_TIME_MS, MAX_WAITING, MatchId,
    Matcher, MatcherError, Outcome, Policy, RestoreError, Schema, SchemaError, TagRule, Ticket, TicketError, Weights,
};

use crate::model::World;

pub(crate) fn base(world: &World, key: u32) -> Ticket<u32> {
    Ticket::new(key).have(world.gender, 0).have(world.country, 1).have(world.age, 20).have(world.language, [0])
}

/// A range without any number left, though its ends are as before.
fn run_through(mut range: RangeInclusive<i32>) -> RangeInclusive<i32> {
    range.by_ref().for_each(drop);
    range
}

/// Tickets that have what cannot be.
fn bad_values(world: &World) -> Vec<(Ticket<u32>, TicketError)> {
    let name = |dimension: &str| dimension.to_owned();
    let out = |dimension: &str, value| TicketError::OutOfDomain { dimension: dimension.to_owned(), value };
    vec![
        (Ticket::new(2).have(world.gender, 0), TicketError::Missing { dimension: name("country") }),
        (base(world, 2).have(world.age, 21), TicketError::Repeated { dimension: name("age") }),
        (base(world, 2).have(world.interest.any(), Have::Ordinal(1)), TicketError::WrongKind { dimension: name("interest") }),
        (base(world, 2).have(world.interest, [6]), out("interest", 6)),
        (base(world, 2).have(world.interest, [300]), out("interest", 300)),
        (Ticket::new(2).have(world.age, 30), out("age", 30)),
        (Ticket::new(2).have(world.age, i32::MIN), out("age", i64::from(i32::MIN))),
        (Ticket::new(2).have(world.gender, u16::MAX), out("gender", 65_535)),
        (Ticket::new(2).have(world.town.any(), Have::Category(1)), TicketError::WrongKind { dimension: name("town") }),
        (Ticket::new(2).have(world.gender.any(), Have::Ordinal(1)), TicketError::WrongKind { dimension: name("gender") }),
        (
            Ticket::new(2).have(world.gender, 0).have(world.country, 0).have(world.age, 18).have(world.language, []),
            TicketError::Missing { dimension: name("language") },
        ),
        (base(world, 2).mark(world.city, 1).mark(world.city, 2), TicketError::Repeated { dimension: name("city") }),
        (
            Ticket::new(2).have(world.gender, 0).have(world.country, 0).have(world.age, 18),
            TicketError::Missing { dimension: name("language") },
        ),
    ]
}

/// Tickets that accept what cannot be.
fn bad_wishes(world: &World) -> Vec<(Ticket<u32>, TicketError)> {
    let name = |dimension: &str| dimension.to_owned();
    let out = |dimension: &str, value| TicketError::OutOfDomain { dimension: dimension.to_owned(), value };
    let any = |dim: Dim, what: Accept| base(world, 2).accept(dim, what);
    vec![
        (base(world, 2).accept(world.gender, []), TicketError::EmptyAccept { dimension: name("gender") }),
        (base(world, 2).accept(world.gender, [0, 3]), out("gender", 3)),
        (base(world, 2).accept(world.age, 30..=40), TicketError::EmptyAccept { dimension: name("age") }),
        (base(world, 2).accept(world.age, run_through(18..=20)), TicketError::EmptyAccept { dimension: name("age") }),
        (any(world.age.any(), Accept::OneOf([1].into())), TicketError::WrongKind { dimension: name("age") }),
        (any(world.gender.any(), Accept::Range(0..=1)), TicketError::WrongKind { dimension: name("gender") }),
        (any(world.trait_.any(), Accept::OneOf([1].into())), TicketError::WrongKind { dimension: name("trait") }),
        (any(world.language.any(), Accept::OneOf([1].into())), TicketError::WrongKind { dimension: name("language") }),
        (any(world.interest.any(), Accept::Tags(TagRule::none_of([1]))), TicketError::WrongKind { dimension: name("interest") }),
        (
            base(world, 2).accept(world.trait_, TagRule::all_of([1]).and(TagRule::none_of([1, 2]))),
            TicketError::EmptyAccept { dimension: name("trait") },
        ),
        (
            base(world, 2).accept(world.trait_, TagRule::any_of([1]).and(TagRule::none_of([1, 2]))),
            TicketError::EmptyAccept { dimension: name("trait") },
        ),
        (any(world.interest.any(), Accept::Tags(TagRule::all_of([1]))), TicketError::WrongKind { dimension: name("interest") }),
        (base(world, 2).accept(world.gender, [1]).accept(world.gender, [0]), TicketError::Repeated { dimension: name("gender") }),
        (base(world, 2).accept(world.town, []), TicketError::EmptyAccept { dimension: name("town") }),
        (base(world, 2).accept(world.town, [7, 0]), out("town", 0)),
        (
            base(world, 2).accept(world.town, vec![1, 2, 3, 4, 4]),
            TicketError::TooManyAccepted { dimension: name("town"), accepted: 4, limit: 3 },
        ),
        (any(world.town.any(), Accept::OneOf([1].into())), TicketError::WrongKind { dimension: name("town") }),
        (any(world.gender.any(), Accept::Among([1].into())), TicketError::WrongKind { dimension: name("gender") }),
        (base(world, 2).accept(world.interest, [1, 300]), TicketError::OutOfDomain { dimension: name("interest"), value: 300 }),
    ]
}

/// Tickets whose steps, spans or class cannot be.
fn bad_steps(world: &World) -> Vec<(Ticket<u32>, TicketError)> {
    let name = |dimension: &str| dimension.to_owned();
    vec![
        (
            base(world, 2).accept(world.age, 20..=25).relax(world.age, 10, 21..=28),
            TicketError::Narrows { dimension: name("age"), after_ms: 10 },
        ),
        (
            base(world, 2).accept(world.gender, [1]).relax(world.gender, 20, Anything).relax(world.gender, 30, [1]),
            TicketError::Narrows { dimension: name("gender"), after_ms: 30 },
        ),
        (base(world, 2).relax(world.town, 10, [1]), TicketError::Narrows { dimension: name("town"), after_ms: 10 }),
        (
            base(world, 2).accept(world.town, [1, 2]).relax(world.town, 10, [1, 3, 4]),
            TicketError::Narrows { dimension: name("town"), after_ms: 10 },
        ),
        (base(world, 2).relax(world.interest, 10, [1]), TicketError::Narrows { dimension: name("interest"), after_ms: 10 }),
        (
            base(world, 2).accept(world.trait_, TagRule::all_of([1])).relax(world.trait_, 9, TagRule::none_of([2])),
            TicketError::Narrows { dimension: name("trait"), after_ms: 9 },
        ),
        (
            base(world, 2).accept(world.age, 20..=25).relax(world.age, 10, 19..=24),
            TicketError::Narrows { dimension: name("age"), after_ms: 10 },
        ),
        (
            base(world, 2).relax(world.trait_, 10, TagRule::all_of([1])),
            TicketError::Narrows { dimension: name("trait"), after_ms: 10 },
        ),
        (base(world, 2).relax(world.age, 0, Anything), TicketError::Span { field: "relax", value: 0, limit: MAX_SPAN_MS }),
        (base(world, 2).ttl_ms(MAX_SPAN_MS + 1), TicketError::Span { field: "ttl", value: MAX_SPAN_MS + 1, limit: MAX_SPAN_MS }),
        (base(world, 2).priority(1), TicketError::Priority { class: 1, classes: 1 }),
        (
            (1..=17).fold(base(world, 2), |ticket, after| ticket.relax(world.age, after, Anything)),
            TicketError::TooManySteps { limit: 16 },
        ),
    ]
}

#[test]
fn a_bad_ticket_is_named_and_changes_nothing() {
    let world = World::new();
    let mut matcher = world.matcher(Config::default());
    matcher.offer(&base(&world, 1).accept(world.gender, [1]), 5).unwrap();
    let hash = matcher.state_hash();
    for (ticket, error) in [bad_values(&world), bad_wishes(&world), bad_steps(&world)].concat() {
        assert_eq!(matcher.offer(&ticket, 9), Err(MatcherError::Ticket { key: 2, source: error.clone() }));
        let mut other = ticket.clone();
        if error != (TicketError::Missing { dimension: "country".to_owned() }) {
            other = ticket;
        }
        assert_eq!(
            matcher.count(&other).is_err(),
            !matches!(error, TicketError::Priority { .. } | TicketError::TooManySteps { .. })
        );
        assert_eq!(matcher.state_hash(), hash, "{error}");
    }
    let mut more = Schema::builder();
    let dims: Vec<_> = (0..9).map(|number| more.category(&number.to_string(), 2)).collect();
    let stranger = base(&world, 2).accept(dims[8], [0]);
    let known = "gender, country, age, language, interest, trait, town".to_owned();
    let error = TicketError::Unknown { handle: "dimension", number: 8, known };
    assert_eq!(matcher.offer(&stranger, 9), Err(MatcherError::Ticket { key: 2, source: error }));
    more.mark("country");
    let stranger = base(&world, 2).mark(more.mark("city"), 1);
    let error = TicketError::Unknown { handle: "mark", number: 1, known: "city".to_owned() };
    assert_eq!(matcher.offer(&stranger, 9), Err(MatcherError::Ticket { key: 2, source: error }));
    assert_eq!(matcher.state_hash(), hash);
}

#[test]
fn a_full_pool_takes_whoever_need_not_wait() {
    let world = World::new();
    let mut matcher = world.matcher(Config::default().waiting_limit(1).effort(Effort::Exact));
    let groom = |key| base(&world, key).accept(world.gender, [1]).accept(world.age, 20..=20);
    let bride =
        |key, age| Ticket::new(key).have(world.gender, 1).have(world.country, 1).have(world.age, age).have(world.language, [0]);
    matcher.offer(&groom(1), 0).unwrap();
    let hash = matcher.state_hash();
    assert_eq!(matcher.offer(&groom(2), 10), Err(MatcherError::Full { limit: 1 }));
    assert_eq!(matcher.offer(&bride(3, 21), 10), Err(MatcherError::Full { limit: 1 }));
    matcher.exclude(1, 4, Some(50)).unwrap();
    assert_eq!(matcher.offer(&bride(4, 20), 10), Err(MatcherError::Full { limit: 1 }));
    matcher.lift(1, 4, 0).unwrap();
    assert_eq!((matcher.state_hash(), matcher.now()), (hash, 0));
    // A step that is due by then counts.
    let late = bride(5, 20).accept(world.age, 21..=21).relax(world.age, 10, 20..=21);
    assert_eq!(matcher.offer(&late.clone().waiting_since(1), 10), Err(MatcherError::Full { limit: 1 }));
    assert_eq!((matcher.state_hash(), matcher.now()), (hash, 0));
    let Outcome::Matched(made) = matcher.offer(&late.clone().waiting_since(0), 10).unwrap() else { panic!("they fit") };
    assert_eq!((made.seeker, made.partner, made.at, matcher.len()), (5, 1, 10, 0));
}

#[test]
fn a_full_pool_collects_nobody_for_a_window() {
    let world = World::new();
    let mut matcher = world.matcher(Config::default().waiting_limit(1).policy(Policy::Window { every_ms: 100 }));
    matcher.offer(&base(&world, 1), 0).unwrap();
    let hash = matcher.state_hash();
    assert_eq!(matcher.offer(&base(&world, 2), 10), Err(MatcherError::Full { limit: 1 }));
    assert_eq!((matcher.state_hash(), matcher.now()), (hash, 0));
}

#[test]
fn a_deadline_is_a_time_that_is_understood() {
    let world = World::new();
    let mut matcher = world.matcher(Config::default());
    matcher.offer(&base(&world, 1).accept(world.gender, [2]).ttl_ms(10), MAX_TIME_MS - 5).unwrap();
    assert_eq!(matcher.next_deadline(), None);
    matcher.offer(&base(&world, 2).accept(world.gender, [2]).ttl_ms(5), MAX_TIME_MS - 5).unwrap();
    assert_eq!(matcher.next_deadline(), Some(MAX_TIME_MS));
    let mut gone = 0;
    assert!(matcher.advance(MAX_TIME_MS, u32::MAX, |_| gone += 1).unwrap().finished);
    assert_eq!((gone, matcher.next_deadline()), (1, None));
}

#[test]
fn a_bad_call_is_refused_and_changes_nothing() {
    let world = World::new();
    let config = Config::default().waiting_limit(3).claims(Claims::Held).limits(|limits| {
        limits.held = 1;
        limits.exclusions = 2;
        limits.excluded_pairs = 3;
    });
    let mut matcher = world.matcher(config);
    for key in 1..=3 {
        let ticket = base(&world, key).accept(world.gender, [1]).ttl_ms(100_000);
        assert_eq!(matcher.offer(&ticket, 50), Ok(Outcome::Waiting));
    }
    for other in 2..=3 {
        matcher.exclude(1, other, None).unwrap();
    }
    matcher.exclude(20, 21, Some(70)).unwrap();
    let hash = matcher.state_hash();
    let ticket = base(&world, 4);
    let errors = [
        (matcher.offer(&base(&world, 1), 50).err(), MatcherError::Duplicate { key: 1 }),
        (matcher.offer(&ticket, 50).err(), MatcherError::Full { limit: 3 }),
        (matcher.offer(&ticket, 49).err(), MatcherError::TimeWentBack { last_ms: 50, now_ms: 49 }),
        (matcher.advance(49, 1, |_| {}).err(), MatcherError::TimeWentBack { last_ms: 50, now_ms: 49 }),
        (
            matcher.offer(&ticket, MAX_TIME_MS + 1).err(),
            MatcherError::TimeOutOfRange { field: "now", value: MAX_TIME_MS + 1, limit: MAX_TIME_MS },
        ),
        (
            matcher.offer(&ticket.clone().waiting_since(61), 60).err(),
            MatcherError::TimeOutOfRange { field: "waiting_since", value: 61, limit: 60 },
        ),
        (matcher.update(&ticket, 50).err(), MatcherError::UnknownKey { key: 4 }),
        (matcher.cancel(4).err(), MatcherError::UnknownKey { key: 4 }),
        (matcher.confirm(MatchId(1)).err(), MatcherError::UnknownMatch { id: MatchId(1) }),
        (matcher.reject(MatchId(1), 1, 50).err(), MatcherError::UnknownMatch { id: MatchId(1) }),
        (matcher.exclude(1, 1, None).err(), MatcherError::SamePerson { key: 1 }),
        (matcher.exclude(1, 9, None).err(), MatcherError::TooManyExclusions { key: 1, limit: 2 }),
        (matcher.exclude(22, 23, None).err(), MatcherError::TooManyPairs { limit: 3 }),
        (matcher.exclude(22, 23, Some(50)).err(), MatcherError::EndsInPast { until_ms: 50, now_ms: 50 }),
        (matcher.exclude(20, 21, Some(49)).err(), MatcherError::EndsInPast { until_ms: 49, now_ms: 50 }),
        (
            matcher.exclude(2, 3, Some(MAX_TIME_MS + 1)).err(),
            MatcherError::TimeOutOfRange { field: "until", value: MAX_TIME_MS + 1, limit: MAX_TIME_MS },
        ),
        (matcher.lift(2, 3, 40).err(), MatcherError::TimeWentBack { last_ms: 50, now_ms: 40 }),
        (matcher.explain(1, 9).err(), MatcherError::UnknownKey { key: 9 }),
        (matcher.diagnose(9).err(), MatcherError::UnknownKey { key: 9 }),
    ];
    for (found, error) in errors {
        assert_eq!(found, Some(error));
    }
    assert_eq!(matcher.state_hash(), hash);
    // A pair that is kept apart already may get another end, and one that is lifted makes room.
    matcher.exclude(21, 20, Some(80)).unwrap();
    assert_eq!(matcher.lift(20, 21, 50), Ok(Some(Outcome::Waiting)));
    matcher.exclude(22, 23, None).unwrap();

    // One held match is allowed; the next arrival is refused although somebody fits.
    matcher.cancel(3).unwrap();
    let bride = |key| Ticket::new(key).have(world.gender, 1).have(world.country, 1).have(world.age, 20).have(world.language, [0]);
    let Outcome::Matched(made) = matcher.offer(&bride(10), 60).unwrap() else { panic!("they fit") };
    assert_eq!(matcher.offer(&bride(11), 60), Err(MatcherError::TooManyHeld { limit: 1 }));
    assert_eq!(matcher.offer(&bride(10), 60), Err(MatcherError::Duplicate { key: 10 }));
    assert_eq!(matcher.reject(made.id, 77, 60), Err(MatcherError::NotInMatch { key: 77, id: made.id }));
    assert!(matcher.explain(10, made.partner).unwrap().fits());
    assert_eq!(matcher.find_held(made.id), Some((10, made.partner)));
    matcher.confirm(made.id).unwrap();
    assert_eq!(matcher.confirm(made.id), Err(MatcherError::UnknownMatch { id: made.id }));
}

#[test]
fn an_error_says_whose_and_where() {
    let mut matcher = World::new().matcher(Config::default());
    let world = World::new();
    let said = |error: MatcherError<u32>| error.to_string();
    let bad = base(&world, 7).accept(world.age, 90..=95);
    assert_eq!(said(matcher.offer(&bad, 0).unwrap_err()), r#"the ticket of 7 is not valid: the ticket accepts nothing in "age""#);
    matcher.offer(&base(&world, 7), 0).unwrap();
    assert_eq!(said(matcher.offer(&base(&world, 7), 0).unwrap_err()), "7 is already waiting or held by a match");
    assert_eq!(said(matcher.confirm(MatchId(3)).unwrap_err()), "no match of number 3 is held");
    let weights = Weights::new().near(world.age, 1_000_001, 1);
    assert_eq!(
        Matcher::<u32>::new(world.schema, weights, Config::default()).unwrap_err().to_string(),
        r#"most of the weight near for "age" is 1000001, allowed are 0..=1000000"#
    );
}

#[test]
fn a_bad_schema_is_named() {
    let mut schema = Schema::builder();
    assert_eq!(schema.clone().build(), Err(SchemaError::NoDimension));
    schema.category("a", 2);
    let mut twice = schema.clone();
    twice.ordinal("a", 0..=1);
    assert_eq!(twice.build(), Err(SchemaError::DuplicateName { name: "a".into() }));
    for (size, build) in [(0, 0), (257, 257)] {
        let mut bad = schema.clone();
        bad.category("b", build);
        assert_eq!(bad.build(), Err(SchemaError::Domain { name: "b".into(), size, limit: 256 }));
    }
    for accepted in [0, 9] {
        let mut bad = schema.clone();
        bad.wide("b", accepted);
        assert_eq!(bad.build(), Err(SchemaError::Accepted { name: "b".into(), accepted: accepted.into(), limit: 8 }));
    }
    let mut bad = schema.clone();
    bad.ordinal("b", i32::MIN..=i32::MAX);
    assert_eq!(bad.build(), Err(SchemaError::Domain { name: "b".into(), size: 1 << 32, limit: 256 }));
    let mut many = Schema::builder();
    (0..33).for_each(|number| _ = many.common(&number.to_string(), 1));
    assert_eq!(many.build(), Err(SchemaError::TooMany { limit: 32 }));
    let mut twice = schema.clone();
    (0..2).for_each(|_| _ = twice.mark("city"));
    assert_eq!(twice.build(), Err(SchemaError::DuplicateName { name: "city".into() }));
    let mut many = schema.clone();
    (0..33).for_each(|number| _ = many.mark(&number.to_string()));
    assert_eq!(many.build(), Err(SchemaError::TooMany { limit: 32 }));
    // The first fault is told.
    let mut bad = Schema::builder();
    bad.category("a", 0);
    bad.category("b", 257);
    assert_eq!(bad.build(), Err(SchemaError::Domain { name: "a".into(), size: 0, limit: 256 }));
    let mut other = Schema::builder();
    let [_, second, third] = ["one", "two", "three"].map(|name| other.category(name, 9));
    let mut clustered = Schema::builder();
    let country = clustered.category("country", 9);
    clustered.ordinal("age", 0..=9);
    clustered.cluster(second);
    assert_eq!(clustered.clone().build(), Err(SchemaError::Cluster { dimension: Some("age".into()) }));
    clustered.cluster(third);
    assert_eq!(clustered.clone().build(), Err(SchemaError::Cluster { dimension: None }));
    clustered.cluster(country);
    assert!(clustered.build().is_ok());
    let mut spent = Schema::builder();
    spent.ordinal("b", run_through(0..=2));
    assert_eq!(spent.build(), Err(SchemaError::Domain { name: "b".into(), size: 0, limit: 256 }));
}

#[test]
fn a_bad_setting_is_named() {
    let world = World::new();
    let with = |weights, config| Matcher::<u32>::new(world.schema.clone(), weights, config).err();
    let weight = |weight, name: Option<&str>| Some(ConfigError::Weight { weight, name: name.map(str::to_owned) });
    let mut other = Schema::builder();
    let level = other.ordinal("level", 0..=9);
    assert_eq!(with(Weights::new().near(level, 1, 1), Config::default()), weight("near", Some("gender")));
    other.category("country", 9);
    let tag = other.tags("tag", 9);
    assert_eq!(with(Weights::new().shared(tag, 1, 1), Config::default()), weight("shared", Some("age")));
    let role = other.category("role", 9);
    assert_eq!(with(Weights::new().same(role, 1), Config::default()), weight("same", Some("language")));
    let [.., last] = ["a", "b", "c", "d"].map(|name| other.category(name, 9));
    assert_eq!(with(Weights::new().same(last, 1), Config::default()), weight("same", None));
    let out = |field, value, low, high| Some(ConfigError::OutOfRange { field, value, low, high });
    assert_eq!(
        with(Weights::new().shared(world.interest, 1, 16), Config::default()),
        Some(ConfigError::WeightOutOfRange {
            weight: "shared",
            name: "interest".into(),
            field: "cap",
            value: 16,
            low: 1,
            high: 15
        })
    );
    let fair = |fairness| with(Weights::new(), Config::default().fairness(fairness));
    assert_eq!(fair(Fairness::off().classes(2).class_bonus(1)), Some(ConfigError::Starving { bonus: 1, cap: 0 }));
    assert_eq!(
        fair(Fairness::off().aging_every_ms(1000).aging_cap(60).classes(4).class_bonus(20)),
        Some(ConfigError::Starving { bonus: 60, cap: 60 })
    );
    assert_eq!(fair(Fairness::off().aging_every_ms(1000).aging_cap(61).classes(4).class_bonus(20)), None);
    assert_eq!(fair(Fairness::off().classes(5).class_bonus(0)), out("classes", 5, 1, 4));
    assert_eq!(fair(Fairness::off().aging_every_ms(99).aging_cap(1)), out("aging_every_ms", 99, 100, 3_600_000));
    assert_eq!(fair(Fairness::off().overdue_after_ms(None).overdue_passes(32)), out("overdue_passes", 32, 1, 31));
    let window = Config::default().policy(Policy::Window { every_ms: 0 });
    assert_eq!(with(Weights::new(), window), out("every_ms", 0, 1, 3_600_000));
    assert_eq!(fair(Fairness::off().aging_every_ms(1_000).aging_cap(1_000_001)), out("aging_cap", 1_000_001, 0, 1_000_000));
    assert_eq!(fair(Fairness::off().classes(1).class_bonus(100_001)), out("class_bonus", 100_001, 0, 100_000));
    assert_eq!(fair(Fairness::off().overdue_after_ms(0).overdue_passes(None)), out("overdue_after_ms", 0, 1, MAX_SPAN_MS));
    let none_waiting = Config::default().waiting_limit(0);
    assert_eq!(with(Weights::new(), none_waiting), out("waiting", 0, 1, u64::from(MAX_WAITING)));
    let many_steps = Config::default().limits(|limits| limits.steps = 64);
    assert_eq!(with(Weights::new(), many_steps), out("steps", 64, 0, 63));
    assert_eq!(with(Weights::new().base(1_000_001), Config::default()), out("base", 1_000_001, 0, 1_000_000));
    let many_weights = (0..17).fold(Weights::new(), |weights, _| weights.same(world.age, 1));
    assert_eq!(with(many_weights, Config::default()), out("number of weights", 17, 0, 16));
    let mut other = Schema::builder();
    let marks = ["one", "two"].map(|name| other.mark(name));
    assert_eq!(with(Weights::new().mark(marks[1], 1), Config::default()), weight("mark", None));
    let nobody = Config::default().limits(|limits| limits.held = 0);
    assert_eq!(with(Weights::new(), nobody), None);
    assert_eq!(with(Weights::new(), nobody.claims(Claims::Held)), out("held", 0, 1, u64::from(u32::MAX)));
}

#[test]
fn a_snapshot_of_another_matcher_is_refused() {
    let world = World::new();
    let mut matcher = world.matcher(Config::default());
    matcher.offer(&base(&world, 1).accept(world.gender, [1]), 5).unwrap();
    let snapshot = matcher.snapshot();
    let restore = |weights, config| Matcher::restore(world.schema.clone(), weights, config, (), snapshot.clone()).err();
    assert_eq!(restore(world.weights(), Config::default().effort(Effort::Exact)), None);
    let different = |part| Some(RestoreError::Different { part });
    assert_eq!(restore(world.weights().base(6), Config::default()), different("settings"));
    assert_eq!(restore(world.weights(), Config::default().claims(Claims::Held)), different("settings"));
    let mut schema = Schema::builder();
    schema.category("gender", 3);
    let other = Matcher::restore(schema.build().unwrap(), Weights::new(), Config::default(), (), snapshot.clone());
    assert_eq!(other.err(), different("schema"));
}

#[cfg(feature = "serde")]
mod damaged {
    use luvhive_matching::{Config, Matcher, RestoreError, Snapshot};
    use proptest::prelude::*;

    use super::{World, base};

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

        /// Any number of the text replaced by any other is refused.
        #[test]
        fn a_damaged_snapshot_is_refused(at in any::<prop::sample::Index>(), value in prop_oneof![0..70u64, any::<u64>()]) {
            let world = World::new();
            let mut matcher = world.matcher(Config::default());
            for key in 0..5 {
                let ticket = base(&world, key).accept(world.gender, [1]).relax(world.country, 1_000, [0, 1, 2, 3, 4, 5]);
                matcher.offer(&ticket.relax(world.gender, 2_000, [0, 1]).ttl_ms(9_000), 5).unwrap();
            }
            matcher.exclude(1, 2, Some(700)).unwrap();
            let text = serde_json::to_string(&matcher.snapshot()).unwrap();
            // Numbers and what is between them.
            let mut pieces: Vec<String> = Vec::new();
            for letter in text.chars() {
                match pieces.last_mut().filter(|piece| piece.ends_with(|last: char| last.is_ascii_digit()) == letter.is_ascii_digit()) {
                    Some(piece) => piece.push(letter),
                    None => pieces.push(letter.to_string()),
                }
            }
            let numbers = (0..pieces.len()).filter(|at| pieces[*at].starts_with(|first: char| first.is_ascii_digit()));
            let numbers: Vec<usize> = numbers.collect();
            pieces[numbers[at.index(numbers.len())]] = value.to_string();
            let damaged = pieces.concat();
            let Ok(snapshot) = serde_json::from_str::<Snapshot<u32>>(&damaged) else { return Ok(()) };
            let restored = Matcher::restore(world.schema.clone(), world.weights(), Config::default(), (), snapshot);
            match restored.err() {
                None => prop_assert_eq!(damaged, text),
                Some(RestoreError::Damaged { .. } | RestoreError::Different { .. }) => {}
                Some(other) => prop_assert!(false, "{}", other),
            }
        }
    }
}
