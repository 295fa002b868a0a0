//! Pools too large for the state machine: lanes of their own, summaries, compaction, snapshots under way.

use luvhive_matching::{Config, Effort, Event, Fairness, Key, Matcher, Outcome, Schema, Snapshot, TagRule, Ticket, Weights};

use crate::machine::Pair;
use crate::model::{Person, Rules, TOWNS, exact, points};

/// A small generator, for runs longer than proptest likes.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    fn small(&mut self, limit: u64) -> u16 {
        u16::try_from(self.below(limit)).unwrap()
    }
}

/// Nine of ten have gender 0 and want gender 1, nearly all in one country.
pub(crate) fn crowd(dice: &mut Dice, key: u32) -> Person {
    let gender = u16::from(dice.below(12) == 0);
    let age = 18 + i32::from(dice.small(12));
    let country = if dice.below(10) < 8 { 0 } else { dice.small(6) };
    Person {
        key,
        gender,
        country,
        age,
        language: vec![dice.small(3)],
        interest: (0..6).filter(|_| dice.below(2) == 0).collect(),
        trait_: vec![dice.small(5)],
        town: TOWNS[usize::from(dice.small(5))],
        city: u32::from(dice.small(3)),
        merit: 0,
        class: u8::from(dice.below(20) == 0),
        rules: Rules {
            gender: vec![1 - gender],
            country: (dice.below(2) == 0).then(|| vec![country]),
            age: ((age - 2).max(18), (age + 2).min(29)),
            interest: if dice.below(3) == 0 { vec![dice.small(6)] } else { vec![] },
            want: vec![],
            need: vec![],
            refuse: if dice.below(9) == 0 { vec![dice.small(5)] } else { vec![] },
            towns: (dice.below(8) == 0).then(|| vec![TOWNS[usize::from(dice.small(3))], TOWNS[3]]),
        },
        steps: vec![(3_000, 1), (9_000, 3)],
        ttl: None,
    }
}

#[test]
fn a_crowd_is_matched_as_the_reference_does_it() {
    let mut dice = Dice(11);
    let fairness = Fairness::default().classes(2).class_bonus(20).overdue_after_ms(60_000).overdue_passes(3);
    let mut pair = Pair::new(exact(fairness));
    for key in 0..4_500 {
        let person = crowd(&mut dice, key);
        let now = pair.model.now;
        let outcome = pair.matcher.offer(&person.ticket(&pair.world), now).unwrap();
        assert_eq!(crate::model::pair_of(outcome), pair.model.offer(&person, now));
        if key % 500 == 0 {
            let mut events = Vec::new();
            pair.matcher.advance(now + 700, u32::MAX, |event| events.push(crate::model::event_of(event))).unwrap();
            assert_eq!(events, pair.model.advance(now + 700));
            for most in [1, 7, 100, 1_000] {
                // Those of the other side find a crowd, of whom some are overdue and some were passed over too often.
                let stranger = crowd(&mut dice, 100_000 + key);
                pair.check_top(&stranger, most);
                let gender = 1 - stranger.gender;
                let rules = Rules { gender: vec![1 - gender], country: None, towns: None, age: (18, 29), ..stranger.rules };
                pair.check_top(&Person { gender, rules, ..stranger }, most);
            }
        }
    }
    assert!(pair.matcher.len() > 3_000, "{}", pair.matcher.len());
    let overdue = pair.model.waiting.values().filter(|ticket| ticket.overdue).count();
    assert!(overdue > 10, "{overdue}");
}

/// What a stream of arrivals, steps and cancellations came to.
type Trace = Vec<(u32, Option<u32>)>;

fn stream<K: Key + Into<u32> + std::fmt::Debug>(matcher: &mut Matcher<K>, people: &[Ticket<K>], from: u64) -> Trace {
    let mut trace = Vec::new();
    for (number, ticket) in people.iter().enumerate() {
        let now = from + u64::try_from(number).unwrap() / 4;
        let note = |event: Event<K>| {
            trace.push(match event {
                Event::Matched(made) => (made.seeker.into(), Some(made.partner.into())),
                _ => (u32::MAX, None),
            });
        };
        matcher.advance(now, u32::MAX, note).unwrap();
        match matcher.offer(ticket, now).unwrap() {
            Outcome::Matched(made) => trace.push((made.seeker.into(), Some(made.partner.into()))),
            Outcome::Waiting => trace.push((ticket.key().into(), None)),
        }
        if number % 3 == 0 && number > 3_000 {
            let gone = people[number - 3_000].key();
            trace.push((gone.into(), matcher.cancel(gone).ok().and_then(|waited| u32::try_from(waited).ok())));
        }
    }
    trace
}

#[test]
fn a_snapshot_at_any_point_changes_nothing_that_follows() {
    let world = crate::model::World::new();
    let mut dice = Dice(5);
    let people: Vec<Ticket<u32>> = (0..24_000).map(|key| crowd(&mut dice, key).ticket(&world)).collect();
    let config = Config::default()
        .effort(Effort::Bounded { runs: 0 })
        .fairness(Fairness::default().classes(2).class_bonus(20).overdue_after_ms(60_000).overdue_passes(5));
    let mut straight = world.matcher(config);
    let mut broken = world.matcher(config);
    straight.exclude(3, 4, None).unwrap();
    broken.exclude(3, 4, None).unwrap();
    for (part, people) in people.chunks(6_000).enumerate() {
        let from = u64::try_from(part).unwrap() * 1_500;
        assert_eq!(stream(&mut straight, people, from), stream(&mut broken, people, from));
        assert_eq!(straight.state_hash(), broken.state_hash());
        let text = snapshot_text(&broken.snapshot());
        let snapshot: Snapshot<u32> = snapshot_read(&text, &broken);
        broken = Matcher::restore(world.schema.clone(), world.weights(), config, (), snapshot).unwrap();
        assert_eq!(straight.state_hash(), broken.state_hash());
        assert_eq!(straight.snapshot(), broken.snapshot());
        assert_eq!(straight.next_deadline(), broken.next_deadline());
    }
    assert!(straight.len() > 9_000, "{}", straight.len());
}

#[cfg(feature = "serde")]
fn snapshot_text(snapshot: &Snapshot<u32>) -> String {
    serde_json::to_string(snapshot).unwrap()
}

#[cfg(feature = "serde")]
fn snapshot_read(text: &str, _: &Matcher<u32>) -> Snapshot<u32> {
    serde_json::from_str(text).unwrap()
}

#[cfg(not(feature = "serde"))]
fn snapshot_text(_: &Snapshot<u32>) -> String {
    String::new()
}

#[cfg(not(feature = "serde"))]
fn snapshot_read(_: &str, matcher: &Matcher<u32>) -> Snapshot<u32> {
    matcher.snapshot()
}

#[test]
fn a_large_pool_gives_the_best_of_all_and_never_a_false_nobody() {
    let world = crate::model::World::new();
    let mut dice = Dice(23);
    let mut matcher = world.matcher(Config::default().effort(Effort::Exact).fairness(Fairness::off().classes(2).class_bonus(0)));
    let mut records: Vec<(u32, Vec<u64>)> = Vec::new();
    for key in 0..30_000 {
        let mut person = crowd(&mut dice, key);
        (person.gender, person.rules.gender) = (0, vec![1]);
        let ticket = person.ticket(&world);
        assert_eq!(matcher.offer(&ticket, u64::from(key)).unwrap(), Outcome::Waiting);
        records.push((key, world.schema.record(&ticket, 0).unwrap()));
    }
    let mut nobody = 0;
    for key in 100_000..100_150 {
        let mut person = crowd(&mut dice, key);
        (person.gender, person.rules.gender) = (1, vec![0]);
        // The more is asked for, the emptier the blocks.
        (person.rules.need, person.rules.refuse) = ((0..dice.small(3)).collect(), vec![]);
        person.country = dice.small(6);
        person.rules.country = Some(vec![dice.small(6)]);
        let ticket = person.ticket(&world);
        let predicate = world.schema.predicate(&ticket, 0).unwrap();
        let mine = world.schema.record(&ticket, 0).unwrap();
        let fitting: Vec<&(u32, Vec<u64>)> = records.iter().filter(|(_, record)| predicate.fits(record)).collect();
        let best = fitting.iter().map(|(_, record)| world.schema.points(&world.weights(), &mine, record)).max();
        nobody += usize::from(best.is_none());
        matcher.set_effort(Effort::Exact);
        assert_eq!(matcher.preview(&ticket).unwrap().map(|found| found.1), best);
        assert_eq!(matcher.count(&ticket).unwrap(), u32::try_from(fitting.len()).unwrap());
        matcher.set_effort(Effort::Bounded { runs: 0 });
        let bounded = matcher.preview(&ticket).unwrap();
        assert_eq!(bounded.is_some(), best.is_some());
        assert!(bounded.is_none_or(|found| fitting.iter().any(|(key, _)| *key == found.0)));
    }
    assert!((10..140).contains(&nobody), "{nobody}");
}

#[test]
fn a_ticket_relaxed_into_another_segment_moves_and_keeps_its_place() {
    let mut schema = Schema::builder();
    let side = schema.category("side", 3);
    let tag = schema.tags("tag", 70);
    let schema = schema.build().unwrap();
    let weights = Weights::new().shared(tag, 1, 15);
    let mut matcher = Matcher::new(schema, weights, Config::default()).unwrap();
    let who = |key: u32, side_: u16| Ticket::new(key).have(side, side_).have(tag, [69, u16::try_from(key % 60).unwrap()]);
    for key in 0..2_000 {
        let ticket = who(key, 0).accept(side, [2]).relax(side, 1_000, [1, 2]);
        assert_eq!(matcher.offer(&ticket, u64::from(key) / 100), Ok(Outcome::Waiting));
    }
    let seeker = who(9_999, 1).accept(side, [0]).accept(tag, TagRule::all_of([69]));
    assert_eq!(matcher.count(&seeker), Ok(0));
    matcher.advance(1_010, u32::MAX, |_| {}).unwrap();
    assert_eq!(matcher.count(&seeker), Ok(1_100));
    // All share one tag but those with 39 too, since 9,999 % 60 = 39; the first of these waits longest.
    assert_eq!(matcher.preview(&seeker).unwrap(), Some((39, 2)));
}

#[test]
fn points_of_the_reference_are_symmetric() {
    let mut dice = Dice(3);
    let people: Vec<Person> = (0..60).map(|key| crowd(&mut dice, key)).collect();
    for one in &people {
        for two in &people {
            assert_eq!(points(one, two), points(two, one));
        }
    }
}
