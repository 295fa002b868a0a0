//! Randomness.

/// Gives random numbers. Implemented by the operating system's source and, in tests, by a seeded generator.
pub trait Entropy: Send {
    /// Returns 64 random bits.
    fn next_u64(&mut self) -> u64;
}
