//! What only the inside can see: that moving tickets together changes nothing, nor what is made for a crowd.

mod exact;

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use crate::rank::MAX_NUMBER;
use crate::{Config, Effort, Fairness, Matcher, Observer, Outcome, Schema, SearchCost, Ticket, Weights};

#[test]
fn moving_tickets_together_is_invisible() {
    let mut schema = Schema::builder();
    let side = schema.category("side", 2);
    let age = schema.ordinal("age", 0..=99);
    let schema = schema.build().unwrap();
    let config = Config::default().effort(Effort::Exact).fairness(Fairness::off().overdue_after_ms(None).overdue_passes(3));
    let mut matcher = Matcher::new(schema, Weights::new().near(age, 50, 1), config).unwrap();
    let ticket = |key: u32, side_: u16| {
        let ages = i32::try_from(key % 100).unwrap();
        Ticket::new(key).have(side, side_).have(age, ages).accept(side, [1 - side_])
    };
    for key in 0..40_000 {
        assert_eq!(matcher.offer(&ticket(key, 0), u64::from(key)), Ok(Outcome::Waiting));
    }
    // Nothing is moved while so much is thrown away at once.
    for key in (0..40_000).filter(|key| key % 8 != 0) {
        let handle = matcher.slots.find(key).unwrap();
        let slot = *matcher.slots.get(handle);
        matcher.index.remove(slot.place, matcher.slots.record(handle));
        matcher.plans.release(slot.plan);
        matcher.slots.remove(handle);
    }
    let (hash, bytes) = (matcher.state_hash(), matcher.memory().index);
    let choice = matcher.preview(&ticket(50_000, 1)).unwrap();
    for _ in 0..10_000 {
        matcher.tidy();
    }
    assert!(matcher.memory().index * 2 < bytes, "{} of {bytes}", matcher.memory().index);
    assert_eq!(matcher.state_hash(), hash);
    assert_eq!(matcher.preview(&ticket(50_000, 1)).unwrap(), choice);
    assert_eq!(matcher.count(&ticket(50_000, 1)), Ok(5_000));
}

/// First come, first served, no matter how many calls there were.
#[test]
fn arrivals_of_one_millisecond_keep_their_order() {
    let mut schema = Schema::builder();
    let side = schema.category("side", 2);
    let schema = schema.build().unwrap();
    let ticket = |key: u32, side_: u16| Ticket::new(key).have(side, side_).accept(side, [1 - side_]);
    for start in [0, (1 << 20) - 4, (1 << 32) - 4, (1 << 40) - 4, MAX_NUMBER - 10] {
        let config = Config::default().effort(Effort::Exact).fairness(Fairness::off());
        let mut matcher = Matcher::new(schema.clone(), Weights::new(), config).unwrap();
        matcher.counter = start;
        // Larger keys come first, since equals would be served by key.
        for key in (0..8).rev() {
            assert_eq!(matcher.offer(&ticket(key, 0).waiting_since(3), 5), Ok(Outcome::Waiting));
        }
        for key in (0..8).rev() {
            let Outcome::Matched(made) = matcher.offer(&ticket(100 + key, 1), 5).unwrap() else { panic!("they fit") };
            assert_eq!((made.partner, made.partner_waited_ms), (key, 2), "from number {start}");
        }
        // Beyond the last number the key decides, and nothing breaks.
        matcher.counter = MAX_NUMBER;
        for key in (0..4).rev() {
            matcher.offer(&ticket(key, 0), 5).unwrap();
        }
        let Outcome::Matched(made) = matcher.offer(&ticket(200, 1), 6).unwrap() else { panic!("they fit") };
        assert_eq!(made.partner, 0);
    }
}

/// Blocks that the last search has looked at, and candidates that it has weighed.
#[derive(Default)]
struct Blocks(u32, u32);

impl Observer<u32> for Blocks {
    fn searched(&mut self, cost: SearchCost) {
        (self.0, self.1) = (cost.blocks, cost.scored);
    }
}

/// Of people who are all alike the first to come is found without weighing the others, however often places are filled again.
#[test]
fn a_crowd_of_equals_is_not_weighed_one_by_one() {
    let mut schema = Schema::builder();
    let side = schema.category("side", 2);
    let age = schema.ordinal("age", 18..=80);
    let schema = schema.build().unwrap();
    for fairness in [Fairness::off(), Fairness::default().overdue_after_ms(None).overdue_passes(None)] {
        let config = Config::default().effort(Effort::Exact).fairness(fairness);
        let weights = Weights::new().near(age, 30, 2).merit();
        let mut matcher = Matcher::with_observer(schema.clone(), weights, config, Blocks::default()).unwrap();
        let ticket = |key: u32, side_: u16| Ticket::new(key).have(side, side_).have(age, 30).merit(9).accept(side, [1 - side_]);
        let mut weighed = 0;
        for key in 0..9_000u32 {
            matcher.offer(&ticket(key, 0), u64::from(key) * 20).unwrap();
            if key >= 3_000 {
                let Outcome::Matched(made) = matcher.offer(&ticket(10_000 + key, 1), u64::from(key) * 20).unwrap() else {
                    panic!("they fit")
                };
                assert_eq!(made.partner, key - 3_000);
                weighed += matcher.observer().1;
            }
        }
        assert!(weighed < 6_000 * 12, "{weighed} weighed for 6,000 matches");
    }
}

/// What cannot win is left out: a bound that became too loose would change no pair, only the time. So the figures are told
/// exactly: fewer are welcome, and more need a reason.
#[test]
fn a_search_leaves_out_whom_it_can() {
    let mut schema = Schema::builder();
    let side = schema.category("side", 2);
    let place = schema.category("place", 9);
    let age = schema.ordinal("age", 18..=80);
    let hobby = schema.any_tags("hobby", 12);
    schema.cluster(place);
    let schema = schema.build().unwrap();
    let mut state = 3u64;
    let mut draw = |limit: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u16::try_from((state >> 33) % limit).unwrap()
    };
    let mut person = |key: u32, side_: u16| {
        let hobbies = [draw(12), draw(12), draw(12), draw(12)];
        Ticket::new(key)
            .have(side, side_)
            .have(place, draw(9).min(draw(9)))
            .have(age, 18 + i32::from(draw(63)))
            .have(hobby, hobbies)
            .merit(u8::try_from(draw(16)).unwrap())
            .priority(u8::try_from(draw(3)).unwrap())
            .accept(side, [1 - side_])
    };
    let fair = Fairness::off().aging_every_ms(100).aging_cap(40).classes(3).class_bonus(10);
    let plain = Weights::new().near(age, 60, 2).same(place, 15).merit();
    let off = Fairness::off().classes(3);
    let counted = [
        (plain.clone(), off),
        (plain.clone().shared(hobby, 8, 4), off),
        (plain.clone().shared(hobby, 8, 4), fair),
        (plain.shared(hobby, 30, 2), off),
        // With nothing else to tell them apart, the first to come of those who share most.
        (Weights::new().shared(hobby, 8, 4), off),
        (Weights::new().shared(hobby, 8, 4), fair),
    ]
    .map(|(weights, fairness)| {
        let config = Config::default().effort(Effort::Exact).fairness(fairness);
        let mut matcher = Matcher::with_observer(schema.clone(), weights, config, Blocks::default()).unwrap();
        for key in 0..12_000u32 {
            matcher.offer(&person(key, 0), u64::from(key)).unwrap();
        }
        let (mut blocks, mut scored) = (0, 0);
        for key in 0..200u32 {
            assert!(matcher.preview(&person(20_000 + key, 1)).unwrap().is_some());
            blocks += matcher.observer().0;
            scored += matcher.observer().1;
        }
        (blocks, scored)
    });
    assert_eq!(counted, [(1_820, 17_508), (2_428, 6_111), (2_798, 11_129), (1_888, 7_661), (6_200, 2_171), (6_200, 4_541)]);
}

/// However many come and go, few who wait fill one block, and none of them is lost on the way.
#[test]
fn a_small_pool_stays_in_one_block() {
    let mut schema = Schema::builder();
    let side = schema.category("side", 2);
    let age = schema.ordinal("age", 0..=99);
    let schema = schema.build().unwrap();
    let config = Config::default().effort(Effort::Exact).fairness(Fairness::off());
    let mut matcher = Matcher::with_observer(schema, Weights::new(), config, Blocks::default()).unwrap();
    let ticket = |key: u32, side_: u16| {
        let ages = i32::try_from(key % 100).unwrap();
        Ticket::new(key).have(side, side_).have(age, ages).accept(side, [1 - side_])
    };
    for key in 0..20_000 {
        assert_eq!(matcher.offer(&ticket(key, 0), u64::from(key)), Ok(Outcome::Waiting));
        // Those who leave are spread over all who wait; 150 to 250 do.
        if let Some(leaver) = key.checked_sub(150 + key * 7 % 100) {
            let _ = matcher.cancel(leaver);
        }
        while matcher.len() > 250 {
            let oldest = (0..key).find(|key| matcher.is_waiting(*key)).unwrap();
            matcher.cancel(oldest).unwrap();
        }
        assert!(key < 1_000 || matcher.observer().0 <= 1, "{} blocks at {key}", matcher.observer().0);
        assert!(key % 500 != 0 || usize::try_from(matcher.count(&ticket(50_000, 1)).unwrap()) == Ok(matcher.len()));
    }
}

/// A pool that was large and is small again is gathered: one block for those who came while there were few of them, one
/// for the others.
#[test]
fn a_pool_that_has_shrunk_is_gathered() {
    let mut schema = Schema::builder();
    let side = schema.category("side", 2);
    let schema = schema.build().unwrap();
    let config = Config::default().effort(Effort::Exact).fairness(Fairness::off());
    let mut matcher = Matcher::with_observer(schema, Weights::new(), config, Blocks::default()).unwrap();
    let ticket = |key: u32, side_: u16| Ticket::new(key).have(side, side_).accept(side, [1 - side_]);
    for left in [300, 1, 0, 150] {
        for key in 0..2_500 {
            assert_eq!(matcher.offer(&ticket(key, 0), 0), Ok(Outcome::Waiting));
        }
        assert!(matcher.preview(&ticket(9_000, 1)).unwrap().is_some() && matcher.observer().0 > 3);
        // Those who stay are spread over everybody.
        let stays = |key: u32| left > 0 && key.is_multiple_of(2_500 / left) && key / (2_500 / left) < left;
        for key in (0..2_500).filter(|key| !stays(*key)) {
            matcher.cancel(key).unwrap();
        }
        assert_eq!(matcher.count(&ticket(9_000, 1)), Ok(left));
        // Two are moved with each call.
        for key in 3_000..3_200 {
            matcher.offer(&ticket(key, 0), 0).unwrap();
            matcher.cancel(key).unwrap();
        }
        assert_eq!(matcher.preview(&ticket(9_000, 1)).unwrap().is_some(), left > 0);
        assert!(matcher.observer().0 <= left.min(2), "{} blocks for {left}", matcher.observer().0);
        for key in (0..2_500).filter(|key| stays(*key)) {
            matcher.cancel(key).unwrap();
        }
        assert!(matcher.is_empty());
    }
}

/// Whether a search looks ahead of itself changes neither pairs nor state, nor what a bounded one looks at.
#[test]
fn loading_ahead_is_invisible() {
    let mut schema = Schema::builder();
    let side = schema.category("side", 2);
    let place = schema.category("place", 6);
    let age = schema.ordinal("age", 0..=47);
    let hobby = schema.any_tags("hobby", 12);
    schema.cluster(place);
    let schema = schema.build().unwrap();
    let weights = Weights::new().shared(hobby, 10, 4).near(age, 20, 1).same(place, 5);
    let mut state = 5u64;
    let mut draw = |limit: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % limit
    };
    let number = |value: u64| i32::try_from(value).unwrap();
    for (effort, passes) in [(Effort::Exact, None), (Effort::Exact, Some(5)), (Effort::Bounded { runs: 2 }, None)] {
        let config =
            Config::default().effort(effort).fairness(Fairness::default().overdue_after_ms(3_000).overdue_passes(passes));
        let matchers = [0, u32::MAX].map(|large| {
            let mut matcher = Matcher::with_observer(schema.clone(), weights.clone(), config, Blocks::default()).unwrap();
            matcher.index.crowds.ahead = large;
            matcher
        });
        let [mut near, mut far] = matchers;
        let (mut pairs, mut most) = (0, 0);
        for key in 0..12_000u32 {
            // One in eight is of the other side, so that the pool grows.
            let mine = u16::from(draw(8) == 0);
            let (my_age, hobbies) = (draw(48), [draw(12), draw(12), draw(12)].map(|hobby| u16::try_from(hobby).unwrap()));
            let reach = number(1 + draw(4));
            let ticket = Ticket::new(key)
                .have(side, mine)
                .have(place, u16::try_from(draw(12).saturating_sub(6)).unwrap())
                .have(age, number(my_age))
                .have(hobby, hobbies)
                .accept(side, [1 - mine])
                .accept(age, number(my_age) - reach..=number(my_age) + reach)
                .relax(age, 2_000, 0..=47);
            let now = u64::from(key);
            let mut events = [Vec::new(), Vec::new()];
            near.advance(now, 3, |event| events[0].push(event)).unwrap();
            far.advance(now, 3, |event| events[1].push(event)).unwrap();
            assert_eq!(events[0], events[1]);
            let outcome = near.offer(&ticket, now).unwrap();
            assert_eq!(outcome, far.offer(&ticket, now).unwrap(), "{effort:?} at {key}");
            assert!(effort == Effort::Exact || near.observer().0 == far.observer().0, "blocks at {key}");
            pairs += u32::from(outcome != Outcome::Waiting);
            most = most.max(near.len());
        }
        assert!(pairs > 500 && most > 5_000, "{pairs} pairs, {most} waited");
        assert_eq!(near.state_hash(), far.state_hash());
    }
}

/// With a summary and without; and each search begins elsewhere, or all would meet the same leftovers.
#[test]
fn a_bounded_search_looks_at_so_many_runs() {
    for summary in [1, usize::MAX] {
        let mut schema = Schema::builder();
        let side = schema.category("side", 5);
        let config = Config::default().fairness(Fairness::off());
        let mut matcher = Matcher::with_observer(schema.build().unwrap(), Weights::new(), config, Blocks::default()).unwrap();
        (matcher.index.crowds.group, matcher.index.crowds.summary) = (u32::MAX, summary);
        let who = |key: u32, value: u16| Ticket::new(key).have(side, value).accept(side, [1 - value]);
        for key in 0..10_000 {
            matcher.offer(&who(key, 0), 0).unwrap();
        }
        for (runs, blocks) in [(60, 20), (7, 8), (1, 2), (0, 1)] {
            matcher.set_effort(Effort::Bounded { runs });
            // From wherever it begins, at another place with each moment.
            for _ in 0..20 {
                matcher.advance(matcher.now() + 1, 0, |_| {}).unwrap();
                assert!(matcher.preview(&who(50_000, 1)).unwrap().is_some());
                assert_eq!(matcher.observer().0, blocks);
            }
        }
        let mut begins = BTreeSet::new();
        for key in 0..30 {
            let Outcome::Matched(made) = matcher.offer(&who(50_000 + key, 1), 100).unwrap() else { panic!("they fit") };
            begins.insert(made.partner / 512);
        }
        assert!(begins.len() > 5, "{begins:?}");
    }
}

/// A search is led past the blocks in which nobody fits: that changes neither pairs nor what a bounded one looks at.
#[test]
fn a_summary_changes_nothing_but_the_time() {
    let mut schema = Schema::builder();
    let side = schema.category("side", 2);
    let topic = schema.category("topic", 40);
    let age = schema.ordinal("age", 0..=99);
    let schema = schema.build().unwrap();
    let mut state = 7u64;
    let mut draw = |limit: u32| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from((state >> 33) % u64::from(limit)).unwrap()
    };
    for effort in [Effort::Exact, Effort::Bounded { runs: 3 }, Effort::Bounded { runs: 0 }] {
        let config = Config::default().effort(effort).fairness(Fairness::off());
        let [mut led, mut plain] = [1, usize::MAX].map(|summary| {
            let weights = Weights::new().near(age, 60, 1);
            let mut matcher = Matcher::with_observer(schema.clone(), weights, config, Blocks::default()).unwrap();
            (matcher.index.crowds.bands, matcher.index.crowds.summary) = (u32::MAX, summary);
            matcher
        });
        let (mut few, mut all) = (0, 0);
        for key in 0..14_000u32 {
            // Those who come one after the other have much the same topic; one in eight looks for any of them.
            let (mine, now) = (u16::from(draw(8) == 0), u64::from(key));
            let about = u16::try_from(if mine == 0 { key / 400 } else { draw(key / 400 + 1) }).unwrap();
            let ticket = Ticket::new(key).have(side, mine).have(topic, about).have(age, i32::try_from(draw(100)).unwrap());
            let ticket = ticket.accept(side, [1 - mine]).accept(topic, [about]);
            let outcome = led.offer(&ticket, now).unwrap();
            assert_eq!(outcome, plain.offer(&ticket, now).unwrap(), "{effort:?} at {key}");
            if mine == 1 {
                (few, all) = (few + led.observer().0, all + plain.observer().0);
            }
            if key > 100 && draw(4) == 0 {
                let leaver = key - draw(100);
                assert_eq!(led.cancel(leaver).is_ok(), plain.cancel(leaver).is_ok());
            }
        }
        assert!(effort != Effort::Exact || few * 2 < all, "{few} blocks of {all}");
        assert_eq!(led.state_hash(), plain.state_hash());
    }
}
