//! Storage on a real PostgreSQL.

mod local;
mod pool;
