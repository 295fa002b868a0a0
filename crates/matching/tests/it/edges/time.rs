//! What a call leaves behind: times, rooms, windows, ranks.

use luvhive_matching::{
    Claims, Config, Event, Fairness, Match, MatchId, Matcher, MatcherError, Observer, Outcome, Schema, Ticket, Weights,
};

use super::{Sides, held, made, pairs_until, window};
use crate::model::exact;

fn held_pair(config: Config) -> (Sides, Matcher<u32>, Match<u32>) {
    let sides = Sides::new();
    let mut matcher = sides.matcher(config);
    matcher.offer(&sides.at(1, 0, 5), 10).unwrap();
    let pair = made(matcher.offer(&sides.at(2, 1, 5).waiting_since(15), 20).unwrap());
    (sides, matcher, pair)
}

#[test]
fn a_survivor_needs_room() {
    let (sides, mut matcher, pair) = held_pair(held(9).waiting_limit(2));
    for key in [3, 4] {
        matcher.offer(&sides.at(key, 0, 9), 20).unwrap();
    }
    let hash = matcher.state_hash();
    assert_eq!(matcher.reject(pair.id, 2, 30), Err(MatcherError::Full { limit: 2 }));
    assert_eq!((matcher.state_hash(), matcher.len()), (hash, 2));
}

#[test]
fn a_rejection_in_the_past_is_refused() {
    let (_, mut matcher, pair) = held_pair(held(9));
    assert_eq!(matcher.reject(pair.id, 2, 19), Err(MatcherError::TimeWentBack { last_ms: 20, now_ms: 19 }));
}

#[test]
fn a_rejection_tells_the_time() {
    let (_, mut matcher, pair) = held_pair(held(9));
    matcher.reject(pair.id, 2, 40).unwrap();
    assert_eq!((matcher.now(), matcher.cancel(1)), (40, Ok(30)));
}

#[test]
fn a_match_tells_when_and_how_long() {
    let (_, _, pair) = held_pair(held(9));
    assert_eq!((pair.at, pair.seeker_waited_ms, pair.partner_waited_ms), (20, 5, 10));
}

#[test]
fn lifting_tells_the_time() {
    let sides = Sides::new();
    let mut matcher = sides.matcher(exact(Fairness::off()));
    matcher.exclude(1, 2, None).unwrap();
    matcher.offer(&sides.at(1, 0, 5), 10).unwrap();
    matcher.offer(&sides.at(2, 1, 5), 20).unwrap();
    let pair = made(matcher.lift(2, 1, 40).unwrap().unwrap());
    assert_eq!((pair.at, pair.seeker_waited_ms, pair.partner_waited_ms, matcher.now()), (40, 20, 30, 40));
}

#[test]
fn an_update_tells_the_time() {
    let sides = Sides::new();
    let mut matcher = sides.matcher(exact(Fairness::off()));
    matcher.offer(&sides.at(1, 0, 5), 10).unwrap();
    matcher.update(&sides.at(1, 0, 6), 40).unwrap();
    assert_eq!((matcher.now(), matcher.cancel(1)), (40, Ok(30)));
}

#[test]
fn a_window_pairs_who_may_meet_again() {
    for until in [None, Some(150)] {
        let (sides, mut matcher) = window(Fairness::off());
        matcher.exclude(1, 2, until).unwrap();
        matcher.offer(&sides.at(1, 0, 5), 10).unwrap();
        matcher.offer(&sides.at(2, 1, 5), 20).unwrap();
        assert_eq!(pairs_until(&mut matcher, 100), []);
        if until.is_none() {
            assert_eq!(matcher.lift(1, 2, 150), Ok(Some(Outcome::Waiting)));
        }
        assert_eq!(pairs_until(&mut matcher, 199), []);
        assert_eq!(pairs_until(&mut matcher, 200), [(1, 2)]);
    }
}

#[test]
fn a_window_pairs_who_relaxed() {
    let (sides, mut matcher) = window(Fairness::off());
    matcher.offer(&sides.at(1, 0, 5).relax(sides.level, 150, 0..=9), 10).unwrap();
    matcher.offer(&sides.who(2, 1, 6), 20).unwrap();
    assert_eq!(pairs_until(&mut matcher, 100), []);
    assert_eq!(pairs_until(&mut matcher, 199), []);
    assert_eq!(pairs_until(&mut matcher, 200), [(1, 2)]);
}

#[test]
fn windows_end_at_multiples() {
    let (sides, mut matcher) = window(Fairness::off());
    matcher.offer(&sides.at(1, 0, 5), 10).unwrap();
    assert_eq!(pairs_until(&mut matcher, 1_050), []);
    matcher.offer(&sides.at(2, 1, 5), 1_060).unwrap();
    assert_eq!(matcher.next_deadline(), Some(1_100));
    assert_eq!(pairs_until(&mut matcher, 1_099), []);
    assert_eq!(pairs_until(&mut matcher, 1_100), [(1, 2)]);
}

fn window_of(fairness: Fairness, people: [(u32, u16, i32, u64); 3], to: u64) -> Vec<(u32, u32)> {
    let (sides, mut matcher) = window(fairness);
    for (key, side, level, now) in people {
        assert_eq!(pairs_until(&mut matcher, now), []);
        matcher.offer(&sides.who(key, side, level), now).unwrap();
    }
    pairs_until(&mut matcher, to)
}

#[test]
fn a_window_makes_the_heaviest_pair_first() {
    assert_eq!(window_of(Fairness::off(), [(1, 0, 0, 10), (2, 0, 10, 11), (3, 1, 10, 12)], 100), [(2, 3)]);
}

#[test]
fn a_window_serves_the_overdue_first() {
    // The first is overdue at the end of the window, and comes before the pair with more points.
    let fairness = Fairness::off().overdue_after_ms(85).overdue_passes(None);
    assert_eq!(window_of(fairness, [(1, 0, 0, 10), (2, 0, 10, 50), (3, 1, 10, 60)], 100), [(1, 3)]);
}

#[test]
fn a_window_serves_an_overdue_partner_first() {
    // The first has been settled in the window before.
    let fairness = Fairness::off().overdue_after_ms(100).overdue_passes(None);
    assert_eq!(window_of(fairness, [(1, 0, 0, 10), (2, 0, 10, 150), (3, 1, 10, 160)], 200), [(1, 3)]);
}

/// 1 and 2 are held, which is all that may be; 3 and 4 are kept apart or fit after a step at 110.
fn no_room(is_apart: bool) -> Matcher<u32> {
    let sides = Sides::new();
    let mut matcher = sides.matcher(held(1));
    if is_apart {
        matcher.exclude(3, 4, None).unwrap();
    }
    let three = if is_apart { sides.at(3, 0, 5) } else { sides.at(3, 0, 6).relax(sides.level, 100, 0..=9) };
    matcher.offer(&three, 10).unwrap();
    let four = if is_apart { sides.at(4, 1, 5) } else { sides.who(4, 1, 5).accept(sides.level, 0..=9) };
    matcher.offer(&four, 10).unwrap();
    matcher.offer(&sides.at(1, 0, 50), 10).unwrap();
    made(matcher.offer(&sides.at(2, 1, 50), 10).unwrap());
    matcher
}

#[test]
fn who_may_meet_again_without_room_is_paired_later() {
    let mut matcher = no_room(true);
    assert_eq!(matcher.lift(3, 4, 20), Ok(Some(Outcome::Waiting)));
    assert_eq!(pairs_until(&mut matcher, 30), []);
    assert_eq!(matcher.next_deadline(), None);
    matcher.confirm(MatchId(1)).unwrap();
    assert_eq!(matcher.next_deadline(), Some(30));
    assert_eq!(pairs_until(&mut matcher, 30), [(3, 4)]);
}

#[test]
fn who_relaxes_without_room_is_paired_later() {
    let mut matcher = no_room(false);
    assert_eq!(pairs_until(&mut matcher, 110), []);
    matcher.confirm(MatchId(1)).unwrap();
    assert_eq!(pairs_until(&mut matcher, 110), [(3, 4)]);
}

#[test]
fn lifting_passes_nobody_over_who_waits_for_room() {
    // 5 waits longer than 3 and fits 4 as well; both were kept from 4 while there was no room.
    let sides = Sides::new();
    let mut matcher = sides.matcher(held(1));
    for other in [3, 5] {
        matcher.exclude(other, 4, None).unwrap();
    }
    for ticket in [sides.at(5, 0, 5), sides.at(3, 0, 5), sides.at(4, 1, 5), sides.at(1, 0, 50), sides.at(2, 1, 50)] {
        matcher.offer(&ticket, 10).unwrap();
    }
    assert_eq!(matcher.lift(5, 4, 20), Ok(Some(Outcome::Waiting)));
    matcher.confirm(MatchId(1)).unwrap();
    assert_eq!(matcher.lift(3, 4, 20), Ok(Some(Outcome::Waiting)));
    assert_eq!(pairs_until(&mut matcher, 20), [(4, 5)]);
}

#[test]
fn a_ticket_of_a_full_pool_can_be_updated() {
    let sides = Sides::new();
    let mut matcher = sides.matcher(exact(Fairness::off()).waiting_limit(1));
    matcher.offer(&sides.at(1, 0, 5), 10).unwrap();
    assert_eq!(matcher.update(&sides.at(1, 0, 6), 20), Ok(Outcome::Waiting));
}

#[test]
fn an_update_without_room_is_refused() {
    let mut matcher = no_room(true);
    let hash = matcher.state_hash();
    assert_eq!(matcher.update(&Sides::new().at(4, 1, 7), 20), Err(MatcherError::TooManyHeld { limit: 1 }));
    assert_eq!(matcher.state_hash(), hash);
}

#[test]
fn a_return_after_just_that_time_is_overdue() {
    let sides = Sides::new();
    let mut matcher = sides.matcher(exact(Fairness::off().overdue_after_ms(1_000).overdue_passes(None)));
    matcher.offer(&sides.who(1, 0, 90).waiting_since(0), 1_000).unwrap();
    matcher.offer(&sides.who(2, 0, 10), 1_000).unwrap();
    assert_eq!(made(matcher.offer(&sides.who(3, 1, 10), 1_000).unwrap()).partner, 1);
}

#[test]
fn a_timer_comes_before_an_exclusion_of_the_same_time() {
    let sides = Sides::new();
    let mut matcher = sides.matcher(exact(Fairness::off()));
    matcher.exclude(1, 2, Some(1_000)).unwrap();
    matcher.offer(&sides.at(1, 0, 5).ttl_ms(1_000), 0).unwrap();
    matcher.offer(&sides.at(2, 1, 5), 10).unwrap();
    let mut events = Vec::new();
    matcher.advance(1_000, u32::MAX, |event| events.push(event)).unwrap();
    assert_eq!(events, [Event::Expired { key: 1, waited_ms: 1_000 }]);
}

#[test]
fn who_was_passed_over_and_relaxed_comes_first() {
    // 1 and 6 are passed over once, which is as often as anybody may be; then 1 moves to another part of the pool.
    let mut schema = Schema::builder();
    let side = schema.category("side", 3);
    let level = schema.ordinal("level", 0..=99);
    let mut matcher = Matcher::new(
        schema.build().unwrap(),
        Weights::new().near(level, 90, 1),
        exact(Fairness::off().overdue_after_ms(None).overdue_passes(1)),
    )
    .unwrap();
    let man = |key: u32, at: i32| Ticket::new(key).have(side, 0).have(level, at).accept(side, [1]);
    let woman = |key: u32| Ticket::new(key).have(side, 1).have(level, 50).accept(side, [0]);
    matcher.offer(&man(1, 0).relax(side, 1_000, [1, 2]), 0).unwrap();
    matcher.offer(&man(6, 40), 0).unwrap();
    matcher.offer(&man(2, 50), 0).unwrap();
    assert_eq!(made(matcher.offer(&woman(3), 0).unwrap()).partner, 2);
    matcher.advance(1_000, u32::MAX, |_| {}).unwrap();
    assert_eq!(made(matcher.offer(&woman(5), 1_000).unwrap()).partner, 1);
}

#[derive(Default)]
struct Rejected(Vec<(u32, u32)>);

impl Observer<u32> for Rejected {
    fn rejected(&mut self, leaver: u32, survivor: u32) {
        self.0.push((leaver, survivor));
    }
}

#[test]
fn a_rejection_names_the_leaver() {
    let sides = Sides::new();
    let mut matcher = Matcher::with_observer(sides.schema.clone(), Weights::new(), held(9), Rejected::default()).unwrap();
    matcher.offer(&sides.at(1, 0, 5), 10).unwrap();
    let pair = made(matcher.offer(&sides.at(2, 1, 5), 10).unwrap());
    matcher.reject(pair.id, 1, 20).unwrap();
    assert_eq!(matcher.observer().0, [(1, 2)]);
}

#[derive(Default)]
struct Relaxed(Vec<u32>);

impl Observer<u32> for Relaxed {
    fn relaxed(&mut self, key: u32) {
        self.0.push(key);
    }
}

#[test]
fn steps_are_told() {
    let sides = Sides::new();
    let mut matcher = Matcher::with_observer(sides.schema.clone(), Weights::new(), held(9), Relaxed::default()).unwrap();
    matcher.offer(&sides.at(1, 0, 5).relax(sides.level, 10, 4..=6).relax(sides.level, 20, 3..=7), 0).unwrap();
    for now in [9, 10, 19, 30] {
        matcher.advance(now, 9, |_| {}).unwrap();
    }
    assert_eq!(matcher.observer().0, [1, 1]);
}

#[test]
fn who_lost_a_partner_waits_for_heavier_pairs() {
    let (sides, mut matcher) = window(Fairness::off());
    // The second man loses the first woman, and his next choice to somebody with more points.
    for (key, side, level) in [(1, 0, 10), (2, 0, 12), (3, 0, 43), (4, 1, 10), (5, 1, 40)] {
        matcher.offer(&sides.who(key, side, level), 10).unwrap();
    }
    assert_eq!(pairs_until(&mut matcher, 100), [(1, 4), (3, 5)]);
}

#[test]
fn an_excluded_first_hides_nobody() {
    let sides = Sides::new();
    let mut matcher = sides.matcher(exact(Fairness::off().overdue_after_ms(None).overdue_passes(1)));
    for (key, level) in [(1, 0), (2, 10), (3, 40), (4, 50)] {
        matcher.offer(&sides.who(key, 0, level), 0).unwrap();
    }
    assert_eq!(made(matcher.offer(&sides.who(5, 1, 50), 0).unwrap()).partner, 4);
    matcher.exclude(1, 6, None).unwrap();
    assert_eq!(made(matcher.offer(&sides.who(6, 1, 50), 0).unwrap()).partner, 2);
}

/// A portion moves no more timers than it may, and what is due comes in order all the same.
#[test]
fn a_long_pause_is_made_up_in_portions() {
    let mut schema = Schema::builder();
    let side = schema.category("side", 2);
    let mut matcher = Matcher::new(schema.build().unwrap(), Weights::new(), exact(Fairness::off())).unwrap();
    for key in 0..20_000u32 {
        let ticket = Ticket::new(key).have(side, 0).accept(side, [1]).ttl_ms(u64::from(key % 977) * 600 + 70_000);
        matcher.offer(&ticket, u64::from(key)).unwrap();
    }
    let mut portions = 0;
    let mut last = 0;
    loop {
        let mut gone = 0;
        let progress = matcher
            .advance(1_000_000, 100, |event| {
                let Event::Expired { key, .. } = event else { panic!("nobody fits") };
                let due = u64::from(key) + u64::from(key % 977) * 600 + 70_000;
                assert!(last <= due);
                (last, gone) = (due, gone + 1);
            })
            .unwrap();
        assert!(gone <= progress.done && progress.done <= 100);
        portions += 1;
        if progress.finished {
            break;
        }
        assert_eq!(progress.done, 100);
    }
    assert!(matcher.is_empty());
    // Each is moved at least once on the way from a slot of a minute to the millisecond, most of them twice.
    assert!(portions > 20_000 / 100 + 20_000 / 64 / 100, "{portions}");
}

#[test]
fn a_held_match_lapses_at_its_end_and_frees_both() {
    let sides = Sides::new();
    let mut matcher = sides.matcher(exact(Fairness::off()).claims(Claims::HeldFor { ms: 100 }).limits(|limits| limits.held = 1));
    matcher.offer(&sides.at(1, 0, 5), 10).unwrap();
    let pair = made(matcher.offer(&sides.at(2, 1, 5), 20).unwrap());
    assert_eq!((matcher.lapses_at(pair.id), matcher.next_deadline()), (Some(120), Some(120)));
    assert!(matcher.advance(119, 9, |event| panic!("{event:?} is early")).unwrap().finished);
    assert!(!matcher.advance(120, 0, |event| panic!("{event:?} is beyond the budget")).unwrap().finished);
    let mut events = Vec::new();
    assert!(matcher.advance(120, 1, |event| events.push(event)).unwrap().finished);
    assert_eq!(events, [Event::Lapsed { id: pair.id, seeker: 2, partner: 1 }]);
    assert_eq!(matcher.confirm(pair.id), Err(MatcherError::UnknownMatch { id: pair.id }));
    assert_eq!((matcher.len(), matcher.held().count(), matcher.next_deadline()), (0, 0, None));
    // Who is still there comes again, with the old wait; there is room to hold again.
    assert_eq!(matcher.offer(&sides.at(1, 0, 5).waiting_since(10), 130), Ok(Outcome::Waiting));
    let pair = made(matcher.offer(&sides.at(3, 1, 5), 140).unwrap());
    assert_eq!((pair.partner, pair.partner_waited_ms), (1, 130));
    matcher.confirm(pair.id).unwrap();
    assert_eq!(matcher.next_deadline(), None);
}
