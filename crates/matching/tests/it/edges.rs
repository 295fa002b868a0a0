//! What a careless change could break with no other test to notice: each was found by making the change.

mod answers;
mod input;
mod lanes;
mod time;

use luvhive_matching::{
    Category, Claims, Config, Dim, Event, Fairness, Match, Matcher, Ordinal, Outcome, Policy, Schema, Ticket, Weights,
};

use crate::model::exact;

/// Two sides; everybody accepts the other side.
struct Sides {
    schema: Schema,
    side: Dim<Category>,
    level: Dim<Ordinal>,
}

impl Sides {
    fn new() -> Self {
        let mut schema = Schema::builder();
        let side = schema.category("side", 2);
        let level = schema.ordinal("level", 0..=99);
        Self { schema: schema.build().unwrap(), side, level }
    }

    fn who(&self, key: u32, side: u16, level: i32) -> Ticket<u32> {
        Ticket::new(key).have(self.side, side).have(self.level, level).accept(self.side, [1 - side])
    }

    /// Accepts their own level alone.
    fn at(&self, key: u32, side: u16, level: i32) -> Ticket<u32> {
        self.who(key, side, level).accept(self.level, level..=level)
    }

    fn matcher(&self, config: Config) -> Matcher<u32> {
        Matcher::new(self.schema.clone(), Weights::new().near(self.level, 90, 1), config).unwrap()
    }
}

fn held(room: u32) -> Config {
    exact(Fairness::off()).claims(Claims::Held).limits(|limits| limits.held = room)
}

#[expect(clippy::panic, reason = "a test may stop at the first surprise")]
fn made(outcome: Outcome<u32>) -> Match<u32> {
    let Outcome::Matched(made) = outcome else { panic!("they fit") };
    made
}

fn window(fairness: Fairness) -> (Sides, Matcher<u32>) {
    let sides = Sides::new();
    let matcher = sides.matcher(exact(fairness).policy(Policy::Window { every_ms: 100 }));
    (sides, matcher)
}

fn pairs_until(matcher: &mut Matcher<u32>, now: u64) -> Vec<(u32, u32)> {
    let mut pairs = Vec::new();
    let note = |event: Event<u32>| {
        if let Event::Matched(made) = event {
            pairs.push((made.seeker.min(made.partner), made.seeker.max(made.partner)));
        }
    };
    assert!(matcher.advance(now, u32::MAX, note).unwrap().finished);
    pairs
}
