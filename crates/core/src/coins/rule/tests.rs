//! What the rules of coins give and refuse.

use super::*;

const ME: PersonId = PersonId::new(1);
const OTHER: PersonId = PersonId::new(2);

fn at(hours: u64) -> Timestamp {
    Timestamp::EPOCH.plus(Duration::from_hours(hours))
}

fn rich(balance: u32) -> CoinStanding {
    CoinStanding { balance: Coins::new(balance), ..CoinStanding::default() }
}

fn giving(to: PersonId, gift: Gift) -> Giving {
    Giving { from: ME, to, gift, unique: 7 }
}

#[test]
fn the_daily_coins_come_every_24_hours() {
    let first = daily(ME, &CoinStanding::default(), at(1)).unwrap();
    assert_eq!((first.coins, first.credit), (DAILY, CoinAccount::Person(ME)));
    let standing = CoinStanding { daily_at: Some(at(1)), ..CoinStanding::default() };
    assert_eq!(daily(ME, &standing, at(24)), Err(CoinRefusal::TooSoon { until: at(25) }));
    let second = daily(ME, &standing, at(25)).unwrap();
    assert_ne!(second.key, first.key);
    assert_eq!(daily(ME, &standing, at(26)).unwrap().key, second.key, "two claims after the same one are one");
}

#[test]
fn a_spin_pays_by_its_weights_and_never_differently_when_repeated() {
    let standing = CoinStanding { spun_at: Some(at(1)), spins: 4, ..CoinStanding::default() };
    assert_eq!(spin(ME, &standing, at(12)), Err(CoinRefusal::TooSoon { until: at(13) }));
    assert_eq!(spin(ME, &standing, at(13)).unwrap().coins, spin(ME, &standing, at(99)).unwrap().coins);
    let mut counts = [0_u32; 6];
    for person in 1..=1_000 {
        for number in 0..100 {
            let coins = draw(PersonId::new(person), number);
            let place = SPIN_PAYS.iter().position(|(pays, _)| *pays == coins).unwrap();
            counts[place] += 1;
        }
    }
    for (count, (coins, weight)) in counts.into_iter().zip(SPIN_PAYS) {
        let expected = i64::try_from(weight * 1_000).unwrap();
        // Five standard deviations of 100,000 draws are at most 790.
        assert!((i64::from(count) - expected).abs() < 800, "{coins}: {count} instead of {expected}");
    }
    assert_eq!(SPIN_PAYS.iter().map(|(_, weight)| weight).sum::<u64>(), 100);
}

#[test]
fn a_referral_pays_both_sides_once() {
    let [host, guest] = referral(ME, OTHER, at(1)).unwrap();
    assert_eq!((host.credit, guest.credit), (CoinAccount::Person(ME), CoinAccount::Person(OTHER)));
    assert_eq!((host.coins, guest.coins), (REFERRAL, REFERRAL));
    assert_ne!(host.key, guest.key);
    assert_eq!(referral(ME, OTHER, at(9)).unwrap()[0].key, host.key, "once for each invited person");
    assert_eq!(referral(ME, ME, at(1)), Err(CoinRefusal::Oneself));
}

#[test]
fn a_gift_needs_another_person_and_enough_coins() {
    let given = gift(giving(OTHER, Gift::Middle), &rich(20), at(1)).unwrap();
    assert_eq!((given.debit, given.credit, given.coins.get()), (CoinAccount::Person(ME), CoinAccount::Person(OTHER), 20));
    let too_few = CoinRefusal::TooFew { have: Coins::new(29), need: Coins::new(30) };
    assert_eq!(gift(giving(OTHER, Gift::Large), &rich(29), at(1)), Err(too_few));
    assert_eq!(gift(giving(ME, Gift::Small), &rich(99), at(1)), Err(CoinRefusal::Oneself));
    let worth: Vec<_> = Gift::ALL.iter().map(|gift| gift.coins().get()).collect();
    assert_eq!(worth, [10, 20, 30]);
}

#[test]
fn coins_buy_days_with_one_key_for_both() {
    let (movement, grant) = redeem(ME, &rich(500), 7, at(1)).unwrap();
    assert_eq!((movement.coins.get(), grant.days, grant.source), (500, 3, GrantSource::Coins));
    assert_eq!(movement.key.as_str(), grant.key.as_str());
    assert!(matches!(redeem(ME, &rich(499), 7, at(1)), Err(CoinRefusal::TooFew { .. })));
}
