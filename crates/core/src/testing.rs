//! Fakes and builders for tests: a clock set by hand, seeded randomness, people made to order, stores in memory.
//!
//! The stores keep the same promises as those over PostgreSQL; one suite of contract tests runs on both.

mod build;
mod clock;
mod entropy;
pub mod memory;

pub use build::{BOT, MAIN, consent, facts, new_person, profile, registered, timestamp};
pub use clock::FakeClock;
pub use entropy::SeededEntropy;
pub use memory::{MemoryJournal, MemoryStore};
