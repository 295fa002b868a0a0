//! The runtime as a whole, on stores in memory and a stopped clock.

mod changeover;
mod list;
mod world;

use std::sync::atomic::Ordering;
use std::time::Duration;

use luvhive_core::engine::event::EngineCommand;
use luvhive_core::id::PersonId;
use luvhive_core::ports::JournalError;
use luvhive_core::time::Timestamp;
use tokio::time::Instant;

use super::*;
use crate::intake::webhook::{self, Posted};
use crate::testing::{Answer, FakeMessenger};
use world::{World, copies, raw_update, settings};

#[tokio::test(start_paused = true)]
async fn readiness_goes_with_the_database_and_comes_back_with_it() {
    let world = World::start().await;
    assert_eq!(world.handle.readiness(), Readiness::Ready);
    let faults = [&world.journal.is_away, &world.journal.hangs];
    for fault in faults {
        fault.store(true, Ordering::SeqCst);
        world.after(Duration::from_millis(900)).await;
        assert_eq!(world.handle.readiness(), Readiness::Ready, "a moment is no outage");
        world.after(Duration::from_secs(2)).await;
        assert_eq!(world.handle.readiness(), Readiness::Database);
        world.after(Duration::from_mins(1)).await;
        assert_eq!(world.handle.readiness(), Readiness::Database);
        fault.store(false, Ordering::SeqCst);
        world.journal.wake.notify_waiters();
        world.after(Duration::from_secs(2)).await;
        assert_eq!(world.handle.readiness(), Readiness::Ready);
    }
    let handle = world.handle.clone();
    world.stop().await.2.unwrap();
    assert_eq!(handle.readiness(), Readiness::Stopping);
}

#[tokio::test(start_paused = true)]
async fn two_people_register_meet_and_talk() {
    let world = World::start().await;
    world.match_two().await;
    let hello = world.telegram.write(1001, "hello");
    world.settled().await;
    assert_eq!(copies(&world.telegram.read_by(1002)), [format!("copy {hello} of 1001")]);
    assert_eq!(world.telegram.unconfirmed(), 0);
    let (telegram, store, result) = world.stop().await;
    result.unwrap();

    // Another process goes on where this one ended, at once.
    let world = World::launch(telegram, store, None, RuntimeSettings { owner: "second".to_owned(), ..settings() });
    let begun = Instant::now();
    assert!(world.handle.ready().await);
    assert!(begun.elapsed() < Duration::from_secs(1));
    let answer = world.telegram.write(1002, "hello yourself");
    world.settled().await;
    assert_eq!(copies(&world.telegram.read_by(1001)), [format!("copy {answer} of 1002")]);
    world.stop().await.2.unwrap();
}

#[tokio::test(start_paused = true)]
async fn messages_of_one_person_arrive_in_order() {
    let world = World::start().await;
    world.match_two().await;
    let sent: Vec<_> = (0..15).map(|n| world.telegram.write(1001, &format!("{n}"))).collect();
    world.settled().await;
    let expected: Vec<_> = sent.iter().map(|id| format!("copy {id} of 1001")).collect();
    assert_eq!(copies(&world.telegram.read_by(1002)), expected);
    world.stop().await.2.unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_outage_delays_everything_and_loses_nothing() {
    let world = World::start().await;
    world.match_two().await;
    world.journal.is_away.store(true, Ordering::SeqCst);
    let sent = world.telegram.write(1001, "during");
    world.after(Duration::from_secs(30)).await;
    assert_eq!(world.telegram.unconfirmed(), 1, "nothing is confirmed before its commit");
    assert!(copies(&world.telegram.read_by(1002)).is_empty(), "nothing leaves before its commit");
    world.journal.is_away.store(false, Ordering::SeqCst);
    world.settled().await;
    assert_eq!(copies(&world.telegram.read_by(1002)), [format!("copy {sent} of 1001")]);
    assert_eq!(world.telegram.unconfirmed(), 0);
    world.stop().await.2.unwrap();
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_a_store_is_told_once_and_answered_within_a_second_of_its_return() {
    let world = World::start().await;
    world.match_two().await;
    let before = world.telegram.read_by(1001).len();
    world.handler.away_times.store(u32::MAX, Ordering::SeqCst);
    world.telegram.write(1001, "/settings");
    world.after(Duration::from_secs(30)).await;
    assert_eq!(world.telegram.read_by(1001).get(before..), Some(&["busy".to_owned()][..]));
    world.handler.away_times.store(0, Ordering::SeqCst);
    world.after(Duration::from_secs(1)).await;
    let read = world.telegram.read_by(1001);
    assert_eq!(read.get(before..), Some(&["busy".to_owned(), "lane /settings".to_owned()][..]));
    world.stop().await.2.unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_heart_beats_through_an_outage_and_stops_in_a_hang() {
    let world = World::start().await;
    let silence = || world.handle.heartbeat().borrow().elapsed();
    world.after(Duration::from_secs(30)).await;
    assert!(silence() <= Duration::from_secs(1), "an idle loop turns");
    world.journal.is_away.store(true, Ordering::SeqCst);
    world.telegram.write(1001, "during");
    world.after(Duration::from_secs(30)).await;
    assert!(silence() <= Duration::from_secs(1), "an outage is waited out, which a restart would not shorten");
    world.journal.is_away.store(false, Ordering::SeqCst);
    world.settled().await;
    world.journal.hangs.store(true, Ordering::SeqCst);
    world.telegram.write(1001, "into the void");
    world.after(Duration::from_secs(30)).await;
    assert!(silence() >= Duration::from_secs(29), "a loop that hangs says nothing");
    world.kill().await;
}

#[tokio::test(start_paused = true)]
async fn whoever_pays_is_answered_while_the_database_hangs() {
    let world = World::start().await;
    world.journal.hangs.store(true, Ordering::SeqCst);
    let update = world.telegram.write(1001, "into the void");
    // The lease is over by now, and nothing has failed yet.
    world.after(Duration::from_secs(5)).await;
    let query = serde_json::json!({
        "update_id": update + 1,
        "pre_checkout_query": {
            "id": "42", "from": {"id": 1001, "is_bot": false, "first_name": "P"},
            "currency": "XTR", "total_amount": 100, "invoice_payload": "p"
        }
    });
    world.telegram.put(update + 1, query.to_string());
    world.after(Duration::from_secs(3)).await;
    let read = world.telegram.read_by(1001);
    assert!(read.iter().any(|text| text.contains(r#""ok":false"#)), "{read:?}");
    world.kill().await;
}

#[tokio::test(start_paused = true)]
async fn a_refused_update_is_set_aside_and_the_others_pass() {
    let world = World::start().await;
    *world.journal.refused_word.lock().unwrap() = Some("poison".to_owned());
    let before = world.telegram.write(1, "one");
    let culprit = world.telegram.write(2, "poison");
    let after = world.telegram.write(3, "three");
    world.after(Duration::from_secs(10)).await;
    assert_eq!(world.dead(), [culprit]);
    assert_eq!(world.telegram.read_by(2), ["NotUnderstood"]);
    assert_eq!(world.telegram.read_by(1), ["lane one"]);
    assert_eq!(world.telegram.read_by(3), ["lane three"]);
    let stored = world.stored();
    assert_eq!((stored.get(&before), stored.get(&after), stored.get(&culprit)), (Some(&1), Some(&1), None));
    assert_eq!(world.telegram.unconfirmed(), 0);
    world.telegram.write(2, "and again");
    world.settled().await;
    assert_eq!(world.telegram.read_by(2), ["NotUnderstood", "lane and again"]);
    world.stop().await.2.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_panic_in_a_step_sets_its_update_aside() {
    let world = World::start().await;
    world.match_two().await;
    *world.words.panics_at.lock().unwrap() = Some("AlreadyChatting");
    let hello = world.telegram.write(1001, "hello");
    let culprit = world.telegram.write(1001, "/find");
    let there = world.telegram.write(1001, "there");
    world.after(Duration::from_secs(10)).await;
    assert_eq!(world.dead(), [culprit]);
    let expected = [format!("copy {hello} of 1001"), format!("copy {there} of 1001")];
    assert_eq!(copies(&world.telegram.read_by(1002)), expected);
    assert_eq!(world.telegram.read_by(1001).last().unwrap(), "NotUnderstood");
    world.stop().await.2.unwrap();
}

#[tokio::test(start_paused = true)]
async fn if_even_telling_fails_the_update_is_only_recorded() {
    let world = World::start().await;
    *world.journal.refused_word.lock().unwrap() = Some("poison".to_owned());
    *world.words.panics_at.lock().unwrap() = Some("NotUnderstood");
    let culprit = world.telegram.write(2, "poison");
    world.telegram.write(3, "three");
    world.after(Duration::from_secs(20)).await;
    assert_eq!(world.dead(), [culprit]);
    assert_eq!(world.telegram.read_by(3), ["lane three"]);
    world.stop().await.2.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_journal_that_refuses_everything_ends_the_runtime() {
    let world = World::start().await;
    world.journal.refuses_all.store(true, Ordering::SeqCst);
    world.telegram.write(1, "one");
    let ended = world.ended().await;
    assert!(matches!(ended, Err(RuntimeError::Stuck)), "{ended:?}");
}

#[tokio::test(start_paused = true)]
async fn a_lane_that_panics_is_set_aside_and_its_person_told() {
    let world = World::start().await;
    for text in ["/panic", "/corrupt"] {
        let culprit = world.telegram.write(1, text);
        world.telegram.write(1, "next");
        world.settled().await;
        assert_eq!(world.dead().pop(), Some(culprit));
    }
    assert_eq!(world.telegram.read_by(1), ["NotUnderstood", "lane next", "NotUnderstood", "lane next"]);
    assert_eq!(world.handle.counters().lanes_failed.get(), 2);
    world.stop().await.2.unwrap();
}

#[tokio::test(start_paused = true)]
async fn one_persons_work_is_in_order_and_other_peoples_beside_it() {
    let world = World::start().await;
    *world.handler.takes.lock().unwrap() = Duration::from_millis(100);
    world.handler.away_times.store(3, Ordering::SeqCst);
    for n in 0..5 {
        world.telegram.write(1, &format!("{n}"));
    }
    for person in 10..40 {
        world.telegram.write(person, "x");
    }
    world.after(Duration::from_secs(20)).await;
    assert_eq!(world.telegram.read_by(1), ["lane 0", "lane 1", "lane 2", "lane 3", "lane 4"]);
    assert!((10..40).all(|person| world.telegram.read_by(person) == ["lane x"]));
    assert!(world.handler.most_at_work.load(Ordering::SeqCst) > 20);
    world.stop().await.2.unwrap();
}

#[tokio::test(start_paused = true)]
async fn lanes_are_bounded() {
    let settings = RuntimeSettings { lanes: 4, ..settings() };
    let store = luvhive_core::testing::MemoryStore::new(luvhive_core::testing::BOT, luvhive_core::testing::MAIN);
    let world = World::launch(Arc::default(), store, None, settings);
    assert!(world.handle.ready().await);
    *world.handler.takes.lock().unwrap() = Duration::from_millis(10);
    for person in 1..=50 {
        world.telegram.write(person, "x");
    }
    world.settled().await;
    assert_eq!(world.handler.most_at_work.load(Ordering::SeqCst), 4);
    assert_eq!(world.handle.counters().lanes_done.get(), 50);
    world.stop().await.2.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_lane_whose_reply_was_lost_is_sent_once_and_known_again() {
    let world = World::start().await;
    world.journal.lost_replies.store(1, Ordering::SeqCst);
    world.telegram.write(1001, "/start");
    world.telegram.write(1002, "/start");
    world.after(Duration::from_secs(5)).await;
    assert_eq!(world.telegram.read_by(1001), ["lane /start"]);
    assert_eq!(world.telegram.read_by(1002), ["lane /start"]);
    assert_eq!(world.handle.counters().reloads.get(), 1);
    world.telegram.write(1001, "/find");
    world.telegram.write(1002, "/find");
    world.settled().await;
    assert_eq!(world.telegram.read_by(1001).last().unwrap(), "Matched");
    world.stop().await.2.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_crash_loses_nothing_that_was_taken_in() {
    let world = World::start().await;
    world.match_two().await;
    // Slow sends and slow lanes, so that the crash meets rows on their way.
    world.telegram.messenger.take(Duration::from_secs(3));
    *world.handler.takes.lock().unwrap() = Duration::from_secs(3);
    let sent: Vec<_> = (0..5).map(|n| world.telegram.write(1001, &format!("{n}"))).collect();
    world.telegram.write(5, "slow");
    world.after(Duration::from_secs(1)).await;
    assert_eq!(world.telegram.unconfirmed(), 0);
    let (telegram, store) = world.kill().await;
    telegram.messenger.take(Duration::ZERO);
    let world = World::launch(telegram, store, None, settings());
    assert!(world.handle.ready().await);
    world.after(Duration::from_secs(10)).await;
    assert_eq!(copies(&world.telegram.read_by(1002)), sent.iter().map(|id| format!("copy {id} of 1001")).collect::<Vec<_>>());
    assert!(world.telegram.read_by(5).contains(&"lane slow".to_owned()));
    world.stop().await.2.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_fenced_process_stops_at_once_and_sends_nothing_more() {
    let world = World::start().await;
    world.match_two().await;
    world.journal.is_fenced.store(true, Ordering::SeqCst);
    world.telegram.write(1001, "hello");
    let (telegram, journal) = (world.telegram.clone(), world.journal.clone());
    let ended = world.ended().await;
    assert!(matches!(ended, Err(RuntimeError::Fenced)), "{ended:?}");
    assert!(copies(&telegram.read_by(1002)).is_empty());
    assert_eq!(telegram.unconfirmed(), 1);
    assert_eq!(journal.released.load(Ordering::SeqCst), 0);
}

#[tokio::test(start_paused = true)]
async fn a_second_process_waits_or_is_refused() {
    let first = World::start().await;
    let other = |standby| RuntimeSettings { owner: "second".to_owned(), standby, ..settings() };
    let refused = World::launch(first.telegram.clone(), first.store.clone(), None, other(Standby::No)).ended().await;
    assert!(matches!(refused, Err(RuntimeError::Journal(JournalError::Held { .. }))), "{refused:?}");

    let standby = World::launch(first.telegram.clone(), first.store.clone(), None, other(Standby::Wait));
    standby.after(Duration::from_mins(5)).await;
    assert_eq!(standby.handle.readiness(), Readiness::Standby);
    first.stop().await.2.unwrap();
    standby.after(Duration::from_secs(1)).await;
    assert_eq!(standby.handle.readiness(), Readiness::Ready);
    standby.stop().await.2.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_standby_can_be_stopped() {
    let first = World::start().await;
    let settings = RuntimeSettings { owner: "second".to_owned(), standby: Standby::Wait, ..settings() };
    let standby = World::launch(first.telegram.clone(), first.store.clone(), None, settings);
    standby.after(Duration::from_secs(1)).await;
    standby.stop().await.2.unwrap();
    first.stop().await.2.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_refused_token_ends_the_runtime() {
    let world = World::start().await;
    world.telegram.is_token_refused.store(true, Ordering::SeqCst);
    let ended = world.ended().await;
    assert!(matches!(ended, Err(RuntimeError::TokenRefused)), "{ended:?}");
}

#[tokio::test(start_paused = true)]
async fn a_stop_lets_people_have_what_was_on_its_way() {
    let world = World::start().await;
    world.match_two().await;
    world.telegram.messenger.take(Duration::from_millis(200));
    *world.handler.takes.lock().unwrap() = Duration::from_millis(500);
    let hello = world.telegram.write(1001, "hello");
    world.telegram.write(9, "x");
    world.after(Duration::from_millis(10)).await;
    let begun = Instant::now();
    let journal = world.journal.clone();
    let (telegram, _store, result) = world.stop().await;
    result.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert_eq!(copies(&telegram.read_by(1002)), [format!("copy {hello} of 1001")]);
    assert_eq!(telegram.read_by(9), ["lane x"]);
    assert_eq!(journal.released.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn a_stop_ends_although_telegram_does_not_answer() {
    let world = World::start().await;
    world.match_two().await;
    world.telegram.messenger.take(Duration::from_secs(10));
    for n in 0..5 {
        world.telegram.write(1001, &format!("{n}"));
    }
    world.after(Duration::from_secs(1)).await;
    let begun = Instant::now();
    world.stop().await.2.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(16), "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn rows_of_throttled_chats_keep_nobody_else_out() {
    let store = luvhive_core::testing::MemoryStore::new(luvhive_core::testing::BOT, luvhive_core::testing::MAIN);
    let settings = RuntimeSettings { max_waiting_rows: 5, ..settings() };
    let telegram = world::Telegram::sending_by(FakeMessenger::scripted(1, vec![Answer::Throttled]));
    let world = World::launch(Arc::new(telegram), store, None, settings);
    assert!(world.handle.ready().await);
    for _ in 0..20 {
        world.telegram.write(1, "x");
    }
    world.after(Duration::from_secs(3)).await;
    assert!(world.handle.counters().waiting_rows.get() >= 5, "more than may wait");
    world.telegram.write(2, "x");
    world.after(Duration::from_secs(3)).await;
    assert_eq!(world.telegram.read_by(2), ["lane x"]);
    world.stop().await.2.unwrap();
}

#[tokio::test(start_paused = true)]
async fn intake_pauses_while_too_much_waits() {
    let store = luvhive_core::testing::MemoryStore::new(luvhive_core::testing::BOT, luvhive_core::testing::MAIN);
    let settings = RuntimeSettings { max_waiting_rows: 10, in_flight: 1, ..settings() };
    let world = World::launch(Arc::default(), store, None, settings);
    assert!(world.handle.ready().await);
    world.telegram.messenger.take(Duration::from_secs(1));
    for person in 1..=30 {
        world.telegram.write(person, "x");
    }
    world.after(Duration::from_millis(500)).await;
    for person in 31..=60 {
        world.telegram.write(person, "x");
    }
    world.after(Duration::from_secs(5)).await;
    assert_eq!(world.handle.counters().updates.get(), 30);
    world.after(Duration::from_mins(2)).await;
    assert_eq!(world.handle.counters().updates.get(), 60);
    assert!((1..=60).all(|person| world.telegram.read_by(person) == ["lane x"]));
    world.stop().await.2.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_posted_update_takes_effect_once() {
    let (door, updates) = webhook::channel("");
    let store = luvhive_core::testing::MemoryStore::new(luvhive_core::testing::BOT, luvhive_core::testing::MAIN);
    let world = World::launch(Arc::default(), store, Some(Source::Webhook(updates)), settings());
    assert!(world.handle.ready().await);
    // Posted updates come in any order.
    for id in [7, 5, 7, 6, 5] {
        assert_eq!(door.post(&raw_update(id, 1, &format!("{id}"))).await, Posted::Taken);
    }
    world.settled().await;
    assert_eq!(world.telegram.read_by(1), ["lane 7", "lane 5", "lane 6"]);
    let (telegram, store, result) = world.stop().await;
    result.unwrap();
    assert_eq!(door.post(&raw_update(8, 1, "8")).await, Posted::NotTaken);

    let (door, updates) = webhook::channel("");
    let world = World::launch(telegram, store, Some(Source::Webhook(updates)), settings());
    assert!(world.handle.ready().await);
    for id in [6, 8] {
        assert_eq!(door.post(&raw_update(id, 1, &format!("{id}"))).await, Posted::Taken);
    }
    world.settled().await;
    assert_eq!(world.telegram.read_by(1), ["lane 7", "lane 5", "lane 6", "lane 8"]);
    world.stop().await.2.unwrap();
}

#[tokio::test(start_paused = true)]
async fn numbers_that_begin_anew_after_a_silent_week_are_taken() {
    let world = World::start().await;
    world.telegram.put(5_000, raw_update(5_000, 1, "old"));
    world.settled().await;
    world.clock.advance(Duration::from_hours(24 * 7));
    // The poll that is under way asked with the old offset; the next one asks without.
    world.after(Duration::from_mins(1)).await;
    world.telegram.put(12, raw_update(12, 1, "new"));
    world.settled().await;
    assert_eq!(world.telegram.read_by(1), ["lane old", "lane new"]);
    world.telegram.put(13, raw_update(13, 1, "newer"));
    world.settled().await;
    assert_eq!(world.telegram.read_by(1), ["lane old", "lane new", "lane newer"]);
    assert_eq!(world.telegram.unconfirmed(), 0);
    world.stop().await.2.unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_operators_command_takes_effect_once_within_a_second() {
    let world = World::start().await;
    world.match_two().await;
    let sanction =
        EngineCommand::Sanction { person: PersonId::new(1), until: Some(Timestamp::MAX), reason: "rude".to_owned(), news: None };
    world.store.put_command(sanction);
    world.after(Duration::from_secs(1)).await;
    let told = || {
        let read = [1001, 1002].map(|person| world.telegram.read_by(person));
        read.concat().into_iter().filter(|text| text == "Sanctioned").count()
    };
    assert_eq!(told(), 1);
    world.after(Duration::from_secs(10)).await;
    assert_eq!(told(), 1);
    world.stop().await.2.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_stop_during_an_outage_does_not_wait_for_its_end() {
    let world = World::start().await;
    world.match_two().await;
    world.journal.is_away.store(true, Ordering::SeqCst);
    world.telegram.write(1001, "during");
    world.after(Duration::from_secs(10)).await;
    let (begun, watch) = (Instant::now(), world.handle.watch());
    world.handle.announce_stop();
    assert_eq!(*watch.borrow(), Stage::Stopping, "the stop is announced before anything is waited for");
    let (telegram, store, result) = world.stop().await;
    result.unwrap();
    assert_eq!(*watch.borrow(), Stage::Stopped);
    assert!(begun.elapsed() < Duration::from_secs(7), "{:?}", begun.elapsed());
    assert_eq!(telegram.unconfirmed(), 1);

    let world = World::launch(telegram, store, None, settings());
    assert!(world.handle.ready().await);
    world.settled().await;
    assert_eq!(copies(&world.telegram.read_by(1002)).len(), 1);
    world.stop().await.2.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_stop_while_reading_what_is_stored_ends_at_once() {
    let world = World::start().await;
    world.match_two().await;
    // A refused batch has everything read again, and then nothing can be reached.
    world.journal.refuses_all.store(true, Ordering::SeqCst);
    world.telegram.write(1001, "hello");
    world.after(Duration::from_millis(20)).await;
    world.journal.is_away.store(true, Ordering::SeqCst);
    world.after(Duration::from_mins(1)).await;
    let begun = Instant::now();
    world.stop().await.2.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(7), "{:?}", begun.elapsed());
}
