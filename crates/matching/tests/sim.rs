//! The simulated market is frozen, its replay adds up, and arrivals one by one come near the optimum in hindsight.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at the first surprise")]

use integer_blossom::max_weight_matching;
use luvhive_matching::sim::{Entry, Mix, Population, replay};
use luvhive_matching::{Config, Effort, Fairness, Matcher, Outcome};

fn exact(fairness: Fairness) -> Config {
    Config::default().effort(Effort::Exact).fairness(fairness)
}

#[test]
fn the_populations_are_those_that_figures_were_measured_with() {
    for (mix, frozen) in [(Mix::Easy, EASY), (Mix::Skew, SKEW), (Mix::Hard, HARD)] {
        let population = Population::new(mix, 42).unwrap();
        let mut sum = 0u64;
        for key in 0..2_000 {
            for waited in [0, 10_000, 20_000, 40_000] {
                for word in population.schema().record(&population.ticket(key), waited).unwrap() {
                    sum = sum.rotate_left(5).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ word;
                }
            }
            for other in population.excluded(key) {
                sum = sum.rotate_left(5) ^ u64::from(other);
            }
        }
        assert_eq!(sum, frozen, "{mix:?}");
    }
}

const EASY: u64 = 8_785_923_188_875_108_802;
const SKEW: u64 = 6_744_992_124_135_992_616;
const HARD: u64 = 57_541_201_440_319_687;

#[test]
fn a_replay_adds_up_and_is_the_same_each_time() {
    let population = Population::new(Mix::Skew, 7).unwrap();
    let report = |fairness| {
        let log = (0..2_000u32).flat_map(|key| {
            let at = u64::from(key) * 100;
            let segment = population.segment(key).to_owned();
            let offer = Entry::Offer { at, ticket: population.ticket(key).ttl_ms(90_000), segment };
            let cancel = (key % 5 == 0 && key > 50).then(|| Entry::Cancel { at, key: key - 50 });
            [Some(offer), cancel].into_iter().flatten()
        });
        let mut matcher = Matcher::new(population.schema().clone(), population.weights(), exact(fairness)).unwrap();
        replay(&mut matcher, log, 60_000).unwrap()
    };
    let fair = Fairness::default().classes(2).class_bonus(20);
    let first = report(fair);
    assert_eq!(first, report(fair));
    let sum = |count: fn(&luvhive_matching::sim::Segment) -> u32| first.segments.values().map(count).sum::<u32>();
    assert_eq!(sum(|segment| segment.offered), 2_000);
    assert_eq!(sum(|segment| segment.matched), 2 * first.pairs);
    assert_eq!(
        sum(|segment| segment.matched + segment.expired + segment.cancelled + segment.waiting),
        2_000,
        "everybody is matched, gone, or waits"
    );
    assert!(sum(|segment| segment.expired) > 0 && sum(|segment| segment.cancelled) > 0 && first.pairs > 300);
}

/// Points and pairs of arrivals one by one, and of the best that hindsight could do: two weighted matchings of an
/// independent solver.
struct Quality {
    points: i64,
    pairs: i64,
    most_points: i64,
    most_pairs: i64,
}

fn quality(mix: Mix, seed: u64, people: usize) -> Quality {
    let population = Population::new(mix, seed).unwrap();
    let (schema, weights) = (population.schema(), population.weights());
    let config = exact(Fairness::off().classes(2).class_bonus(0));
    let mut matcher = Matcher::new(schema.clone(), weights.clone(), config).unwrap();
    let (mut records, mut predicates, mut points, mut pairs) = (Vec::new(), Vec::new(), 0, 0);
    for key in 0..u32::try_from(people).unwrap() {
        let ticket = population.ticket(key);
        records.push(schema.record(&ticket, 0).unwrap());
        predicates.push(schema.predicate(&ticket, 0).unwrap());
        if let Outcome::Matched(made) = matcher.offer(&ticket, u64::from(key)).unwrap() {
            points += i64::from(made.points);
            pairs += 1;
        }
    }
    let mut edges = vec![0i64; people * people];
    for first in 0..people {
        for second in 0..people {
            // The compiled test says the same from both sides.
            let fits = predicates[first].fits(&records[second]);
            assert_eq!(fits, predicates[second].fits(&records[first]));
            if fits && first != second {
                edges[first * people + second] = i64::from(schema.points(&weights, &records[first], &records[second]));
            }
        }
    }
    let most_points = solve(&edges, people);
    for edge in &mut edges {
        *edge = (*edge).min(1);
    }
    Quality { points, pairs, most_points, most_pairs: solve(&edges, people) }
}

/// The largest sum of edges without a common end.
fn solve(edges: &[i64], people: usize) -> i64 {
    let mates = max_weight_matching(edges, people);
    let ends = mates.iter().enumerate().filter_map(|(first, second)| Some(edges[first * people + (*second)?]));
    ends.sum::<i64>() / 2
}

/// Requires so many thousandths of the optimum, in the mean of three populations of a thousand.
#[track_caller]
fn check_quality(mix: Mix, least_points: i64, least_pairs: i64) {
    let (mut points, mut pairs) = (0, 0);
    for seed in 42..45 {
        let found = quality(mix, seed, 1_000);
        assert!(found.points <= found.most_points && found.pairs <= found.most_pairs && found.most_pairs > 30);
        points += found.points * 1_000 / found.most_points;
        pairs += found.pairs * 1_000 / found.most_pairs;
    }
    assert!(points / 3 >= least_points, "{mix:?}: {} thousandths of the points", points / 3);
    assert!(pairs / 3 >= least_pairs, "{mix:?}: {} thousandths of the pairs", pairs / 3);
}

#[test]
fn arrivals_one_by_one_come_near_the_optimum() {
    let found = quality(Mix::Easy, 3, 160);
    assert!(found.points <= found.most_points && found.points * 100 >= found.most_points * 65);
}

#[test]
fn a_skew_market_comes_near_the_optimum() {
    check_quality(Mix::Skew, 850, 920);
}

#[test]
fn a_hard_market_comes_near_the_optimum() {
    check_quality(Mix::Hard, 940, 960);
}
