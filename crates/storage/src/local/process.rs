//! A process as the system knows it: a number that is used again, and the moment of birth that tells two of them apart.
//! And how one of ours is begun.

use std::ffi::OsStr;
use std::process::{Command, Stdio};
use std::{env, fs};

/// The variables that a program of PostgreSQL's or the system's gets from us, and no others: ours may hold the bot's token
/// or a database's password, and what runs as another account shows its variables to that account.
const PASSED_ON: [&str; 5] = ["PATH", "HOME", "TMPDIR", "TZ", "LD_LIBRARY_PATH"];

/// Makes a command that gets no input and only the variables of [`PASSED_ON`]. It runs in `/`.
pub(super) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir("/").stdin(Stdio::null()).env_clear().env("LC_ALL", "C");
    pass_on(&mut command, &PASSED_ON);
    command
}

/// Gives a command more variables of ours, where they are set.
pub(super) fn pass_on(command: &mut Command, names: &[&str]) {
    for name in names {
        if let Some(value) = env::var_os(name) {
            command.env(name, value);
        }
    }
}

/// A living process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Process {
    pub(super) pid: u32,
    /// In clock ticks since boot.
    born: u64,
}

impl Process {
    /// Finds the living process of a number; one that has died and waits for its parent to hear of it does not live.
    pub(super) fn find(pid: u32) -> Option<Self> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name in parentheses may hold anything; behind it come the state and, as the 20th field, the birth.
        let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
        let state = fields.next()?;
        let born = fields.nth(18)?.parse().ok()?;
        (!matches!(state, "Z" | "X")).then_some(Self { pid, born })
    }

    /// When it was born, in clock ticks since boot.
    pub(super) fn born(self) -> u64 {
        self.born
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_gets_no_variable_but_those_it_needs() {
        let output = command("env").output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        let names: Vec<&str> = said.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name).collect();
        assert!(names.contains(&"PATH") && names.contains(&"LC_ALL"), "{names:?}");
        assert!(names.iter().all(|name| *name == "LC_ALL" || PASSED_ON.contains(name)), "{names:?}");
        // Cargo's own are the proof that there was something to keep back.
        assert!(env::var_os("CARGO_MANIFEST_DIR").is_some());
    }

    #[test]
    fn the_dead_are_not_found() {
        let ours = Process::find(std::process::id()).unwrap();
        assert!(ours.born() > 0);
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let pid = child.id();
        // Until it is waited for it is dead and still has its number.
        while Process::find(pid).is_some() {
            std::thread::yield_now();
        }
        assert!(fs::exists(format!("/proc/{pid}/stat")).unwrap());
        child.wait().unwrap();
    }
}
