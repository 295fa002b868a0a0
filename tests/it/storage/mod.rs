//! Storage on a real PostgreSQL.

mod audit;
mod checks;
mod constraints;
mod contract;
mod evidence;
mod hot;
mod journal;
mod ledger;
mod local;
mod my_data;
mod people;
mod plans;
mod pool;
mod ring;
mod schema;
mod unreadable;
mod vault;
