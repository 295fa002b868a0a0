//! Who may meet whom: a person becomes a ticket here and nowhere else.

mod policy;
mod pool;
#[cfg(feature = "testing")]
pub mod trial;

pub use policy::{
    COUNTED_INTERESTS, COUNTED_SECONDS, POINTS_FOR_CITY, POINTS_FOR_COUNTRY, POINTS_FOR_PREMIUM, POINTS_FOR_SAME_AGE,
    POINTS_LESS_PER_YEAR, POINTS_PER_INTEREST, POINTS_PER_SECOND,
};
pub use pool::{Found, Pool};
