//! The machine's clocks and randomness, behind core's ports. The only place that asks for either.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use luvhive_core::ports::{Clock, Entropy};
use luvhive_core::time::Timestamp;

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "this is the one clock that everything else is given")]
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}

/// Returns how long the machine has slept since it booted: suspended, or paused by a host that tells its guest.
#[cfg(target_os = "linux")]
pub fn slept() -> Duration {
    use rustix::time::{ClockId, clock_gettime};

    let read = |clock| Duration::try_from(clock_gettime(clock)).unwrap_or_default();
    // The clock that stands still first: what passes between the two questions must not count as sleep undone.
    let awake = read(ClockId::Monotonic);
    read(ClockId::Boottime).saturating_sub(awake)
}

/// Returns how long the machine has slept since it booted; nothing where only Linux could tell.
#[cfg(not(target_os = "linux"))]
pub fn slept() -> Duration {
    Duration::ZERO
}

/// The operating system's randomness.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    fn next_u64(&mut self) -> u64 {
        loop {
            // It fails only on systems without a random source, where nothing of ours may go on.
            if let Ok(bits) = getrandom::u64() {
                return bits;
            }
        }
    }
}
