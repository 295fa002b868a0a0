//! What lies in `deploy/`: units, alerts, the dashboard, the compose file and the backup scripts, each tried out.

mod alerts;
mod backup;
mod compose;
mod units;

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::repo::root;

/// A file or folder in `deploy/`.
fn deploy(path: &str) -> PathBuf {
    root().join("deploy").join(path)
}

/// Reads a file of `deploy/`.
fn read(path: &str) -> String {
    std::fs::read_to_string(deploy(path)).unwrap()
}

/// Tells whether a program is there, or why not.
fn find(program: &str, package: &str) -> Result<Command, String> {
    let found = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    match found {
        Ok(status) if status.success() => Ok(Command::new(program)),
        _ => Err(format!("no {program} on PATH (Debian: {package})")),
    }
}
