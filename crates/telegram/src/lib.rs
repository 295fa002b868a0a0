#![doc = include_str!("../README.md")]

pub mod callback;
pub mod checks;
pub mod client;
pub mod dialog;
pub mod intake;
pub mod lane;
mod lanes;
pub mod locale;
pub mod payments;
pub mod runtime;
mod sender;
pub mod subject;
pub mod view;
