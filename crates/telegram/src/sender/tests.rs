//! The sender against a scripted Telegram and a stopped clock: order, throttling, people gone, unclear outcomes, purges.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use luvhive_core::engine::Loaded;
use luvhive_core::engine::batch::Batch;
use luvhive_core::engine::event::{EngineCommand, Finished};
use luvhive_core::id::{BotId, CommandId, Epoch, InboxId, PersonId, Shard, UpdateId};
use luvhive_core::ports::journal::Session;
use luvhive_core::ports::{Change, ChatRecord, JournalError, MessagePair};
use luvhive_core::time::Timestamp;
use tokio::time::sleep;

use super::*;
use crate::signal::report::Report;

/// What a send comes to.
#[derive(Clone, Copy)]
enum Answers {
    Fine,
    Throttled,
    Unknown,
    NotSent,
    Gone,
    Rejected,
}

use Answers::{Fine, Gone, NotSent, Rejected, Throttled, Unknown};

/// What sends come to, by receiver; the list's last one goes on for ever.
type Script = HashMap<i64, Vec<Answers>>;

/// One try of a send.
struct Try {
    receiver: i64,
    source: i32,
    quote: Option<i32>,
    at_ms: u128,
}

#[derive(Default)]
struct Telegram {
    script: Mutex<Script>,
    tries: Mutex<Vec<Try>>,
    /// Receiver and source message of every success.
    delivered: Mutex<Vec<(i64, i32)>>,
    under_way: AtomicUsize,
    most_under_way: AtomicUsize,
    answered: Mutex<Vec<String>>,
    takes: Duration,
    begun: Mutex<Option<Instant>>,
}

#[async_trait::async_trait]
impl Messenger for Telegram {
    async fn deliver(
        &self,
        receiver: TelegramId,
        body: &OutboxBody,
        reply_to: Option<MessageId>,
    ) -> Result<Delivery, MessengerError> {
        let source = match body {
            OutboxBody::Relay(relay) => relay.source.get(),
            OutboxBody::Call(_) => 0,
        };
        let begun = *self.begun.lock().unwrap().get_or_insert_with(Instant::now);
        let at_ms = begun.elapsed().as_millis();
        let quote = reply_to.map(MessageId::get);
        self.tries.lock().unwrap().push(Try { receiver: receiver.get(), source, quote, at_ms });
        let now = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_under_way.fetch_max(now, Ordering::SeqCst);
        sleep(self.takes).await;
        self.under_way.fetch_sub(1, Ordering::SeqCst);
        let answer = {
            let mut script = self.script.lock().unwrap();
            match script.get_mut(&receiver.get()) {
                Some(answers) if answers.len() > 1 => answers.remove(0),
                Some(answers) => answers[0],
                None => Fine,
            }
        };
        match answer {
            Fine => {}
            Throttled => return Err(MessengerError::RetryAfter(Duration::from_secs(30))),
            Unknown => return Err(MessengerError::Unknown("cut".into())),
            NotSent => return Err(MessengerError::NotSent("no way".into())),
            Gone => return Err(MessengerError::Gone),
            Rejected => return Err(MessengerError::Rejected { code: 400 }),
        }
        self.delivered.lock().unwrap().push((receiver.get(), source));
        Ok(Delivery { message: Some(MessageId::new(source + 10_000)), at: None })
    }

    async fn answer(&self, callback: &str) -> Result<(), MessengerError> {
        self.answered.lock().unwrap().push(callback.to_owned());
        Ok(())
    }
}

/// A journal of which only settling counts, and chats with one stored pair.
#[derive(Default)]
struct Store {
    settled: Mutex<Vec<Settlement>>,
    is_away: AtomicBool,
    is_session_lost: AtomicBool,
}

#[async_trait::async_trait]
impl Journal for Store {
    async fn acquire(&self, _: &str, _: Timestamp, _: Duration) -> Result<Lease, JournalError> {
        unreachable!("not asked for")
    }
    async fn heartbeat(&self, _: &Lease, _: Timestamp, _: Duration) -> Result<(), JournalError> {
        unreachable!("not asked for")
    }
    async fn release(&self, _: &Lease) -> Result<(), JournalError> {
        unreachable!("not asked for")
    }
    async fn load(&self, _: &Lease, _: Timestamp) -> Result<Loaded, JournalError> {
        unreachable!("not asked for")
    }
    async fn commit(&self, _: &Lease, _: Option<UpdateId>, _: &Batch) -> Result<(), JournalError> {
        unreachable!("not asked for")
    }
    async fn finish(
        &self,
        _: &Lease,
        _: InboxId,
        _: TelegramId,
        _: &[Change],
        _: &[OutboxRow],
        _: Timestamp,
    ) -> Result<Finished, JournalError> {
        unreachable!("not asked for")
    }
    async fn settle(&self, _: &Lease, settlements: &[Settlement], _: Timestamp) -> Result<Session, JournalError> {
        if self.is_away.load(Ordering::SeqCst) {
            self.is_session_lost.store(true, Ordering::SeqCst);
            return Err(JournalError::Store(StoreError::Unavailable("away".into())));
        }
        self.settled.lock().unwrap().extend(settlements);
        Ok(if self.is_session_lost.swap(false, Ordering::SeqCst) { Session::New } else { Session::Same })
    }
    async fn list_commands(&self, _: &Lease) -> Result<Vec<(CommandId, EngineCommand)>, JournalError> {
        unreachable!("not asked for")
    }
}

#[async_trait::async_trait]
impl ChatStore for Store {
    async fn find_chat(&self, _: ChatId) -> Result<Option<ChatRecord>, StoreError> {
        unreachable!("not asked for")
    }
    async fn find_last_chat(&self, _: PersonId) -> Result<Option<ChatRecord>, StoreError> {
        unreachable!("not asked for")
    }
    async fn find_pair(&self, telegram: TelegramId, message: MessageId) -> Result<Option<MessagePair>, StoreError> {
        if self.is_away.load(Ordering::SeqCst) {
            return Err(StoreError::Unavailable("away".into()));
        }
        let stored = pair(40, 41);
        let is_it = (telegram == stored.from && message == stored.source) || (telegram == stored.to && message == stored.copy);
        Ok(is_it.then_some(stored))
    }
    async fn has_block(&self, _: PersonId, _: PersonId) -> Result<bool, StoreError> {
        unreachable!("not asked for")
    }
    async fn list_last_pairs(&self, _: ChatId, _: u16) -> Result<Vec<MessagePair>, StoreError> {
        unreachable!("not asked for")
    }
}

struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        Timestamp::EPOCH
    }
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

struct World {
    telegram: Arc<Telegram>,
    store: Arc<Store>,
    term: Arc<LeaseTerm>,
    pairs: Arc<RecentPairs>,
    counters: Arc<Counters>,
    sender: Sender,
    reports: mpsc::UnboundedReceiver<Report>,
}

impl World {
    fn start(telegram: Telegram) -> Self {
        let (reports, inbox) = Reports::channel();
        let (telegram, store) = (Arc::new(telegram), Arc::<Store>::default());
        let term = LeaseTerm::of(Duration::from_hours(100));
        let (pairs, counters) = (Arc::new(RecentPairs::new(1_000)), Arc::<Counters>::default());
        let lease = Lease { bot: BotId::new(1), shard: Shard::new(0), epoch: Epoch::new(1), watermark: None, watermark_at: None };
        let sender = Sender::start(SenderParts {
            messenger: telegram.clone(),
            chats: store.clone(),
            journal: store.clone(),
            clock: Arc::new(Fixed),
            lease,
            term: term.clone(),
            pairs: pairs.clone(),
            memory: Arc::default(),
            counters: counters.clone(),
            reports,
            in_flight: 500,
        });
        Self { telegram, store, term, pairs, counters, sender, reports: inbox }
    }

    fn relay(&self, id: i64, receiver: i64, source: i32, reply_to: Option<i32>) {
        self.relay_in(7, id, receiver, source, reply_to);
    }

    fn relay_in(&self, chat: i64, id: i64, receiver: i64, source: i32, reply_to: Option<i32>) {
        let relay = Relay {
            from: TelegramId::new(1),
            source: MessageId::new(source),
            reply_to: reply_to.map(MessageId::new),
            is_protected: false,
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

    async fn stop(self) -> (Arc<Telegram>, Arc<Store>, Arc<Counters>) {
        self.sender.stop(Instant::now()).await;
        (self.telegram, self.store, self.counters)
    }
}

fn scripted(receiver: i64, answers: Vec<Answers>) -> Telegram {
    Telegram { script: Mutex::new(HashMap::from([(receiver, answers)])), ..Telegram::default() }
}

#[tokio::test(start_paused = true)]
async fn a_receivers_messages_arrive_in_order_one_at_a_time() {
    let world = World::start(Telegram { takes: Duration::from_millis(10), ..Telegram::default() });
    for n in 1..=50 {
        world.relay(i64::from(n), 2, n, None);
    }
    world.after(Duration::from_secs(2)).await;
    let (telegram, store, counters) = world.stop().await;
    let order: Vec<_> = telegram.delivered.lock().unwrap().iter().map(|&(_, source)| source).collect();
    assert_eq!(order, (1..=50).collect::<Vec<_>>());
    assert_eq!(telegram.most_under_way.load(Ordering::SeqCst), 1);
    assert_eq!(store.settled.lock().unwrap().len(), 50);
    assert_eq!(counters.sent.get(), 50);
}

#[tokio::test(start_paused = true)]
async fn at_most_so_many_sends_are_under_way() {
    let world = World::start(Telegram { takes: Duration::from_millis(10), ..Telegram::default() });
    for n in 0..2_000 {
        world.relay(n, n, 1, None);
    }
    world.after(Duration::from_millis(60)).await;
    let (telegram, _, counters) = world.stop().await;
    assert_eq!(telegram.most_under_way.load(Ordering::SeqCst), 500);
    assert_eq!((counters.sent.get(), counters.waiting_rows.get()), (2_000, 0));
}

#[tokio::test(start_paused = true)]
async fn one_throttled_chat_slows_nobody_else() {
    let world = World::start(scripted(2, vec![Throttled, Fine]));
    world.relay(1, 2, 1, None);
    world.relay(2, 2, 2, None);
    for n in 10..60 {
        world.relay(n, n, 5, None);
    }
    world.after(Duration::from_millis(100)).await;
    assert_eq!(world.telegram.delivered.lock().unwrap().len(), 50);
    world.after(Duration::from_secs(29)).await;
    assert_eq!(world.telegram.delivered.lock().unwrap().len(), 50);
    world.after(Duration::from_secs(2)).await;
    let (telegram, _, counters) = world.stop().await;
    assert_eq!(telegram.delivered.lock().unwrap()[50..], [(2, 1), (2, 2)]);
    let tries: Vec<_> = telegram.tries.lock().unwrap().iter().filter(|t| t.receiver == 2).map(|t| t.at_ms).collect();
    assert!(tries[1] >= 30_000, "{tries:?}");
    assert_eq!(counters.throttled.get(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_unclear_send_is_repeated_before_anything_behind_it() {
    let world = World::start(scripted(2, vec![Unknown, Unknown, Fine]));
    world.relay(1, 2, 1, None);
    world.relay(2, 2, 2, None);
    world.after(Duration::from_mins(1)).await;
    let (telegram, store, counters) = world.stop().await;
    assert_eq!(*telegram.delivered.lock().unwrap(), [(2, 1), (2, 2)]);
    assert_eq!(store.settled.lock().unwrap().len(), 2);
    assert_eq!(counters.unknown.get(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_unclear_row_is_given_up_only_while_others_get_through_and_its_sender_is_told() {
    let mut world = World::start(scripted(2, vec![Unknown]));
    world.relay(1, 2, 1, None);
    world.after(Duration::from_hours(1)).await;
    assert_eq!(world.counters.rejected.get(), 0, "Telegram may be down altogether");
    for n in 10..800 {
        world.relay(n, 3, 5, None);
        world.after(Duration::from_secs(1)).await;
    }
    assert!(world.events().contains(&Event::NotRelayed { telegram: TelegramId::new(1) }));
    let (_, store, counters) = world.stop().await;
    assert_eq!(counters.rejected.get(), 1);
    assert!(store.settled.lock().unwrap().iter().any(|s| s.outbox == OutboxId::new(1) && s.pair.is_none()));
}

#[tokio::test(start_paused = true)]
async fn an_unclear_invoice_is_sent_once_and_its_receiver_is_told_how_to_have_another() {
    for answers in [vec![Unknown, Fine], vec![Rejected, Fine]] {
        let mut world = World::start(scripted(2, answers));
        let body = r#"{"method":"sendInvoice","params":{"chat_id":2}}"#.to_owned();
        let body = OutboxBody::Call(Rendered { version: 1, body });
        let receiver = TelegramId::new(2);
        world.sender.door().send(vec![OutboxRow { id: OutboxId::new(1), receiver, chat: None, body }]);
        world.relay(2, 2, 5, None);
        world.after(Duration::from_hours(1)).await;
        assert!(world.events().contains(&Event::InvoiceUnclear { telegram: receiver }));
        let (telegram, store, _) = world.stop().await;
        let tries: Vec<_> = telegram.tries.lock().unwrap().iter().map(|one| one.source).collect();
        assert_eq!(tries, [0, 5], "the invoice once, and what waits behind it");
        assert_eq!(store.settled.lock().unwrap().len(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn what_did_not_leave_is_repeated_for_ever() {
    let world = World::start(scripted(2, [vec![NotSent; 40], vec![Fine]].concat()));
    world.relay(1, 2, 1, None);
    world.after(Duration::from_hours(1)).await;
    let (telegram, _, counters) = world.stop().await;
    assert_eq!((telegram.delivered.lock().unwrap().len(), counters.not_sent.get()), (1, 40));
}

#[tokio::test(start_paused = true)]
async fn somebody_gone_is_told_once_and_their_rows_stay_until_purged() {
    let mut world = World::start(scripted(2, vec![Gone]));
    world.relay(1, 2, 1, None);
    world.relay(2, 2, 2, None);
    world.after(Duration::from_mins(5)).await;
    assert_eq!(world.events(), [Event::Gone { telegram: TelegramId::new(2) }]);
    assert_eq!(world.telegram.tries.lock().unwrap().len(), 1);
    assert_eq!(world.counters.waiting_rows.get(), 2);
    assert!(world.store.settled.lock().unwrap().is_empty());
    world.sender.door().purge(TelegramId::new(2), None);
    world.after(Duration::from_secs(1)).await;
    assert_eq!(world.events(), [Event::Settled { receiver: TelegramId::new(2), count: 2, relayed: None }]);
    assert_eq!(world.counters.waiting_rows.get(), 0);
    world.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_refused_row_is_settled_and_the_next_one_goes() {
    let mut world = World::start(scripted(2, vec![Rejected, Fine]));
    world.relay(1, 2, 1, None);
    world.relay(2, 2, 2, None);
    world.after(Duration::from_secs(1)).await;
    let (mut settled, mut told) = (0, 0);
    for event in world.events() {
        match event {
            Event::Settled { count, .. } => settled += count,
            Event::NotRelayed { .. } => told += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((settled, told), (2, 1));
    let (telegram, store, _) = world.stop().await;
    assert_eq!(*telegram.delivered.lock().unwrap(), [(2, 2)]);
    assert_eq!(store.settled.lock().unwrap().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_purge_stops_what_waits_behind_a_throttle() {
    let mut world = World::start(scripted(2, vec![Throttled, Fine]));
    world.relay(1, 2, 1, None);
    world.relay(2, 2, 2, None);
    world.after(Duration::from_secs(1)).await;
    world.sender.door().purge(TelegramId::new(2), Some(ChatId::new(7)));
    world.after(Duration::from_mins(1)).await;
    assert_eq!(world.events(), [Event::Settled { receiver: TelegramId::new(2), count: 2, relayed: None }]);
    let (telegram, _, counters) = world.stop().await;
    assert!(telegram.delivered.lock().unwrap().is_empty());
    assert_eq!((counters.purged.get(), counters.waiting_rows.get()), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn a_reply_quotes_the_message_on_the_receivers_side() {
    let world = World::start(Telegram::default());
    world.pairs.insert(&pair(30, 31));
    world.relay(1, 2, 50, Some(30));
    world.relay(2, 2, 51, Some(40));
    world.relay(3, 2, 52, Some(99));
    // The same quotes to somebody else: a former partner's messages are not theirs.
    world.relay(4, 3, 53, Some(30));
    world.relay(5, 3, 54, Some(40));
    world.after(Duration::from_secs(1)).await;
    let (telegram, ..) = world.stop().await;
    let mut quotes: Vec<_> = telegram.tries.lock().unwrap().iter().map(|t| (t.source, t.quote)).collect();
    quotes.sort_unstable();
    assert_eq!(quotes, [(50, Some(31)), (51, Some(41)), (52, None), (53, None), (54, None)]);
}

#[tokio::test(start_paused = true)]
async fn a_reply_to_a_message_of_an_earlier_chat_quotes_nothing() {
    let world = World::start(Telegram::default());
    // Both in memory and in the store, between the same two people, but of another chat.
    world.pairs.insert(&MessagePair { chat: ChatId::new(6), ..pair(30, 31) });
    world.relay_in(6, 1, 2, 50, Some(30));
    world.relay_in(7, 2, 2, 51, Some(30));
    world.relay_in(8, 3, 2, 52, Some(40));
    world.relay_in(7, 4, 2, 53, Some(40));
    world.after(Duration::from_secs(1)).await;
    let (telegram, ..) = world.stop().await;
    let mut quotes: Vec<_> = telegram.tries.lock().unwrap().iter().map(|t| (t.source, t.quote)).collect();
    quotes.sort_unstable();
    assert_eq!(quotes, [(50, Some(31)), (51, None), (52, None), (53, Some(41))]);
}

#[tokio::test(start_paused = true)]
async fn a_reply_finds_the_message_sent_just_before() {
    let world = World::start(Telegram::default());
    world.relay(1, 2, 60, None);
    world.relay(2, 2, 61, Some(60));
    world.after(Duration::from_secs(1)).await;
    let (telegram, store, _) = world.stop().await;
    assert_eq!(telegram.tries.lock().unwrap()[1].quote, Some(10_060));
    assert_eq!(store.settled.lock().unwrap()[0].pair, Some(pair(60, 10_060)));
}

#[tokio::test(start_paused = true)]
async fn nothing_leaves_without_a_lease() {
    let world = World::start(Telegram::default());
    world.term.extend(Instant::now());
    world.relay(1, 2, 1, None);
    world.sender.door().answer("q".into());
    world.after(Duration::from_secs(10)).await;
    assert!(world.telegram.tries.lock().unwrap().is_empty());
    assert!(world.telegram.answered.lock().unwrap().is_empty());
    world.term.extend(Instant::now() + Duration::from_secs(3));
    world.after(Duration::from_secs(1)).await;
    assert_eq!(world.telegram.delivered.lock().unwrap().len(), 1);
    assert_eq!(*world.telegram.answered.lock().unwrap(), ["q"]);
    world.stop().await;
}

#[tokio::test(start_paused = true)]
async fn settling_waits_for_the_database_and_sees_to_the_last_half_minute_again() {
    let world = World::start(Telegram::default());
    world.relay(1, 2, 1, None);
    world.after(Duration::from_secs(1)).await;
    world.store.is_away.store(true, Ordering::SeqCst);
    world.relay(2, 2, 2, None);
    world.after(Duration::from_secs(5)).await;
    assert_eq!(world.telegram.delivered.lock().unwrap().len(), 2, "sending goes on");
    assert_eq!(world.store.settled.lock().unwrap().len(), 1);
    world.store.is_away.store(false, Ordering::SeqCst);
    world.after(Duration::from_secs(5)).await;
    world.relay(3, 2, 3, None);
    world.after(Duration::from_secs(1)).await;
    let (_, store, _) = world.stop().await;
    let ids: Vec<_> = store.settled.lock().unwrap().iter().map(|s| s.outbox.get()).collect();
    assert_eq!(ids, [1, 2, 1, 2, 3]);
}

fn settled(store: &Store) -> Vec<i64> {
    store.settled.lock().unwrap().iter().map(|settlement| settlement.outbox.get()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_session_lost_in_silence_is_noticed_without_another_row() {
    let world = World::start(Telegram::default());
    world.relay(1, 2, 1, None);
    world.after(Duration::from_secs(1)).await;
    assert_eq!(settled(&world.store), [1]);
    world.store.is_session_lost.store(true, Ordering::SeqCst);
    world.after(Duration::from_secs(2)).await;
    assert_eq!(settled(&world.store), [1, 1]);
    world.after(Duration::from_mins(1)).await;
    world.store.is_session_lost.store(true, Ordering::SeqCst);
    world.after(Duration::from_secs(2)).await;
    assert_eq!(settled(&world.store), [1, 1], "what is older than half a minute is on the disk");
}

#[tokio::test(start_paused = true)]
async fn a_session_lost_just_before_a_stop_is_noticed_by_it() {
    let world = World::start(Telegram::default());
    world.relay(1, 2, 1, None);
    world.after(Duration::from_millis(100)).await;
    world.store.is_session_lost.store(true, Ordering::SeqCst);
    let (_, store, _) = world.stop().await;
    assert_eq!(settled(&store), [1, 1]);
}

#[tokio::test(start_paused = true)]
async fn a_stop_sends_what_it_can_and_leaves_the_rest() {
    let world = World::start(scripted(2, vec![Throttled]));
    world.relay(1, 2, 1, None);
    world.relay(2, 3, 1, None);
    let (telegram, store) = (world.telegram.clone(), world.store.clone());
    let begun = Instant::now();
    world.sender.stop(begun + Duration::from_secs(5)).await;
    assert_eq!(*telegram.delivered.lock().unwrap(), [(3, 1)]);
    assert_eq!(store.settled.lock().unwrap().len(), 1);
    assert!(begun.elapsed() < Duration::from_secs(6));
}
