//! How fast and how good is the matcher, against engines in this very file's modules, on the same tickets?
//!
//! `cargo bench -p luvhive-matching [-- --quick]` prints tables and ends with `bar <name> <number> <unit>` lines.
//! Every ratio is measured within the run, in turns, and a bar is the worst of all that were measured for it.
//! `--quick` measures the splits 60:40 and 95:5, a million tickets, and every choice against a plain scan.
//! Without it come more choices, the mixes of `sim`, and the optimum in hindsight.
//! Words narrow a run down: `speed`, `choice`, `million`, `mixes`, `quality`; for the mixes also `1k`, `10k`, `100k`,
//! `1m`, `skew`, `hard`. `policies` prints the table of the guide's page on windows and fairness.

#![expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::needless_bitwise_bool,
    reason = "a bench may print, measure time, choose its branches, and stop at the first surprise"
)]

#[path = "matching/choice.rs"]
mod choice;
#[path = "matching/flat.rs"]
mod flat;
#[path = "matching/market.rs"]
mod market;
#[path = "matching/micro.rs"]
mod micro;
#[path = "matching/million.rs"]
mod million;
#[path = "matching/mixes.rs"]
mod mixes;
#[path = "matching/people.rs"]
mod people;
#[path = "matching/policies.rs"]
mod policies;
#[path = "matching/quality.rs"]
mod quality;
#[path = "matching/rivals.rs"]
mod rivals;
#[path = "matching/speed.rs"]
mod speed;

use std::collections::BTreeMap;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let is_given = |name: &str| arguments.iter().any(|argument| argument == name);
    let is_quick = is_given("--quick");
    let is_narrowed = arguments.iter().skip(1).any(|argument| !argument.starts_with("--"));
    let is_part = |name: &str| !is_narrowed || is_given(name);
    let mut bars = Bars::default();
    if is_part("speed") {
        speed::run(&mut bars);
    }
    if is_part("choice") {
        choice::run(if is_quick { 10_000 } else { 100_000 }, &mut bars);
    }
    if is_part("million") {
        million::run(&mut bars);
    }
    let is_mix = |name: &str| ["mixes", "1k", "10k", "100k", "1m", "skew", "hard"].contains(&name);
    if !is_narrowed && !is_quick || arguments.iter().any(|argument| is_mix(argument)) {
        mixes::run(is_given, &mut bars);
    }
    if !is_narrowed && !is_quick || is_given("quality") {
        quality::run(&mut bars);
    }
    if is_given("policies") {
        policies::run();
    }
    bars.print();
}

/// Figures by name, the worst of all that were noted.
#[derive(Default)]
pub(crate) struct Bars {
    figures: BTreeMap<String, (f64, &'static str)>,
    rates: BTreeMap<String, f64>,
}

impl Bars {
    fn at_least(&mut self, name: &str, value: f64, unit: &'static str) {
        let figure = self.figures.entry(name.to_owned()).or_insert((value, unit));
        figure.0 = figure.0.min(value);
    }

    fn at_most(&mut self, name: &str, value: f64, unit: &'static str) {
        let figure = self.figures.entry(name.to_owned()).or_insert((value, unit));
        figure.0 = figure.0.max(value);
    }

    fn add(&mut self, name: &str, value: f64, unit: &'static str) {
        self.figures.entry(name.to_owned()).or_insert((0.0, unit)).0 += value;
    }

    fn print(&self) {
        for (name, (value, unit)) in &self.figures {
            println!("bar {name} {value:.3} {unit}");
        }
    }
}
