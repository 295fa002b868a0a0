//! What only the inside can see: that moving tickets together changes nothing.

use crate::rank::MAX_NUMBER;
use crate::{Config, Effort, Fairness, Matcher, Observer, Outcome, Schema, SearchCost, Ticket, Weights};

#[test]
fn moving_tickets_together_is_invisible() {
    let mut schema = Schema::builder();
    let side = schema.category("side", 2);
    let age = schema.ordinal("age", 0..=99);
    let schema = schema.build().unwrap();
    let config = Config::default().effort(Effort::Exact).fairness(Fairness::off().overdue(None, Some(3)));
    let mut matcher = Matcher::new(schema, Weights::new().near(age, 50, 1), config).unwrap();
    let ticket = |key: u32, side_: i32| {
        let ages = i32::try_from(key % 100).unwrap();
        Ticket::new(key).have(side, side_).have(age, ages).accept(side, [u16::try_from(1 - side_).unwrap()])
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

/// Whoever came first is served first, whatever number the calls have come to.
#[test]
fn arrivals_of_one_millisecond_keep_their_order() {
    let mut schema = Schema::builder();
    let side = schema.category("side", 2);
    let schema = schema.build().unwrap();
    let ticket = |key: u32, side_: i32| Ticket::new(key).have(side, side_).accept(side, [u16::try_from(1 - side_).unwrap()]);
    for start in [0, (1 << 20) - 4, (1 << 32) - 4, (1 << 40) - 4, MAX_NUMBER - 10] {
        let config = Config::default().effort(Effort::Exact).fairness(Fairness::off());
        let mut matcher = Matcher::new(schema.clone(), Weights::new(), config).unwrap();
        matcher.counter = start;
        // Larger keys come first, since equals would be served by key.
        for key in (0..8).rev() {
            assert_eq!(matcher.offer_since(&ticket(key, 0), 3, 5), Ok(Outcome::Waiting));
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

/// Blocks that the last search has looked at.
#[derive(Default)]
struct Blocks(u32);

impl Observer<u32> for Blocks {
    fn searched(&mut self, cost: SearchCost) {
        self.0 = cost.blocks;
    }
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
    let ticket = |key: u32, side_: i32| {
        let ages = i32::try_from(key % 100).unwrap();
        Ticket::new(key).have(side, side_).have(age, ages).accept(side, [u16::try_from(1 - side_).unwrap()])
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
