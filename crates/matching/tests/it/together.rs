//! Windows whose tickets are paired together: the most points there are, in portions of any size, also with restarts.

use luvhive_matching::{Config, Event, Fairness, Match, Matcher, Policy, Ticket};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::long::{Dice, crowd};
use crate::machine::person;
use crate::model::{Person, World, exact};

const EVERY: u64 = 1_000;

fn together(fairness: Fairness, most: u32) -> Config {
    exact(fairness).policy(Policy::Window { every_ms: EVERY }).optimum(most)
}

/// Closes the window that ends at `now`, in portions.
fn close(matcher: &mut Matcher<u32>, now: u64, budget: u32) -> Vec<Match<u32>> {
    let mut made = Vec::new();
    loop {
        let note = |event: Event<u32>| {
            if let Event::Matched(pair) = event {
                made.push(pair);
            }
        };
        let progress = matcher.advance(now, budget, note).unwrap();
        assert!(progress.done <= budget);
        if progress.finished {
            return made;
        }
    }
}

/// Points of each two who wait and fit; nothing for the others.
fn table(world: &World, waiting: &[(Ticket<u32>, u64)]) -> Vec<Vec<Option<u32>>> {
    let records: Vec<_> = waiting.iter().map(|(ticket, waited)| world.schema.record(ticket, *waited).unwrap()).collect();
    let fits = |(one, waited): &(Ticket<u32>, u64), two: &[u64]| world.schema.predicate(one, *waited).unwrap().fits(two);
    let points = |one: usize, two: usize| {
        let fits = one != two && fits(&waiting[one], &records[two]);
        fits.then(|| world.schema.points(&world.weights(), &records[one], &records[two]))
    };
    (0..waiting.len()).map(|one| (0..waiting.len()).map(|two| points(one, two)).collect()).collect()
}

/// The most points that any way to pair those from `from` on has.
fn most(table: &[Vec<Option<u32>>], used: u32, from: usize) -> u32 {
    let Some(one) = (from..table.len()).find(|one| used >> one & 1 == 0) else { return 0 };
    let alone = most(table, used | 1 << one, one + 1);
    let others = (one + 1..table.len()).filter(|two| used >> two & 1 == 0);
    let with = |two: usize| Some(table[one][two]? + most(table, used | 1 << one | 1 << two, one + 1));
    others.filter_map(with).fold(alone, u32::max)
}

fn sum(made: &[Match<u32>]) -> u32 {
    made.iter().map(|pair| pair.points).sum()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_window_gets_the_most_points_there_are(
        before in vec(person(1_000), 0..8), people in vec(person(1_000), 2..10), budget in 1..6u32,
    ) {
        let world = World::new();
        let mut matcher = world.matcher(together(Fairness::off().classes(2), 20));
        let mut since = std::collections::BTreeMap::new();
        let all: Vec<&Person> = before.iter().chain(&people).collect();
        for (number, person) in all.iter().enumerate() {
            let now = if number < before.len() { 10 } else { EVERY + 10 };
            if number == before.len() {
                close(&mut matcher, EVERY, 100);
            }
            if !matcher.is_waiting(person.key) {
                matcher.offer(&person.ticket(&world), now).unwrap();
                since.insert(person.key, (person.ticket(&world), now));
            }
        }
        let now = 2 * EVERY;
        // Steps and ends of life up to then are taken first; no pair is made before the window ends.
        let progress = matcher.advance(now - 1, u32::MAX, |_| {}).unwrap();
        prop_assert!(progress.finished);
        let mut twin = matcher.clone();
        let mut greedy = Matcher::restore(world.schema.clone(), world.weights(), together(Fairness::off().classes(2), 20), (), matcher.snapshot()).unwrap();
        let made = close(&mut matcher, now, budget);
        prop_assert_eq!(&made, &close(&mut twin, now, u32::MAX));
        prop_assert_eq!(matcher.state_hash(), twin.state_hash());
        prop_assert_eq!(&made, &close(&mut greedy, now, 3));
        let gone: Vec<u32> = made.iter().flat_map(|pair| [pair.seeker, pair.partner]).collect();
        let is_there = |key: u32| gone.contains(&key) || matcher.is_waiting(key);
        let waiting: Vec<_> =
            since.iter().filter(|(key, _)| is_there(**key)).map(|(_, (ticket, since))| (ticket.clone(), now - since)).collect();
        let table = table(&world, &waiting);
        prop_assert_eq!(sum(&made), most(&table, 0, 0));
        for (one, row) in table.iter().enumerate() {
            for (two, points) in row.iter().enumerate() {
                let is_left = [one, two].iter().all(|at| matcher.is_waiting(waiting[*at].0.key()));
                prop_assert!(!is_left || points.is_none(), "{one} and {two} were left");
            }
        }
    }

    /// With restarts after every portion, and with people who come and go meanwhile.
    #[test]
    fn a_restart_changes_nothing(
        people in vec(person(60), 10..70), late in vec(person(60), 0..12), budget in 1..9u32, most in 8..40u32,
        fairness in prop_oneof![Just(Fairness::off().classes(2)), Just(Fairness::default().classes(2).class_bonus(20).overdue_after_ms(900).overdue_passes(2))],
    ) {
        let world = World::new();
        let config = together(fairness, most);
        let (mut straight, mut broken) = (world.matcher(config), world.matcher(config));
        let mut late = late.iter();
        for round in 0..3u64 {
            for (number, person) in (0u64..).zip(&people) {
                let now = round * EVERY + number * 9;
                if !straight.is_waiting(person.key) {
                    prop_assert_eq!(straight.offer(&person.ticket(&world), now), broken.offer(&person.ticket(&world), now));
                }
            }
            let now = (round + 1) * EVERY;
            loop {
                let (mut one, mut two) = (Vec::new(), Vec::new());
                let progress = straight.advance(now, budget, |event| one.push(event)).unwrap();
                prop_assert_eq!(progress, broken.advance(now, budget, |event| two.push(event)).unwrap());
                prop_assert_eq!(one, two);
                if progress.finished {
                    break;
                }
                broken = Matcher::restore(world.schema.clone(), world.weights(), config, (), broken.snapshot()).unwrap();
                prop_assert_eq!(straight.state_hash(), broken.state_hash());
                if let Some(person) = late.next() {
                    prop_assert_eq!(straight.cancel(person.key), broken.cancel(person.key));
                    prop_assert_eq!(straight.offer(&person.ticket(&world), now), broken.offer(&person.ticket(&world), now));
                }
            }
        }
    }
}

/// Hundreds at once, with a crowd who wait already: never worse than one after the other, and nobody is left beside a partner.
#[test]
fn hundreds_are_paired_together() {
    let world = World::new();
    let mut gains = 0;
    for seed in 0..4u64 {
        let mut dice = Dice(seed);
        let [mut best, mut greedy] = [500, 0].map(|most| world.matcher(together(Fairness::off().classes(2), most)));
        let mut tickets = std::collections::BTreeMap::new();
        for key in 0..900u32 {
            let mut person = crowd(&mut dice, key);
            // As many of either side come with the second window.
            let gender = u16::from(key > 500 && dice.below(2) == 0);
            person.gender = gender;
            person.rules.gender = vec![1 - gender];
            person.steps.clear();
            let now = if key > 500 { EVERY + 5 } else { 5 };
            for matcher in [&mut best, &mut greedy] {
                matcher.offer(&person.ticket(&world), now).unwrap();
            }
            tickets.insert(key, person.ticket(&world));
            if key == 500 {
                for matcher in [&mut best, &mut greedy] {
                    assert!(close(matcher, EVERY, 1_000).is_empty());
                }
            }
        }
        let (ours, theirs) = (close(&mut best, 2 * EVERY, 50), close(&mut greedy, 2 * EVERY, 50));
        assert!(ours.len() > 100 && sum(&ours) >= sum(&theirs), "{} and {}", sum(&ours), sum(&theirs));
        gains += sum(&ours) - sum(&theirs);
        for (key, ticket) in tickets.iter().filter(|(key, _)| best.is_waiting(**key)) {
            assert_eq!(best.count(ticket), Ok(0), "{key} is left beside a partner");
        }
    }
    assert!(gains > 0);
}
