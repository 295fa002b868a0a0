//! Reads the corpora of the guard and measures what is found in them, for a test and for a bench.

use std::path::PathBuf;

use luvhive_core::guard::{Post, leaks, says_minor};

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

/// One of the two things that the guard is asked, with the lists on which it is measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Question {
    pub(crate) name: &'static str,
    /// Where the answer is yes.
    guilty: &'static str,
    /// Where it is no.
    clean: &'static str,
    /// The part of the lists that a person who mends the rules may not look at; it gives the figures.
    pub(crate) aside: &'static str,
    asks: fn(&str) -> bool,
}

impl Question {
    /// Names the two lists of one of its parts: where the answer is yes, and where it is no.
    pub(crate) fn lists(self, part: &str) -> [String; 2] {
        [self.guilty, self.clean].map(|list| format!("{list}.{part}"))
    }
}

/// Does it give its writer away?
pub(crate) const LEAKS: Question = Question {
    name: "leak",
    guilty: "leaks/leaks",
    clean: "leaks/clean",
    aside: "setaside",
    asks: |text| !leaks(&Post { text, ..Post::default() }).is_empty(),
};

/// Does its writer say that they are a minor? The lines were written in 2026.
pub(crate) const AGE: Question =
    Question { name: "minor", guilty: "age/claims", clean: "age/clean", aside: "blind", asks: |text| says_minor(text, 2026) };

/// What was found in one part of the lists.
#[derive(Debug)]
pub(crate) struct Measured {
    /// How many of the lines that should be found are, in percent.
    pub(crate) caught: f64,
    /// How many of the others are found, in percent.
    pub(crate) wrong: f64,
    /// The lines that are judged wrongly.
    pub(crate) misses: Vec<(&'static str, Line)>,
}

/// Asks the guard.
pub(crate) fn judge(question: Question, text: &str) -> bool {
    (question.asks)(text)
}

/// Judges the lists of one of the question's parts.
pub(crate) fn measure(question: Question, part: &str) -> Measured {
    let wrong = |list: &str, is_guilty: bool| {
        let lines = read(list);
        let count = u32::try_from(lines.len()).unwrap();
        let wrong: Vec<Line> = lines.into_iter().filter(|line| judge(question, &line.text) != is_guilty).collect();
        let share = 100.0 * f64::from(u32::try_from(wrong.len()).unwrap()) / f64::from(count);
        (share, wrong)
    };
    let [guilty, clean] = question.lists(part);
    let (left_out, guilty) = wrong(&guilty, true);
    let (share, clean) = wrong(&clean, false);
    let misses = guilty.into_iter().map(|line| ("missed", line)).chain(clean.into_iter().map(|line| ("false", line)));
    Measured { caught: 100.0 - left_out, wrong: share, misses: misses.collect() }
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
