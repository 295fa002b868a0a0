//! Who may meet whom: a person becomes a ticket here and nowhere else.

mod pool;

pub use pool::{Found, Pool};
