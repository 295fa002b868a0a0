//! Documents that are made from the code: each page has a function that makes it, and a test that compares.
//!
//! `LUVHIVE_UPDATE=1` rewrites the pages instead.

mod cli;
mod commands;
mod metrics;
mod retention;
mod settings;

use super::root;

/// The command that rewrites every page.
const UPDATE: &str = "LUVHIVE_UPDATE=1 cargo test -p luvhive-tests --test it repo::generated";

/// A line for the head of a generated page, without the marks of a comment.
fn head(source: &str) -> String {
    format!("Made from {source} by `{UPDATE}`; do not edit.")
}

/// Compares a page with what it must be, or rewrites it.
#[track_caller]
fn check(page: &str, expected: &str) {
    let file = root().join(page);
    if std::env::var_os("LUVHIVE_UPDATE").is_some_and(|value| value == "1") {
        return std::fs::write(file, expected).unwrap();
    }
    let found = std::fs::read_to_string(file).unwrap_or_default();
    let differs = found.lines().zip(expected.lines()).position(|(found, expected)| found != expected);
    let line = differs.unwrap_or_else(|| found.lines().count().min(expected.lines().count()));
    let expects = expected.lines().nth(line).unwrap_or("its end");
    assert!(found == expected, "{page}, line {}: expected {expects:?}; run {UPDATE}", line + 1);
}
