//! How the program speaks to a terminal: lines on standard output and standard error, and questions.
//! A closed one is no fault.

use std::io::Write as _;

/// Prints a line to standard output; a closed one is no fault.
pub(crate) fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// Prints a line to standard error; a closed one is no fault.
pub(crate) fn complain(line: &str) {
    let _ = writeln!(std::io::stderr(), "luvhive: {line}");
}

/// Prints a line for people to standard error, where it is in no script's way.
pub(crate) fn note(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Prints a question to standard error and returns the line that is typed; an empty one when there is none.
pub(crate) fn ask(question: &str) -> String {
    let mut out = std::io::stderr();
    let _ = write!(out, "{question}").and_then(|()| out.flush());
    let mut answer = String::new();
    let _ = std::io::stdin().read_line(&mut answer);
    answer
}
