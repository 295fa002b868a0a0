//! What an owner may ask back: with it, and nothing else, another matcher goes on as this one would have.

use std::collections::BTreeSet;

use luvhive_matching::{Claims, Config, Fairness, Matcher, Outcome, Set};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::machine::person;
use crate::model::{Person, World, event_of, exact};

/// A matcher into which these came, five every second and a half second apart, some kept apart from the next.
fn evening(world: &World, config: Config, people: &[Person]) -> Matcher<u32> {
    let mut matcher = world.matcher(config);
    for (number, person) in (0u64..).zip(people) {
        let now = number * 350;
        while !matcher.advance(now, 1_000, |_| {}).unwrap().finished {}
        let _ = matcher.offer(&person.ticket(world), now);
        if person.key.is_multiple_of(3) {
            matcher.exclude(person.key, person.key + 1, Some(now + 2_000).filter(|_| person.key.is_multiple_of(2))).unwrap();
        }
    }
    matcher
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn another_matcher_goes_on_with_what_was_asked_back(people in vec(person(60), 1..80)) {
        let world = World::new();
        let config = exact(Fairness::off().aging_every_ms(1_000).aging_cap(60));
        let mut old = evening(&world, config, &people);
        let now = old.now();
        let mut new = world.matcher(config);
        for key in 0..62 {
            for (other, until) in old.exclusions(key) {
                new.exclude(key, other, until).unwrap();
            }
        }
        let mut waiting: Vec<_> = old.iter().collect();
        waiting.sort_by_key(|waiting| waiting.enqueued);
        prop_assert_eq!(waiting.len(), old.len());
        for waiting in &waiting {
            let ticket = old.ticket(waiting.key).unwrap();
            prop_assert_eq!(new.offer(&ticket, now).unwrap(), Outcome::Waiting);
            prop_assert_eq!(new.ticket(waiting.key), Some(ticket));
            prop_assert!(new.iter().any(|again| (again.key, again.enqueued) == (waiting.key, waiting.enqueued)));
        }
        prop_assert_eq!(new.count_exclusions(), old.count_exclusions());
        let (mut before, mut after) = (Vec::new(), Vec::new());
        old.advance(now + 30_000, u32::MAX, |event| before.push(event_of(event))).unwrap();
        new.advance(now + 30_000, u32::MAX, |event| after.push(event_of(event))).unwrap();
        prop_assert_eq!(before, after);
        let left = |matcher: &Matcher<u32>| matcher.iter().map(|waiting| waiting.key).collect::<BTreeSet<_>>();
        prop_assert_eq!(left(&old), left(&new));
    }

    /// After `forget` nothing that can be asked speaks of the key, and the other one of a match waits or meets somebody.
    #[test]
    fn who_is_forgotten_is_gone(people in vec(person(30), 1..50), keys in vec(0..31u32, 1..10)) {
        let world = World::new();
        let mut matcher = evening(&world, exact(Fairness::default()).claims(Claims::Held), &people);
        let now = matcher.now();
        for key in keys {
            let partner = matcher.held().find(|(_, one, two)| [*one, *two].contains(&key)).map(|(_, one, two)| one + two - key);
            let pairs = matcher.count_exclusions() - matcher.exclusions(key).count();
            let outcome = matcher.forget(key, now).unwrap();
            prop_assert_eq!(outcome.is_some(), partner.is_some());
            prop_assert!(matcher.ticket(key).is_none() && matcher.exclusions(key).next().is_none());
            prop_assert!(matcher.held().all(|(id, one, two)| matcher.find_held(id) == Some((one, two)) && one != key && two != key));
            prop_assert_eq!(matcher.count_exclusions(), pairs);
            if let Some(partner) = partner {
                let is_held = matcher.held().any(|(_, one, two)| [one, two].contains(&partner));
                prop_assert_eq!(is_held, outcome != Some(Outcome::Waiting));
                prop_assert!(matcher.ticket(partner).is_some() && (is_held || matcher.is_waiting(partner)));
            }
        }
    }
}

#[test]
fn a_set_has_the_usual_ways_in_and_out() {
    let mut set = Set::from(vec![3, 200, 64]);
    set.extend([7, 255]);
    assert_eq!(set.into_iter().collect::<Vec<_>>(), [3, 7, 64, 200, 255]);
    assert_eq!((set.iter().len(), set.len()), (5, 5));
    assert!(set.remove(64) && !set.remove(64) && !set.remove(300));
    let few: Set = [7, 9].iter().collect();
    assert_eq!(set & few, Set::from([7]));
    assert_eq!(set | few, Set::from([3, 7, 9, 200, 255]));
    assert_eq!(Set::from(250..=255u16).len(), 6);
}
