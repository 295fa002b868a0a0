//! The time of day.

use crate::time::Timestamp;

/// Tells the time. Implemented by the system clock and, in tests, by one that is set by hand.
pub trait Clock: Send + Sync {
    /// Returns the current time, truncated to microseconds.
    fn now(&self) -> Timestamp;
}
