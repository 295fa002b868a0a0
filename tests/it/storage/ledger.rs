//! The ledger on PostgreSQL: any stream of payment updates, opposite transfers and double spends at the same time.

use std::sync::Arc;

use luvhive_core::coins::{CoinAccount, Coins, Gift, Giving, Movement, MovementKey, gift, referral};
use luvhive_core::id::PersonId;
use luvhive_core::ports::StoreError;
use luvhive_core::ports::journal::{Change, JournalError};
use luvhive_core::premium::{Book, LedgerRow, Plan};
use luvhive_core::testing::{SeededEntropy, timestamp};
use luvhive_tests::contract::ledger::{book, charge, give_back, given_to, payment};
use luvhive_tests::contract::{Scene, Stores, telegram};

const CASES: u64 = 60;

/// Puts a list into an order that follows from the numbers.
fn shuffle<T>(list: &mut [T], random: &mut SeededEntropy) {
    for last in (1..list.len()).rev() {
        let other = random.below(u64::try_from(last + 1).unwrap());
        list.swap(last, usize::try_from(other).unwrap());
    }
}

/// Gives people some coins, fifty at a time.
async fn give(scene: &Scene, person: PersonId, times: i64) {
    for invited in 0..times {
        let [movement, _] = referral(person, PersonId::new(1_000_000 + person.get() * 1_000 + invited), timestamp(1)).unwrap();
        scene.lane(telegram(1), &[Change::MoveCoins(Box::new(movement))]).await.unwrap();
    }
}

#[tokio::test]
async fn the_tables_say_what_happened_whatever_comes_when() {
    let scene = Scene::new(Stores::postgres().await).await;
    let (one, other) = (scene.register(telegram(1)).await, scene.register(telegram(2)).await);
    let mut booked = Book::default();
    let mut entitled = std::collections::BTreeMap::new();
    for case in 0..CASES {
        // A failure names its case, and a case follows from its number alone.
        let mut random = SeededEntropy::new(case);
        let mut changes = Vec::new();
        for number in 0..=random.below(4) {
            let name = format!("c{case}-{number}");
            let plan = Plan::ALL[usize::try_from(random.below(7)).unwrap()];
            let receiver = if plan.is_gift() { other } else { one };
            let at = i64::try_from(random.below(40_000_000)).unwrap();
            let paid = given_to(receiver, payment(&name, plan, one, at));
            let mut rows = vec![LedgerRow::Payment(paid.clone())];
            changes.extend([book(&paid), book(&paid)]);
            if random.below(3) == 0 {
                let Change::BookRefund(refund) = give_back(&name, at + 9) else { unreachable!() };
                changes.extend([Change::BookRefund(refund.clone()), Change::BookRefund(refund.clone())]);
                rows.push(LedgerRow::Refund(refund));
            }
            booked.extend(rows);
        }
        shuffle(&mut changes, &mut random);
        for part in changes.chunks(2) {
            // The way of a payment through a lane, or of its replay.
            for (person, entitlement) in scene.lane(telegram(1), part).await.unwrap().entitlements {
                entitled.insert(person, entitlement);
            }
        }
        for person in [one, other] {
            let told = entitled.get(&person).copied().unwrap_or_default();
            assert_eq!(told, booked.entitlement(person), "case {case}: what the engine was told");
        }
    }
    let loaded = scene.load().await;
    for facts in loaded.people {
        let expected = booked.entitlement(facts.person);
        assert_eq!(
            (facts.premium_until, facts.renews_at, facts.ledger_rows),
            (expected.until, expected.renews_at, expected.rows)
        );
    }
    let client = scene.stores.database().client().await;
    let kept = "SELECT coalesce(sum(stars), 0) FROM payments p WHERE NOT EXISTS (SELECT FROM refunds r WHERE r.bot_id = p.bot_id \
                AND r.telegram_payment_charge_id = p.telegram_payment_charge_id AND r.refunded_at IS NOT NULL)";
    let stars: i64 = client.query_one(kept, &[]).await.unwrap().get(0);
    assert_eq!(u64::try_from(stars).unwrap(), booked.kept_stars());
}

#[tokio::test(flavor = "multi_thread")]
async fn opposite_transfers_neither_deadlock_nor_lose_coins() {
    let scene = Arc::new(Scene::new(Stores::postgres().await).await);
    let (one, other) = (scene.register(telegram(1)).await, scene.register(telegram(2)).await);
    // Nobody has an account yet: the first transfers open them from both ends at once.
    let nothing = |from, to, unique: u64| Movement {
        key: MovementKey::new(&format!("nothing:{unique}")).unwrap(),
        debit: CoinAccount::Person(from),
        credit: CoinAccount::Person(to),
        coins: Coins::new(0),
        moved_at: timestamp(2),
    };
    let mut first = tokio::task::JoinSet::new();
    for unique in 0..8 {
        let (scene, (from, to)) = (scene.clone(), if unique % 2 == 0 { (one, other) } else { (other, one) });
        let movement = nothing(from, to, unique);
        first.spawn(async move { scene.lane(telegram(9), &[Change::MoveCoins(Box::new(movement))]).await.map(drop) });
    }
    while let Some(moved) = first.join_next().await {
        moved.unwrap().unwrap();
    }
    give(&scene, one, 4).await;
    give(&scene, other, 4).await;
    let rich = luvhive_core::coins::CoinStanding { balance: Coins::new(200), ..Default::default() };
    let mut tasks = tokio::task::JoinSet::new();
    for unique in 0..40 {
        let (scene, is_even) = (scene.clone(), unique % 2 == 0);
        let (from, to) = if is_even { (one, other) } else { (other, one) };
        let movement = gift(Giving { from, to, gift: Gift::Small, unique }, &rich, timestamp(3)).unwrap();
        tasks.spawn(async move { scene.lane(telegram(9), &[Change::MoveCoins(Box::new(movement))]).await.map(drop) });
    }
    while let Some(moved) = tasks.join_next().await {
        moved.unwrap().unwrap();
    }
    for person in [one, other] {
        assert_eq!(scene.stores.ledger.get_coins(person).await.unwrap().balance, Coins::new(200), "twenty each way");
    }
    // Lanes that pay two people each, as a referral does, the lower number first.
    let mut tasks = tokio::task::JoinSet::new();
    for invited in 0..20_i64 {
        let scene = scene.clone();
        let changes = [one, other].map(|person| {
            let [movement, _] =
                referral(person, PersonId::new(9_000_000 + person.get() * 1_000 + invited), timestamp(4)).unwrap();
            Change::MoveCoins(Box::new(movement))
        });
        tasks.spawn(async move { scene.lane(telegram(9), &changes).await.map(drop) });
    }
    while let Some(moved) = tasks.join_next().await {
        moved.unwrap().unwrap();
    }
    for person in [one, other] {
        assert_eq!(scene.stores.ledger.get_coins(person).await.unwrap().balance, Coins::new(1_200));
    }
    let client = scene.stores.database().client().await;
    let drift = "SELECT count(*) FROM coin_accounts a WHERE balance IS NOT NULL AND balance <> \
                 (SELECT coalesce(sum(coins) FILTER (WHERE credit_account_id = a.id), 0) \
                       - coalesce(sum(coins) FILTER (WHERE debit_account_id = a.id), 0) FROM coin_entries e WHERE e.bot_id = a.bot_id)";
    assert_eq!(client.query_one(drift, &[]).await.unwrap().get::<_, i64>(0), 0, "balances are the sums of their movements");
}

#[tokio::test(flavor = "multi_thread")]
async fn coins_are_not_spent_twice_at_the_same_time() {
    let scene = Arc::new(Scene::new(Stores::postgres().await).await);
    let (one, other) = (scene.register(telegram(1)).await, scene.register(telegram(2)).await);
    give(&scene, one, 1).await;
    let rich = luvhive_core::coins::CoinStanding { balance: Coins::new(50), ..Default::default() };
    let mut tasks = tokio::task::JoinSet::new();
    for unique in 0..10 {
        let movement = gift(Giving { from: one, to: other, gift: Gift::Large, unique }, &rich, timestamp(3)).unwrap();
        let scene = scene.clone();
        tasks.spawn(async move { scene.lane(telegram(9), &[Change::MoveCoins(Box::new(movement))]).await.map(drop) });
    }
    let mut spent = 0;
    while let Some(moved) = tasks.join_next().await {
        match moved.unwrap() {
            Ok(()) => spent += 1,
            Err(JournalError::Store(StoreError::Conflict { constraint })) => {
                assert_eq!(constraint, "coin_accounts_balance_check");
            }
            Err(other) => panic!("a conflict, but {other:?}"),
        }
    }
    assert_eq!(spent, 1, "fifty coins are one large gift");
    assert_eq!(scene.stores.ledger.get_coins(other).await.unwrap().balance, Coins::new(30));
}

#[tokio::test(flavor = "multi_thread")]
async fn bookings_for_one_person_at_the_same_time_add_up() {
    let scene = Arc::new(Scene::new(Stores::postgres().await).await);
    let (one, other) = (scene.register(telegram(1)).await, scene.register(telegram(2)).await);
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..12 {
        // Six gifts, each booked by two lanes at once.
        let paid = given_to(other, payment(&format!("g{}", number / 2), Plan::GiftWeek, one, number / 2));
        let scene = scene.clone();
        tasks.spawn(async move { scene.lane(telegram(9), &[book(&paid)]).await.unwrap().entitlements });
    }
    let mut newest = luvhive_core::premium::Entitlement::default();
    while let Some(told) = tasks.join_next().await {
        for (person, entitlement) in told.unwrap() {
            assert_eq!(person, other);
            if entitlement.rows >= newest.rows {
                newest = entitlement;
            }
        }
    }
    // The last one saw what everybody had booked: the engine needs nothing more to be right.
    let week = 7 * 24 * 3_600;
    assert_eq!((newest.rows, newest.until), (6, Some(timestamp(6 * week))));
    assert!(scene.stores.ledger.find_charge(&charge("g5")).await.unwrap().is_some());
}
