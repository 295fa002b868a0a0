//! What arrivals one by one cost in pairs and points against the optimum in hindsight, found by an independent solver.

use integer_blossom::max_weight_matching;
use luvhive_matching::sim::{Mix, Population};
use luvhive_matching::{Config, Effort, Fairness, Matcher, Outcome};

use crate::Bars;
use crate::market::SEED;

/// People who arrive; nobody gives way and nobody leaves.
const PEOPLE: usize = 1_000;

pub(crate) fn run(bars: &mut Bars) {
    for (name, mix) in [("skew", Mix::Skew), ("hard", Mix::Hard)] {
        let (mut weight, mut pairs) = (0.0, 0.0);
        let seeds = [SEED, SEED + 1, SEED + 2];
        for seed in seeds {
            let (found, best) = one(mix, seed);
            weight += found.0 / best.0 / seeds.len() as f64;
            pairs += found.1 / best.1 / seeds.len() as f64;
            println!(
                "{name:5} quality seed {seed}: points {:.0} of {:.0}, pairs {:.0} of {:.0}",
                found.0, best.0, found.1, best.1
            );
        }
        bars.at_least(&format!("quality_weight_{name}"), weight, "x");
        bars.at_least(&format!("quality_pairs_{name}"), pairs, "x");
    }
}

/// Points and pairs as they come, and the largest possible of each.
fn one(mix: Mix, seed: u64) -> ((f64, f64), (f64, f64)) {
    let population = Population::new(mix, seed).unwrap();
    let schema = population.schema();
    let weights = population.weights();
    let config = Config::default().effort(Effort::Exact).fairness(Fairness::off().classes(2).class_bonus(0));
    let mut matcher = Matcher::new(schema.clone(), weights.clone(), config).unwrap();
    let mut records = Vec::new();
    let mut predicates = Vec::new();
    let (mut points, mut pairs) = (0.0, 0.0);
    for key in 0..u32::try_from(PEOPLE).unwrap() {
        let ticket = population.ticket(key);
        records.push(schema.record(&ticket, 0).unwrap());
        predicates.push(schema.predicate(&ticket, 0).unwrap());
        if let Outcome::Matched(made) = matcher.offer(&ticket, u64::from(key)).unwrap() {
            points += f64::from(made.points);
            pairs += 1.0;
        }
    }
    let mut edges = vec![0i64; PEOPLE * PEOPLE];
    for first in 0..PEOPLE {
        for second in first + 1..PEOPLE {
            if predicates[first].fits(&records[second]) {
                let points = i64::from(schema.points(&weights, &records[first], &records[second]));
                edges[first * PEOPLE + second] = points;
                edges[second * PEOPLE + first] = points;
            }
        }
    }
    let best = solve(&edges, PEOPLE);
    for edge in &mut edges {
        *edge = (*edge).min(1);
    }
    ((points, pairs), (best, solve(&edges, PEOPLE)))
}

/// The largest sum of edges of so many people without a common end.
pub(crate) fn solve(edges: &[i64], people: usize) -> f64 {
    let mates = max_weight_matching(edges, people);
    let sum: i64 = mates.iter().enumerate().filter_map(|(first, second)| Some(edges[first * people + (*second)?])).sum();
    sum as f64 / 2.0
}
