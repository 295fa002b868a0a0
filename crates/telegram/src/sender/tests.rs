//! The sender against a scripted Telegram and a stopped clock: order, throttling, people gone, refusals, purges.

mod edits;
mod unclear;

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use luvhive_core::engine::effect::Relay;
use luvhive_core::id::{BotId, Epoch, Shard};
use luvhive_core::ports::chats::MockChatStore;
use luvhive_core::ports::journal::{MockJournal, Session};
use luvhive_core::ports::{JournalError, MessagePair};
use luvhive_core::testing::FakeClock;
use luvhive_core::time::Timestamp;
use tokio::time::sleep;

use super::*;
use crate::signal::report::Report;
use crate::testing::Answer::{Fine, Gone, NotSent, Refused, Throttled, Unknown};
use crate::testing::{FakeMessenger, Sent};

/// What was settled, and how settling is answered.
#[derive(Default)]
struct Settled {
    rows: Mutex<Vec<Settlement>>,
    is_away: AtomicBool,
    is_session_lost: AtomicBool,
}

impl Settled {
    fn take(&self, settlements: &[Settlement]) -> Result<Session, JournalError> {
        if self.is_away.load(Ordering::SeqCst) {
            self.is_session_lost.store(true, Ordering::SeqCst);
            return Err(JournalError::Store(unavailable()));
        }
        self.rows.lock().unwrap().extend(settlements);
        Ok(if self.is_session_lost.swap(false, Ordering::SeqCst) { Session::New } else { Session::Same })
    }

    fn ids(&self) -> Vec<i64> {
        self.rows.lock().unwrap().iter().map(|settlement| settlement.outbox.get()).collect()
    }
}

fn unavailable() -> StoreError {
    StoreError::Unavailable("away".into())
}

/// A journal that is asked for nothing but settling.
fn settling(settled: &Arc<Settled>) -> MockJournal {
    let (settled, mut journal) = (settled.clone(), MockJournal::new());
    journal.expect_settle().returning(move |_, settlements, _| settled.take(settlements));
    journal
}

/// Chats with the stored pair 40 and 41.
fn chats() -> MockChatStore {
    let mut chats = MockChatStore::new();
    chats.expect_find_pair().returning(|telegram, message| Ok(stored(telegram, message)));
    chats
}

fn stored(telegram: TelegramId, message: MessageId) -> Option<MessagePair> {
    let pair = pair(40, 41);
    ((telegram, message) == (pair.from, pair.source) || (telegram, message) == (pair.to, pair.copy)).then_some(pair)
}

/// Message `source` of person 1 and its copy at person 2.
fn pair(source: i32, copy: i32) -> MessagePair {
    MessagePair {
        chat: ChatId::new(7),
        from: TelegramId::new(1),
        source: MessageId::new(source),
        to: TelegramId::new(2),
        copy: MessageId::new(copy),
    }
}

/// A row that relays a message of person 1.
struct Row {
    chat: i64,
    id: i64,
    receiver: i64,
    source: i32,
    reply_to: Option<i32>,
}

struct World {
    telegram: Arc<FakeMessenger>,
    store: Arc<Settled>,
    term: Arc<LeaseTerm>,
    pairs: Arc<RecentPairs>,
    counters: Arc<Counters>,
    sender: Sender,
    reports: mpsc::UnboundedReceiver<Report>,
}

impl World {
    fn start(telegram: FakeMessenger) -> Self {
        Self::over(telegram, chats())
    }

    fn over(telegram: FakeMessenger, chats: MockChatStore) -> Self {
        let (reports, inbox) = Reports::channel();
        let (telegram, store) = (Arc::new(telegram), Arc::<Settled>::default());
        let term = LeaseTerm::of(Duration::from_hours(100));
        let (pairs, counters) = (Arc::new(RecentPairs::new(1_000)), Arc::<Counters>::default());
        let lease = Lease { bot: BotId::new(1), shard: Shard::new(0), epoch: Epoch::new(1), watermark: None, watermark_at: None };
        let sender = Sender::start(SenderParts {
            messenger: telegram.clone(),
            chats: Arc::new(chats),
            journal: Arc::new(settling(&store)),
            clock: Arc::new(FakeClock::new(Timestamp::EPOCH)),
            lease,
            term: term.clone(),
            pairs: pairs.clone(),
            memory: Arc::default(),
            counters: counters.clone(),
            reports,
            in_flight: 500,
            unclear_chats: 5,
        });
        Self { telegram, store, term, pairs, counters, sender, reports: inbox }
    }

    fn relay(&self, id: i64, receiver: i64, source: i32, reply_to: Option<i32>) {
        self.relay_row(&Row { chat: 7, id, receiver, source, reply_to });
    }

    fn relay_row(&self, row: &Row) {
        let &Row { chat, id, receiver, source, reply_to } = row;
        let relay = Relay {
            from: TelegramId::new(1),
            source: MessageId::new(source),
            reply_to: reply_to.map(MessageId::new),
            is_protected: false,
            sent: None,
        };
        let row = OutboxRow {
            id: OutboxId::new(id),
            receiver: TelegramId::new(receiver),
            chat: Some(ChatId::new(chat)),
            body: OutboxBody::Relay(relay),
        };
        self.sender.door().send(vec![row]);
    }

    /// Lets everything happen that happens within this time.
    async fn after(&self, time: Duration) {
        sleep(time).await;
    }

    fn events(&mut self) -> Vec<Event> {
        std::iter::from_fn(|| self.reports.try_recv().ok())
            .map(|report| match report {
                Report::Event(event) => event,
                other => panic!("not an event: {other:?}"),
            })
            .collect()
    }

    async fn stop(self) -> (Arc<FakeMessenger>, Arc<Settled>, Arc<Counters>) {
        self.sender.stop(Instant::now()).await;
        (self.telegram, self.store, self.counters)
    }
}

/// What the engine hears of a message of person 1 that is not passed on.
fn not_relayed(source: i32, why: Undelivered) -> Event {
    Event::NotRelayed { telegram: TelegramId::new(1), message: MessageId::new(source), why }
}

/// Receiver and source message of what arrived, in order.
fn delivered(telegram: &FakeMessenger) -> Vec<(i64, i32)> {
    telegram.delivered().iter().map(|sent| (sent.receiver.get(), sent.source())).collect()
}

/// What each try quoted, by source message.
fn quotes(telegram: &FakeMessenger) -> Vec<(i32, Option<i32>)> {
    let mut quotes: Vec<_> = telegram.tries().iter().map(|sent| (sent.source(), sent.quote.map(MessageId::get))).collect();
    quotes.sort_unstable();
    quotes
}

/// A Telegram that takes so long for each send.
fn slow(takes: Duration) -> FakeMessenger {
    let telegram = FakeMessenger::default();
    telegram.take(takes);
    telegram
}

#[tokio::test(start_paused = true)]
async fn a_receivers_messages_arrive_in_order_one_at_a_time() {
    let world = World::start(slow(Duration::from_millis(10)));
    for n in 1..=50 {
        world.relay(i64::from(n), 2, n, None);
    }
    world.after(Duration::from_secs(2)).await;
    let (telegram, store, counters) = world.stop().await;
    let order: Vec<_> = delivered(&telegram).iter().map(|&(_, source)| source).collect();
    assert_eq!(order, (1..=50).collect::<Vec<_>>());
    assert_eq!(telegram.most_under_way(), 1);
    assert_eq!(store.rows.lock().unwrap().len(), 50);
    assert_eq!(counters.sent.get(), 50);
}

#[tokio::test(start_paused = true)]
async fn at_most_so_many_sends_are_under_way() {
    let world = World::start(slow(Duration::from_millis(10)));
    for n in 0..2_000 {
        world.relay(n, n, 1, None);
    }
    world.after(Duration::from_millis(60)).await;
    let (telegram, _, counters) = world.stop().await;
    assert_eq!(telegram.most_under_way(), 500);
    assert_eq!((counters.sent.get(), counters.waiting_rows.get()), (2_000, 0));
}

#[tokio::test(start_paused = true)]
async fn one_throttled_chat_slows_nobody_else() {
    let world = World::start(FakeMessenger::scripted(2, vec![Throttled, Fine]));
    world.relay(1, 2, 1, None);
    world.relay(2, 2, 2, None);
    for n in 10..60 {
        world.relay(n, n, 5, None);
    }
    world.after(Duration::from_millis(100)).await;
    assert_eq!(world.telegram.delivered().len(), 50);
    world.after(Duration::from_secs(29)).await;
    assert_eq!(world.telegram.delivered().len(), 50);
    world.after(Duration::from_secs(2)).await;
    let (telegram, _, counters) = world.stop().await;
    assert_eq!(delivered(&telegram)[50..], [(2, 1), (2, 2)]);
    let tries = telegram.tries();
    let held: Vec<_> = tries.iter().filter(|sent| sent.receiver.get() == 2).map(|sent| sent.at - tries[0].at).collect();
    assert!(held[1] >= Duration::from_secs(30), "{held:?}");
    assert_eq!(counters.throttled.get(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_did_not_leave_is_repeated_for_ever() {
    let world = World::start(FakeMessenger::scripted(2, [vec![NotSent; 40], vec![Fine]].concat()));
    world.relay(1, 2, 1, None);
    world.after(Duration::from_hours(1)).await;
    let (telegram, _, counters) = world.stop().await;
    assert_eq!((telegram.delivered().len(), counters.not_sent.get()), (1, 40));
}

#[tokio::test(start_paused = true)]
async fn somebody_gone_is_told_once_and_their_rows_stay_until_purged() {
    let mut world = World::start(FakeMessenger::scripted(2, vec![Gone]));
    world.relay(1, 2, 1, None);
    world.relay(2, 2, 2, None);
    world.after(Duration::from_mins(5)).await;
    assert_eq!(world.events(), [Event::Gone { telegram: TelegramId::new(2) }]);
    assert_eq!(world.telegram.tries().len(), 1);
    assert_eq!(world.counters.waiting_rows.get(), 2);
    assert!(world.store.rows.lock().unwrap().is_empty());
    world.sender.door().purge(TelegramId::new(2), None);
    world.after(Duration::from_secs(1)).await;
    assert_eq!(world.events(), [Event::Settled { receiver: TelegramId::new(2), count: 2, relayed: None }]);
    assert_eq!(world.counters.waiting_rows.get(), 0);
    world.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_refused_row_is_settled_its_writer_hears_why_and_the_next_one_goes() {
    for &why in Undelivered::ALL {
        let mut world = World::start(FakeMessenger::scripted(2, vec![Refused(why), Fine]));
        world.relay(1, 2, 1, None);
        world.relay(2, 2, 2, None);
        world.after(Duration::from_secs(1)).await;
        let (told, settled): (Vec<_>, Vec<_>) =
            world.events().into_iter().partition(|event| matches!(event, Event::NotRelayed { .. }));
        assert_eq!(told, [not_relayed(1, why)]);
        let count: u32 = settled.iter().map(|event| if let Event::Settled { count, .. } = event { *count } else { 0 }).sum();
        assert_eq!(count, 2);
        let (telegram, store, _) = world.stop().await;
        assert_eq!(delivered(&telegram), [(2, 2)]);
        assert_eq!(store.rows.lock().unwrap().len(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_reply_that_is_refused_goes_once_more_without_its_quote() {
    use Undelivered::{Kind, Setting, SourceGone, TooLong};
    for (why, others) in [(TooLong, true), (Undelivered::Unknown, true), (SourceGone, true), (Kind, false), (Setting, false)] {
        for second in [Fine, Refused(why)] {
            let mut world = World::start(FakeMessenger::scripted(2, vec![Refused(why), second, Fine]));
            world.pairs.insert(&pair(30, 31));
            world.relay(1, 2, 50, Some(30));
            world.after(Duration::from_secs(1)).await;
            let is_told = world.events().contains(&not_relayed(50, why));
            let (telegram, store, _) = world.stop().await;
            let tries: Vec<_> = telegram.tries().iter().map(|sent| sent.quote.map(MessageId::get)).collect();
            assert_eq!(tries, if others { vec![Some(31), None] } else { vec![Some(31)] }, "{why}");
            assert_eq!(is_told, telegram.delivered().is_empty(), "{why}");
            assert_eq!(store.rows.lock().unwrap().len(), 1);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_that_quotes_nothing_is_refused_once() {
    let world = World::start(FakeMessenger::scripted(2, vec![Refused(Undelivered::TooLong)]));
    world.relay(1, 2, 50, None);
    world.relay(2, 2, 51, Some(99));
    world.after(Duration::from_secs(1)).await;
    assert_eq!(world.telegram.tries().len(), 2);
    world.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_purge_stops_what_waits_behind_a_throttle() {
    let mut world = World::start(FakeMessenger::scripted(2, vec![Throttled, Fine]));
    world.relay(1, 2, 1, None);
    world.relay(2, 2, 2, None);
    world.after(Duration::from_secs(1)).await;
    world.sender.door().purge(TelegramId::new(2), Some(ChatId::new(7)));
    world.after(Duration::from_mins(1)).await;
    assert_eq!(world.events(), [Event::Settled { receiver: TelegramId::new(2), count: 2, relayed: None }]);
    let (telegram, _, counters) = world.stop().await;
    assert!(telegram.delivered().is_empty());
    assert_eq!((counters.purged.get(), counters.waiting_rows.get()), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn a_reply_quotes_the_message_on_the_receivers_side() {
    let world = World::start(FakeMessenger::default());
    world.pairs.insert(&pair(30, 31));
    world.relay(1, 2, 50, Some(30));
    world.relay(2, 2, 51, Some(40));
    world.relay(3, 2, 52, Some(99));
    // The same quotes to somebody else: a former partner's messages are not theirs.
    world.relay(4, 3, 53, Some(30));
    world.relay(5, 3, 54, Some(40));
    world.after(Duration::from_secs(1)).await;
    let (telegram, ..) = world.stop().await;
    assert_eq!(quotes(&telegram), [(50, Some(31)), (51, Some(41)), (52, None), (53, None), (54, None)]);
}

#[tokio::test(start_paused = true)]
async fn a_reply_waits_for_chats_that_do_not_answer_and_not_for_unreadable_ones() {
    let (mut outage, mut chats) = (3, MockChatStore::new());
    chats.expect_find_pair().returning(move |telegram, message| {
        outage -= 1;
        if outage >= 0 { Err(unavailable()) } else { Ok(stored(telegram, message)) }
    });
    let world = World::over(FakeMessenger::default(), chats);
    world.relay(1, 2, 50, Some(40));
    world.relay(2, 3, 60, None);
    world.after(Duration::from_mins(1)).await;
    let (telegram, _, counters) = world.stop().await;
    assert_eq!(quotes(&telegram), [(50, Some(41)), (60, None)], "nothing leaves without its quote, and nobody else waits");
    assert_eq!(delivered(&telegram), [(3, 60), (2, 50)]);
    assert_eq!(counters.not_sent.get(), 3);

    let mut chats = MockChatStore::new();
    chats.expect_find_pair().returning(|_, _| Err(StoreError::Corrupt { what: "pair" }));
    let world = World::over(FakeMessenger::default(), chats);
    world.relay(1, 2, 50, Some(40));
    world.after(Duration::from_secs(1)).await;
    let (telegram, ..) = world.stop().await;
    assert_eq!(quotes(&telegram), [(50, None)]);
}

#[tokio::test(start_paused = true)]
async fn a_reply_to_a_message_of_an_earlier_chat_quotes_nothing() {
    let world = World::start(FakeMessenger::default());
    // Both in memory and in the store, between the same two people, but of another chat.
    world.pairs.insert(&MessagePair { chat: ChatId::new(6), ..pair(30, 31) });
    world.relay_row(&Row { chat: 6, id: 1, receiver: 2, source: 50, reply_to: Some(30) });
    world.relay_row(&Row { chat: 7, id: 2, receiver: 2, source: 51, reply_to: Some(30) });
    world.relay_row(&Row { chat: 8, id: 3, receiver: 2, source: 52, reply_to: Some(40) });
    world.relay_row(&Row { chat: 7, id: 4, receiver: 2, source: 53, reply_to: Some(40) });
    world.after(Duration::from_secs(1)).await;
    let (telegram, ..) = world.stop().await;
    assert_eq!(quotes(&telegram), [(50, Some(31)), (51, None), (52, None), (53, Some(41))]);
}

#[tokio::test(start_paused = true)]
async fn a_reply_finds_the_message_sent_just_before() {
    let world = World::start(FakeMessenger::default());
    world.relay(1, 2, 60, None);
    world.relay(2, 2, 61, Some(60));
    world.after(Duration::from_secs(1)).await;
    let (telegram, store, _) = world.stop().await;
    assert_eq!(telegram.tries()[1].quote, Some(MessageId::new(10_060)));
    assert_eq!(store.rows.lock().unwrap()[0].pair, Some(pair(60, 10_060)));
}

#[tokio::test(start_paused = true)]
async fn nothing_leaves_without_a_lease() {
    let world = World::start(FakeMessenger::default());
    world.term.extend_by(Duration::ZERO);
    world.relay(1, 2, 1, None);
    world.sender.door().answer("q".into());
    world.after(Duration::from_secs(10)).await;
    assert!(world.telegram.tries().is_empty());
    assert!(world.telegram.answered().is_empty());
    world.term.extend_by(Duration::from_secs(3));
    world.after(Duration::from_secs(1)).await;
    assert_eq!(world.telegram.delivered().len(), 1);
    assert_eq!(world.telegram.answered(), ["q"]);
    world.stop().await;
}

#[tokio::test(start_paused = true)]
async fn settling_waits_for_the_database_and_sees_to_the_last_half_minute_again() {
    let world = World::start(FakeMessenger::default());
    world.relay(1, 2, 1, None);
    world.after(Duration::from_secs(1)).await;
    world.store.is_away.store(true, Ordering::SeqCst);
    world.relay(2, 2, 2, None);
    world.after(Duration::from_secs(5)).await;
    assert_eq!(world.telegram.delivered().len(), 2, "sending goes on");
    assert_eq!(world.store.rows.lock().unwrap().len(), 1);
    world.store.is_away.store(false, Ordering::SeqCst);
    world.after(Duration::from_secs(5)).await;
    world.relay(3, 2, 3, None);
    world.after(Duration::from_secs(1)).await;
    let (_, store, _) = world.stop().await;
    assert_eq!(store.ids(), [1, 2, 1, 2, 3]);
}

#[tokio::test(start_paused = true)]
async fn a_session_lost_in_silence_is_noticed_without_another_row() {
    let world = World::start(FakeMessenger::default());
    world.relay(1, 2, 1, None);
    world.after(Duration::from_secs(1)).await;
    assert_eq!(world.store.ids(), [1]);
    world.store.is_session_lost.store(true, Ordering::SeqCst);
    world.after(Duration::from_secs(2)).await;
    assert_eq!(world.store.ids(), [1, 1]);
    world.after(Duration::from_mins(1)).await;
    world.store.is_session_lost.store(true, Ordering::SeqCst);
    world.after(Duration::from_secs(2)).await;
    assert_eq!(world.store.ids(), [1, 1], "what is older than half a minute is on the disk");
}

#[tokio::test(start_paused = true)]
async fn a_session_lost_just_before_a_stop_is_noticed_by_it() {
    let world = World::start(FakeMessenger::default());
    world.relay(1, 2, 1, None);
    world.after(Duration::from_millis(100)).await;
    world.store.is_session_lost.store(true, Ordering::SeqCst);
    let (_, store, _) = world.stop().await;
    assert_eq!(store.ids(), [1, 1]);
}

#[tokio::test(start_paused = true)]
async fn a_stop_sends_what_it_can_and_leaves_the_rest() {
    let world = World::start(FakeMessenger::scripted(2, vec![Throttled]));
    world.relay(1, 2, 1, None);
    world.relay(2, 3, 1, None);
    let (telegram, store) = (world.telegram.clone(), world.store.clone());
    let begun = Instant::now();
    world.sender.stop(begun + Duration::from_secs(5)).await;
    assert_eq!(delivered(&telegram), [(3, 1)]);
    assert_eq!(store.rows.lock().unwrap().len(), 1);
    assert!(begun.elapsed() < Duration::from_secs(6));
}
