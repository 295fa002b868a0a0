//! Every choice against a plain scan: is the partner the first of all who fit, by points and then by arrival?
//! Without `merit`, whose slack can hide a bound that is too tight, in pools so large that bands come into play.

use crate::Bars;
use crate::people::{Filters, People, Person, Plain, Pool};
use crate::rivals::scan;

/// Weights of the four markets.
pub(crate) const WEIGHTS: [Plain; 4] = [
    Plain { shared: (12, 6), age: (30, 2), country: 15, rating: (10, 1), merit: false },
    Plain { shared: (10, 6), age: (20, 2), country: 0, rating: (0, 0), merit: false },
    Plain { shared: (5, 6), age: (60, 3), country: 10, rating: (0, 0), merit: false },
    Plain { shared: (0, 0), age: (60, 2), country: 20, rating: (20, 1), merit: false },
];

/// Waiting before the first choice is checked; bands begin at 3,072 in a group.
const WAITING: usize = 12_000;

/// Checks so many arrivals in all.
pub(crate) fn run(arrivals: u32, bars: &mut Bars) {
    for (at, plain) in (1..).zip(WEIGHTS) {
        let mut pool = Pool::new(People::new(60, Filters::Mid, 9_100 + at), plain);
        pool.grow(WAITING);
        let mut rows: Vec<Person> = pool.waiting.values().copied().collect();
        let (mut matches, mut not_best) = (0, 0);
        for _ in 0..arrivals / 4 {
            let (person, made) = pool.arrive();
            let best = scan(&rows, &plain, &person);
            matches += u32::from(made.is_some());
            not_best += u32::from(made.map(|made| made.partner) != best.map(|best| best.0));
            match made {
                Some(made) => {
                    let at = rows.binary_search_by_key(&made.partner, |row| row.key).unwrap();
                    rows.remove(at);
                }
                None => rows.push(person),
            }
        }
        println!("weights {at}: {} arrivals, {matches} matches, {not_best} not the best, {} wait", arrivals / 4, rows.len());
        bars.add("not_best", f64::from(not_best), "");
        bars.add("violations", f64::from(pool.violations), "");
    }
}
