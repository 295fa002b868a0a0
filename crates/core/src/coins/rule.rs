//! The rules of coins: when some are given, and what they buy.
//! Each rule turns a person's standing into a movement whose key makes it happen once.

use std::time::Duration;

use super::account::{CoinAccount, CoinStanding, Coins, House, Movement, MovementKey};
use crate::code::coded_enum;
use crate::id::PersonId;
use crate::premium::{Grant, GrantKey, GrantSource};
use crate::time::Timestamp;

/// What is given once per day.
pub const DAILY: Coins = Coins::new(10);
/// How long after the daily coins they can be taken again.
pub const DAILY_EVERY: Duration = Duration::from_hours(24);
/// How long after a spin the next one is free.
pub const SPIN_EVERY: Duration = Duration::from_hours(12);
/// What a spin pays, with its weight in a hundred.
pub const SPIN_PAYS: [(Coins, u64); 6] = [
    (Coins::new(0), 25),
    (Coins::new(5), 30),
    (Coins::new(10), 25),
    (Coins::new(20), 12),
    (Coins::new(50), 7),
    (Coins::new(100), 1),
];
/// What an invitation brings each side.
pub const REFERRAL: Coins = Coins::new(50);
/// What some days of premium cost.
pub const REDEEM: Coins = Coins::new(500);
/// How many days that are.
pub const REDEEM_DAYS: u16 = 3;

coded_enum! {
    /// What can be given to a partner.
    Gift { Small = "10", Middle = "20", Large = "30" }
}

impl Gift {
    /// Returns what it is worth.
    pub const fn coins(self) -> Coins {
        Coins::new(match self {
            Self::Small => 10,
            Self::Middle => 20,
            Self::Large => 30,
        })
    }
}

/// Why coins do not move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CoinRefusal {
    /// It is too early.
    #[error("possible again at {until}")]
    TooSoon {
        /// When it is possible.
        until: Timestamp,
    },
    /// There are too few.
    #[error("{have} coins are too few for {need}")]
    TooFew {
        /// What they have.
        have: Coins,
        /// What is needed.
        need: Coins,
    },
    /// Nobody gives to themselves.
    #[error("giver and receiver are the same")]
    Oneself,
}

fn is_due(last: Option<Timestamp>, every: Duration, now: Timestamp) -> Result<(), CoinRefusal> {
    match last.map(|last| last.plus(every)) {
        Some(until) if until > now => Err(CoinRefusal::TooSoon { until }),
        _ => Ok(()),
    }
}

impl House {
    /// What this account of the house pays to somebody.
    fn pays(self, person: PersonId, coins: Coins, key: MovementKey, moved_at: Timestamp) -> Movement {
        Movement { key, debit: CoinAccount::House(self), credit: CoinAccount::Person(person), coins, moved_at }
    }
}

/// The daily coins. The key names the claim before, so that of two at once only one counts.
///
/// # Errors
/// [`CoinRefusal::TooSoon`].
pub fn daily(person: PersonId, standing: &CoinStanding, now: Timestamp) -> Result<Movement, CoinRefusal> {
    is_due(standing.daily_at, DAILY_EVERY, now)?;
    let before = standing.daily_at.map_or(0, Timestamp::as_micros);
    let key = MovementKey::from_parts("daily", person, &before.to_string());
    Ok(House::Daily.pays(person, DAILY, key, now))
}

/// A spin: what it pays follows from the person and the number of the spin alone.
///
/// # Errors
/// [`CoinRefusal::TooSoon`].
pub fn spin(person: PersonId, standing: &CoinStanding, now: Timestamp) -> Result<Movement, CoinRefusal> {
    is_due(standing.spun_at, SPIN_EVERY, now)?;
    let key = MovementKey::from_parts("spin", person, &standing.spins.to_string());
    Ok(House::Spin.pays(person, draw(person, standing.spins), key, now))
}

/// A person's own draw for one spin.
fn draw(person: PersonId, spin: u32) -> Coins {
    // The mixing function of splitmix64 over both numbers: every spin of every person is a draw of its own.
    let mut mixed = person.get().cast_unsigned().wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(u64::from(spin));
    for _ in 0..2 {
        mixed = mixed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
    }
    let mut rest = mixed % 100;
    for (coins, weight) in SPIN_PAYS {
        if rest < weight {
            return coins;
        }
        rest = rest.saturating_sub(weight);
    }
    Coins::default()
}

/// What both sides, host and guest of an invitation, get after the invited person's first completed chat, once for each invited person.
///
/// # Errors
/// [`CoinRefusal::Oneself`].
pub fn referral(host: PersonId, invited: PersonId, now: Timestamp) -> Result<[Movement; 2], CoinRefusal> {
    if host == invited {
        return Err(CoinRefusal::Oneself);
    }
    let pay = |person, part| House::Referral.pays(person, REFERRAL, MovementKey::from_parts("referral", invited, part), now);
    Ok([pay(host, "inviter"), pay(invited, "invited")])
}

/// Coins for a partner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Giving {
    /// Who gives.
    pub from: PersonId,
    /// Who receives.
    pub to: PersonId,
    /// How many.
    pub gift: Gift,
    /// What tells this gift from others of the same person, such as the update's number.
    pub unique: u64,
}

/// Coins for a partner.
///
/// # Errors
/// [`CoinRefusal::Oneself`], [`CoinRefusal::TooFew`].
pub fn gift(giving: Giving, standing: &CoinStanding, now: Timestamp) -> Result<Movement, CoinRefusal> {
    let Giving { from, to, gift, unique } = giving;
    if from == to {
        return Err(CoinRefusal::Oneself);
    }
    let coins = gift.coins();
    afford(standing, coins)?;
    let key = MovementKey::from_parts("gift", from, &unique.to_string());
    Ok(Movement { key, debit: CoinAccount::Person(from), credit: CoinAccount::Person(to), coins, moved_at: now })
}

/// Premium for coins: the movement and the grant share their key, so both happen or neither.
///
/// # Errors
/// [`CoinRefusal::TooFew`].
pub fn redeem(person: PersonId, standing: &CoinStanding, unique: u64, now: Timestamp) -> Result<(Movement, Grant), CoinRefusal> {
    afford(standing, REDEEM)?;
    let key = MovementKey::from_parts("redeem", person, &unique.to_string());
    let grant = Grant {
        key: GrantKey::coins(key.as_str()),
        person,
        source: GrantSource::Coins,
        days: REDEEM_DAYS,
        granted_at: now,
        granted_by: None,
        reason: None,
    };
    let debit = CoinAccount::Person(person);
    Ok((Movement { key, debit, credit: CoinAccount::House(House::Redeem), coins: REDEEM, moved_at: now }, grant))
}

fn afford(standing: &CoinStanding, need: Coins) -> Result<(), CoinRefusal> {
    if standing.balance < need { Err(CoinRefusal::TooFew { have: standing.balance, need }) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
