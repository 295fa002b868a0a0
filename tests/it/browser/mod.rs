//! The sandbox's page in a real browser, first with a bot of a few lines, then with the real one.

mod driver;
mod meet;
mod page;
