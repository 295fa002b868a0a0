//! LuvHive's store ports over PostgreSQL, and the private cluster a newcomer gets.

pub mod advisory;
pub mod database;
#[cfg(feature = "local")]
pub mod local;
pub mod migrate;
pub mod pool;

pub use database::{Database, DatabaseError};
pub use pool::{Pool, PoolSettings};
