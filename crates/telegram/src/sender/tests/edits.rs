//! Changes to messages: they go behind the copy that they change, and their writer hears when they do not arrive.

use luvhive_core::engine::effect::Original;

use super::*;

impl World {
    /// Person 1 changes message `source` in a chat with person 2.
    fn edit(&self, id: i64, chat: i64, source: i32) {
        let original = Original { from: TelegramId::new(1), message: MessageId::new(source) };
        let call = Rendered { version: 1, body: "edit".to_owned() };
        let (receiver, body) = (TelegramId::new(2), OutboxBody::Edit { original, call });
        self.sender.door().send(vec![OutboxRow { id: OutboxId::new(id), receiver, chat: Some(ChatId::new(chat)), body }]);
    }

    /// The messages that their writer heard something of, and what.
    fn told(&mut self) -> Vec<Event> {
        self.events().into_iter().filter(|event| matches!(event, Event::NotRelayed { .. })).collect()
    }
}

/// The copies that were to be changed, in the order of trying.
fn changed(telegram: &FakeMessenger) -> Vec<i32> {
    let edits = telegram.tries().into_iter().filter(|sent| matches!(sent.body, OutboxBody::Edit { .. }));
    edits.map(|sent| sent.quote.unwrap().get()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_change_waits_for_the_copy_of_its_message() {
    let mut world = World::start(FakeMessenger::scripted(2, vec![Throttled, Fine]));
    world.relay(1, 2, 5, None);
    world.edit(2, 7, 5);
    // Its copy was booked before the start.
    world.edit(3, 7, 40);
    world.after(Duration::from_mins(1)).await;
    assert_eq!(world.told(), []);
    let (telegram, store, _) = world.stop().await;
    assert_eq!(changed(&telegram), [10_005, 41]);
    assert_eq!(store.ids(), [1, 2, 3]);
}

#[tokio::test(start_paused = true)]
async fn a_writer_hears_of_a_change_that_did_not_arrive() {
    let answers = vec![
        Refused(Undelivered::Unknown),
        Refused(Undelivered::TooLong),
        Refused(Undelivered::SourceGone),
        Unknown,
        Unknown,
        Unknown,
        Fine,
    ];
    let mut world = World::start(FakeMessenger::scripted(2, answers));
    for id in 1..=4 {
        world.edit(id, 7, 40);
    }
    world.edit(5, 7, 6);
    world.edit(6, 8, 40);
    world.after(Duration::from_mins(1)).await;
    let expected = [
        not_relayed(40, Undelivered::EditRefused),
        not_relayed(40, Undelivered::EditTooLong),
        not_relayed(40, Undelivered::EditMissing),
        not_relayed(40, Undelivered::EditUnclear),
        // Never passed on, and passed on in another chat: Telegram is not even asked.
        not_relayed(6, Undelivered::EditMissing),
        not_relayed(40, Undelivered::EditMissing),
    ];
    assert_eq!(world.told(), expected);
    let (telegram, store, _) = world.stop().await;
    assert_eq!((changed(&telegram), store.ids()), (vec![41; 6], vec![1, 2, 3, 4, 5, 6]));
}

#[tokio::test(start_paused = true)]
async fn a_writer_hears_that_a_change_is_late_which_the_end_of_the_chat_drops() {
    for chat in [Some(ChatId::new(7)), None] {
        let mut world = World::start(FakeMessenger::scripted(2, vec![Throttled, Fine]));
        world.relay(1, 2, 5, None);
        for (id, source) in [(2, 5), (3, 40), (4, 40)] {
            world.edit(id, 7, source);
        }
        world.after(Duration::from_secs(1)).await;
        world.sender.door().purge(TelegramId::new(2), chat);
        world.after(Duration::from_mins(1)).await;
        let events = world.events();
        assert!(events.contains(&Event::Settled { receiver: TelegramId::new(2), count: 4, relayed: None }), "{events:?}");
        let told: Vec<_> = events.into_iter().filter(|event| matches!(event, Event::NotRelayed { .. })).collect();
        assert_eq!(told, [not_relayed(5, Undelivered::EditLate), not_relayed(40, Undelivered::EditLate)], "each once");
        let (telegram, ..) = world.stop().await;
        assert!(changed(&telegram).is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_writer_hears_of_a_change_that_was_on_its_way_when_the_chat_ended() {
    for (answer, why) in [
        (Throttled, Some(Undelivered::EditLate)),
        (NotSent, Some(Undelivered::EditLate)),
        (Gone, Some(Undelivered::EditLate)),
        (Unknown, Some(Undelivered::EditUnclear)),
        (Refused(Undelivered::TooLong), Some(Undelivered::EditTooLong)),
        (Fine, None),
    ] {
        for chat in [Some(ChatId::new(7)), None] {
            let telegram = FakeMessenger::scripted(2, vec![answer]);
            telegram.take(Duration::from_secs(2));
            let mut world = World::start(telegram);
            world.edit(1, 7, 40);
            world.after(Duration::from_secs(1)).await;
            world.sender.door().purge(TelegramId::new(2), chat);
            world.after(Duration::from_mins(1)).await;
            let told: Vec<_> = why.into_iter().map(|why| not_relayed(40, why)).collect();
            assert_eq!(world.told(), told, "{answer:?}");
            let (telegram, ..) = world.stop().await;
            assert_eq!(changed(&telegram), [41], "{answer:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_writer_hears_that_a_change_in_doubt_may_have_arrived_when_the_chat_ends() {
    let mut world = World::start(FakeMessenger::scripted(2, vec![Unknown]));
    world.telegram.be_silent(true);
    world.edit(1, 7, 40);
    world.edit(2, 7, 5);
    world.after(Duration::from_millis(50)).await;
    world.sender.door().purge(TelegramId::new(2), Some(ChatId::new(7)));
    world.after(Duration::from_secs(1)).await;
    assert_eq!(world.told(), [not_relayed(5, Undelivered::EditLate), not_relayed(40, Undelivered::EditUnclear)]);
    world.stop().await;
}
