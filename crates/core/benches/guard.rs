//! How much of the corpora the guard finds, how often it is wrong, and what a message costs it.
//!
//! `cargo bench -p luvhive-core --bench guard -- --quick` lists each miss and ends with five `bar <name> <number> <unit>` lines.
//! The bars are of the part that was set aside; the parts the rules were written with are printed before it.
//! A person who mends the rules leaves out the lines of that part: `| grep -v blind:`, or `| grep -v setaside:` for leaks.

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
        for part in parts(question) {
            list(question, part);
        }
    }
    for question in [LEAKS, AGE] {
        let measured = corpus::measure(question, question.aside);
        println!("bar {}_caught_pct {:.2} %", question.name, measured.caught);
        println!("bar {}_false_pct {:.2} %", question.name, measured.wrong);
    }
    println!("bar guard_ns_per_message {} ns", cost(if is_quick { 3 } else { 20 }));
}

/// The parts of a question's lists: those that a person who mends the rules may look at, and the one set aside.
fn parts(question: Question) -> impl Iterator<Item = &'static str> {
    let seen: &[&str] =
        if question.name == AGE.name { &["dev", "setaside", "tune", "aside", "fresh", "tried"] } else { &["dev"] };
    seen.iter().copied().chain([question.aside])
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
    let lines: Vec<_> = [LEAKS, AGE]
        .into_iter()
        .flat_map(|question| parts(question).flat_map(move |part| question.lists(part)))
        .flat_map(|list| corpus::read(&list))
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
