//! The exact search beside its rivals, on the same pool and for the same newcomers, in turns.

use crate::Bars;
use crate::choice::WEIGHTS;
use crate::market::cpu_ns;
use crate::people::{Filters, People, Person, Plain, Pool};
use crate::rivals::{Bitmaps, Masks, scan, scan_masks};

const ROUNDS: u32 = 15;
const SEED: u64 = 4_200;

/// Searches of a round for each engine; the scans do a twentieth of them.
const SEARCHES: u32 = 400;

/// Prints the time of each engine and notes the ratios: medians of the rounds.
pub(crate) fn run(bars: &mut Bars) {
    let plain = Plain { merit: true, ..WEIGHTS[0] };
    for (name, men) in [("60:40", 60), ("95:5", 95)] {
        let mut pool = Pool::new(People::new(men, Filters::Mid, SEED), plain);
        for (size, waiting) in [("10k", 10_000), ("100k", 100_000)] {
            pool.grow(waiting);
            compare(name, size, &mut pool, bars);
        }
        bars.add("violations", f64::from(pool.violations), "");
    }
}

fn compare(name: &str, size: &str, pool: &mut Pool, bars: &mut Bars) {
    let rows: Vec<Person> = pool.waiting.values().copied().collect();
    let masks: Vec<Masks> = (0..).zip(&rows).map(|(at, row)| Masks::new(at, row)).collect();
    let index = Bitmaps::new(&rows);
    let plain = pool.plain;
    let mut rounds = Vec::new();
    let mut hits = 0;
    for round in 0..ROUNDS {
        let keys = pool.next_key + round * SEARCHES..pool.next_key + (round + 1) * SEARCHES;
        let people: Vec<Person> = keys.map(|key| pool.people.person(key)).collect();
        let tickets: Vec<_> = people.iter().map(|person| pool.world.ticket(person)).collect();
        let matcher = &mut pool.matcher;
        let (exact, exact_ns) = timed(tickets.iter().map(|ticket| matcher.preview(ticket).unwrap()));
        let (mapped, index_ns) = timed(people.iter().map(|me| index.best(&plain, me)));
        let (masked, masks_ns) = timed(people.iter().step_by(20).map(|me| scan_masks(&masks, &rows, &plain, me)));
        let (scanned, bytes_ns) = timed(people.iter().step_by(20).map(|me| scan(&rows, &plain, me)));
        assert_eq!(masked, scanned, "the scans do not agree");
        assert_eq!(mapped.iter().step_by(20).copied().collect::<Vec<_>>(), scanned, "the rivals do not agree");
        let wrong = exact.iter().zip(&mapped).filter(|(exact, mapped)| exact != mapped).count();
        bars.add("not_best", wrong as f64, "");
        hits += exact.iter().flatten().count();
        rounds.push([exact_ns, masks_ns, bytes_ns, index_ns]);
    }
    let us = |of: usize| median(rounds.iter().map(|round| round[of] / 1e3));
    let times = |of: usize| median(rounds.iter().map(|round| round[of] / round[0]));
    println!(
        "{name:5} {size:>5} exact {:7.2} us | scan by masks {:7.1} us {:6.1} x, by bytes {:7.1} us {:6.1} x | bitmaps {:7.2} us {:5.2} x | \
         {:4.1} % find somebody, {} arrived",
        us(0),
        us(1),
        times(1),
        us(2),
        times(2),
        us(3),
        times(3),
        100.0 * hits as f64 / f64::from(ROUNDS * SEARCHES),
        pool.next_key,
    );
    for (of, rival) in [(1, "scan"), (2, "byte_scan"), (3, "bitmap")] {
        bars.at_least(&format!("exact_vs_{rival}_{size}"), times(of), "x");
    }
}

/// Answers, and nanoseconds of the processor for each: what others do on the machine counts only through the caches.
fn timed<T>(answers: impl Iterator<Item = T>) -> (Vec<T>, f64) {
    let start = cpu_ns();
    let answers: Vec<T> = answers.collect();
    let time = cpu_ns() - start;
    let ns = time as f64 / answers.len() as f64;
    (answers, ns)
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}
