//! Reads the corpora of the guard: what is found in them is measured by a test and by a bench.

use std::path::PathBuf;

/// One line of a corpus.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// Code of its language.
    pub(crate) language: String,
    /// What it gives away, or what its list is.
    pub(crate) kind: String,
    /// What was written.
    pub(crate) text: String,
}

/// Returns the path of a list such as `leaks/clean.dev`.
pub(crate) fn path(list: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpora").join(format!("{list}.jsonl"))
}

/// Reads a list such as `leaks/clean.dev`.
pub(crate) fn read(list: &str) -> Vec<Line> {
    let text = std::fs::read_to_string(path(list)).unwrap();
    let word = |line: &serde_json::Value, key: &str| line[key].as_str().unwrap_or_default().to_owned();
    text.lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|line| Line { language: word(&line, "lang"), kind: word(&line, "kind"), text: word(&line, "text") })
        .collect()
}
