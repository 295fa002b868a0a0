#![doc = include_str!("../README.md")]

pub mod callback;
pub mod checks;
pub mod client;
pub mod dialog;
pub mod handler;
pub mod intake;
pub mod key;
mod lanes;
pub mod locale;
pub mod payments;
mod registration;
mod rendered;
pub mod runtime;
mod sender;
pub mod signal;
pub mod subject;
#[cfg(test)]
mod testing;
pub mod view;
mod wire;
