//! Helpers for errors: the printed chain of causes.

use std::error::Error;
use std::fmt::Write as _;

/// A boxed cause from an outer layer, so that core names none of their types.
pub type Cause = Box<dyn Error + Send + Sync>;

/// Returns an error and its causes as one line, outermost first, separated by `: `.
pub fn chain(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let _ = write!(line, ": {cause}");
        source = cause.source();
    }
    line
}
