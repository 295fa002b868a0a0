//! Accounts of coins and the movements between them.
//! People's balances never fall below zero; the house's accounts are where coins come from and go to.

use std::fmt;

use crate::code::coded_enum;
use crate::id::PersonId;
use crate::time::Timestamp;

/// An amount of coins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Coins(u32);

impl Coins {
    /// Wraps an amount.
    pub const fn new(amount: u32) -> Self {
        Self(amount)
    }

    /// Returns the amount.
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl fmt::Display for Coins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

coded_enum! {
    /// An account of the house.
    House { Daily = "daily", Spin = "spin", Referral = "referral", Redeem = "redeem" }
}

/// Whose account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CoinAccount {
    /// A person's.
    Person(PersonId),
    /// The house's.
    House(House),
    /// That of somebody who was erased; only ever read.
    Erased,
}

/// The key of a movement: the same movement has the same key, however often it is tried.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MovementKey(Box<str>);

impl MovementKey {
    /// Checks a key; `None` unless it has 1 to 200 bytes and no control characters.
    pub fn new(text: &str) -> Option<Self> {
        (!text.is_empty() && text.len() <= 200 && !text.chars().any(char::is_control)).then(|| Self(text.into()))
    }

    pub(super) fn from_parts(kind: &str, person: PersonId, part: &str) -> Self {
        Self(format!("{kind}:{person}:{part}").into())
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Coins go from one account to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    /// Its key.
    pub key: MovementKey,
    /// The account they leave.
    pub debit: CoinAccount,
    /// The account they reach.
    pub credit: CoinAccount,
    /// How many; 0 for a spin that won nothing.
    pub coins: Coins,
    /// When.
    pub moved_at: Timestamp,
}

/// Where a person stands with coins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CoinStanding {
    /// What they have.
    pub balance: Coins,
    /// When they last took the daily coins.
    pub daily_at: Option<Timestamp>,
    /// When they last spun.
    pub spun_at: Option<Timestamp>,
    /// How often they spun.
    pub spins: u32,
}
