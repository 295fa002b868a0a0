//! A small generator for ids, tokens and percentages.
//! Not for secrets: the token it makes opens nothing but this sandbox.

use std::hash::{BuildHasher, Hasher, RandomState};

/// An xorshift64* generator.
#[derive(Debug, Clone)]
pub(crate) struct Rng(u64);

impl Rng {
    /// Starts from `seed`, or from the process's own randomness when it is `None`.
    pub(crate) fn new(seed: Option<u64>) -> Self {
        let seed = seed.unwrap_or_else(|| RandomState::new().build_hasher().finish());
        Self(seed | 1)
    }

    /// The next 64 bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// A number below `end`; 0 when `end` is 0.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        (self.next() >> 11).checked_rem(end).unwrap_or(0)
    }

    /// Whether a chance of `percent` (0 to 100, in thousandths exact) comes true.
    pub(crate) fn hits(&mut self, percent: f64) -> bool {
        if percent >= 100.0 {
            return true;
        }
        let draw = u32::try_from(self.below(100_000)).unwrap_or(0);
        f64::from(draw) < percent * 1000.0
    }

    /// `length` characters out of those a bot token may hold.
    pub(crate) fn letters(&mut self, length: usize) -> String {
        const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        (0..length)
            .filter_map(|_| {
                let at = usize::try_from(self.below(64)).unwrap_or(0);
                ALPHABET.get(at).map(|byte| char::from(*byte))
            })
            .collect()
    }
}
