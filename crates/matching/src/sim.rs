//! Populations, replay and reports (feature `sim`): what a policy does to people, before people see it.
//! The populations are frozen with their seeds, so that figures of different days can be compared.

mod population;
mod replay;

pub use population::{EXCLUDED, Mix, Population, Random};
pub use replay::{Entry, Report, Segment, replay};
