//! The integration tests: one binary, one module an area.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "this is test code: a failing helper has to fail its test"
)]

mod bot;
mod browser;
mod deploy;
mod repo;
mod storage;
