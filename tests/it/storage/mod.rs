//! Storage on a real PostgreSQL.

mod checks;
mod constraints;
mod contract;
mod hot;
mod journal;
mod ledger;
mod local;
mod people;
mod plans;
mod pool;
mod schema;
mod unreadable;
mod vault;
