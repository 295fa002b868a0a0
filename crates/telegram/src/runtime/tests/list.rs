//! The comparison with Telegram's list of transactions: page by page, on from where all is known.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use luvhive_core::id::TelegramId;
use luvhive_core::ports::StoreError;
use luvhive_core::ports::ledger::MockLedger;
use luvhive_core::premium::reconcile::{Known, StarTransaction, Way};
use luvhive_core::premium::{ChargeId, Stars};
use luvhive_core::time::Timestamp;
use tokio::time::Instant;

use super::world::World;
use crate::runtime::reconcile::{self, Found, ReconcileError};
use crate::testing::FakeTill;

fn charge(number: u32) -> ChargeId {
    ChargeId::new(&format!("c{number}")).unwrap()
}

/// A till whose list holds so many payments of person 1001.
fn till(count: u32) -> FakeTill {
    let paid = |number| StarTransaction {
        charge: charge(number),
        stars: Stars::new(100),
        at: Timestamp::EPOCH,
        telegram: TelegramId::new(1001),
        way: Way::In { payload: "p".to_owned(), is_subscription: false },
    };
    FakeTill { transactions: (0..count).map(paid).collect(), ..FakeTill::default() }
}

/// A ledger without these payments, and how far it is known to be complete.
fn ledger(missing: &[u32], known: &Arc<Mutex<u64>>) -> MockLedger {
    let missing: BTreeSet<_> = missing.iter().copied().map(charge).collect();
    let mut ledger = MockLedger::new();
    let is_known = Known { is_paid: true, is_refunded: false };
    ledger.expect_list_known().returning(move |charges| {
        assert!(charges.len() <= 100, "a page at a time");
        Ok(charges.iter().filter(|one| !missing.contains(one)).map(|one| (one.clone(), is_known)).collect())
    });
    let (read, kept) = (known.clone(), known.clone());
    ledger.expect_count_reconciled().returning(move || Ok(*read.lock().unwrap()));
    ledger.expect_mark_reconciled().returning(move |count, _| {
        *kept.lock().unwrap() = count;
        Ok(())
    });
    ledger
}

/// Compares; returns what was found and from which places the list was read.
async fn compare(world: &World, till: &FakeTill, ledger: &MockLedger) -> (Result<Found, ReconcileError>, Vec<u32>) {
    let found = reconcile::run(till, ledger, &world.handle, world.clock.as_ref()).await;
    (found, std::mem::take(&mut till.offsets.lock().unwrap()))
}

#[tokio::test(start_paused = true)]
async fn what_telegram_lists_is_handed_in_only_once_the_ledger_has_answered() {
    let world = World::start().await;
    let till = till(1);
    let mut away = MockLedger::new();
    away.expect_count_reconciled().returning(|| Ok(0));
    away.expect_list_known().once().returning(|_| Err(StoreError::Unavailable("away".into())));
    let (failed, _) = compare(&world, &till, &away).await;
    assert!(matches!(failed, Err(ReconcileError::Ledger(_))), "{failed:?}");
    world.settled().await;
    assert!(world.telegram.read_by(1001).is_empty(), "what may be booked already is not told again");
    let mut empty = MockLedger::new();
    empty.expect_count_reconciled().returning(|| Ok(0));
    empty.expect_list_known().once().returning(|_| Ok(BTreeMap::new()));
    let (found, _) = compare(&world, &till, &empty).await;
    assert_eq!(found.unwrap(), Found { payments: 1, refunds: 0 });
    world.settled().await;
    assert_eq!(world.telegram.read_by(1001), ["lane "]);
    world.stop().await.2.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_is_known_is_not_read_again() {
    let world = World::start().await;
    let known = Arc::default();
    let ledger = ledger(&[], &known);
    let begun = Instant::now();
    let (found, places) = compare(&world, &till(250), &ledger).await;
    assert_eq!((found.unwrap(), places), (Found::default(), vec![0, 100, 200, 250]));
    assert!(begun.elapsed() >= Duration::from_secs(3), "a pause after each page");
    assert_eq!(*known.lock().unwrap(), 250);
    let (_, places) = compare(&world, &till(251), &ledger).await;
    assert_eq!(places, [249, 251], "the last known one is still there, and one is new");
    assert_eq!(*known.lock().unwrap(), 251);
    let (_, places) = compare(&world, &till(20), &ledger).await;
    assert_eq!((places, *known.lock().unwrap()), (vec![250, 0, 20], 20), "another list");
    world.stop().await.2.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_list_with_another_transaction_at_the_last_known_place_is_read_anew() {
    let world = World::start().await;
    let known = Arc::new(Mutex::new(250));
    let (found, places) = compare(&world, &till(260), &ledger(&[249], &known)).await;
    assert_eq!((found.unwrap(), places), (Found { payments: 1, refunds: 0 }, vec![249, 0, 100, 200, 260]));
    assert_eq!(*known.lock().unwrap(), 200, "what was handed in is not booked yet");
    world.stop().await.2.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_was_handed_in_is_known_once_it_is_booked() {
    let world = World::start().await;
    let known = Arc::default();
    let till = till(300);
    let (found, _) = compare(&world, &till, &ledger(&[150], &known)).await;
    assert_eq!((found.unwrap(), *known.lock().unwrap()), (Found { payments: 1, refunds: 0 }, 100));
    let (found, places) = compare(&world, &till, &ledger(&[], &known)).await;
    assert_eq!((found.unwrap(), places), (Found::default(), vec![99, 199, 299, 300]));
    assert_eq!(*known.lock().unwrap(), 300);
    world.stop().await.2.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_told_wait_is_waited_and_the_same_page_is_read() {
    let world = World::start().await;
    let known = Arc::default();
    let till = till(250);
    till.waits.lock().unwrap().insert(100, Duration::from_mins(5));
    let begun = Instant::now();
    let (found, places) = compare(&world, &till, &ledger(&[], &known)).await;
    assert_eq!((found.unwrap(), places), (Found::default(), vec![0, 100, 100, 200, 250]));
    assert!(begun.elapsed() >= Duration::from_mins(5));
    world.stop().await.2.unwrap();
}
