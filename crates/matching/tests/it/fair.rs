//! The promise about being passed over, counted by a bystander who knows nothing of the matcher's own count.

use std::collections::BTreeMap;

use luvhive_matching::{Claims, Config, Effort, Fairness, Match, MatchId, Matcher, Observer, Policy};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::machine::{Op, Pair};
use crate::model::{Person, Rules, World, accepts, exact};

/// Somebody as the bystander sees them.
#[derive(Clone, Debug)]
struct Seen {
    person: Person,
    rules: Rules,
    /// Enqueue time and a number that goes up with each arrival.
    place: (u64, u64),
    is_waiting: bool,
    passes: u32,
}

/// Counts, for everybody who waits, how often an arrival that fits them was matched with somebody enqueued later.
#[derive(Clone, Debug, Default)]
struct Bystander {
    people: BTreeMap<u32, Seen>,
    excluded: BTreeMap<(u32, u32), u64>,
    arrivals: u64,
    now: u64,
    held: Vec<(MatchId, u32, u32)>,
    /// The worst that ever happened to anybody.
    most: u32,
}

impl Bystander {
    fn arrive(&mut self, person: &Person, since: u64) {
        self.arrivals += 1;
        let rules = person.rules_at(self.now - since);
        let place = (since, self.arrivals);
        self.people.insert(person.key, Seen { person: person.clone(), rules, place, is_waiting: false, passes: 0 });
    }

    fn change(&mut self, person: &Person) {
        let now = self.now;
        if let Some(seen) = self.people.get_mut(&person.key) {
            seen.rules = person.rules_at(now - seen.place.0);
            seen.person = person.clone();
            seen.is_waiting = false;
        }
    }

    fn fit(&self, one: &Seen, two: &Seen) -> bool {
        let (a, b) = (one.person.key.min(two.person.key), one.person.key.max(two.person.key));
        one.person.language.iter().any(|tag| two.person.language.contains(tag))
            && accepts(&one.rules, &two.person)
            && accepts(&two.rules, &one.person)
            && self.excluded.get(&(a, b)).is_none_or(|until| *until < self.now)
    }

    fn leave(&mut self, key: u32) {
        if let Some(seen) = self.people.get_mut(&key) {
            seen.is_waiting = false;
        }
    }
}

impl Observer<u32> for Bystander {
    fn waiting(&mut self, key: u32, _: u64) {
        if let Some(seen) = self.people.get_mut(&key) {
            seen.is_waiting = true;
        }
    }

    fn relaxed(&mut self, key: u32) {
        let now = self.now;
        if let Some(seen) = self.people.get_mut(&key) {
            seen.rules = seen.person.rules_at(now - seen.place.0);
        }
    }

    fn matched(&mut self, made: &Match<u32>) {
        let (seeker, partner) = (self.people[&made.seeker].clone(), self.people[&made.partner].clone());
        let is_passed = |seen: &&Seen| {
            let is_other = seen.person.key != made.seeker && seen.person.key != made.partner;
            is_other && seen.is_waiting && seen.place < partner.place && self.fit(&seeker, seen)
        };
        let passed: Vec<u32> = self.people.values().filter(is_passed).map(|seen| seen.person.key).collect();
        for key in passed {
            let seen = self.people.get_mut(&key).unwrap();
            seen.passes += 1;
            self.most = self.most.max(seen.passes);
        }
        self.leave(made.seeker);
        self.leave(made.partner);
        self.held.push((made.id, made.seeker, made.partner));
    }

    fn cancelled(&mut self, key: u32, _: u64) {
        self.leave(key);
    }

    fn expired(&mut self, key: u32, _: u64) {
        self.leave(key);
    }

    fn rejected(&mut self, leaver: u32, survivor: u32) {
        self.leave(leaver);
        let now = self.now;
        if let Some(seen) = self.people.get_mut(&survivor) {
            seen.rules = seen.person.rules_at(now - seen.place.0);
        }
    }
}

type Watched = Matcher<u32, luvhive_matching::Weights, Bystander>;

/// Lets time pass deadline by deadline, so that the bystander knows what came before what.
fn advance(matcher: &mut Watched, to: u64) {
    while let Some(next) = matcher.next_deadline().filter(|next| *next <= to) {
        let next = next.max(matcher.now());
        matcher.observer_mut().now = next;
        // One by one, and some left for the next time: nothing may depend on the portions.
        if matcher.advance(next, 1, |_| {}).unwrap().done == 0 {
            break;
        }
    }
    matcher.observer_mut().now = to;
    matcher.advance(to, u32::MAX, |_| {}).unwrap();
}

/// Does to the matcher what the operation says, if it can be done.
fn apply(world: &World, matcher: &mut Watched, op: &Op) {
    let now = matcher.now();
    match op {
        Op::Offer(person) | Op::OfferSince(person, _) => {
            let since = if let Op::OfferSince(_, back) = op { now.saturating_sub(*back) } else { now };
            let seen = matcher.observer().people.get(&person.key);
            let is_busy = matcher.observer().held.iter().any(|(_, a, b)| *a == person.key || *b == person.key);
            if !is_busy && seen.is_none_or(|seen| !seen.is_waiting) {
                matcher.observer_mut().arrive(person, since);
                // Refused when too many matches are held; then nobody came.
                if matcher.offer(&person.ticket(world).waiting_since(since), now).is_err() {
                    matcher.observer_mut().people.remove(&person.key);
                }
            }
        }
        Op::Update(person) if matcher.is_waiting(person.key) => {
            let before = matcher.observer().people.get(&person.key).cloned();
            matcher.observer_mut().change(person);
            if matcher.update(&person.ticket(world), now).is_err() {
                matcher.observer_mut().people.extend(before.map(|seen| (person.key, seen)));
            }
        }
        Op::Cancel(key) => {
            let _ = matcher.cancel(*key);
        }
        Op::Pass(time) => advance(matcher, now + time),
        Op::Exclude(a, b, length) => {
            let until = length.map(|length| now + length);
            if matcher.exclude(*a, *b, until).is_ok() && until.is_none_or(|until| until > now) {
                matcher.observer_mut().excluded.insert((*a.min(b), *a.max(b)), until.unwrap_or(u64::MAX));
            }
        }
        Op::Lift(a, b) => {
            matcher.observer_mut().excluded.remove(&(*a.min(b), *a.max(b)));
            matcher.lift(*a, *b, now).unwrap();
        }
        Op::Confirm(at) | Op::Reject(at, _) => {
            let held = &mut matcher.observer_mut().held;
            if !held.is_empty() {
                let (id, a, b) = held.swap_remove(usize::from(*at) % held.len());
                match op {
                    Op::Reject(_, first) => drop(matcher.reject(id, if *first { a } else { b }, now)),
                    _ => drop(matcher.confirm(id)),
                }
            }
        }
        // A restored matcher is another one, without the bystander.
        Op::Update(_) | Op::Restore => {}
    }
}

/// Nine of ten are men who look for women, all within a narrow range of ages.
fn crowd(keys: u32) -> impl Strategy<Value = Person> {
    let steps = prop_oneof![3 => Just(vec![]), 1 => Just(vec![(600, 1)]), 1 => Just(vec![(300, 0), (900, 4)])];
    (0..keys, 0..10u8, 20..=25i32, 0..=4i32, vec(0..6u16, 0..4), (0..12u8, 0..10u8), steps).prop_map(
        |(key, draw, age, width, mut interest, (merit, premium), steps)| {
            interest.sort_unstable();
            interest.dedup();
            let gender = u16::from(draw == 0);
            Person {
                key,
                gender,
                country: 0,
                age,
                language: vec![0],
                interest,
                trait_: vec![],
                town: 0,
                city: 0,
                merit,
                class: u8::from(premium == 0),
                rules: Rules {
                    gender: vec![1 - gender],
                    country: None,
                    age: (age - width, age + width),
                    interest: vec![],
                    want: vec![],
                    need: vec![],
                    refuse: vec![],
                    towns: None,
                },
                steps,
                ttl: None,
            }
        },
    )
}

fn op(keys: u32) -> impl Strategy<Value = Op> {
    prop_oneof![
        24 => crowd(keys).prop_map(Op::Offer),
        1 => (crowd(keys), 0..2_000u64).prop_map(|(person, back)| Op::OfferSince(person, back)),
        1 => crowd(keys).prop_map(Op::Update),
        1 => (0..keys).prop_map(Op::Cancel),
        6 => prop_oneof![0..30u64, 0..400u64].prop_map(Op::Pass),
        2 => (0..keys, 0..keys, proptest::option::of(0..900u64)).prop_map(|(a, b, until)| Op::Exclude(a, b, until)),
        1 => (0..keys, 0..keys).prop_map(|(a, b)| Op::Lift(a, b)),
        1 => any::<u8>().prop_map(Op::Confirm),
        2 => (any::<u8>(), any::<bool>()).prop_map(|(at, first)| Op::Reject(at, first)),
    ]
}

/// Whatever else is served first: aging or none, a bonus that nothing overtakes for long, overdue by waiting or not.
fn fairness() -> impl Strategy<Value = Fairness> {
    let wait = prop_oneof![Just(None), Just(Some(500)), Just(Some(60_000))];
    (prop_oneof![Just(0), Just(10), Just(1_000)], 0..40u32, wait, 1..=6u8).prop_map(|(cap, bonus, wait, passes)| {
        let bonus = if wait.is_some() { bonus } else { bonus.min(cap.max(1) - 1) };
        Fairness::off()
            .aging_every_ms(100)
            .aging_cap(cap)
            .classes(2)
            .class_bonus(bonus)
            .overdue_after_ms(wait)
            .overdue_passes(passes)
    })
}

fn config() -> impl Strategy<Value = Config> {
    let policy = prop_oneof![3 => Just(Policy::Immediate), 1 => (1..200u64).prop_map(|every_ms| Policy::Window { every_ms })];
    (fairness(), policy, any::<bool>(), prop_oneof![Just(100), Just(2)]).prop_map(|(fairness, policy, is_held, room)| {
        let config = exact(fairness).policy(policy).claims(if is_held { Claims::Held } else { Claims::Final });
        config.limits(|limits| limits.held = room)
    })
}

/// The worst that happened to anybody.
fn most_passed(config: Config, ops: &[Op]) -> u32 {
    let world = World::new();
    let mut matcher = Matcher::with_observer(world.schema.clone(), world.weights(), config, Bystander::default()).unwrap();
    for op in ops {
        apply(&world, &mut matcher, op);
        if config.claims == Claims::Final {
            matcher.observer_mut().held.clear();
        }
    }
    matcher.observer().most
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn nobody_is_passed_over_more_often_than_the_limit(config in config(), ops in vec(op(400), 1..400)) {
        let limit = config.fairness.overdue_passes.map_or(0, u32::from);
        let most = most_passed(config, &ops);
        prop_assert!(most <= limit, "{most} of {limit}");
    }

    /// A bounded search that can examine every run misses nobody, so it keeps the promise of an exact one.
    #[test]
    fn a_bounded_search_of_a_small_pool_keeps_the_limit(config in config(), ops in vec(op(400), 1..400)) {
        let limit = config.fairness.overdue_passes.map_or(0, u32::from);
        let most = most_passed(config.effort(Effort::Bounded { runs: 12 }), &ops);
        prop_assert!(most <= limit, "{most} of {limit}");
    }

    #[test]
    fn a_crowd_is_served_in_the_order_of_the_reference(fairness in fairness(), ops in vec(op(400), 1..250)) {
        let mut pair = Pair::new(exact(fairness));
        for op in &ops {
            pair.apply(op);
        }
        pair.check();
    }
}

/// A man or a woman who takes anybody of the other gender.
fn anybody(key: u32, gender: u16, class: u8) -> Person {
    let nothing = Vec::new;
    Person {
        key,
        gender,
        country: 0,
        age: 18 + i32::try_from(key % 12).unwrap(),
        language: vec![0],
        interest: nothing(),
        trait_: nothing(),
        town: 0,
        city: 0,
        merit: 0,
        class,
        rules: Rules {
            gender: vec![1 - gender],
            country: None,
            age: (18, 29),
            interest: nothing(),
            want: nothing(),
            need: nothing(),
            refuse: nothing(),
            towns: None,
        },
        steps: Vec::new(),
        ttl: None,
    }
}

#[test]
fn those_at_the_limit_are_served_in_order_of_arrival_whatever_the_effort() {
    let (men, limit) = (6_000, 20);
    let world = World::new();
    let fairness =
        Fairness::off().aging_every_ms(1_000).aging_cap(60).classes(2).class_bonus(50).overdue_after_ms(None).overdue_passes(20);
    let mut matcher =
        Matcher::with_observer(world.schema.clone(), world.weights(), exact(fairness), Bystander::default()).unwrap();
    for key in 0..men {
        apply(&world, &mut matcher, &Op::Offer(anybody(key, 0, 0)));
    }
    let mut next = men;
    let mut take = |matcher: &mut Watched, first: u8| {
        apply(&world, matcher, &Op::Offer(anybody(next, 0, first)));
        apply(&world, matcher, &Op::Offer(anybody(next + 1, 1, 0)));
        next += 2;
        matcher.observer().held.last().map(|(_, woman, man)| (next - 1 == *woman).then_some(*man))
    };
    for round in 0..limit {
        assert_eq!(take(&mut matcher, 1), Some(Some(men + 2 * round)), "premium first");
    }
    let worst = |matcher: &Watched| (0..men).map(|key| matcher.observer().people[&key].passes).max();
    assert_eq!((0..men).map(|key| matcher.observer().people[&key].passes).min(), Some(limit));
    matcher.set_effort(Effort::Bounded { runs: 0 });
    for round in 0..200 {
        assert_eq!(take(&mut matcher, 1), Some(Some(round)), "the first to come");
    }
    assert_eq!(worst(&matcher), Some(limit));
}
