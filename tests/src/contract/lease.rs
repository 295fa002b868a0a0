//! The lease: one owner at a time, and a quick successor.

use std::time::Duration;

use luvhive_core::ports::journal::JournalError;

use super::{LENGTH, Scene, Stores};

/// A living owner keeps the lease until it runs out; afterwards the former owner is refused.
pub async fn a_lease_changes_hands_when_it_has_run_out(stores: Stores) {
    let scene = Scene::new(stores).await;
    let rival = scene.stores.journal();
    match rival.acquire("second", LENGTH).await {
        Err(JournalError::Held { owner }) => assert_eq!(owner, "first"),
        other => panic!("held, but {other:?}"),
    }
    scene.stores.pass(LENGTH / 2).await;
    scene.journal.heartbeat(&scene.lease, LENGTH).await.unwrap();
    scene.stores.pass(LENGTH / 2).await;
    assert!(matches!(rival.acquire("second", LENGTH).await, Err(JournalError::Held { .. })));
    scene.stores.pass(LENGTH).await;
    let newer = rival.acquire("second", LENGTH).await.unwrap();
    assert_eq!(newer.epoch.get(), scene.lease.epoch.get() + 1);
    assert!(matches!(scene.journal.heartbeat(&scene.lease, LENGTH).await, Err(JournalError::Fenced)));
    // Giving back what one has no more harms nobody.
    scene.journal.release(&scene.lease).await.unwrap();
    rival.heartbeat(&newer, LENGTH).await.unwrap();
    assert!(matches!(scene.journal.acquire("first", LENGTH).await, Err(JournalError::Held { .. })));
}

/// A lease given back, and one's own, can be taken at once.
pub async fn a_released_lease_is_free_at_once(stores: Stores) {
    let scene = Scene::new(stores).await;
    let own = scene.journal.acquire("first", LENGTH).await.unwrap();
    assert_eq!(own.epoch.get(), scene.lease.epoch.get() + 1);
    assert!(matches!(scene.journal.heartbeat(&scene.lease, LENGTH).await, Err(JournalError::Fenced)));
    scene.journal.release(&own).await.unwrap();
    let rival = scene.stores.journal();
    let newer = rival.acquire("second", LENGTH).await.unwrap();
    assert_eq!(newer.epoch.get(), own.epoch.get() + 1);
}

/// The lease of a process that is gone can be taken before it runs out; that of its living successor cannot.
pub async fn a_dead_owners_lease_is_free_at_once(stores: Stores) {
    let Scene { stores, journal, lease, .. } = Scene::new(stores).await;
    drop(journal);
    let rival = stores.journal();
    let newer = eventually_acquired(&*rival, "second").await;
    assert_eq!(newer.epoch.get(), lease.epoch.get() + 1);
    let third = stores.journal();
    assert!(matches!(third.acquire("third", LENGTH).await, Err(JournalError::Held { .. })));
    drop(rival);
    eventually_acquired(&*third, "third").await;
}

/// The server notices the end of a session a moment after it.
async fn eventually_acquired(
    journal: &dyn luvhive_core::ports::journal::Journal,
    owner: &str,
) -> luvhive_core::ports::journal::Lease {
    for _ in 0..500 {
        match journal.acquire(owner, LENGTH).await {
            Ok(lease) => return lease,
            Err(JournalError::Held { .. }) => tokio::time::sleep(Duration::from_millis(10)).await,
            Err(other) => panic!("{other:?}"),
        }
    }
    panic!("the lease was not free within 5 s");
}
