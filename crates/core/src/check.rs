//! What a look at a running system found: one value for each thing looked at, the same from every layer.

/// How something is; a later one is worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// As it should be.
    Ok,
    /// Not looked at, because something it needs is not set or not there.
    Skipped,
    /// It works, and somebody should look soon.
    Warn,
    /// It does not work, or harm is being done.
    Fail,
}

impl Status {
    /// Returns the word for it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Skipped => "skipped",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Which thing: lowercase words joined by `_`.
    pub name: &'static str,
    /// How it is.
    pub status: Status,
    /// What was seen, or why nothing was; no secrets, nobody's data.
    pub found: String,
    /// What to do about it; empty when there is nothing to do.
    pub remedy: String,
}

impl Check {
    /// It is as it should be.
    pub fn ok(name: &'static str, found: impl Into<String>) -> Self {
        Self { name, status: Status::Ok, found: found.into(), remedy: String::new() }
    }

    /// It was not looked at.
    pub fn skipped(name: &'static str, why: impl Into<String>) -> Self {
        Self { name, status: Status::Skipped, found: why.into(), remedy: String::new() }
    }

    /// Somebody should look soon.
    pub fn warn(name: &'static str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { name, status: Status::Warn, found: found.into(), remedy: remedy.into() }
    }

    /// Somebody must look now.
    pub fn fail(name: &'static str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { name, status: Status::Fail, found: found.into(), remedy: remedy.into() }
    }
}

/// Returns the exit code that a set of checks stands for: 0 well, 1 warnings, 2 failures.
pub fn exit_code(checks: &[Check]) -> u8 {
    match checks.iter().map(|check| check.status).max() {
        Some(Status::Fail) => 2,
        Some(Status::Warn) => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_check_decides() {
        let (ok, skipped) = (Check::ok("a", ""), Check::skipped("b", "no token"));
        let (warn, fail) = (Check::warn("c", "", "look"), Check::fail("d", "", "mend"));
        assert_eq!(exit_code(&[]), 0);
        assert_eq!(exit_code(&[ok.clone(), skipped.clone()]), 0);
        assert_eq!(exit_code(&[warn.clone(), ok.clone(), skipped.clone()]), 1);
        assert_eq!(exit_code(&[fail, warn, ok, skipped]), 2);
    }
}
