//! What is told: counts, points, hashes, snapshots, reports.

use luvhive_matching::{
    Claims, Config, ConfigError, Dim, Facts, Fairness, MAX_TIME_MS, Matcher, Ordinal, Policy, RestoreError, Schema, Score, Set,
    Ticket, Weights,
};

use super::{Sides, made, pairs_until, window};
use crate::model::{World, exact};

fn alone() -> (Matcher<u32>, Ticket<u32>) {
    let sides = Sides::new();
    let mut matcher = sides.matcher(exact(Fairness::off()));
    let ticket = Ticket::new(1).have(sides.side, 0).have(sides.level, 5);
    matcher.offer(&ticket, 10).unwrap();
    (matcher, ticket)
}

#[test]
fn a_count_leaves_out_the_own_ticket() {
    let (matcher, ticket) = alone();
    assert_eq!(matcher.count(&ticket), Ok(0));
}

#[test]
fn a_preview_leaves_out_the_own_ticket() {
    let (mut matcher, ticket) = alone();
    assert_eq!(matcher.preview(&ticket), Ok(None));
}

#[test]
fn a_count_leaves_out_the_excluded() {
    let sides = Sides::new();
    let mut matcher = sides.matcher(exact(Fairness::off()));
    matcher.exclude(1, 2, None).unwrap();
    matcher.offer(&sides.who(1, 0, 5), 10).unwrap();
    matcher.offer(&sides.who(3, 0, 5), 10).unwrap();
    assert_eq!(matcher.count(&sides.who(2, 1, 5)), Ok(1));
}

#[test]
fn a_match_counts_an_eighth_of_the_mean() {
    let sides = Sides::new();
    let mut matcher = sides.matcher(exact(Fairness::off()));
    for (round, wait) in (0u32..).zip([4_000; 20].into_iter().chain([12_000])) {
        let now = u64::from(round) * 20_000;
        matcher.offer(&sides.who(2 * round, 0, 5), now).unwrap();
        matcher.offer(&sides.who(2 * round + 1, 1, 5), now + wait).unwrap();
    }
    assert_eq!(matcher.estimate_wait(&sides.who(1, 0, 5)).unwrap().unwrap().mean_ms, 5_000);
}

#[test]
fn the_hash_covers_passes() {
    let sides = Sides::new();
    let run = |is_passed: bool| {
        let mut matcher = sides.matcher(exact(Fairness::off().overdue_after_ms(None).overdue_passes(9)));
        if !is_passed {
            matcher.exclude(1, 3, None).unwrap();
        }
        for ticket in [sides.who(1, 0, 0), sides.who(2, 0, 10), sides.who(3, 1, 10)] {
            matcher.offer(&ticket, 5).unwrap();
        }
        matcher.lift(1, 3, 5).unwrap();
        matcher.state_hash()
    };
    assert_ne!(run(true), run(false));
}

#[test]
fn the_hash_covers_ends_of_exclusions() {
    let run = |until| {
        let mut matcher = World::new().matcher(Config::default());
        matcher.exclude(1, 2, until).unwrap();
        matcher.state_hash()
    };
    assert_ne!(run(Some(70)), run(Some(80)));
}

#[derive(Clone)]
struct Hundred(Weights, Dim<Ordinal>, u32);

impl Score for Hundred {
    fn weights(&self) -> &Weights {
        &self.0
    }
    fn extra(&self, first: &Facts<'_>, second: &Facts<'_>) -> u32 {
        let sum = first.value(self.1).zip(second.value(self.1)).map(|(a, b)| a + b);
        if sum == Some(100) { 80 } else { 0 }
    }
    fn extra_most(&self) -> u32 {
        self.2
    }
}

/// Points of a match and of its explanation.
fn hundred(most: u32, is_apart: bool) -> (u32, u32) {
    let mut schema = Schema::builder();
    let side = schema.category("side", 2);
    let level = schema.ordinal("level", 18..=99);
    let score = Hundred(Weights::new().base(1), level, most);
    let mut matcher = Matcher::new(schema.build().unwrap(), score, exact(Fairness::off()).claims(Claims::Held)).unwrap();
    if is_apart {
        matcher.exclude(1, 2, None).unwrap();
    }
    let who = |key: u32, value: u16, at: i32| Ticket::new(key).have(side, value).have(level, at).accept(side, [1 - value]);
    matcher.offer(&who(1, 0, 40), 0).unwrap();
    let outcome = matcher.offer(&who(2, 1, 60), 0).unwrap();
    let outcome = if is_apart { matcher.lift(1, 2, 0).unwrap().unwrap() } else { outcome };
    (made(outcome).points, matcher.explain(1, 2).unwrap().points)
}

#[test]
fn points_of_ones_own_are_in_every_answer() {
    assert_eq!(hundred(80, false), (81, 81));
    assert_eq!(hundred(80, true), (81, 81));
}

#[test]
fn points_of_ones_own_are_cut_off() {
    assert_eq!(hundred(50, false), (51, 51));
}

#[test]
fn extra_most_has_a_range() {
    let mut schema = Schema::builder();
    let level = schema.ordinal("level", 18..=99);
    let score = Hundred(Weights::new(), level, 1_000_001);
    let found = Matcher::<u32, Hundred>::new(schema.build().unwrap(), score, Config::default()).err();
    assert_eq!(found, Some(ConfigError::OutOfRange { field: "extra_most", value: 1_000_001, low: 0, high: 1_000_000 }));
}

#[test]
fn an_equal_with_points_of_its_own_is_not_left_out() {
    let mut schema = Schema::builder();
    let side = schema.category("side", 2);
    let level = schema.ordinal("level", 18..=99);
    let score = Hundred(Weights::new(), level, 80);
    let mut matcher = Matcher::new(schema.build().unwrap(), score, exact(Fairness::off())).unwrap();
    let who = |key: u32, value: u16, at: i32| Ticket::new(key).have(side, value).have(level, at).accept(side, [1 - value]);
    matcher.offer(&who(1, 0, 60), 100).unwrap();
    matcher.offer(&who(2, 0, 60).waiting_since(10), 100).unwrap();
    assert_eq!(made(matcher.offer(&who(3, 1, 40), 100).unwrap()).partner, 2);
}

#[test]
fn merit_counts_twice() {
    assert_eq!(Weights::new().merit().most(), 510);
}

#[test]
fn sixteen_shared_tags_are_fifteen() {
    let mut schema = Schema::builder();
    let tag = schema.any_tags("tag", 40);
    let side = schema.category("side", 2);
    let mut matcher = Matcher::new(schema.build().unwrap(), Weights::new().shared(tag, 10, 15), exact(Fairness::off())).unwrap();
    let who = |key: u32, value: u16, tags: u16| {
        let ticket = Ticket::new(key).have(side, value).accept(side, [1 - value]);
        ticket.have(tag, (0..tags).collect::<Set>())
    };
    matcher.offer(&who(1, 0, 16), 0).unwrap();
    matcher.offer(&who(2, 0, 5), 0).unwrap();
    assert_eq!(matcher.preview(&who(3, 1, 40)), Ok(Some((1, 150))));
}

#[test]
fn four_classes_are_four() {
    let sides = Sides::new();
    let mut matcher = sides.matcher(exact(Fairness::off().aging_every_ms(1_000).aging_cap(61).classes(4).class_bonus(20)));
    for class in 0..4u8 {
        matcher.offer(&sides.who(u32::from(class), 0, 5).priority(class), 5).unwrap();
    }
    for class in (0..4).rev() {
        assert_eq!(made(matcher.offer(&sides.who(9, 1, 5), 5).unwrap()).partner, class);
    }
}

#[test]
fn coming_and_going_takes_no_more_memory() {
    let sides = Sides::new();
    let mut matcher = sides.matcher(Config::default());
    let mut bytes = Vec::new();
    for round in 0..20_000u32 {
        let ticket = sides.at(round, 0, 5).relax(sides.level, u64::from(round) + 1, 0..=9);
        matcher.offer(&ticket, 0).unwrap();
        matcher.exclude(round, round + 1, None).unwrap();
        matcher.cancel(round).unwrap();
        matcher.lift(round, round + 1, 0).unwrap();
        if round % 5_000 == 4_999 {
            bytes.push(matcher.memory());
        }
    }
    assert_eq!(bytes[0].total(), bytes[3].total(), "{bytes:?}");
}

fn restored_with(config: Config) -> Option<RestoreError> {
    let world = World::new();
    let snapshot = world.matcher(Config::default()).snapshot();
    Matcher::restore(world.schema.clone(), world.weights(), config, (), snapshot).err()
}

#[test]
fn a_snapshot_of_another_fairness_is_refused() {
    let other = Config::default().fairness(Fairness::default().overdue_after_ms(None).overdue_passes(None));
    assert_eq!(restored_with(other), Some(RestoreError::Different { part: "settings" }));
}

#[test]
fn a_snapshot_of_another_policy_is_refused() {
    let other = Config::default().policy(Policy::Window { every_ms: 5 });
    assert_eq!(restored_with(other), Some(RestoreError::Different { part: "settings" }));
}

#[test]
fn the_last_end_is_restored() {
    let world = World::new();
    let mut matcher = world.matcher(Config::default());
    matcher.exclude(1, 2, Some(MAX_TIME_MS)).unwrap();
    let restored = Matcher::restore(world.schema.clone(), world.weights(), Config::default(), (), matcher.snapshot()).unwrap();
    assert_eq!(restored.state_hash(), matcher.state_hash());
}

#[test]
fn a_window_is_restored() {
    let (sides, mut matcher) = window(Fairness::off());
    matcher.offer(&sides.at(1, 0, 5), 10).unwrap();
    matcher.offer(&sides.at(2, 1, 5), 20).unwrap();
    let (score, config) = (Weights::new().near(sides.level, 90, 1), *matcher.config());
    let mut restored = Matcher::restore(sides.schema, score, config, (), matcher.snapshot()).unwrap();
    assert_eq!((restored.state_hash(), restored.next_deadline()), (matcher.state_hash(), Some(100)));
    assert_eq!(pairs_until(&mut restored, 150), [(1, 2)]);
}

#[test]
fn an_update_at_the_limit_can_be_restored() {
    let sides = Sides::new();
    let mut matcher = sides.matcher(exact(Fairness::off().overdue_after_ms(None).overdue_passes(1)));
    matcher.offer(&sides.who(1, 0, 0), 0).unwrap();
    matcher.offer(&sides.who(2, 0, 50), 0).unwrap();
    assert_eq!(made(matcher.offer(&sides.who(3, 1, 50), 0).unwrap()).partner, 2);
    matcher.update(&sides.who(1, 0, 1), 0).unwrap();
    let (score, config) = (Weights::new().near(sides.level, 90, 1), *matcher.config());
    let restored = Matcher::restore(sides.schema, score, config, (), matcher.snapshot()).unwrap();
    assert_eq!(restored.state_hash(), matcher.state_hash());
}

#[cfg(feature = "sim")]
fn report() -> luvhive_matching::sim::Report {
    use luvhive_matching::sim::{Entry, replay};
    let sides = Sides::new();
    let mut matcher = sides.matcher(exact(Fairness::off()));
    let offer = |at: u64, ticket: Ticket<u32>| Entry::Offer { at, ticket, segment: "all".to_owned() };
    // Three pairs that waited 50, 10 and 20, of 90, 90 and 80 points; then nobody.
    let log = [
        offer(0, sides.who(1, 0, 5)),
        offer(0, sides.at(7, 0, 90)),
        offer(50, sides.at(2, 1, 5)),
        offer(60, sides.who(3, 0, 5)),
        offer(70, sides.at(4, 1, 5)),
        offer(80, sides.who(5, 0, 5)),
        offer(100, sides.who(6, 1, 15).accept(sides.level, 0..=20)),
    ];
    replay(&mut matcher, log, 0).unwrap()
}

#[cfg(feature = "sim")]
#[test]
fn a_wait_at_so_many_thousandths() {
    let all = &report().segments["all"];
    assert_eq!([0, 500, 800, 1_000].map(|permille| all.wait_at(permille)), [Some(0), Some(0), Some(20), Some(50)]);
}

#[cfg(feature = "sim")]
#[test]
fn points_of_a_segment_add_up() {
    let report = report();
    assert_eq!((report.points, report.segments["all"].points), (260, 520));
}

#[cfg(feature = "sim")]
#[test]
fn waits_are_sorted() {
    assert_eq!(report().segments["all"].waits_ms, [0, 0, 0, 10, 20, 50]);
}

#[cfg(feature = "sim")]
#[test]
fn most_waiting_is_told() {
    assert_eq!(report().most_waiting, 2);
}

#[test]
fn an_old_wait_counts_in_a_preview() {
    let sides = Sides::new();
    let mut matcher = sides.matcher(exact(Fairness::off()));
    matcher.offer(&sides.who(1, 0, 9), 1_000).unwrap();
    let seeker = sides.at(2, 1, 5).relax(sides.level, 300, 0..=9);
    for (since, found) in [(None, 0), (Some(701), 0), (Some(700), 1), (Some(5_000), 0)] {
        let seeker = since.map_or(seeker.clone(), |since| seeker.clone().waiting_since(since));
        assert_eq!(matcher.count(&seeker), Ok(found), "{since:?}");
        assert_eq!(matcher.preview(&seeker).unwrap().is_some(), found == 1);
        assert_eq!(matcher.top(&seeker, 3).unwrap().len(), usize::try_from(found).unwrap());
    }
}

#[test]
fn a_final_match_tells_its_points_by_weight_if_asked() {
    let mut schema = Schema::builder();
    let level = schema.ordinal("level", 18..=99);
    let schema = schema.build().unwrap();
    for asked in [true, false] {
        let score = Hundred(Weights::new().base(1).near(level, 30, 1), level, 80);
        let mut matcher = Matcher::new(schema.clone(), score, exact(Fairness::off()).by_weight(asked)).unwrap();
        matcher.offer(&Ticket::new(1).have(level, 40), 0).unwrap();
        let pair = made(matcher.offer(&Ticket::new(2).have(level, 60), 0).unwrap());
        let parts = matcher.by_weight(&pair);
        let expected = [("base", None, 1), ("near", Some("level"), 10), ("extra", None, 80)];
        assert_eq!(crate::model::told(&parts), if asked { &expected[..] } else { &[] });
        assert_eq!(pair.points, 91);
    }
}
