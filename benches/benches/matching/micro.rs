//! Single operations on a pool that is put back after each: insert, hit, miss, step, cancel.

use luvhive_matching::Outcome;

use crate::world::{Watch, World, quantile};

/// Prints the median and the 99th percentile of each operation in microseconds.
pub(crate) fn run(mix: &str, size: &str, world: &World) {
    let mut world = world.clone();
    let now = world.now();
    let (mut insert, mut hit, mut miss, mut cancel, mut update) = (vec![], vec![], vec![], vec![], vec![]);
    for key in world.next_key..world.next_key + 3_000 {
        let ticket = world.population.ticket(key);
        // A search without consequences, then the arrival itself.
        let watch = Watch::start();
        let found = world.engine.preview(&ticket).unwrap();
        let search = watch.stop();
        if found.is_some() {
            hit.push(search);
            continue;
        }
        miss.push(search);
        let watch = Watch::start();
        let outcome = world.engine.offer(&ticket, now).unwrap();
        insert.push(watch.stop().saturating_sub(search));
        assert_eq!(outcome, Outcome::Waiting);
        let watch = Watch::start();
        world.engine.update(&ticket, now).unwrap();
        update.push(watch.stop());
        let watch = Watch::start();
        world.engine.cancel(key).unwrap();
        cancel.push(watch.stop());
    }
    for (name, times) in [("insert", insert), ("hit", hit), ("miss", miss), ("update", update), ("cancel", cancel)] {
        println!(
            "{mix:5} {size:>5} micro    {name:6} p50 {:>8.2}  p99 {:>8.2} us  ({} samples)",
            quantile(&times, 500),
            quantile(&times, 990),
            times.len()
        );
    }
}
