//! The simulated mixes skew and hard, which relax, give up and are kept apart by exclusions: every engine of the crate
//! beside a scan of encoded records with the crate's own predicate.

use luvhive_matching::sim::Mix;
use luvhive_matching::{Effort, Fairness};

use crate::Bars;
use crate::market::{self, Market, Times, Watch, quantile};
use crate::micro;

/// Smallest effort there is.
const FAST: Effort = Effort::Bounded { runs: 0 };

/// Pools of each mix and size that `is_given` names; of every one if it names none.
pub(crate) fn run(is_given: impl Fn(&str) -> bool, bars: &mut Bars) {
    let mixes = [("skew", Mix::Skew), ("hard", Mix::Hard)];
    let sizes = [("1k", 1_000), ("10k", 10_000), ("100k", 100_000), ("1m", 1_000_000)];
    let is_any_mix = !mixes.iter().any(|mix| is_given(mix.0));
    let is_any_size = !sizes.iter().any(|size| is_given(size.0));
    for (name, mix) in mixes.into_iter().filter(|mix| is_any_mix || is_given(mix.0)) {
        for (size, cap) in sizes.into_iter().filter(|size| is_any_size || is_given(size.0)) {
            pool(name, mix, size, cap, bars);
        }
    }
    if is_any_size {
        fairness(bars);
    }
}

/// What the naive engines need for an arrival, and how good the crate's choice was.
#[derive(Default)]
struct Naive {
    first: Vec<u32>,
    best: Vec<u32>,
    score: f64,
    with_partner: u32,
    rows: usize,
}

impl Naive {
    fn first_rate(&self) -> f64 {
        self.first.len() as f64 / (self.first.iter().map(|time| f64::from(*time)).sum::<f64>() / 1e9)
    }

    fn best_rate(&self) -> f64 {
        self.best.len() as f64 / (self.best.iter().map(|time| f64::from(*time)).sum::<f64>() / 1e9)
    }

    fn ns_per_row(&self) -> f64 {
        1e9 / self.best_rate() / self.rows as f64
    }
}

/// Arrivals whose choice is compared with a scan of everybody. The last `timed` of them are timed scans.
fn sample(market: &mut Market, timed: usize, partners: u32, most: usize) -> Naive {
    let mut naive = Naive { rows: market.flat.rows.len(), ..Naive::default() };
    let mut seen = 0;
    while seen < timed || naive.with_partner < partners && seen < most {
        let key = market.next_key;
        let ticket = market.population.ticket(key);
        let record = market.flat.record(&ticket, 0);
        let predicate = market.population.schema().predicate(&ticket, 0).unwrap();
        let excluded = market.excluded(key);
        let effort = market.engine.config().effort;
        let mut best = None;
        if seen < timed {
            let watch = Watch::start();
            let first = market.flat.first(&predicate, &excluded);
            naive.first.push(watch.stop());
            let watch = Watch::start();
            best = market.flat.best(&predicate, &record, &excluded);
            naive.best.push(watch.stop());
            assert_eq!(first.is_some(), best.is_some());
        }
        for other in &excluded {
            market.engine.exclude(key, *other, None).unwrap();
        }
        market.engine.set_effort(Effort::Exact);
        let exact = market.engine.preview(&ticket).unwrap();
        market.engine.set_effort(effort);
        let chosen = market.engine.preview(&ticket).unwrap();
        // No false nobody; and the exact search finds what the scan finds.
        market.violations += u32::from(exact.is_some() != chosen.is_some());
        if seen < timed {
            market.violations += u32::from(exact.map(|exact| exact.1) != best.map(|best| best.1));
        }
        if let (Some(exact), Some(chosen)) = (exact, chosen) {
            naive.with_partner += 1;
            naive.score += f64::from(chosen.1) / f64::from(exact.1);
        }
        market.arrive();
        seen += 1;
    }
    naive
}

fn stream(market: &Market, effort: Effort, arrivals: usize) -> (Market, Times) {
    let mut market = market.clone();
    market.engine.set_effort(effort);
    let mut times = Times::default();
    for _ in 0..arrivals / 10 / market::BATCH as usize {
        market.batch(market::BATCH, &mut Times::default());
    }
    for _ in 0..arrivals / market::BATCH as usize {
        market.batch(market::BATCH, &mut times);
    }
    (market, times)
}

fn tell(mix: &str, size: &str, engine: &str, times: &Times) {
    let q = |permille| quantile(&times.arrivals, permille);
    println!(
        "{mix:5} {size:>5} {engine:8} {:>9.0} arrivals/s  hits {:>4.1} %  p50 {:>8.2}  p99 {:>8.2}  p99.9 {:>8.2} us | \
         step p50 {:.2} p99 {:.2} p99.9 {:.2} | cancel p50 {:.2} p99 {:.2}",
        times.rate(),
        100.0 * f64::from(times.hits) / times.arrivals.len() as f64,
        q(500),
        q(990),
        q(999),
        quantile(&times.advances, 500),
        quantile(&times.advances, 990),
        quantile(&times.advances, 999),
        quantile(&times.cancels, 500),
        quantile(&times.cancels, 990),
    );
}

fn pool(mix_name: &str, mix: Mix, size: &str, cap: usize, bars: &mut Bars) {
    let mut base = Market::new(mix, cap, Fairness::off().classes(2).class_bonus(0));
    let before = resident();
    base.grow();
    let memory = base.engine.memory();
    println!(
        "{mix_name:5} {size:>5} pool of {} after {} arrivals, {:.1} bytes a ticket \
         (tickets {:.1}, index {:.1}, keys {:.1}), process grew by {:.0} MB",
        base.engine.len(),
        base.next_key,
        memory.total() as f64 / cap as f64,
        memory.tickets as f64 / cap as f64,
        memory.index as f64 / cap as f64,
        memory.keys as f64 / cap as f64,
        (resident() - before) / 1e6,
    );
    if size == "1m" {
        bars.at_most("bytes_per_ticket_1m", memory.total() as f64 / cap as f64, "B");
    }
    micro::run(mix_name, size, &base);
    base.with_exclusions = true;
    let arrivals = 200_000;
    let exact_arrivals = if cap >= 1_000_000 { 20_000 } else { arrivals };

    let (mut bounded_market, bounded) = stream(&base, Effort::default(), arrivals);
    tell(mix_name, size, "bounded", &bounded);
    let (timed, partners) = if cap >= 1_000_000 { (60, 400) } else { (1_000, 0) };
    let naive = sample(&mut bounded_market, timed, partners, 4_000);
    bounded_market.check_quiet(20);
    bars.add("violations", f64::from(bounded_market.violations), "");
    drop(bounded_market);
    println!(
        "{mix_name:5} {size:>5} naive    first {:>8.0}/s  best {:>8.0}/s  {:.2} ns a ticket | bounded keeps {:.4} of the best score ({} arrivals)",
        naive.first_rate(),
        naive.best_rate(),
        naive.ns_per_row(),
        naive.score / f64::from(naive.with_partner),
        naive.with_partner,
    );
    let (exact_market, exact) = stream(&base, Effort::Exact, exact_arrivals);
    tell(mix_name, size, "exact", &exact);
    bars.add("violations", f64::from(exact_market.violations), "");
    drop(exact_market);
    let (fast_market, fast) = stream(&base, FAST, arrivals);
    tell(mix_name, size, "fast", &fast);
    bars.add("violations", f64::from(fast_market.violations), "");
    drop(fast_market);

    bars.rates.insert(format!("bounded_{mix_name}_{size}"), bounded.rate());
    for (engine, times) in [("exact", &exact), ("bounded", &bounded), ("fast", &fast)] {
        bars.at_least(&format!("{engine}_arrivals_per_s_{size}_{mix_name}"), times.rate(), "1/s");
    }
    match size {
        "10k" => bars.at_least("exact_vs_naive_best_10k", exact.rate() / naive.best_rate(), "x"),
        "100k" => {
            bars.at_least("exact_vs_naive_best_100k", exact.rate() / naive.best_rate(), "x");
            let ratio = quantile(&exact.arrivals, 999) / quantile(&naive.best, 500);
            bars.at_most("p999_exact_vs_p50_naive_best_100k", ratio, "x");
            bars.at_most("naive_ns_per_ticket_100k", naive.ns_per_row(), "ns");
        }
        "1m" => {
            bars.at_least("bounded_vs_naive_first_1m", bounded.rate() / naive.first_rate(), "x");
            bars.at_least("fast_vs_naive_first_1m", fast.rate() / naive.first_rate(), "x");
            bars.at_least("score_vs_best_1m", naive.score / f64::from(naive.with_partner), "x");
            bars.at_least("score_sample_1m", f64::from(naive.with_partner), "arrivals");
            bars.at_most("p999_us_bounded_1m", quantile(&bounded.arrivals, 999), "us");
            if let Some(small) = bars.rates.get(&format!("bounded_{mix_name}_10k")).copied() {
                bars.at_least("flatness_bounded_1m_vs_10k", bounded.rate() / small, "x");
            }
        }
        _ => {}
    }
}

/// The stream with aging, priority and both ways to become overdue, on a pool of 100k.
fn fairness(bars: &mut Bars) {
    for (name, mix) in [("skew", Mix::Skew), ("hard", Mix::Hard)] {
        let mut base = Market::new(mix, 100_000, Fairness::default().classes(2).class_bonus(20));
        base.grow();
        let (market, times) = stream(&base, Effort::default(), 100_000);
        tell(name, "100k", "fair", &times);
        bars.add("violations", f64::from(market.violations), "");
        bars.at_least(&format!("fair_arrivals_per_s_100k_{name}"), times.rate(), "1/s");
    }
}

/// Memory of the process, in bytes.
fn resident() -> f64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    text.split(' ').nth(1).and_then(|pages| pages.parse::<f64>().ok()).unwrap_or(0.0) * 4096.0
}
