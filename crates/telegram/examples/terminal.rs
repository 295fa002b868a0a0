//! LuvHive on a terminal: the real engine and the real dialogs, without Telegram and without PostgreSQL.
//!
//! Messages are printed, and everything is kept in memory. You play each person in turn:
//! ```text
//! ann: /start        Ann writes "/start"; a name that is new is a new person
//! ann> 2             Ann presses the second button of the last message that has buttons
//! ```
//!
//! Run it with `cargo run -p luvhive-telegram --example terminal`; it ends when the input ends.

use std::collections::{BTreeMap, VecDeque};
use std::io::{BufRead as _, Write as _};
use std::sync::Arc;

use luvhive_core::engine::effect::OutboxBody;
use luvhive_core::id::{BotId, MessageId, Shard, TelegramId, UpdateId};
use luvhive_core::ports::{Clock, Delivery, Messenger, MessengerError};
use luvhive_core::premium::ChargeId;
use luvhive_core::testing::{MemoryStore, SeededEntropy};
use luvhive_core::time::{TelegramTime, Timestamp};
use luvhive_telegram::dialog::{Contacts, Dialogs, Entry, Privacy, Trade};
use luvhive_telegram::intake::poll::{FeedError, UpdateFeed};
use luvhive_telegram::intake::{Incoming, decode};
use luvhive_telegram::key::BotKey;
use luvhive_telegram::payments::{Offer, Renewal, Till, TillError, TransactionPage};
use luvhive_telegram::runtime::{Runtime, RuntimePorts, RuntimeSettings, Source, Stage};
use luvhive_telegram::signal::LeaseTerm;
use luvhive_telegram::subject::SubjectKey;
use luvhive_telegram::view::Views;
use parking_lot::{Mutex, MutexGuard};
use serde_json::{Value, json};
use tokio::sync::{Notify, oneshot, watch};

const BOT: BotId = BotId::new(1);
const SHARD: Shard = Shard::new(0);
const USERNAME: &str = "terminal_bot";

/// Everything that a real Telegram would keep: who is who, what was said, what waits for the bot.
#[derive(Default)]
struct Chats {
    names: Vec<String>,
    messages: i32,
    updates: u32,
    /// The words of each message, by the private chat and number it has there.
    said: BTreeMap<(i64, i32), String>,
    /// The buttons of the last message that has some, by person: the message, and what each button asks.
    buttons: BTreeMap<i64, (i32, Vec<String>)>,
    waiting: VecDeque<(i64, String)>,
}

/// The terminal in Telegram's place.
struct Terminal {
    chats: Mutex<Chats>,
    arrived: Notify,
}

enum Line<'a> {
    Says(&'a str, &'a str),
    Presses(&'a str, usize),
}

fn read_line(line: &str) -> Option<Line<'_>> {
    if let Some((name, number)) = line.split_once('>') {
        return number.trim().parse().ok().map(|number| Line::Presses(name.trim(), number));
    }
    line.split_once(':').map(|(name, text)| Line::Says(name.trim(), text.trim()))
}

/// The buttons of a keyboard, row after row.
fn buttons<'a>(markup: &'a Value, kind: &str) -> impl Iterator<Item = &'a Value> {
    markup.get(kind).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_array).flatten()
}

fn word<'a>(value: &'a Value, field: &str) -> Option<&'a str> {
    value.get(field).and_then(Value::as_str)
}

impl Chats {
    /// The account of a name; a new name gets a new one.
    fn account(&mut self, name: &str) -> i64 {
        let known = self.names.iter().position(|known| known == name);
        let place = known.unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.names.len() - 1
        });
        i64::try_from(place).map_or(0, |place| place + 1)
    }

    fn name(&self, account: i64) -> &str {
        let place = usize::try_from(account - 1).ok();
        place.and_then(|place| self.names.get(place)).map_or("?", String::as_str)
    }

    fn keep(&mut self, account: i64, text: &str) -> i32 {
        self.messages += 1;
        self.said.insert((account, self.messages), text.to_owned());
        self.messages
    }

    fn put(&mut self, kind: &str, what: &Value) {
        self.updates += 1;
        let update = json!({"update_id": self.updates, kind: what});
        self.waiting.push_back((i64::from(self.updates), update.to_string()));
    }
}

impl Terminal {
    fn chats(&self) -> MutexGuard<'_, Chats> {
        self.chats.lock()
    }

    fn now() -> i64 {
        SystemClock.now().as_micros() / 1_000_000
    }

    /// Turns a line of input into an update. Returns false if it says nothing that Telegram would pass on.
    fn take(&self, line: &str) -> bool {
        let mut chats = self.chats();
        let (kind, what) = match read_line(line) {
            Some(Line::Says(name, text)) if !name.is_empty() && !text.is_empty() => {
                let account = chats.account(name);
                let message = chats.keep(account, text);
                let what = json!({
                    "message_id": message, "date": Self::now(), "text": text,
                    "from": {"id": account, "is_bot": false, "first_name": name, "language_code": "en"},
                    "chat": {"id": account, "type": "private", "first_name": name},
                });
                ("message", what)
            }
            Some(Line::Presses(name, number)) => {
                let account = chats.account(name);
                let Some((message, buttons)) = chats.buttons.get(&account) else { return false };
                let Some(data) = number.checked_sub(1).and_then(|place| buttons.get(place)) else { return false };
                let what = json!({
                    "id": format!("{}", chats.updates + 1), "chat_instance": "1", "data": data,
                    "from": {"id": account, "is_bot": false, "first_name": name, "language_code": "en"},
                    "message": {"message_id": message, "date": Self::now(), "chat": {"id": account, "type": "private"}},
                });
                ("callback_query", what)
            }
            _ => return false,
        };
        chats.put(kind, &what);
        self.arrived.notify_one();
        true
    }

    /// Shows what somebody receives, and returns the message's number in their chat.
    fn show(&self, account: i64, text: &str, markup: &Value) -> i32 {
        let mut chats = self.chats();
        let message = chats.keep(account, text);
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let mut asks = Vec::new();
        for button in buttons(markup, "inline_keyboard") {
            if let Some(data) = word(button, "callback_data") {
                asks.push(data.to_owned());
                lines.push(format!("[{}] {}", asks.len(), word(button, "text").unwrap_or_default()));
            }
        }
        for button in buttons(markup, "keyboard") {
            lines.push(format!("({})", word(button, "text").unwrap_or_default()));
        }
        if !asks.is_empty() {
            chats.buttons.insert(account, (message, asks));
        }
        let mut out = std::io::stdout().lock();
        for line in lines {
            // Nothing is left to be said once nobody reads.
            let _ = writeln!(out, "{:>8} | {line}", chats.name(account));
        }
        let _ = writeln!(out);
        message
    }
}

#[async_trait::async_trait]
impl UpdateFeed for Terminal {
    async fn fetch(&self, offset: Option<UpdateId>) -> Result<Vec<Incoming>, FeedError> {
        let first = offset.map_or(0, UpdateId::get);
        self.chats().waiting.retain(|(number, _)| *number >= first);
        if self.chats().waiting.is_empty() {
            let _ = tokio::time::timeout(self.longest_wait(), self.arrived.notified()).await;
        }
        self.peek(offset).await
    }

    async fn peek(&self, _offset: Option<UpdateId>) -> Result<Vec<Incoming>, FeedError> {
        Ok(self.chats().waiting.iter().filter_map(|(_, raw)| decode::read(raw, USERNAME)).collect())
    }
}

#[async_trait::async_trait]
impl Messenger for Terminal {
    async fn deliver(
        &self,
        receiver: TelegramId,
        body: &OutboxBody,
        _reply_to: Option<MessageId>,
    ) -> Result<Delivery, MessengerError> {
        let message = match body {
            OutboxBody::Relay(relay) => {
                let text = self.chats().said.get(&(relay.from.get(), relay.source.get())).cloned();
                self.show(receiver.get(), &format!("« {} »", text.unwrap_or_default()), &Value::Null)
            }
            OutboxBody::Call(call) | OutboxBody::Edit { call, .. } => {
                let call: Value = serde_json::from_str(&call.body).map_err(|error| MessengerError::Unknown(error.into()))?;
                let params = call.get("params").unwrap_or(&Value::Null);
                match word(params, "text").or_else(|| word(params, "caption")) {
                    Some(text) => self.show(receiver.get(), text, params.get("reply_markup").unwrap_or(&Value::Null)),
                    None => return Ok(Delivery { message: None, at: None }),
                }
            }
        };
        Ok(Delivery { message: Some(MessageId::new(message)), at: Some(TelegramTime::from_seconds(Self::now())) })
    }

    async fn answer(&self, _callback: &str) -> Result<(), MessengerError> {
        Ok(())
    }

    async fn ping(&self) -> Result<(), MessengerError> {
        Ok(())
    }
}

/// A till that sells nothing: there are no Stars on a terminal.
struct NoTill;

fn closed<T>() -> Result<T, TillError> {
    Err(TillError::Refused { code: 400, description: "nothing is sold on a terminal".to_owned() })
}

#[async_trait::async_trait]
impl Till for NoTill {
    async fn refund(&self, _payer: TelegramId, _charge: &ChargeId) -> Result<(), TillError> {
        closed()
    }

    async fn edit_subscription(&self, _payer: TelegramId, _charge: &ChargeId, _renewal: Renewal) -> Result<(), TillError> {
        closed()
    }

    async fn create_link(&self, _offer: &Offer) -> Result<String, TillError> {
        closed()
    }

    async fn list_transactions(&self, _offset: u32) -> Result<TransactionPage, TillError> {
        Ok(TransactionPage::default())
    }
}

/// The machine's clock.
struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
        Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let terminal = Arc::new(Terminal { chats: Mutex::default(), arrived: Notify::new() });
    let store = Arc::new(MemoryStore::new(BOT, SHARD));
    let key = BotKey::derive("a key for the terminal alone");
    let dialogs = Dialogs {
        people: store.clone(),
        chats: store.clone(),
        friends: store.clone(),
        trade: Trade { ledger: store.clone(), till: Arc::new(NoTill), trial_days: 0, refund_days: 14 },
        key: key.clone(),
        subjects: SubjectKey::of_token(&key),
        username: USERNAME.into(),
        contacts: Contacts::default(),
        data: store.clone(),
        privacy: Privacy { grace: std::time::Duration::from_hours(24), data_every: std::time::Duration::from_hours(24) },
        entry: Entry::default(),
    };
    let ports = RuntimePorts {
        journal: Arc::new(store.journal()),
        chats: store,
        messenger: terminal.clone(),
        handler: Arc::new(dialogs),
        render: Arc::new(Views),
        clock: Arc::new(SystemClock),
        entropy: Box::new(SeededEntropy::new(1)),
        source: Source::Feed(terminal.clone()),
        stage: watch::channel(Stage::Starting).0,
        key,
        term: Arc::<LeaseTerm>::default(),
    };
    let (runtime, _) = Runtime::new(RuntimeSettings::new("terminal"), ports);
    let (stop, stopped) = oneshot::channel::<()>();
    let input = terminal.clone();
    // Reading blocks, so it has a thread of its own.
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if !input.take(&line) {
                let _ = writeln!(std::io::stdout(), "write `name: text` or `name> number of a button`");
            }
        }
        drop(stop);
    });
    runtime.run(async move { drop(stopped.await) }).await?;
    Ok(())
}
