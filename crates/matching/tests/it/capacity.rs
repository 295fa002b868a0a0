//! Memory taken ahead and given back changes nothing but the memory.

use luvhive_matching::{Config, Effort, Fairness, Matcher};

use crate::long::{Dice, crowd};
use crate::model::{Person, World, exact};

/// What has room is filled without more for tickets and keys, and a crowd that has left gives it back.
#[test]
fn room_is_made_once_and_given_back() {
    const PEOPLE: u32 = 30_000;
    let world = World::new();
    let config = Config::default().effort(Effort::Bounded { runs: 0 }).fairness(Fairness::off().classes(2).class_bonus(0));
    let people = PEOPLE.try_into().unwrap();
    let mut ready = Matcher::with_capacity(world.schema.clone(), world.weights(), config, people).unwrap();
    let mut plain = world.matcher(config);
    let before = ready.memory();
    let mut dice = Dice(3);
    for key in 0..PEOPLE {
        // All of one gender who want another, so that everybody waits.
        let mut person = Person { gender: 0, ..crowd(&mut dice, key) };
        person.rules.gender = vec![1];
        let ticket = person.ticket(&world);
        assert_eq!(ready.offer(&ticket, key.into()), plain.offer(&ticket, key.into()));
    }
    assert_eq!(ready.len(), people);
    assert_eq!(ready.memory().keys, before.keys);
    assert_eq!(ready.state_hash(), plain.state_hash());
    for key in (0..PEOPLE).filter(|key| *key >= 1_500) {
        ready.cancel(key).unwrap();
    }
    let full = ready.memory();
    ready.shrink_to_fit();
    let small = ready.memory();
    assert!(small.keys * 10 < full.keys && small.tickets * 10 < full.tickets, "{small:?} of {full:?}");
    // It goes on as one that was never large.
    let mut twin = ready.clone();
    twin.reserve(1 << 40);
    for key in PEOPLE..PEOPLE + 3_000 {
        let ticket = crowd(&mut dice, key).ticket(&world);
        assert_eq!(ready.offer(&ticket, PEOPLE.into()), twin.offer(&ticket, PEOPLE.into()));
        assert!(ready.is_waiting(key % 1_500) == twin.is_waiting(key % 1_500));
    }
    assert_eq!(ready.state_hash(), twin.state_hash());
}

/// Whenever room is made or given back, the same pairs are made.
#[test]
fn pairs_do_not_depend_on_room() {
    let world = World::new();
    let mut plain = world.matcher(exact(Fairness::default().classes(2).class_bonus(20)));
    let mut other = plain.clone();
    let mut dice = Dice(11);
    for key in 0..4_000u32 {
        let (ticket, now) = (crowd(&mut dice, key).ticket(&world), u64::from(key) * 40);
        let mut events = [Vec::new(), Vec::new()];
        plain.advance(now, u32::MAX, |event| events[0].push(event)).unwrap();
        other.advance(now, u32::MAX, |event| events[1].push(event)).unwrap();
        assert_eq!(events[0], events[1]);
        assert_eq!(plain.offer(&ticket, now), other.offer(&ticket, now));
        match key % 97 {
            0 => other.shrink_to_fit(),
            50 => other.reserve(2_000),
            _ => {}
        }
    }
    assert_eq!(plain.state_hash(), other.state_hash());
}
