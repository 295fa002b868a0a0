//! Replays a simulated evening under two policies and compares what people saw.
//!
//! `cargo run --release -p luvhive-matching --example simulate`

#![expect(clippy::print_stdout, reason = "an example talks")]

use luvhive_matching::sim::{Entry, Mix, Population, Random, replay};
use luvhive_matching::{Config, Effort, Fairness, Matcher, Policy};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let population = Population::new(Mix::Skew, 2026)?;
    let fair = Config::default().effort(Effort::Exact).fairness(Fairness::default().classes(2).class_bonus(20));
    for (name, config) in [
        ("immediate, fair", fair),
        ("immediate, points only", fair.fairness(Fairness::off().classes(2).class_bonus(0))),
        ("window of 5 s", fair.policy(Policy::Window { every_ms: 5_000 })),
    ] {
        let mut random = Random(1);
        let mut log = Vec::new();
        for key in 0..5_000u32 {
            let at = u64::from(key) * 200;
            let segment = population.segment(key).to_owned();
            log.push(Entry::Offer { at, ticket: population.ticket(key).ttl_ms(300_000), segment });
            if random.percent(30) {
                log.push(Entry::Cancel { at, key: key.saturating_sub(100) });
            }
        }
        let mut matcher = Matcher::new(population.schema().clone(), population.weights(), config)?;
        let report = replay(&mut matcher, log, 300_000)?;
        println!("{name}: {} pairs, {} points, at most {} waiting", report.pairs, report.points, report.most_waiting);
        for (segment, seen) in &report.segments {
            let wait = |permille| seen.wait_at(permille).unwrap_or(0) / 1_000;
            println!(
                "  {segment:14} {:5} came, {:5} matched, median wait {:3} s, p95 {:3} s",
                seen.offered,
                seen.matched,
                wait(500),
                wait(950)
            );
        }
    }
    Ok(())
}
