//! A process as the system knows it: a number that is used again, and the moment of birth that tells two of them apart.

use std::fs;

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
