//! The ground floor: what the rooms above tell each other. It knows none of them.

pub mod counters;
pub(crate) mod health;
pub mod measure;
pub mod metric;
pub(crate) mod pause;
pub(crate) mod report;
mod term;

pub use term::LeaseTerm;
