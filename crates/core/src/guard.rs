//! What a message would give away about its writer, and whether its writer says they are a minor: pure, by word lists.
//!
//! [`leaks`] names what is found, with its place; [`says_minor`] answers yes or no. Neither asks, holds or remembers. The words
//! are files in `crates/core/words`, one per language; its README says how to change them.

pub mod age;
mod file;
mod folded;
mod leak;
mod link;
mod name;
mod phone;
mod service;
mod token;
mod words;

pub use age::says_minor;
pub use file::File;
pub use leak::{Found, Leak, LeakSet, Leaks, Post, leaks};

#[cfg(test)]
mod tests;
