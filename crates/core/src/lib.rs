#![doc = include_str!("../README.md")]

pub mod case;
pub mod chat;
pub mod check;
pub(crate) mod code;
pub mod coins;
pub mod conduct;
pub mod correction;
pub mod decision;
pub mod engine;
pub mod entropy;
pub mod error;
pub mod evidence;
pub mod filter;
pub mod friend;
pub mod guard;
pub mod id;
pub mod invitation;
pub mod person;
pub mod ports;
pub mod premium;
pub mod search;
pub mod situation;
pub mod staff;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod text;
pub mod tier;
pub mod time;

pub use person::preferences;
