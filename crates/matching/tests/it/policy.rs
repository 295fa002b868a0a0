//! Windows, budgets, fairness over time, and what a tutor needs from a score of their own.

use luvhive_matching::{
    Category, Claims, Config, Dim, Effort, Event, Facts, Fairness, MatchId, Matcher, Observer, Ordinal, Outcome, Policy, Schema,
    Score, SearchCost, Ticket, Weights,
};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::long::Dice;
use crate::machine::person;
use crate::model::{Model, Person, World, event_of, exact};

/// Counts searches.
#[derive(Clone, Copy, Default)]
struct Searches(u32);

impl Observer<u32> for Searches {
    fn searched(&mut self, _: SearchCost) {
        self.0 += 1;
    }
}

/// Two sides; everybody accepts the other side.
fn sides() -> (Schema, Dim<Category>, Dim<Ordinal>) {
    let mut schema = Schema::builder();
    let side = schema.category("side", 2);
    let level = schema.ordinal("level", 0..=99);
    (schema.build().unwrap(), side, level)
}

#[test]
fn a_waiting_ticket_of_any_class_overtakes_in_bounded_time() {
    let (schema, side, level) = sides();
    let who = |key: u32, value: u16, at: i32| Ticket::new(key).have(side, value).have(level, at).accept(side, [1 - value]);
    for (fairness, bound) in [
        (Fairness::off().aging_every_ms(1_000).aging_cap(60).classes(2).class_bonus(20), 60),
        (Fairness::off().classes(2).class_bonus(50).overdue_after_ms(30_000).overdue_passes(None), 31),
        (
            Fairness::off()
                .aging_every_ms(1_000)
                .aging_cap(5)
                .classes(2)
                .class_bonus(4)
                .overdue_after_ms(None)
                .overdue_passes(20),
            21,
        ),
    ] {
        // A plain ticket far from every seeker, against an endless stream of better ones of a higher class.
        let weights = Weights::new().near(level, 30, 1);
        let mut matcher = Matcher::new(schema.clone(), weights, exact(fairness)).unwrap();
        matcher.offer(&who(0, 0, 99), 0).unwrap();
        let mut served = None;
        for round in 1..200u32 {
            let now = u64::from(round) * 1_000;
            matcher.advance(now, 100, |_| {}).unwrap();
            matcher.offer(&who(round * 2, 0, 10).priority(1), now).unwrap();
            let Outcome::Matched(made) = matcher.offer(&who(round * 2 + 1, 1, 10), now).unwrap() else {
                panic!("both wait for a seeker")
            };
            if made.partner == 0 {
                served = Some(round);
                break;
            }
        }
        assert!(served.is_some_and(|round| (2..=bound).contains(&round)), "{served:?} for {bound}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    /// At the end of a window nobody who fits is left beside anybody, whatever the budget.
    #[test]
    fn a_window_leaves_no_pair_behind(people in vec(person(60), 1..60), budget in 1..9u32, every_ms in 1..3_000u64) {
        let world = World::new();
        let config = exact(Fairness::default().classes(2).class_bonus(20)).policy(Policy::Window { every_ms });
        let mut matcher = world.matcher(config);
        let mut model = Model::new(config);
        for person in &people {
            if matcher.is_waiting(person.key) {
                continue;
            }
            prop_assert_eq!(matcher.offer(&person.ticket(&world), 10).unwrap(), Outcome::Waiting);
            // A model that never pairs: only used as a record of who waits.
            model.offer_unpaired(person, 10);
        }
        let now = (10 / every_ms + 1) * every_ms;
        let mut gone = Vec::new();
        loop {
            let progress = matcher.advance(now, budget, |event| gone.push(event_of(event))).unwrap();
            prop_assert!(progress.done <= budget);
            if progress.finished {
                break;
            }
            prop_assert!(progress.done > 0);
        }
        model.note_time(now);
        for (a, b) in gone {
            if let Some(b) = b {
                prop_assert!(model.fit(&model.waiting[&a], &model.waiting[&b]));
                model.waiting.remove(&b);
            }
            model.waiting.remove(&a);
        }
        let waiting: Vec<_> = model.waiting.values().collect();
        prop_assert_eq!(matcher.len(), waiting.len());
        for one in &waiting {
            for two in &waiting {
                prop_assert!(!model.fit(one, two));
            }
        }
    }

    /// A window makes the same pairs in the same order in portions of any size, also with a restart and another seed after
    /// each, and no portion searches more than it may.
    #[test]
    fn a_windows_pairs_do_not_depend_on_the_budget(
        people in vec(person(60), 1..60), budget in 1..9u32, restarts in any::<bool>(), effort in prop_oneof![Just(Effort::Exact), Just(Effort::default())],
        optimum in prop_oneof![Just(0u32), Just(6), Just(60)],
        fairness in prop_oneof![Just(Fairness::off()), Just(Fairness::default().classes(2).class_bonus(20).overdue_after_ms(900).overdue_passes(2))],
    ) {
        let world = World::new();
        let config = Config::default().effort(effort).fairness(fairness).policy(Policy::Window { every_ms: 1_000 }).optimum(optimum);
        let mut slowly = Matcher::with_observer(world.schema.clone(), world.weights(), config, Searches::default()).unwrap();
        let mut at_once = world.matcher(config);
        let (mut all, mut bits) = (Vec::new(), Vec::new());
        for (number, person) in (0u64..).zip(&people) {
            let now = number * 90;
            at_once.advance(now, u32::MAX, |event| all.push(event)).unwrap();
            loop {
                let before = slowly.observer().0;
                let progress = slowly.advance(now, budget, |event| bits.push(event)).unwrap();
                prop_assert!(slowly.observer().0 - before <= progress.done && progress.done <= budget);
                if restarts {
                    let (score, observer, snapshot) = (world.weights(), *slowly.observer(), slowly.snapshot());
                    let other = config.seed(u64::from(budget));
                    slowly = Matcher::restore(world.schema.clone(), score, other, observer, snapshot).unwrap();
                }
                if progress.finished {
                    break;
                }
            }
            prop_assert_eq!(&all, &bits);
            prop_assert_eq!(at_once.state_hash(), slowly.state_hash());
            prop_assert_eq!(at_once.offer(&person.ticket(&world), now), slowly.offer(&person.ticket(&world), now));
        }
    }

    /// However small the budget, the same events come in the same order.
    #[test]
    fn a_budget_changes_nothing_but_the_pace(people in vec(person(60), 1..80), budget in 1..5u32) {
        let world = World::new();
        let config = exact(Fairness::default().classes(2).class_bonus(20));
        let (mut at_once, mut slowly) = (world.matcher(config), world.matcher(config));
        let (mut all, mut bits) = (Vec::new(), Vec::new());
        for (number, person) in (0u64..).zip(&people) {
            let now = number * 300;
            at_once.advance(now, u32::MAX, |event| all.push(event)).unwrap();
            while !slowly.advance(now, budget, |event| bits.push(event)).unwrap().finished {}
            prop_assert_eq!(at_once.offer(&person.ticket(&world), now), slowly.offer(&person.ticket(&world), now));
        }
        prop_assert_eq!(all, bits);
        prop_assert_eq!(at_once.state_hash(), slowly.state_hash());
    }

    /// An update is a cancellation and a return to the old place.
    #[test]
    fn update_equals_cancel_and_a_return_to_the_old_place(people in vec(person(1_000), 2..60), changed in person(1), at in any::<prop::sample::Index>()) {
        let world = World::new();
        let config = exact(Fairness::off().classes(2).class_bonus(0));
        let (mut one, mut two) = (world.matcher(config), world.matcher(config));
        for (number, person) in (0u64..).zip(&people) {
            for matcher in [&mut one, &mut two] {
                if !matcher.is_waiting(person.key) {
                    matcher.offer(&person.ticket(&world), number).unwrap();
                }
            }
        }
        let waiting: Vec<u64> = (0u64..).zip(&people).filter(|(_, person)| one.is_waiting(person.key)).map(|(number, _)| number).collect();
        if waiting.is_empty() {
            return Ok(());
        }
        let since = waiting[at.index(waiting.len())];
        let key = people[usize::try_from(since).unwrap()].key;
        let now = 500;
        let ticket = Person { key, ..changed }.ticket(&world);
        let waited = two.cancel(key).unwrap();
        prop_assert!(waited <= now);
        let enqueued = two.now() - waited;
        let pair = |outcome: Outcome<u32>| crate::model::pair_of(outcome);
        prop_assert_eq!(pair(one.update(&ticket, now).unwrap()), pair(two.offer(&ticket.clone().waiting_since(enqueued), now).unwrap()));
        prop_assert_eq!(one.len(), two.len());
    }
}

/// Five points for levels that add up to a hundred.
#[derive(Clone)]
struct Complement(Weights, Dim<Ordinal>);

impl Score for Complement {
    fn weights(&self) -> &Weights {
        &self.0
    }
    fn extra(&self, first: &Facts<'_>, second: &Facts<'_>) -> u32 {
        let sum = first.value(self.1).zip(second.value(self.1)).map(|(a, b)| a + b);
        if sum == Some(100) { 50 } else { 0 }
    }
    fn extra_most(&self) -> u32 {
        50
    }
}

#[test]
fn a_score_of_ones_own_is_found_among_many() {
    let (schema, side, level) = sides();
    let score = Complement(Weights::new().near(level, 40, 1), level);
    let mut matcher = Matcher::new(schema, score, Config::default().effort(Effort::Exact).fairness(Fairness::off())).unwrap();
    let mut dice = Dice(9);
    let mut levels = Vec::new();
    for key in 0..3_000u32 {
        let at = i32::try_from(dice.below(60)).unwrap();
        levels.push(at);
        matcher.offer(&Ticket::new(key).have(side, 0).have(level, at).accept(side, [1]), 0).unwrap();
    }
    for key in 3_000..3_060u32 {
        let mine = i32::try_from(dice.below(100)).unwrap();
        let points = |at: &i32| 40u32.saturating_sub(mine.abs_diff(*at)) + if mine + at == 100 { 50 } else { 0 };
        let best = levels.iter().map(points).max();
        let seeker = Ticket::new(key).have(side, 1).have(level, mine).accept(side, [0]);
        assert_eq!(matcher.preview(&seeker).unwrap().map(|found| found.1), best);
    }
}

#[test]
fn an_estimate_follows_what_was_seen() {
    let (schema, side, level) = sides();
    let mut matcher = Matcher::new(schema, Weights::new(), Config::default()).unwrap();
    let who = |key: u32, value: u16| Ticket::new(key).have(side, value).have(level, 0).accept(side, [1 - value]);
    assert_eq!(matcher.estimate_wait(&who(1, 0)), Ok(None));
    for round in 0..40u32 {
        let now = u64::from(round) * 10_000;
        matcher.offer(&who(round * 2, 0), now).unwrap();
        matcher.offer(&who(round * 2 + 1, 1), now + 4_000).unwrap();
    }
    let estimate = |key, side| matcher.estimate_wait(&who(key, side)).unwrap().unwrap();
    assert_eq!((estimate(1, 0).mean_ms, estimate(1, 1).mean_ms), (4_000, 0));
    // Up to an eighth too long, never too short.
    assert_eq!((estimate(1, 0).seen(), estimate(1, 0).wait_at(500), estimate(1, 1).wait_at(1_000)), (40, 4_095, 0));
}

#[test]
fn the_next_deadline_is_when_something_happens() {
    let (schema, side, level) = sides();
    let mut matcher = Matcher::new(schema, Weights::new(), exact(Fairness::off())).unwrap();
    assert_eq!(matcher.next_deadline(), None);
    let mut dice = Dice(17);
    let mut ends = Vec::new();
    for key in 0..500u32 {
        let ttl = 1 + dice.below(1 << (1 + key % 31));
        ends.push((1_000 + ttl, key));
        matcher.offer(&Ticket::new(key).have(side, 0).have(level, 0).accept(side, [1]).ttl_ms(ttl), 1_000).unwrap();
    }
    ends.sort_unstable();
    for (end, key) in ends {
        if !matcher.is_waiting(key) {
            continue;
        }
        assert_eq!(matcher.next_deadline(), Some(end));
        matcher.advance(end - 1, 9, |event| panic!("{event:?} is early")).unwrap();
        let mut seen = Vec::new();
        matcher.advance(end, 900, |event| seen.push(event)).unwrap();
        assert!(seen.contains(&Event::Expired { key, waited_ms: end - 1_000 }));
    }
    assert!(matcher.is_empty());
    assert_eq!(matcher.next_deadline(), None);
}

/// Where thousands fall due close to each other it may be told too early, which costs a call, and never too late.
#[test]
fn in_a_crowd_the_next_deadline_is_never_too_late() {
    let (schema, side, level) = sides();
    let mut matcher = Matcher::new(schema, Weights::new(), exact(Fairness::off())).unwrap();
    let mut dice = Dice(18);
    let mut ends = Vec::new();
    for key in 0..5_000u32 {
        let ttl = 70_000 + dice.below(30_000);
        ends.push(ttl);
        matcher.offer(&Ticket::new(key).have(side, 0).have(level, 0).accept(side, [1]).ttl_ms(ttl), 0).unwrap();
    }
    ends.sort_unstable();
    let (mut gone, mut early) = (0, 0);
    while let Some(due) = matcher.next_deadline() {
        assert!(due <= ends[gone] && due >= matcher.now());
        early += u32::from(due < ends[gone]);
        let before = gone;
        let progress = matcher.advance(due, u32::MAX, |event| {
            let Event::Expired { waited_ms, .. } = event else { panic!("{event:?}") };
            assert_eq!((waited_ms, due), (ends[gone], ends[gone]));
            gone += 1;
        });
        assert!(progress.unwrap().finished && (gone > before) == (due == ends[before]));
    }
    assert!(gone == 5_000 && (1..=2).contains(&early), "{gone} gone, told too early {early} times");
}

#[test]
fn a_window_waits_for_room_to_hold_its_pairs() {
    let (schema, side, level) = sides();
    let config = exact(Fairness::off()).policy(Policy::Window { every_ms: 100 }).claims(Claims::Held);
    let mut matcher = Matcher::new(schema, Weights::new(), config.limits(|limits| limits.held = 1)).unwrap();
    for (key, value) in [(0u32, 0), (1, 0), (2, 1), (3, 1)] {
        let other = 1 - value;
        matcher.offer(&Ticket::new(key).have(side, value).have(level, 0).accept(side, [other]), 50).unwrap();
    }
    let mut made = 0;
    let progress = matcher.advance(100, u32::MAX, |_| made += 1).unwrap();
    assert_eq!((progress.finished, made, matcher.len()), (true, 1, 2));
    assert_eq!(matcher.next_deadline(), None);
    matcher.confirm(MatchId(1)).unwrap();
    assert_eq!(matcher.next_deadline(), Some(100));
    assert!(matcher.advance(120, u32::MAX, |_| made += 1).unwrap().finished);
    assert_eq!((made, matcher.len()), (2, 0));
}
