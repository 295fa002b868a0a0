//! Load: a driver that plays thousands of people on time, and a checker that judges the bot by what reached whom.

mod checker;
mod driver;
mod verdict;

pub use self::checker::{ChatMark, Checker, Signs};
pub use self::driver::{Driver, Plan, leave_all};
pub use self::verdict::{Verdict, Window};

#[cfg(test)]
mod tests;
