//! Single operations: insert, hit, miss, update and cancel on a pool that is put back after each, then widen.

use luvhive_matching::Outcome;

use crate::market::{Engine, Market, Watch, quantile};

/// Operations tried, and samples of widening taken, at most.
const SAMPLES: u32 = 3_000;

/// Prints the median and the 99th percentile of each operation in microseconds.
pub(crate) fn run(mix: &str, size: &str, market: &Market) {
    let mut market = market.clone();
    let now = market.now();
    let (mut insert, mut hit, mut miss, mut cancel, mut update) = (vec![], vec![], vec![], vec![], vec![]);
    for key in market.next_key..market.next_key + SAMPLES {
        let ticket = market.population.ticket(key);
        // A search without consequences, then the arrival itself.
        let watch = Watch::start();
        let found = market.engine.preview(&ticket).unwrap();
        let search = watch.stop();
        if found.is_some() {
            hit.push(search);
            continue;
        }
        miss.push(search);
        let watch = Watch::start();
        let outcome = market.engine.offer(&ticket, now).unwrap();
        insert.push(watch.stop().saturating_sub(search));
        assert_eq!(outcome, Outcome::Waiting);
        let watch = Watch::start();
        market.engine.update(&ticket, now).unwrap();
        update.push(watch.stop());
        let watch = Watch::start();
        market.engine.cancel(key).unwrap();
        cancel.push(watch.stop());
    }
    let widen = widen(&mut market.engine);
    let kinds = [("insert", insert), ("hit", hit), ("miss", miss), ("update", update), ("cancel", cancel), ("widen", widen)];
    for (name, times) in kinds {
        println!(
            "{mix:5} {size:>5} micro    {name:6} p50 {:>8.2}  p99 {:>8.2} us  ({} samples)",
            quantile(&times, 500),
            quantile(&times, 990),
            times.len()
        );
    }
}

/// Lets time pass to one relaxation step after the other, each with its search.
fn widen(engine: &mut Engine) -> Vec<u32> {
    let mut times = Vec::new();
    while times.len() < SAMPLES as usize
        && let Some(due) = engine.next_deadline()
    {
        let now = due.max(engine.now());
        let watch = Watch::start();
        engine.advance(now, 1, |_| ()).unwrap();
        let time = watch.stop();
        if engine.observer_mut().0.drain(..).count() > 0 {
            times.push(time);
        }
    }
    times
}
