//! When pairs are formed and who is served first, in points, pairs and waiting: the table of the guide's page on windows
//! and fairness. Each evening is compared with its optimum in hindsight.

use luvhive_matching::{Config, Effort, Event, Fairness, Match, Matcher, Outcome, Policy};

use crate::choice::WEIGHTS;
use crate::people::{Filters, People, Person, Plain, World};
use crate::quality::solve;

const PEOPLE: u32 = 1_500;
/// Milliseconds between two arrivals.
const GAP_MS: u64 = 210;
const SEEDS: [u64; 5] = [9_101, 9_102, 9_103, 9_104, 9_105];

/// Shares of the optimum, and the mean wait of those matched.
#[derive(Default)]
struct Sums {
    points: f64,
    pairs: f64,
    wait_s: f64,
}

/// Prints a row for each market: points and pairs as shares of the optimum, and the mean wait of those matched.
pub(crate) fn run() {
    let exact = Config::default().effort(Effort::Exact);
    let window = |every_ms| exact.policy(Policy::Window { every_ms });
    let configs = [
        ("at once", exact),
        ("no fairness", exact.fairness(Fairness::off())),
        ("default effort", Config::default()),
        ("5 s", window(5_000)),
        ("15 s", window(15_000)),
        ("60 s", window(60_000)),
        ("300 s", window(300_000)),
        ("300 s, no fairness", window(300_000).fairness(Fairness::off())),
        ("60 s, optimum", window(60_000).optimum(500)),
        ("300 s, no fairness, optimum", window(300_000).fairness(Fairness::off()).optimum(500)),
    ];
    let names: Vec<&str> = configs.iter().map(|config| config.0).collect();
    println!("| | {} |\n|---{}|", names.join(" | "), "|---".repeat(names.len()));
    for (split, men) in [("60:40", 60), ("95:5", 95)] {
        for (name, filters) in [("loose", Filters::Loose), ("mid", Filters::Mid), ("tight", Filters::Tight)] {
            let mut sums: Vec<Sums> = configs.iter().map(|_| Sums::default()).collect();
            for seed in SEEDS {
                let people = People::new(men, filters, seed);
                let people: Vec<Person> = (0..PEOPLE).map(|key| people.person(key)).collect();
                let (points, pairs) = optimum(&people, &WEIGHTS[0]);
                for (sum, config) in sums.iter_mut().zip(&configs) {
                    let made = evening(&people, config.1);
                    let waits = made.iter().map(|made| (made.seeker_waited_ms + made.partner_waited_ms) as f64 / 2e3);
                    sum.wait_s += waits.sum::<f64>() / made.len() as f64 / SEEDS.len() as f64;
                    sum.pairs += made.len() as f64 / pairs / SEEDS.len() as f64;
                    sum.points += made.iter().map(|made| f64::from(made.points)).sum::<f64>() / points / SEEDS.len() as f64;
                }
            }
            let cell = |sum: &Sums| format!("{:.3} / {:.3} / {:.0} s", sum.points, sum.pairs, sum.wait_s);
            println!("| {split} {name} | {} |", sums.iter().map(cell).collect::<Vec<_>>().join(" | "));
        }
    }
}

/// Lets everybody arrive and the last window end.
fn evening(people: &[Person], config: Config) -> Vec<Match<u32>> {
    let world = World::new();
    let mut matcher = Matcher::new(world.schema.clone(), world.weights(&WEIGHTS[0]), config).unwrap();
    let mut made = Vec::new();
    let mut now = 0;
    for person in people {
        now += GAP_MS;
        pass(&mut matcher, now, &mut made);
        if let Outcome::Matched(pair) = matcher.offer(&world.ticket(person), now).unwrap() {
            made.push(pair);
        }
    }
    if let Policy::Window { every_ms } = config.policy {
        pass(&mut matcher, (now / every_ms + 1) * every_ms, &mut made);
    }
    made
}

fn pass(matcher: &mut Matcher<u32>, now: u64, made: &mut Vec<Match<u32>>) {
    let mut note = |event| {
        if let Event::Matched(pair) = event {
            made.push(pair);
        }
    };
    while !matcher.advance(now, 1_000, &mut note).unwrap().finished {}
}

/// The most points and the most pairs there could have been.
fn optimum(people: &[Person], plain: &Plain) -> (f64, f64) {
    let edge = |first: &Person, second: &Person| if first.fits(second) { i64::from(plain.points(first, second)) } else { 0 };
    let edges = people
        .iter()
        .flat_map(|first| people.iter().map(move |second| if first.key == second.key { 0 } else { edge(first, second) }));
    let mut edges: Vec<i64> = edges.collect();
    let points = solve(&edges, people.len());
    for edge in &mut edges {
        *edge = (*edge).min(1);
    }
    (points, solve(&edges, people.len()))
}
