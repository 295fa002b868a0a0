//! How much of the corpora the guard finds, how often it is wrong, and what a message costs it.
//!
//! `cargo bench -p luvhive-core --bench guard -- --quick` lists each miss and ends with five `bar <name> <number> <unit>` lines.
//! The bars are of the part that was set aside; the part the rules were written with is printed before them.

#![expect(
    clippy::as_conversions,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench may print, read a clock and stop at the first surprise"
)]

#[path = "../tests/guard/corpus.rs"]
mod corpus;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Instant;

use corpus::{AGE, LEAKS, Question, judge};

fn main() {
    let is_quick = std::env::args().any(|argument| argument == "--quick");
    // The lists are read at the first message.
    judge(LEAKS, "hello");
    for question in [LEAKS, AGE] {
        for part in ["dev", "setaside"] {
            list(question, part);
        }
    }
    for question in [LEAKS, AGE] {
        let measured = corpus::measure(question, "setaside");
        println!("bar {}_caught_pct {:.2} %", question.name, measured.caught);
        println!("bar {}_false_pct {:.2} %", question.name, measured.wrong);
    }
    println!("bar guard_ns_per_message {} ns", cost(if is_quick { 3 } else { 20 }));
}

/// Prints each line that is judged wrongly, the numbers by language and kind, and the shares.
fn list(question: Question, part: &str) {
    let measured = corpus::measure(question, part);
    let mut counts: BTreeMap<(String, String), u32> = BTreeMap::new();
    for (what, line) in &measured.misses {
        println!("{part}: {what} [{} {}] {}", line.language, line.kind, line.text);
        *counts.entry((line.language.clone(), line.kind.clone())).or_default() += 1;
    }
    println!("{} {part}: {:.2} % caught, {:.2} % false; {counts:?}", question.name, measured.caught, measured.wrong);
}

/// The median of several runs over all lines, both questions asked of each.
fn cost(runs: usize) -> u64 {
    let lines: Vec<_> = ["leaks/clean", "leaks/leaks", "age/clean", "age/claims"]
        .into_iter()
        .flat_map(|list| [corpus::read(&format!("{list}.dev")), corpus::read(&format!("{list}.setaside"))])
        .flatten()
        .collect();
    let mut spent: Vec<u128> = (0..runs)
        .map(|_| {
            let start = Instant::now();
            for line in &lines {
                black_box(judge(LEAKS, &line.text));
                black_box(judge(AGE, &line.text));
            }
            start.elapsed().as_nanos() / lines.len() as u128
        })
        .collect();
    spent.sort_unstable();
    u64::try_from(*spent.get(runs / 2).unwrap()).unwrap()
}
