//! Sends of unknown outcome: how often a row is repeated, who hears of it, and when everything stands still.

use std::collections::BTreeSet;

use super::*;

/// How often something to this receiver was tried.
fn tries_to(telegram: &FakeMessenger, receiver: i64) -> usize {
    telegram.tries().iter().filter(|sent| sent.receiver == TelegramId::new(receiver)).count()
}

/// The message of which its writer hears that it may have arrived.
fn unclear_source(event: &Event) -> Option<i32> {
    match event {
        Event::NotRelayed { message, why: Undelivered::Unclear, .. } => Some(message.get()),
        _ => None,
    }
}

fn is_let_go(world: &mut World, source: i32) -> bool {
    world.events().contains(&not_relayed(source, Undelivered::Unclear))
}

#[tokio::test(start_paused = true)]
async fn an_unclear_send_is_repeated_before_anything_behind_it() {
    let world = World::start(FakeMessenger::scripted(2, vec![Unknown, Unknown, Fine]));
    world.relay(1, 2, 1, None);
    world.relay(2, 2, 2, None);
    world.after(Duration::from_mins(1)).await;
    let (telegram, store, counters) = world.stop().await;
    assert_eq!(delivered(&telegram), [(2, 1), (2, 2)]);
    assert_eq!(store.rows.lock().unwrap().len(), 2);
    assert_eq!(counters.unknown.get(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_row_that_stays_unclear_is_let_go_after_two_repeats_and_nothing_waits_behind_it() {
    let mut world = World::start(FakeMessenger::scripted(2, vec![Unknown, Unknown, Unknown, Fine]));
    world.relay(1, 2, 1, None);
    world.relay(2, 2, 2, None);
    for n in 10..90 {
        world.relay(n, 3, 5, None);
        world.after(Duration::from_millis(50)).await;
    }
    assert!(is_let_go(&mut world, 1), "its writer hears that it may have arrived");
    let (telegram, store, counters) = world.stop().await;
    assert_eq!((telegram.pings(), tries_to(&telegram, 2)), (0, 4), "that Telegram is well is seen without asking");
    assert!(delivered(&telegram).contains(&(2, 2)));
    assert_eq!((counters.unknown.get(), counters.rejected.get()), (3, 1));
    assert!(store.rows.lock().unwrap().iter().any(|s| s.outbox == OutboxId::new(1) && s.pair.is_none()));
}

#[tokio::test(start_paused = true)]
async fn where_nothing_else_is_sent_telegram_is_asked_whether_it_is_well() {
    let mut world = World::start(FakeMessenger::scripted(2, vec![Unknown]));
    for n in 1..=4 {
        world.relay(n, 2, i32::try_from(n).unwrap(), None);
    }
    world.after(Duration::from_secs(10)).await;
    assert!(world.telegram.pings() > 0);
    let told: Vec<_> = world.events().into_iter().filter(|event| matches!(event, Event::NotRelayed { .. })).collect();
    assert_eq!(told, [1, 2, 3, 4].map(|source| not_relayed(source, Undelivered::Unclear)));
    let (telegram, _, counters) = world.stop().await;
    assert_eq!(tries_to(&telegram, 2), 6, "those behind a row that was let go are not repeated");
    assert_eq!(counters.waiting_rows.get(), 0);
}

#[tokio::test(start_paused = true)]
async fn an_outage_uses_up_no_tries_however_often_it_comes() {
    let mut world = World::start(FakeMessenger::default());
    for spell in 0..6 {
        world.telegram.be_silent(true);
        world.relay(1 + spell, 2, 1 + i32::try_from(spell).unwrap(), None);
        world.after(Duration::from_mins(10)).await;
        let asked = world.telegram.pings();
        assert!(asked > 100, "asked {asked} times");
        world.telegram.be_silent(false);
        world.after(Duration::from_secs(10)).await;
    }
    assert!(world.events().iter().all(|event| !matches!(event, Event::NotRelayed { .. })));
    let (telegram, ..) = world.stop().await;
    assert_eq!((telegram.delivered().len(), tries_to(&telegram, 2)), (6, 12), "one unclear try each, and one after it");
}

#[tokio::test(start_paused = true)]
async fn after_unclear_answers_from_five_chats_everything_stands_still() {
    let mut world = World::start(FakeMessenger::default());
    world.relay(1, 100, 1, None);
    world.after(Duration::from_secs(1)).await;
    world.telegram.be_silent(true);
    for receiver in 1..=5 {
        world.relay(10 + receiver, receiver, 1, None);
    }
    world.after(Duration::from_secs(1)).await;
    for receiver in 6..=20 {
        world.relay(10 + receiver, receiver, 1, None);
    }
    world.sender.door().answer("q".into());
    world.after(Duration::from_mins(5)).await;
    assert_eq!(world.telegram.tries().len(), 6, "the five, and nothing after them");
    assert!(world.telegram.answered().is_empty());
    world.telegram.be_silent(false);
    world.after(Duration::from_secs(10)).await;
    assert!(world.events().iter().all(|event| !matches!(event, Event::NotRelayed { .. })));
    let (telegram, _, counters) = world.stop().await;
    assert_eq!((telegram.delivered().len(), telegram.answered().len()), (21, 1));
    assert_eq!((counters.rejected.get(), counters.unknown.get()), (0, 5));
}

#[tokio::test(start_paused = true)]
async fn where_telegram_is_well_and_every_send_stays_unclear_each_goes_three_times_at_most() {
    let telegram = FakeMessenger::default();
    telegram.lose_answers();
    let mut world = World::start(telegram);
    for receiver in 1..=6 {
        world.relay(receiver, receiver, i32::try_from(receiver).unwrap(), None);
    }
    world.after(Duration::from_hours(1)).await;
    let told: BTreeSet<_> = world.events().into_iter().filter_map(|event| unclear_source(&event)).collect();
    assert_eq!(told, (1..=6).collect());
    let (telegram, store, counters) = world.stop().await;
    assert_eq!((1..=6).map(|receiver| tries_to(&telegram, receiver)).collect::<Vec<_>>(), [3; 6]);
    assert_eq!((store.rows.lock().unwrap().len(), counters.waiting_rows.get()), (6, 0));
}

#[tokio::test(start_paused = true)]
async fn a_row_that_is_purged_while_it_is_in_doubt_is_not_sent_again() {
    let mut world = World::start(FakeMessenger::scripted(2, vec![Unknown, Fine]));
    world.telegram.be_silent(true);
    world.relay(1, 2, 1, None);
    world.relay_row(&Row { chat: 8, id: 2, receiver: 2, source: 2, reply_to: None });
    world.after(Duration::from_millis(50)).await;
    world.sender.door().purge(TelegramId::new(2), Some(ChatId::new(7)));
    world.after(Duration::from_secs(1)).await;
    world.telegram.be_silent(false);
    world.after(Duration::from_secs(20)).await;
    assert!(!is_let_go(&mut world, 1));
    let (telegram, ..) = world.stop().await;
    let sources: Vec<_> = telegram.tries().iter().map(Sent::source).collect();
    assert_eq!(sources, [1, 2, 2], "the second one comes to the script's unclear answer first");
}

#[tokio::test(start_paused = true)]
async fn an_unclear_invoice_is_sent_once_and_its_receiver_is_told_how_to_have_another() {
    for answers in [vec![Unknown, Fine], vec![Refused(Undelivered::Unknown), Fine]] {
        let mut world = World::start(FakeMessenger::scripted(2, answers));
        let body = r#"{"method":"sendInvoice","params":{"chat_id":2}}"#.to_owned();
        let body = OutboxBody::Call(Rendered { version: 1, body });
        let receiver = TelegramId::new(2);
        world.sender.door().send(vec![OutboxRow { id: OutboxId::new(1), receiver, chat: None, body }]);
        world.relay(2, 2, 5, None);
        world.after(Duration::from_hours(1)).await;
        assert!(world.events().contains(&Event::InvoiceUnclear { telegram: receiver }));
        let (telegram, store, _) = world.stop().await;
        let tries: Vec<_> = telegram.tries().iter().map(Sent::source).collect();
        assert_eq!(tries, [0, 5], "the invoice once, and what waits behind it");
        assert_eq!(store.rows.lock().unwrap().len(), 2);
    }
}
