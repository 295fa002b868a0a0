//! What the crate says about two tickets, rule by rule and side by side, and that waiting only ever opens doors.

use luvhive_matching::{Config, Fairness};
use proptest::prelude::*;

use crate::machine::{Pair, person};
use crate::model::{Person, Rules, World, accepts, exact, pair_of, points};

const NAMES: [&str; 7] = ["gender", "country", "age", "language", "interest", "trait", "town"];

/// Whether one rule of `mine` lets the other in.
fn lets_in(name: &str, mine: &Person, rules: &Rules, other: &Person) -> bool {
    let meets = |asked: &[u16], tags: &[u16]| asked.iter().any(|tag| tags.contains(tag));
    match name {
        "gender" => rules.gender.contains(&other.gender),
        "country" => rules.country.as_ref().is_none_or(|countries| countries.contains(&other.country)),
        "age" => (rules.age.0..=rules.age.1).contains(&other.age),
        "language" => meets(&mine.language, &other.language),
        "town" => rules.towns.as_ref().is_none_or(|towns| towns.contains(&other.town)),
        "interest" => rules.interest.is_empty() || meets(&rules.interest, &other.interest),
        _ => {
            (rules.want.is_empty() || meets(&rules.want, &other.trait_))
                && rules.need.iter().all(|tag| other.trait_.contains(tag))
                && !meets(&rules.refuse, &other.trait_)
        }
    }
}

/// Two people, of whom about every third pair suits: the second is bent towards the first at random.
fn two() -> impl Strategy<Value = (Person, Person)> {
    (person(1), person(1), any::<[bool; 4]>()).prop_map(|(one, mut two, bend)| {
        two.key = 1;
        if bend[0] {
            two.rules = one.rules.clone();
        }
        if bend[1] {
            (two.gender, two.country, two.age) = (one.gender, one.country, one.age);
        }
        if bend[2] {
            two.language.clone_from(&one.language);
        }
        if bend[3] {
            two.interest.clone_from(&one.interest);
            two.trait_.clone_from(&one.trait_);
        }
        (one, two)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn an_explanation_is_the_predicate_rule_by_rule((one, two) in two()) {
        let world = World::new();
        let why = world.schema.explain(&world.weights(), &one.ticket(&world), &two.ticket(&world)).unwrap();
        prop_assert_eq!(why.verdicts.len(), NAMES.len());
        for (name, verdict) in NAMES.iter().zip(&why.verdicts) {
            prop_assert_eq!(world.schema.name(verdict.dim), Some(*name));
            prop_assert_eq!(verdict.first_accepts, lets_in(name, &one, &one.rules, &two), "{}", name);
            prop_assert_eq!(verdict.second_accepts, lets_in(name, &two, &two.rules, &one), "{}", name);
        }
        let suits = accepts(&one.rules, &two) && accepts(&two.rules, &one) && lets_in("language", &one, &one.rules, &two);
        prop_assert_eq!(why.fits(), suits);
        prop_assert_eq!(why.points, points(&one, &two));
        // The compiled test and a matcher say the same.
        let compiled = world.schema.predicate(&one.ticket(&world), 0).unwrap();
        prop_assert_eq!(compiled.fits(&world.schema.record(&two.ticket(&world), 0).unwrap()), suits);
        let mut pair = Pair::new(exact(Fairness::off().classes(2).class_bonus(0)));
        pair.matcher.offer(&one.ticket(&pair.world), 0).unwrap();
        let outcome = pair.matcher.offer(&two.ticket(&pair.world), 0).unwrap();
        prop_assert_eq!(pair_of(outcome).is_some(), suits);
    }

    #[test]
    fn waiting_only_ever_opens_doors((one, two) in two(), waits in [0..9_000u64, 0..9_000u64, 0..9_000u64, 0..9_000u64]) {
        let world = World::new();
        let fits = |first: u64, second: u64| {
            let compiled = world.schema.predicate(&one.ticket(&world), first).unwrap();
            compiled.fits(&world.schema.record(&two.ticket(&world), second).unwrap())
        };
        let (early, late) = ((waits[0].min(waits[1]), waits[2].min(waits[3])), (waits[0].max(waits[1]), waits[2].max(waits[3])));
        prop_assert!(!fits(early.0, early.1) || fits(late.0, late.1));
        // Step by step it is what the reference makes of the steps.
        let rules = (one.rules_at(late.0), two.rules_at(late.1));
        let suits = accepts(&rules.0, &two) && accepts(&rules.1, &one) && lets_in("language", &one, &one.rules, &two);
        prop_assert_eq!(fits(late.0, late.1), suits);
    }

    /// Somebody who left is as good as never seen: a pool with such visits matches everybody after them alike.
    #[test]
    fn who_cancels_and_comes_again_is_fresh(people in prop::collection::vec(person(1_000), 2..40), visitor in person(1)) {
        let world = World::new();
        let config: Config = exact(Fairness::default().classes(2).class_bonus(20));
        let (mut plain, mut visited) = (world.matcher(config), world.matcher(config));
        // The visitor looks in a country where nobody lives, and so waits until the visit ends.
        let people: Vec<Person> = people.into_iter().map(|person| Person { country: person.country.min(4), ..person }).collect();
        let rules = Rules { country: Some(vec![5]), ..visitor.rules.clone() };
        let again = Person { key: 5_000, ..visitor };
        let visitor = Person { rules, ..again.clone() };
        for (now, person) in (0u64..).zip(&people) {
            if plain.is_waiting(person.key) {
                continue;
            }
            visited.offer(&visitor.ticket(&world), now).unwrap();
            prop_assert_eq!(visited.cancel(visitor.key), Ok(0));
            let (left, right) = (plain.offer(&person.ticket(&world), now).unwrap(), visited.offer(&person.ticket(&world), now).unwrap());
            prop_assert_eq!(pair_of(left), pair_of(right));
            prop_assert_eq!(plain.len(), visited.len());
        }
        let last = u64::try_from(people.len()).unwrap();
        let (left, right) = (plain.offer(&again.ticket(&world), last).unwrap(), visited.offer(&again.ticket(&world), last).unwrap());
        prop_assert_eq!(pair_of(left), pair_of(right));
    }
}
