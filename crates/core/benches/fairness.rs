//! What premium does to the waits of others: the bot's own policy, played by the matching simulator on a skewed market.
//!
//! `cargo bench -p luvhive-core --bench fairness [-- --quick]` ends with two `bar <name> <number> <unit>` lines.
//! Only virtual time passes: the figures are the same on every machine. It fails if one of them is missed.

#![expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench may print and stop at the first surprise"
)]

use std::collections::BTreeMap;
use std::rc::Rc;

use luvhive_core::id::PersonId;
use luvhive_core::person::{Age, Gender, GenderSet, Interest, InterestSet, PersonFacts};
use luvhive_core::preferences::AgeRange;
use luvhive_core::search::trial::Trial;
use luvhive_core::testing::facts;
use luvhive_core::time::{Day, Timestamp};
use luvhive_matching::sim::{Entry, Random, replay};
use luvhive_matching::{Match, Observer};

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
const THIS_YEAR: i32 = 2027;

/// Somebody of the market, as far as the bench itself must know them.
#[derive(Debug, Clone)]
struct Somebody {
    gender: Gender,
    year: i32,
    youngest: i32,
    oldest: i32,
    is_premium: bool,
}

impl Somebody {
    /// 80 men to 20 women, 5 % premium, ages by window, each looking for the other gender.
    fn draw(random: &mut Random) -> Self {
        let gender = if random.percent(80) { Gender::Man } else { Gender::Woman };
        let age = 18 + i32::try_from(random.below(15) + random.below(15)).unwrap();
        let half = 1 + i32::try_from(random.below(6)).unwrap();
        Self { gender, year: THIS_YEAR - age, youngest: (age - half).max(18), oldest: age + half, is_premium: random.percent(5) }
    }

    fn age(&self) -> i32 {
        THIS_YEAR - self.year
    }

    /// Whether the two fit, by what the bench knows: the matcher must agree. A range of ages is premium's to ask for.
    fn fits(&self, other: &Self) -> bool {
        let takes = |one: &Self, age: i32| !one.is_premium || (one.youngest..=one.oldest).contains(&age);
        self.gender != other.gender && takes(self, other.age()) && takes(other, self.age())
    }

    fn facts(&self, key: u32, random: &mut Random) -> PersonFacts {
        let mut person = facts(i64::from(key));
        person.gender = self.gender;
        person.born = Day::from_ymd(self.year, 1, 1).unwrap();
        person.interests = InterestSet::EMPTY;
        for _ in 0..4 {
            let at = usize::try_from(random.below(u64::try_from(Interest::ALL.len()).unwrap())).unwrap();
            person.interests = person.interests.with(Interest::ALL[at]);
        }
        let age = |years: i32| Age::new(u8::try_from(years).unwrap()).unwrap();
        person.preferences.ages = AgeRange::new(age(self.youngest), age(self.oldest)).unwrap();
        let other = if self.gender == Gender::Man { Gender::Woman } else { Gender::Man };
        person.preferences.genders = [other].into_iter().collect::<GenderSet>();
        person.premium_until = self.is_premium.then_some(Timestamp::MAX);
        person
    }
}

/// Counts, for everybody who waits, how long they did and how often somebody later was served first.
struct Watch {
    people: Rc<Vec<Somebody>>,
    /// Since when, and how often passed over.
    waiting: BTreeMap<PersonId, (u64, u32)>,
    waits_ms: BTreeMap<(bool, bool), Vec<u64>>,
    most_passed: u32,
}

impl Watch {
    fn person(&self, key: PersonId) -> &Somebody {
        &self.people[usize::try_from(key.get()).unwrap() - 1]
    }

    fn leave(&mut self, key: PersonId, waited_ms: u64) {
        if let Some((_, passed)) = self.waiting.remove(&key) {
            self.most_passed = self.most_passed.max(passed);
            let person = self.person(key);
            let segment = (person.gender == Gender::Woman, person.is_premium);
            self.waits_ms.entry(segment).or_default().push(waited_ms);
        }
    }
}

impl Observer<PersonId> for Watch {
    fn waiting(&mut self, key: PersonId, now: u64) {
        self.waiting.insert(key, (now, 0));
    }

    fn matched(&mut self, pair: &Match<PersonId>) {
        let people = Rc::clone(&self.people);
        let seeker = self.person(pair.seeker).clone();
        assert!(seeker.fits(self.person(pair.partner)), "the matcher knows better whom people accept");
        if let Some((since, _)) = self.waiting.get(&pair.partner).copied() {
            for (key, (earlier, passed)) in &mut self.waiting {
                let fits = seeker.fits(&people[usize::try_from(key.get()).unwrap() - 1]);
                if fits && *earlier < since && *key != pair.seeker {
                    *passed += 1;
                }
            }
        }
        self.leave(pair.partner, pair.partner_waited_ms);
        self.leave(pair.seeker, pair.seeker_waited_ms);
    }

    fn cancelled(&mut self, key: PersonId, waited_ms: u64) {
        self.leave(key, waited_ms);
    }
}

fn main() {
    let is_quick = std::env::args().any(|argument| argument == "--quick");
    let count: u32 = if is_quick { 60_000 } else { 240_000 };
    let mut random = Random(20_261_124);
    let people: Vec<Somebody> = (0..count).map(|_| Somebody::draw(&mut random)).collect();
    let trial = Trial::new().unwrap();
    // Ten people a second; nobody has more than four minutes of patience.
    let mut log: Vec<(u64, Entry<PersonId>)> = Vec::new();
    for (key, somebody) in (1..).zip(&people) {
        let at = u64::from(key) * 100;
        let person = somebody.facts(key, &mut random);
        let gives_up = at + 20_000 + random.below(220_000);
        let segment = format!("{}, premium {}", person.gender.code(), somebody.is_premium);
        log.push((at, Entry::Offer { at, ticket: trial.ticket(&person, NOW), segment }));
        log.push((gives_up, Entry::Cancel { at: gives_up, key: person.person }));
    }
    log.sort_by_key(|(at, _)| *at);
    let watch = Watch { people: Rc::new(people), waiting: BTreeMap::new(), waits_ms: BTreeMap::new(), most_passed: 0 };
    let mut matcher = trial.matcher(watch).unwrap();
    let report = replay(&mut matcher, log.into_iter().map(|(_, entry)| entry), 1000).unwrap();
    println!("{} pairs, at most {} waiting", report.pairs, report.most_waiting);
    let watch = matcher.observer_mut();
    let mut worst: Option<f64> = None;
    for is_woman in [false, true] {
        let mut p95 = |is_premium| {
            let waits = watch.waits_ms.entry((is_woman, is_premium)).or_default();
            waits.sort_unstable();
            let at = waits.len().saturating_sub(1) * 95 / 100;
            (waits.len(), waits.get(at).copied().unwrap_or(0) as f64 / 1000.0)
        };
        let (free, premium) = (p95(false), p95(true));
        let name = if is_woman { "women" } else { "men" };
        println!("{name}: {} free waits, p95 {:.1} s; {} premium waits, p95 {:.1} s", free.0, free.1, premium.0, premium.1);
        if premium.0 >= 200 && premium.1 > 0.0 {
            let ratio = free.1 / premium.1;
            worst = Some(worst.map_or(ratio, |known| known.max(ratio)));
        } else {
            println!("{name}: fewer than 200 premium waits, not counted");
        }
    }
    let (worst, most_passed) =
        (worst.unwrap(), watch.waiting.values().map(|(_, passed)| *passed).fold(watch.most_passed, u32::max));
    println!("bar free_over_premium_p95 {worst:.3} x");
    println!("bar max_passed_over {most_passed} people");
    assert!((1.1..=3.0).contains(&worst), "premium must be an advantage, and a bounded one");
    assert!(most_passed <= 20, "nobody may be passed over more often");
}
