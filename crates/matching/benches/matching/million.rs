//! A million tickets of the README's schema: what one takes in memory, and the worst call on the way there and after a
//! pause.

use std::collections::HashMap;

use luvhive_matching::{
    AnyTags, Category, Common, Config, Dim, Effort, Event, Fairness, Match, Matcher, Ordinal, Outcome, Schema, Ticket, Weights,
};

use crate::Bars;
use crate::market::{Watch, quantile};
use crate::people::{Filters, People, Person, Plain, set};

const MILLION: usize = 1_000_000;
/// Arrivals between two ticks of a second.
const A_SECOND: u32 = 1_500;
/// Pieces of a portion, and the pause in which timers pile up.
const PORTION: u32 = 1_000;
const PAUSE_MS: u64 = 690_000;

const PLAIN: Plain = Plain { shared: (10, 5), age: (20, 2), country: 0, rating: (0, 0), merit: true };
/// Years by which both ends of a range give way.
const WIDER: u8 = 4;

/// The dimensions of the README.
struct Dims {
    gender: Dim<Category>,
    age: Dim<Ordinal>,
    language: Dim<Common>,
    interest: Dim<AnyTags>,
}

impl Dims {
    /// A ticket as the README's: a wider range of ages after 20 s, and gone after twenty minutes.
    fn ticket(&self, person: &Person) -> Ticket<u32> {
        let (low, high) = person.ages;
        Ticket::new(person.key)
            .have(self.gender, u16::try_from(person.side.trailing_zeros()).unwrap())
            .have(self.age, i32::from(person.age))
            .have(self.language, set(person.languages.into()))
            .have(self.interest, set(person.interests))
            .merit(person.merit)
            .accept(self.gender, set(person.wants.into()))
            .accept(self.age, low.into()..=high.into())
            .relax(self.age, 20_000, i32::from(low - WIDER)..=i32::from(high + WIDER))
            .ttl_ms(1_200_000)
    }
}

/// The pool, who waits in it, and the time of each call.
struct Crowd {
    people: People,
    dims: Dims,
    matcher: Matcher<u32>,
    waiting: HashMap<u32, Person>,
    offers: Vec<u32>,
    portions: Vec<u32>,
    violations: u32,
}

/// Lets people arrive until a million wait, each second in portions; then a pause, and everything that fell due in it.
pub(crate) fn run(bars: &mut Bars) {
    let mut schema = Schema::builder();
    let dims = Dims {
        gender: schema.category("gender", 3),
        age: schema.ordinal("age", 18..=99),
        language: schema.common("language", 40),
        interest: schema.any_tags("interest", 64),
    };
    let schema = schema.build().unwrap();
    let weights =
        Weights::new().shared(dims.interest, PLAIN.shared.0, PLAIN.shared.1).near(dims.age, PLAIN.age.0, PLAIN.age.1).merit();
    let config = Config::default().effort(Effort::Exact).fairness(Fairness::off());
    let mut crowd = Crowd {
        matcher: Matcher::new(schema, weights, config).unwrap(),
        people: People::new(95, Filters::Mid, 1_000),
        dims,
        waiting: HashMap::new(),
        offers: vec![],
        portions: vec![],
        violations: 0,
    };
    let mut now = 0;
    let mut next_key = 0;
    while crowd.matcher.len() < MILLION {
        for key in next_key..next_key + A_SECOND {
            crowd.offer(key, now);
        }
        next_key += A_SECOND;
        now += 1_000;
        crowd.pass(now);
    }
    let bytes = crowd.matcher.memory().total() as f64 / crowd.matcher.len() as f64;
    println!(
        "million: {} wait of {next_key}, {bytes:.1} bytes a ticket; offers p50 {:.2}, p99.9 {:.1}, worst {:.0} us",
        crowd.matcher.len(),
        quantile(&crowd.offers, 500),
        quantile(&crowd.offers, 999),
        quantile(&crowd.offers, 1_000),
    );
    let ticks = std::mem::take(&mut crowd.portions);
    crowd.pass(now + PAUSE_MS);
    for (name, portions) in [("ticks", &ticks), ("after the pause", &crowd.portions)] {
        println!(
            "million: {} portions {name}, p50 {:.0}, p99 {:.0}, worst {:.0} us",
            portions.len(),
            quantile(portions, 500),
            quantile(portions, 990),
            quantile(portions, 1_000),
        );
        bars.at_most("worst_portion_us_1m", quantile(portions, 1_000), "us");
    }
    bars.at_most("worst_offer_us_1m", quantile(&crowd.offers, 1_000), "us");
    bars.at_most("bytes_per_ticket_1m", bytes, "B");
    bars.add("violations", f64::from(crowd.violations), "");
}

impl Crowd {
    fn offer(&mut self, key: u32, now: u64) {
        // No country, no rating, and nobody asks for an interest.
        let person = Person { countries: u64::MAX, least: 0, asked: 0, ..self.people.person(key) };
        let ticket = self.dims.ticket(&person);
        let watch = Watch::start();
        let outcome = self.matcher.offer(&ticket, now).unwrap();
        self.offers.push(watch.stop());
        self.waiting.insert(key, person);
        if let Outcome::Matched(made) = outcome {
            self.settle(&made);
        }
    }

    /// Does what is due up to `now`, in portions.
    fn pass(&mut self, now: u64) {
        let mut events = Vec::new();
        loop {
            let watch = Watch::start();
            let progress = self.matcher.advance(now, PORTION, |event| events.push(event)).unwrap();
            self.portions.push(watch.stop());
            for event in events.drain(..) {
                match event {
                    Event::Matched(made) => self.settle(&made),
                    Event::Expired { key, .. } => {
                        self.waiting.remove(&key).unwrap();
                    }
                    _ => unreachable!("nothing else happens"),
                }
            }
            if progress.finished {
                return;
            }
        }
    }

    /// Takes both out and checks the pair as the two are after their steps.
    fn settle(&mut self, made: &Match<u32>) {
        let [seeker, partner] =
            [(made.seeker, made.seeker_waited_ms), (made.partner, made.partner_waited_ms)].map(|(key, waited)| {
                let mut person = self.waiting.remove(&key).unwrap();
                if waited >= 20_000 {
                    person.ages = (person.ages.0 - WIDER, person.ages.1 + WIDER);
                }
                person
            });
        let is_scored = made.points == PLAIN.points(&seeker, &partner);
        self.violations += u32::from(!is_scored || !seeker.fits(&partner));
    }
}
