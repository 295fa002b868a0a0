#![doc = include_str!("../README.md")]

pub mod advisory;
pub mod audit;
pub(crate) mod block;
pub mod chats;
pub mod checks;
pub(crate) mod codes;
pub(crate) mod command;
pub mod conduct;
pub mod corrections;
pub mod database;
pub(crate) mod erase;
pub(crate) mod error;
pub(crate) mod former;
pub mod friend;
mod hex;
pub mod journal;
pub mod ledger;
#[cfg(feature = "local")]
pub mod local;
pub mod migrate;
pub(crate) mod moment;
pub mod my_data;
pub mod people;
pub mod pool;
mod preferences;
pub mod restored;
pub mod retention;
pub(crate) mod sanction;
pub(crate) mod schema;
pub mod seed;
pub(crate) mod situation;
pub mod staff;
pub mod store;
pub mod tuning;
pub mod vault;

pub use conduct::PgConductStore;
pub use corrections::PgCorrectionStore;
pub use database::{Database, DatabaseError, Obstacle};
pub use journal::PgJournal;
pub use ledger::PgTreasury;
pub use pool::{Pool, PoolSettings};
pub use seed::{MadeUp, SEEDED_CHATS_FROM, seed_chats, seed_people};
pub use staff::PgStaffStore;
pub use store::PgStore;
pub use vault::Vault;
