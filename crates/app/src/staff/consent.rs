//! Asking before something is done to a person or the whole database: on the terminal, or agreed to beforehand with `--yes`.

use std::io::IsTerminal as _;

use clap::Args;

use crate::console;
use crate::error::{AppError, StaffError};

/// Whether the operator agrees beforehand.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Consent {
    /// Acts without showing anything and asking; for scripts.
    #[arg(long)]
    yes: bool,
}

impl Consent {
    /// Makes sure that there is somebody to ask.
    ///
    /// # Errors
    /// [`StaffError::NoTerminal`].
    pub(super) fn check(self) -> Result<(), StaffError> {
        if self.yes || std::io::stdin().is_terminal() { Ok(()) } else { Err(StaffError::NoTerminal) }
    }

    /// Reports whether nothing has to be asked.
    pub(super) fn is_given(self) -> bool {
        self.yes
    }
}

/// Asks a question whose answer is no unless it is yes.
///
/// # Errors
/// [`StaffError::Declined`].
pub(super) async fn ask(question: String) -> Result<(), AppError> {
    let asked = tokio::task::spawn_blocking(move || console::ask(&format!("{question}? [y/N] "))).await;
    if is_yes(&asked.map_err(AppError::Task)?) { Ok(()) } else { Err(StaffError::Declined.into()) }
}

fn is_yes(answer: &str) -> bool {
    matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_yes_is_yes() {
        assert!(["y", "Y\n", " yes \n", "YES"].into_iter().all(is_yes));
        assert!(!["", "\n", "n", "no", "yep", "ja"].into_iter().any(is_yes));
    }
}
