//! What a person does with coins, from the press of a button to where they stand afterwards.

use super::account::{CoinAccount, CoinStanding, Coins, Movement};
use super::rule::{self, CoinRefusal, Gift, Giving};
use crate::id::PersonId;
use crate::premium::Grant;
use crate::time::Timestamp;

/// What a person does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Takes the daily coins.
    Daily,
    /// Spins.
    Spin,
    /// Gives coins to somebody.
    Give {
        /// Who gets them.
        to: PersonId,
        /// How many.
        gift: Gift,
        /// What tells this gift from others of the same person.
        unique: u64,
    },
    /// Changes coins into premium; the number tells this time from others of the same person.
    Redeem(u64),
}

/// What comes of a deed. Movement and grant happen together or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deal {
    /// The coins that move.
    pub movement: Movement,
    /// The premium that is given for them.
    pub grant: Option<Grant>,
    /// Where the person stands afterwards.
    pub standing: CoinStanding,
}

/// Carries out a deed of a person who stands like this.
///
/// # Errors
/// [`CoinRefusal`], by the rule of the deed.
pub fn carry_out(deed: Deed, person: PersonId, standing: &CoinStanding, now: Timestamp) -> Result<Deal, CoinRefusal> {
    let mut after = *standing;
    let (movement, grant) = match deed {
        Deed::Daily => {
            after.daily_at = Some(now);
            (rule::daily(person, standing, now)?, None)
        }
        Deed::Spin => {
            after.spun_at = Some(now);
            after.spins = standing.spins.saturating_add(1);
            (rule::spin(person, standing, now)?, None)
        }
        Deed::Give { to, gift, unique } => (rule::gift(Giving { from: person, to, gift, unique }, standing, now)?, None),
        Deed::Redeem(unique) => {
            let (movement, grant) = rule::redeem(person, standing, unique, now)?;
            (movement, Some(grant))
        }
    };
    let (had, coins) = (standing.balance.get(), movement.coins.get());
    let is_gain = movement.credit == CoinAccount::Person(person);
    after.balance = Coins::new(if is_gain { had.saturating_add(coins) } else { had.saturating_sub(coins) });
    Ok(Deal { movement, grant, standing: after })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coins::rule::{DAILY, REDEEM};

    const ME: PersonId = PersonId::new(1);
    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    fn rich() -> CoinStanding {
        CoinStanding { balance: Coins::new(600), ..CoinStanding::default() }
    }

    #[test]
    fn what_is_gained_is_added_and_cannot_be_gained_again_at_once() {
        let daily = carry_out(Deed::Daily, ME, &rich(), NOW).unwrap();
        assert_eq!(daily.standing.balance, Coins::new(600 + DAILY.get()));
        assert!(matches!(carry_out(Deed::Daily, ME, &daily.standing, NOW), Err(CoinRefusal::TooSoon { .. })));
        let spun = carry_out(Deed::Spin, ME, &rich(), NOW).unwrap();
        assert_eq!(spun.standing.balance, Coins::new(600 + spun.movement.coins.get()));
        assert!(matches!(carry_out(Deed::Spin, ME, &spun.standing, NOW), Err(CoinRefusal::TooSoon { .. })));
    }

    #[test]
    fn what_is_spent_is_taken_away() {
        let give = Deed::Give { to: PersonId::new(2), gift: Gift::Large, unique: 7 };
        let given = carry_out(give, ME, &rich(), NOW).unwrap();
        assert_eq!((given.standing.balance, given.grant), (Coins::new(570), None));
        let redeemed = carry_out(Deed::Redeem(7), ME, &rich(), NOW).unwrap();
        assert_eq!(redeemed.standing.balance, Coins::new(600 - REDEEM.get()));
        assert!(redeemed.grant.is_some());
        let poor = CoinStanding { balance: Coins::new(29), ..rich() };
        assert!(matches!(carry_out(give, ME, &poor, NOW), Err(CoinRefusal::TooFew { .. })));
    }
}
