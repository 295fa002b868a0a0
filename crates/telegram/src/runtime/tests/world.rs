//! A whole world around the runtime: a Telegram that hands out updates and takes sends, a journal that can be made to
//! fail, a handler that does what the text says.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use luvhive_core::engine::Loaded;
use luvhive_core::engine::batch::{Batch, Render};
use luvhive_core::engine::effect::{OutboxBody, Rendered};
use luvhive_core::engine::event::{EngineCommand, Finished};
use luvhive_core::engine::notice::Notice;
use luvhive_core::engine::{Opening, Rules};
use luvhive_core::id::{CommandId, TelegramId, UpdateId};
use luvhive_core::person::{Gender, UiLanguage};
use luvhive_core::ports::journal::Session;
use luvhive_core::ports::{Change, Journal, JournalError, LaneResult, Lease, Settlement, StoreError};
use luvhive_core::testing::{BOT, FakeClock, MAIN, MemoryJournal, MemoryStore, SeededEntropy, new_person, timestamp};
use luvhive_core::time::{TelegramTime, Timestamp};
use tokio::sync::{Notify, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::handler::{LaneHandler, LaneOutcome, LaneTask, LaneWork};
use crate::intake::poll::{FeedError, UpdateFeed};
use crate::intake::{Incoming, decode};
use crate::key::BotKey;
use crate::runtime::{Runtime, RuntimeError, RuntimeHandle, RuntimePorts, RuntimeSettings, Source, Stage};
use crate::testing::{FakeMessenger, Sent};

/// The bot's token.
pub(super) const TOKEN: &str = "7000000001:test";

/// Telegram: updates wait until they are confirmed, sends are written down.
pub(super) struct Telegram {
    waiting: Mutex<BTreeMap<i64, String>>,
    next_update: AtomicU32,
    arrived: Notify,
    /// Takes what is sent; shared by the processes that come and go.
    pub(super) messenger: Arc<FakeMessenger>,
    pub(super) is_token_refused: AtomicBool,
}

impl Default for Telegram {
    fn default() -> Self {
        Self {
            waiting: Mutex::default(),
            next_update: AtomicU32::new(0),
            arrived: Notify::new(),
            messenger: Arc::new(FakeMessenger::stamping(TelegramTime::at(timestamp(0), 0))),
            is_token_refused: AtomicBool::new(false),
        }
    }
}

impl Telegram {
    /// What is sent goes to this messenger.
    pub(super) fn sending_by(messenger: FakeMessenger) -> Self {
        Self { messenger: Arc::new(messenger), ..Self::default() }
    }

    /// A person writes to the bot. Returns the update's number.
    pub(super) fn write(&self, person: i64, text: &str) -> i64 {
        let update = i64::from(self.next_update.fetch_add(1, Ordering::SeqCst)) + 1;
        let raw = raw_update(update, person, text);
        self.put(update, raw);
        update
    }

    /// Something arrives as it is.
    pub(super) fn put(&self, update: i64, raw: String) {
        self.waiting.lock().unwrap().insert(update, raw);
        self.next_update.fetch_max(u32::try_from(update).unwrap(), Ordering::SeqCst);
        self.arrived.notify_one();
    }

    /// What a person has read so far.
    pub(super) fn read_by(&self, person: i64) -> Vec<String> {
        let delivered = self.messenger.delivered();
        delivered.iter().filter(|sent| sent.receiver.get() == person).map(read).collect()
    }

    /// How many updates are not confirmed yet.
    pub(super) fn unconfirmed(&self) -> usize {
        self.waiting.lock().unwrap().len()
    }
}

pub(super) fn raw_update(update: i64, person: i64, text: &str) -> String {
    serde_json::json!({
        "update_id": update,
        "message": {
            // A second later with each: nobody is too fast, and nothing is older than a chat.
            "message_id": update, "date": TelegramTime::at(timestamp(update), 0).as_seconds(), "text": text,
            "from": {"id": person, "is_bot": false, "first_name": "P"}, "chat": {"id": person, "type": "private"}
        }
    })
    .to_string()
}

#[async_trait::async_trait]
impl UpdateFeed for Telegram {
    async fn fetch(&self, offset: Option<UpdateId>) -> Result<Vec<Incoming>, FeedError> {
        if self.is_token_refused.load(Ordering::SeqCst) {
            return Err(FeedError::TokenRefused);
        }
        if let Some(offset) = offset {
            self.waiting.lock().unwrap().retain(|&update, _| update >= offset.get());
        }
        if self.unconfirmed() == 0 {
            let _ = timeout(Duration::from_secs(50), self.arrived.notified()).await;
        }
        self.peek(offset).await
    }

    async fn peek(&self, offset: Option<UpdateId>) -> Result<Vec<Incoming>, FeedError> {
        let waiting = self.waiting.lock().unwrap();
        let batch = waiting.range(offset.map_or(0, UpdateId::get)..).take(100);
        Ok(batch.filter_map(|(_, raw)| decode::read(raw, "")).collect())
    }
}

/// What a message says to its receiver.
fn read(sent: &Sent) -> String {
    match (&sent.body, sent.quote) {
        (OutboxBody::Relay(relay), Some(quoted)) => format!("copy {} of {} quoting {quoted}", relay.source, relay.from),
        (OutboxBody::Relay(relay), None) => format!("copy {} of {}", relay.source, relay.from),
        (OutboxBody::Edit { call, .. }, Some(copy)) => format!("{copy} becomes {}", call.body),
        (OutboxBody::Call(call) | OutboxBody::Edit { call, .. }, _) => call.body.clone(),
    }
}

/// A journal over the one in memory that can be made to fail.
pub(super) struct Faulty {
    inner: MemoryJournal,
    pub(super) commits: Mutex<Vec<Batch>>,
    /// Nothing can be reached.
    pub(super) is_away: AtomicBool,
    /// Commits and heartbeats never end.
    pub(super) hangs: AtomicBool,
    /// Told when nothing hangs any more.
    pub(super) wake: Notify,
    /// Batches are refused whose inbox rows hold this word.
    pub(super) refused_word: Mutex<Option<String>>,
    /// Everything is refused.
    pub(super) refuses_all: AtomicBool,
    /// So many lane commits take effect while their replies are lost.
    pub(super) lost_replies: AtomicU32,
    pub(super) is_fenced: AtomicBool,
    pub(super) released: AtomicU32,
}

impl Faulty {
    fn reach(&self) -> Result<(), JournalError> {
        if self.is_fenced.load(Ordering::SeqCst) {
            return Err(JournalError::Fenced);
        }
        if self.is_away.load(Ordering::SeqCst) { Err(away()) } else { Ok(()) }
    }

    async fn hang(&self) {
        while self.hangs.load(Ordering::SeqCst) {
            self.wake.notified().await;
        }
    }
}

fn away() -> JournalError {
    JournalError::Store(StoreError::Unavailable("away".into()))
}

#[async_trait::async_trait]
impl Journal for Faulty {
    async fn acquire(&self, owner: &str, length: Duration) -> Result<Lease, JournalError> {
        self.inner.acquire(owner, length).await
    }

    async fn heartbeat(&self, lease: &Lease, length: Duration) -> Result<(), JournalError> {
        self.reach()?;
        self.hang().await;
        self.inner.heartbeat(lease, length).await
    }

    async fn release(&self, lease: &Lease) -> Result<(), JournalError> {
        self.released.fetch_add(1, Ordering::SeqCst);
        self.inner.release(lease).await
    }

    async fn load(&self, lease: &Lease, now: Timestamp) -> Result<Loaded, JournalError> {
        self.reach()?;
        self.inner.load(lease, now).await
    }

    async fn commit(&self, lease: &Lease, previous: Option<UpdateId>, batch: &Batch) -> Result<(), JournalError> {
        self.reach()?;
        self.hang().await;
        let word = self.refused_word.lock().unwrap().clone();
        let text = format!("{:?}", batch.inbox);
        if self.refuses_all.load(Ordering::SeqCst) || word.is_some_and(|word| text.contains(&word)) {
            return Err(JournalError::Store(StoreError::Conflict { constraint: "some_check".to_owned() }));
        }
        self.inner.commit(lease, previous, batch).await?;
        self.commits.lock().unwrap().push(batch.clone());
        Ok(())
    }

    async fn finish(&self, lease: &Lease, work: &LaneResult) -> Result<Finished, JournalError> {
        self.reach()?;
        let finished = self.inner.finish(lease, work).await?;
        let is_lost = self.lost_replies.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        if is_lost { Err(away()) } else { Ok(finished) }
    }

    async fn settle(&self, lease: &Lease, settlements: &[Settlement], now: Timestamp) -> Result<Session, JournalError> {
        self.reach()?;
        self.inner.settle(lease, settlements, now).await
    }

    async fn list_commands(&self, lease: &Lease) -> Result<Vec<(CommandId, EngineCommand)>, JournalError> {
        self.reach()?;
        self.inner.list_commands(lease).await
    }
}

/// Does what the text says: registers, echoes, panics, fails so many times.
#[derive(Default)]
pub(super) struct Handler {
    pub(super) away_times: AtomicU32,
    pub(super) at_work: AtomicU32,
    pub(super) most_at_work: AtomicU32,
    pub(super) takes: Mutex<Duration>,
}

#[async_trait::async_trait]
impl LaneHandler for Handler {
    fn say_busy(&self, work: &LaneWork) -> Option<Rendered> {
        let is_asked = matches!(&work.task, LaneTask::Update { payload } if payload.contains("/settings"));
        is_asked.then(|| Rendered { version: 1, body: "busy".to_owned() })
    }

    async fn handle(&self, work: &LaneWork) -> Result<LaneOutcome, StoreError> {
        let LaneTask::Update { payload } = &work.task else { return Ok(LaneOutcome::default()) };
        let now = self.at_work.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_at_work.fetch_max(now, Ordering::SeqCst);
        let takes = *self.takes.lock().unwrap();
        sleep(takes).await;
        self.at_work.fetch_sub(1, Ordering::SeqCst);
        let raw: serde_json::Value = serde_json::from_str(payload).unwrap();
        let text = raw["message"]["text"].as_str().unwrap_or_default().to_owned();
        let is_away = self.away_times.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        if is_away {
            return Err(StoreError::Unavailable("away".into()));
        }
        let mut changes = Vec::new();
        match text.as_str() {
            "/start" => {
                let gender = if work.telegram.get() % 2 == 0 { Gender::Man } else { Gender::Woman };
                changes.push(Change::Register(Box::new(new_person(work.telegram, gender))));
            }
            "/panic" => panic!("asked for"),
            "/corrupt" => return Err(StoreError::Corrupt { what: "word" }),
            _ => {}
        }
        let calls = vec![Rendered { version: 1, body: format!("lane {text}") }];
        Ok(LaneOutcome { changes, calls, ..LaneOutcome::default() })
    }
}

/// Renders notices by their name; panics for those it is told to.
#[derive(Default)]
pub(super) struct Words {
    pub(super) panics_at: Mutex<Option<&'static str>>,
}

impl Render for Words {
    fn render(&self, _: TelegramId, _: UiLanguage, notice: &Notice) -> Rendered {
        let text = format!("{notice:?}");
        let name = text.split([' ', '(']).next().unwrap_or_default().to_owned();
        assert!(*self.panics_at.lock().unwrap() != Some(name.as_str()), "asked for");
        Rendered { version: 1, body: name }
    }

    fn removal(&self) -> Rendered {
        Rendered { version: 1, body: "removal".to_owned() }
    }
}

/// One process with its journal, and the parts that outlive it.
pub(super) struct World {
    pub(super) telegram: Arc<Telegram>,
    pub(super) journal: Arc<Faulty>,
    pub(super) handler: Arc<Handler>,
    pub(super) words: Arc<Words>,
    pub(super) clock: Arc<FakeClock>,
    pub(super) store: MemoryStore,
    pub(super) handle: RuntimeHandle,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), RuntimeError>>,
}

impl World {
    /// Starts a bot on an empty database.
    pub(super) async fn start() -> Self {
        let world = Self::launch(Arc::default(), MemoryStore::new(BOT, MAIN), None, settings());
        assert!(world.handle.ready().await);
        world
    }

    /// Starts a bot on what another one left.
    pub(super) fn launch(telegram: Arc<Telegram>, store: MemoryStore, source: Option<Source>, settings: RuntimeSettings) -> Self {
        let journal = Arc::new(Faulty {
            inner: store.journal(),
            commits: Mutex::default(),
            is_away: AtomicBool::new(false),
            hangs: AtomicBool::new(false),
            wake: Notify::new(),
            refused_word: Mutex::default(),
            refuses_all: AtomicBool::new(false),
            lost_replies: AtomicU32::new(0),
            is_fenced: AtomicBool::new(false),
            released: AtomicU32::new(0),
        });
        let (handler, words) = (Arc::<Handler>::default(), Arc::<Words>::default());
        let clock = Arc::new(FakeClock::new(timestamp(0)));
        let (runtime, handle) = Runtime::new(
            settings,
            RuntimePorts {
                journal: journal.clone(),
                chats: Arc::new(store.clone()),
                messenger: telegram.messenger.clone(),
                handler: handler.clone(),
                render: words.clone(),
                clock: clock.clone(),
                entropy: Box::new(SeededEntropy::new(1)),
                source: source.unwrap_or_else(|| Source::Feed(telegram.clone())),
                stage: watch::Sender::new(Stage::Standby),
                key: BotKey::derive(TOKEN),
                term: Arc::default(),
            },
        );
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(runtime.run(async {
            let _ = stopped.await;
        }));
        Self { telegram, journal, handler, words, clock, store, handle, stop, task }
    }

    /// Lets things happen for so long.
    pub(super) async fn after(&self, time: Duration) {
        sleep(time).await;
    }

    /// Lets everything happen that happens at once.
    pub(super) async fn settled(&self) {
        self.after(Duration::from_secs(2)).await;
    }

    /// Two people register and are matched with each other: 1001 and 1002.
    pub(super) async fn match_two(&self) {
        for person in [1001, 1002] {
            self.telegram.write(person, "/start");
        }
        self.settled().await;
        for person in [1001, 1002] {
            self.telegram.write(person, "/find");
        }
        self.settled().await;
        for person in [1001, 1002] {
            let read = self.telegram.read_by(person);
            assert!(read.contains(&"Matched".to_owned()), "{read:?}");
        }
    }

    /// Updates set aside so far.
    pub(super) fn dead(&self) -> Vec<i64> {
        let commits = self.journal.commits.lock().unwrap();
        commits.iter().flat_map(|batch| &batch.dead).map(|dead| dead.update.get()).collect()
    }

    /// How often each update's number was committed as work.
    pub(super) fn stored(&self) -> HashMap<i64, usize> {
        let commits = self.journal.commits.lock().unwrap();
        let mut counts = HashMap::new();
        for row in commits.iter().flat_map(|batch| &batch.inbox) {
            if let luvhive_core::engine::batch::InboxWork::Update { update, .. } = &row.work {
                *counts.entry(update.get()).or_default() += 1;
            }
        }
        counts
    }

    /// Asks the bot to stop and waits for its end.
    pub(super) async fn stop(self) -> (Arc<Telegram>, MemoryStore, Result<(), RuntimeError>) {
        let _ = self.stop.send(());
        let result = self.task.await.unwrap();
        (self.telegram, self.store, result)
    }

    /// Kills the bot as a crash would.
    pub(super) async fn kill(self) -> (Arc<Telegram>, MemoryStore) {
        self.task.abort();
        let _ = self.task.await;
        self.telegram.messenger.cut_off();
        (self.telegram, self.store)
    }

    /// Waits for the bot to end on its own.
    pub(super) async fn ended(self) -> Result<(), RuntimeError> {
        timeout(Duration::from_mins(10), self.task).await.unwrap().unwrap()
    }
}

pub(super) fn settings() -> RuntimeSettings {
    // Two who search are in a chat at once: what is tested here is the way of the updates.
    let rules = Rules { opening: Opening::Direct, ..Rules::default() };
    RuntimeSettings { rules, ..RuntimeSettings::new("test") }
}

/// The texts of copies in the order read.
pub(super) fn copies(read: &[String]) -> VecDeque<String> {
    read.iter().filter(|text| text.starts_with("copy")).cloned().collect()
}
