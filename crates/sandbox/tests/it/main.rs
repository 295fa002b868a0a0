//! The sandbox from outside: as a bot sees it over HTTP, and as its driver sees it.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper that fails must fail its test"
)]

mod channel;
mod control;
mod copies;
mod faults;
mod kinds;
mod kit;
mod messages;
mod pace;
mod people;
mod persistence;
mod polling;
mod stars;
mod strictness;
mod uploads;
mod webhook;
