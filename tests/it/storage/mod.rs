//! Storage on a real PostgreSQL.

mod contract;
mod local;
mod pool;
