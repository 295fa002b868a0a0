//! LuvHive's test kit: a database per test, waiting for a state, skipping what a machine cannot run.
//! It may depend on every crate; nothing of the product depends on it.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "this is test code: a failing helper has to fail its test"
)]

pub mod bot;
pub mod contract;
pub mod database;
pub mod drill;
pub mod folder;
pub mod proxy;
pub mod skip;
pub mod vault;
pub mod wait;

pub use database::{TestDatabase, test_cluster};
pub use folder::TestFolder;
pub use proxy::Proxy;
pub use skip::{is_required, require_or_skip};
pub use vault::vault;
pub use wait::eventually;
