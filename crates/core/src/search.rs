//! Who may meet whom: a person becomes a ticket here and nowhere else.

mod policy;
mod pool;
#[cfg(feature = "testing")]
pub mod trial;

pub use policy::ScoreWeights;
pub use pool::{Found, MAX_RECENT, MAX_RECENT_PAIRS, Pool, RECENT, Refused};
