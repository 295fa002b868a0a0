//! Long lanes: summaries, folding, emptying of runs, bounds.

use luvhive_matching::{Category, Dim, Effort, Fairness, Matcher, Ordinal, Outcome, Schema, Set, Ticket, Weights};

use super::{Sides, made};
use crate::model::exact;

/// A category of six values and an ordinal of ten: one lane, however many wait.
struct Lane {
    matcher: Matcher<u32>,
    color: Dim<Category>,
    tone: Dim<Ordinal>,
}

impl Lane {
    fn new(fairness: Fairness, crowd: u32) -> Self {
        let mut schema = Schema::builder();
        let color = schema.category("color", 6);
        let tone = schema.ordinal("tone", 0..=9);
        let matcher = Matcher::new(schema.build().unwrap(), Weights::new().near(tone, 9, 1), exact(fairness)).unwrap();
        let mut lane = Self { matcher, color, tone };
        lane.crowd(0..crowd);
        lane
    }
    fn who(&self, key: u32, color: u16, asked: u16, tone: i32) -> Ticket<u32> {
        Ticket::new(key).have(self.color, color).have(self.tone, tone).accept(self.color, [asked])
    }
    fn offer(&mut self, key: u32, color: u16, asked: u16, tone: i32, now: u64) -> Outcome<u32> {
        let ticket = self.who(key, color, asked, tone);
        self.matcher.offer(&ticket, now).unwrap()
    }
    fn crowd(&mut self, keys: std::ops::Range<u32>) {
        for key in keys {
            let now = self.matcher.now();
            assert_eq!(self.offer(key, 0, 1, 0, now), Outcome::Waiting);
        }
    }
    fn finds(&mut self) -> bool {
        let ticket = self.who(900_000, 3, 2, 0);
        self.matcher.preview(&ticket).unwrap().is_some_and(|found| found.0 == 50_000)
    }
}

#[test]
fn a_long_lane_finds_who_came_last() {
    let mut lane = Lane::new(Fairness::off(), 20_000);
    lane.offer(50_000, 2, 3, 0, 0);
    assert!(lane.finds());
}

#[test]
fn a_long_lane_finds_who_came_before() {
    let mut lane = Lane::new(Fairness::off(), 20_000);
    lane.offer(50_000, 2, 3, 0, 0);
    lane.crowd(60_000..62_000);
    assert!(lane.finds());
}

#[test]
fn a_long_lane_finds_who_relaxed() {
    let mut lane = Lane::new(Fairness::off(), 1_000);
    let ticket = lane.who(50_000, 2, 4, 0).relax(lane.color, 1_000, [3, 4]);
    lane.matcher.offer(&ticket, 0).unwrap();
    lane.crowd(1_000..20_000);
    lane.matcher.advance(1_000, 9, |_| {}).unwrap();
    assert!(lane.finds());
}

#[test]
fn a_long_lane_finds_whose_neighbour_left() {
    let mut lane = Lane::new(Fairness::off(), 1_000);
    lane.offer(50_000, 2, 3, 0, 0);
    lane.crowd(1_000..20_000);
    lane.matcher.cancel(999).unwrap();
    assert!(lane.finds());
}

#[test]
fn a_long_lane_finds_who_took_the_place_of_another() {
    let mut lane = Lane::new(Fairness::off(), 20_032);
    for key in 2_000..2_100 {
        lane.matcher.cancel(key).unwrap();
    }
    lane.offer(50_000, 2, 3, 0, 0);
    lane.crowd(60_000..60_200);
    assert!(lane.finds());
}

#[test]
fn a_long_lane_serves_the_first_passed_over() {
    let mut lane = Lane::new(Fairness::off().overdue_after_ms(None).overdue_passes(1), 20_000);
    // The first 256 lie elsewhere.
    (0..256).for_each(|key| _ = lane.matcher.cancel(key).unwrap());
    lane.offer(40_000, 0, 1, 8, 0);
    lane.offer(50_000, 0, 1, 9, 0);
    assert_eq!(made(lane.offer(70_000, 1, 0, 9, 1)).partner, 50_000);
    // Everybody before was passed over once: first come, first served.
    assert_eq!(made(lane.offer(70_001, 1, 0, 9, 1)).partner, 256);
}

#[test]
fn who_is_kept_apart_shields_nobody_else() {
    let mut lane = Lane::new(Fairness::off().overdue_after_ms(None).overdue_passes(1), 1_400);
    lane.offer(50_000, 0, 1, 9, 0);
    lane.matcher.exclude(70_000, 1_280, None).unwrap();
    assert_eq!(made(lane.offer(70_000, 1, 0, 9, 1)).partner, 50_000);
    lane.offer(50_001, 0, 1, 9, 1);
    for key in (0..1_400).filter(|key| *key != 768) {
        lane.matcher.cancel(key).unwrap();
    }
    assert_eq!(made(lane.offer(70_001, 1, 0, 9, 1)).partner, 768);
}

#[test]
fn bands_count_as_they_should() {
    let sides = Sides::new();
    let mut matcher = sides.matcher(exact(Fairness::off()));
    for key in 0..10_000u32 {
        matcher.offer(&sides.who(key, 0, i32::try_from(key % 100).unwrap()), 0).unwrap();
    }
    for low in 0..100 {
        for high in [low, low + 1, low + 9, 99].map(|high| high.min(99)) {
            let seeker = sides.who(50_000, 1, low).accept(sides.level, low..=high);
            assert_eq!(matcher.count(&seeker), Ok(u32::try_from(high - low + 1).unwrap() * 100), "{low}..={high}");
        }
    }
}

/// 700 is before everybody else, whatever its points; then its run is emptied.
fn moved(fairness: Fairness) {
    let mut lane = Lane::new(fairness, 1_500);
    if fairness.overdue_passes.is_some() {
        lane.offer(50_000, 0, 1, 9, 0);
        assert_eq!(made(lane.offer(70_000, 1, 0, 9, 1)).partner, 50_000);
    }
    lane.matcher.advance(100, u32::MAX, |_| {}).unwrap();
    for key in (0..1_500).filter(|key| *key != 700) {
        lane.matcher.cancel(key).unwrap();
    }
    for key in 80_000..80_100 {
        lane.crowd(key..key + 1);
        lane.matcher.cancel(key).unwrap();
    }
    lane.offer(90_000, 0, 1, 9, 100);
    assert_eq!(made(lane.offer(90_001, 1, 0, 9, 100)).partner, 700);
}

#[test]
fn who_was_passed_over_and_moved_comes_first() {
    moved(Fairness::off().overdue_after_ms(None).overdue_passes(1));
}

#[test]
fn who_is_overdue_and_moved_comes_first() {
    moved(Fairness::off().overdue_after_ms(50).overdue_passes(None));
}

#[test]
fn who_waited_longest_and_moved_is_found() {
    let mut lane = Lane::new(Fairness::off(), 0);
    lane.matcher.advance(100, 1, |_| {}).unwrap();
    lane.crowd(0..1_600);
    for key in 800..900 {
        lane.matcher.cancel(key).unwrap();
    }
    // Somebody who has waited longer than all of them moves into their places.
    let ticket = lane.who(50_000, 0, 1, 0);
    lane.matcher.offer(&ticket.clone().waiting_since(10), 100).unwrap();
    lane.crowd(60_000..60_064);
    assert_eq!(made(lane.offer(70_000, 1, 0, 0, 100)).partner, 50_000);
}

#[test]
fn a_bounded_search_finds_the_only_one() {
    let mut lane = Lane::new(Fairness::off(), 5_000);
    lane.offer(50_000, 2, 3, 0, 0);
    lane.crowd(5_000..10_000);
    lane.matcher.set_effort(Effort::Bounded { runs: 0 });
    for now in 1..60 {
        lane.matcher.advance(now, 1, |_| {}).unwrap();
        assert!(lane.finds(), "at {now}");
    }
}

#[test]
fn the_best_of_the_overdue_is_found_whatever_the_effort() {
    // The best of the overdue lies in a later run than the first of them.
    let mut lane = Lane::new(Fairness::off().overdue_after_ms(50).overdue_passes(None), 5_000);
    lane.offer(50_000, 0, 1, 9, 0);
    lane.crowd(5_000..10_000);
    lane.matcher.advance(50, u32::MAX, |_| {}).unwrap();
    lane.matcher.set_effort(Effort::Bounded { runs: 0 });
    assert_eq!(made(lane.offer(70_000, 1, 0, 9, 50)).partner, 50_000);
}

#[test]
fn a_value_just_near_enough_is_not_left_out() {
    let mut lane = Lane::new(Fairness::off(), 0);
    lane.matcher.advance(100, 1, |_| {}).unwrap();
    lane.crowd(0..600);
    let ticket = lane.who(50_000, 0, 1, 0);
    lane.matcher.offer(&ticket.clone().waiting_since(10), 100).unwrap();
    // As many points as everybody else, three steps away, and waits longest.
    assert_eq!(made(lane.offer(70_000, 1, 0, 3, 100)).partner, 50_000);
}

fn restored(matcher: &Matcher<u32>, weights: Weights) -> Matcher<u32> {
    Matcher::restore(matcher.schema().clone(), weights, *matcher.config(), (), matcher.snapshot()).unwrap()
}

#[test]
fn a_run_being_emptied_is_restored() {
    // A run is being emptied, two tickets with each call.
    let mut lane = Lane::new(Fairness::off(), 5_000);
    for key in 1_800..2_750 {
        lane.matcher.cancel(key).unwrap();
    }
    let again = restored(&lane.matcher, Weights::new().near(lane.tone, 9, 1));
    assert_eq!(again.snapshot(), lane.matcher.snapshot());
}

#[test]
fn what_is_emptied_next_is_restored() {
    let mut lane = Lane::new(Fairness::off(), 20_000);
    let gone = (0..18_000).step_by(2).chain((1_801..2_200).step_by(2));
    for key in gone {
        lane.matcher.cancel(key).unwrap();
    }
    let mut again = restored(&lane.matcher, Weights::new().near(lane.tone, 9, 1));
    for key in (17_001..17_801).step_by(2) {
        lane.matcher.cancel(key).unwrap();
        again.cancel(key).unwrap();
    }
    assert_eq!(again.snapshot(), lane.matcher.snapshot());
}

#[test]
fn a_pass_is_counted_in_blocks_that_cannot_win() {
    let mut schema = Schema::builder();
    let color = schema.category("color", 6);
    let tag = schema.any_tags("tag", 8);
    let config = exact(Fairness::off().overdue_after_ms(None).overdue_passes(1));
    let mut matcher = Matcher::new(schema.build().unwrap(), Weights::new().shared(tag, 10, 5), config).unwrap();
    let who = |key: u32, mine: u16, tags: u16| {
        let ticket = Ticket::new(key).have(color, mine).accept(color, [1 - mine]);
        ticket.have(tag, (0..tags).collect::<Set>())
    };
    matcher.offer(&who(50_000, 0, 5), 100).unwrap();
    // All of them wait longer, share nothing and lie later.
    for key in 0..1_000 {
        assert_eq!(matcher.offer(&who(key, 0, 0).waiting_since(10), 100), Ok(Outcome::Waiting));
    }
    assert_eq!(made(matcher.offer(&who(70_000, 1, 5), 100).unwrap()).partner, 50_000);
    matcher.offer(&who(50_001, 0, 5), 100).unwrap();
    for key in (0..1_000).filter(|key| *key != 900) {
        matcher.cancel(key).unwrap();
    }
    assert_eq!(made(matcher.offer(&who(70_001, 1, 5), 100).unwrap()).partner, 900);
}
