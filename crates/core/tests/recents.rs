//! How much memory recent partners take: a test of its own, because it reads what the whole process holds.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test may stop where a program must not")]

use luvhive_core::id::PersonId;
use luvhive_core::search::Pool;
use luvhive_core::testing::timestamp;

/// How many people there are, and how many partners each of them had.
const PEOPLE: i64 = 100_000;
const PARTNERS: i64 = 20;
/// The most that a million pairs may take, in bytes.
const MOST: u64 = 200 << 20;

/// What this process holds in memory, in bytes.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
}

#[expect(clippy::print_stdout, reason = "the figure is its result")]
#[test]
fn a_million_recent_partners_fit_in_200_mb() {
    let before = resident();
    let mut pool = Pool::default();
    let mut pairs = 0;
    for step in 1..=PARTNERS / 2 {
        for person in 0..PEOPLE {
            let partner = (person + step) % PEOPLE;
            pool.separate_lately(PersonId::new(person), PersonId::new(partner), timestamp(step), timestamp(step));
            pairs += 1;
        }
    }
    let taken = resident().saturating_sub(before);
    println!("{pairs} pairs take {} MiB", taken >> 20);
    assert!(pairs == 1_000_000 && taken < MOST, "{pairs} pairs take {} MiB", taken >> 20);
    drop(pool);
}
