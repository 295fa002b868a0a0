//! From posts to polling and back: nothing is lost on the way, and nothing is taken twice.

use std::sync::Arc;

use luvhive_core::testing::{BOT, MAIN, MemoryStore};

use super::world::{World, raw_update, settings};
use crate::intake::webhook::{self, Posted};
use crate::runtime::Source;

#[tokio::test(start_paused = true)]
async fn posts_that_had_not_arrived_are_fetched_after_a_change_to_polling() {
    let (door, updates) = webhook::channel("");
    let store = MemoryStore::new(BOT, MAIN);
    let world = World::launch(Arc::default(), store, Some(Source::Webhook(updates)), settings());
    assert!(world.handle.ready().await);
    for id in [101, 102, 104, 110] {
        assert_eq!(door.post(&raw_update(id, 1, &format!("{id}"))).await, Posted::Taken);
    }
    world.settled().await;
    let (telegram, store, _) = world.stop().await;
    // 103 was refused by a proxy and waits; of 104 Telegram has not heard that it was taken.
    for id in [103, 104] {
        telegram.put(id, raw_update(id, 1, &format!("{id}")));
    }
    // Twice: a poller that was killed leaves its own fetch unconfirmed.
    let world = World::launch(telegram, store, None, settings());
    world.settled().await;
    let (telegram, store) = world.kill().await;
    telegram.put(103, raw_update(103, 1, "103"));
    let world = World::launch(telegram, store, None, settings());
    world.telegram.put(111, raw_update(111, 1, "111"));
    world.settled().await;
    assert_eq!(world.telegram.read_by(1), ["lane 101", "lane 102", "lane 104", "lane 110", "lane 103", "lane 111"]);
    assert_eq!(world.telegram.unconfirmed(), 0, "and everything is confirmed in the end");
    world.stop().await.2.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_was_fetched_is_not_taken_again_after_a_change_to_posts() {
    let world = World::start().await;
    for text in ["1", "2", "3"] {
        world.telegram.write(1, text);
    }
    world.settled().await;
    let (telegram, mut store, _) = world.stop().await;
    let mut telegram = telegram;
    // Telegram did not hear that the last fetch was taken, so it posts all of it; also to a process after the next.
    for fresh in [4, 5] {
        let (door, updates) = webhook::channel("");
        let world = World::launch(telegram, store, Some(Source::Webhook(updates)), settings());
        assert!(world.handle.ready().await);
        for id in [fresh, 2, 1, 3] {
            assert_eq!(door.post(&raw_update(id, 1, &format!("{id}"))).await, Posted::Taken);
        }
        world.settled().await;
        (telegram, store, _) = world.stop().await;
    }
    assert_eq!(telegram.read_by(1), ["lane 1", "lane 2", "lane 3", "lane 4", "lane 5"]);
}
