//! What premium does to the waits of others, and what fairness costs in points: the bot's own policy, played by the matching
//! simulator on a skewed market.
//!
//! `cargo bench -p luvhive-core --bench fairness [-- --quick]` ends with four `bar <name> <number> <unit>` lines.
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
use luvhive_matching::{Match, Matcher, Observer, Weights};

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
const THIS_YEAR: i32 = 2027;

/// Somebody of the market, as far as the bench itself must know them.
#[derive(Debug, Clone)]
struct Somebody {
    gender: Gender,
    year: i32,
    ages: AgeRange,
    is_premium: bool,
}

fn age(years: i32) -> Age {
    Age::new(u8::try_from(years).unwrap()).unwrap()
}

impl Somebody {
    /// 80 men to 20 women, 5 % premium, ages by window, each looking for the other gender.
    fn draw(random: &mut Random) -> Self {
        let gender = if random.percent(80) { Gender::Man } else { Gender::Woman };
        let years = 18 + i32::try_from(random.below(15) + random.below(15)).unwrap();
        let half = 1 + i32::try_from(random.below(6)).unwrap();
        let ages = AgeRange::new(age((years - half).max(18)), age(years + half)).unwrap();
        Self { gender, year: THIS_YEAR - years, ages, is_premium: random.percent(5) }
    }

    fn age(&self) -> Age {
        age(THIS_YEAR - self.year)
    }

    /// Whether the two fit, by what the bench knows: the matcher must agree. A range of ages is premium's to ask for.
    fn fits(&self, other: &Self) -> bool {
        let takes = |one: &Self, age: Age| !one.is_premium || one.ages.contains(age);
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
        person.preferences.ages = self.ages;
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
    points: i64,
    pairs: u32,
}

impl Watch {
    fn new(people: &Rc<Vec<Somebody>>) -> Self {
        let people = Rc::clone(people);
        Self { people, waiting: BTreeMap::new(), waits_ms: BTreeMap::new(), most_passed: 0, points: 0, pairs: 0 }
    }

    fn points_a_pair(&self) -> f64 {
        self.points as f64 / f64::from(self.pairs)
    }

    /// How often the person was passed over who was passed over most, those who still wait among them.
    fn most_passed(&self) -> u32 {
        self.waiting.values().map(|(_, passed)| *passed).fold(self.most_passed, u32::max)
    }

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
        self.points += i64::from(pair.points);
        self.pairs += 1;
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

/// Who comes and gives up when, with so many milliseconds between arrivals; nobody has more than four minutes of patience.
fn log(trial: &Trial, people: &[Somebody], mut random: Random, gap_ms: u64) -> Vec<(u64, Entry<PersonId>)> {
    let mut log = Vec::new();
    for (key, somebody) in (1..).zip(people) {
        let at = u64::from(key) * gap_ms;
        let person = somebody.facts(key, &mut random);
        let gives_up = at + 20_000 + random.below(220_000);
        let segment = format!("{}, premium {}", person.gender.code(), somebody.is_premium);
        log.push((at, Entry::Offer { at, ticket: trial.ticket(&person, NOW), segment }));
        log.push((gives_up, Entry::Cancel { at: gives_up, key: person.person }));
    }
    log.sort_by_key(|(at, _)| *at);
    log
}

/// Free over premium: the largest of both genders' ratios of waits that 95 of 100 do not exceed.
fn free_over_premium(watch: &mut Watch) -> Option<f64> {
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
    worst
}

fn main() {
    let is_quick = std::env::args().any(|argument| argument == "--quick");
    let count: u32 = if is_quick { 60_000 } else { 240_000 };
    let mut random = Random(20_261_124);
    let people: Rc<Vec<Somebody>> = Rc::new((0..count).map(|_| Somebody::draw(&mut random)).collect());
    let trial = Trial::new().unwrap();
    let mut bars = Vec::new();
    // Ten people a second make a crowd, one a second does not.
    for (name, gap_ms) in [("crowd", 100), ("calm", 1_000)] {
        let log = log(&trial, &people, Random(random.0), gap_ms);
        let play = |mut matcher: Matcher<PersonId, Weights, Watch>| {
            let report = replay(&mut matcher, log.iter().map(|(_, entry)| entry.clone()), 1000).unwrap();
            let watch = std::mem::replace(matcher.observer_mut(), Watch::new(&people));
            println!("{name}: {} pairs, at most {} waiting", report.pairs, report.most_waiting);
            watch
        };
        let mut fair = play(trial.matcher(Watch::new(&people)).unwrap());
        let plain = play(trial.matcher_without_fairness(Watch::new(&people)).unwrap());
        let (points, most) = (fair.points_a_pair(), plain.points_a_pair());
        println!(
            "{name}: {points:.1} points a pair, {most:.1} without fairness, which passes over up to {}",
            plain.most_passed()
        );
        let ratio = free_over_premium(&mut fair).unwrap();
        bars.push((name, ratio, fair.most_passed(), points / most));
    }
    let (_, worst, most_passed, _) = bars[0];
    println!("bar free_over_premium_p95 {worst:.3} x");
    println!("bar max_passed_over {most_passed} people");
    for (name, ratio, passed, kept) in bars {
        println!("bar points_kept_{name} {kept:.3} x");
        assert!((1.1..=3.0).contains(&ratio), "premium must be an advantage, and a bounded one");
        assert!(passed <= 20, "nobody may be passed over more often");
    }
}
