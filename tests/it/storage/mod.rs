//! Storage on a real PostgreSQL.

mod checks;
mod contract;
mod journal;
mod ledger;
mod local;
mod people;
mod plans;
mod pool;
mod schema;
