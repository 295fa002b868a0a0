//! The world: the bot, the people, their chats, and the updates on their way.
//! Every change goes through [`World::commit`] as a record, in a running world and at a restart.

pub(crate) mod channel;
pub(crate) mod journal;
pub(crate) mod mention;
pub(crate) mod message;
pub(crate) mod poller;
pub(crate) mod queue;
pub(crate) mod record;
pub(crate) mod stars;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use fastrand::Rng;
use serde_json::Value;

use self::channel::{Channel, Room};
use self::journal::Journal;
use self::message::{Message, MessageView};
use self::queue::{KEPT_MS, NewUpdate, Queue, webhook_queue};
use self::record::{Callback, Next, Pending, Record};
use self::stars::Stars;
use crate::error::SandboxError;
use crate::observe::Observer;
use crate::person::{Bot, Person, PersonId, PersonSpec, Standing};
use crate::settings::SandboxSettings;

/// Callbacks remembered, so that a late answer is told from an unknown one in a long run.
const CALLBACKS_KEPT: usize = 10_000;
/// Names of people added without one: the first and, for half of them, a last one.
const NAMES: [(&str, &str); 12] = [
    ("Asha", ""),
    ("Bruno", "Teixeira"),
    ("Chiara", ""),
    ("Dmitri", "Sokolov"),
    ("Esra", ""),
    ("Farid", "Haddad"),
    ("Grace", ""),
    ("Hana", "Novakova"),
    ("Ivan", ""),
    ("Julia", "Brandt"),
    ("Kofi", ""),
    ("Lena", "Lindqvist"),
];

/// One person and their chat with the bot.
#[derive(Debug)]
pub(crate) struct Chat {
    pub(crate) person: Person,
    /// By id, oldest first.
    pub(crate) messages: VecDeque<Message>,
    /// What the bot shows as doing, and until when.
    pub(crate) action: Option<(String, i64)>,
    /// The reply keyboard in place of the letters, if the bot set one.
    pub(crate) keyboard: Option<Arc<Value>>,
}

impl Chat {
    /// The message with this id.
    pub(crate) fn find(&self, id: i64) -> Option<&Message> {
        Room::Private(self).find(id)
    }
}

/// Everything this Telegram knows.
pub(crate) struct World {
    pub(crate) bot: Bot,
    pub(crate) chats: HashMap<i64, Chat>,
    pub(crate) channel: Channel,
    /// Phone number on the page to person.
    pub(crate) numbers: BTreeMap<u32, i64>,
    pub(crate) queue: Queue,
    pub(crate) callbacks: HashMap<String, Callback>,
    callback_order: VecDeque<String>,
    pub(crate) settings: BTreeMap<String, Value>,
    pub(crate) files: HashMap<String, Value>,
    pub(crate) stars: Stars,
    pub(crate) next: Next,
    /// Grows with every change a person could see.
    pub(crate) version: u64,
    pub(crate) rng: Rng,
    pub(crate) observer: Option<Arc<dyn Observer>>,
    history: usize,
    journal: Option<Journal>,
}

impl World {
    /// Opens the stored world, or makes a new one.
    pub(crate) fn open(settings: &SandboxSettings) -> Result<Self, SandboxError> {
        let (journal, records) = match &settings.data_dir {
            Some(dir) => {
                let (journal, records) = Journal::open(dir)?;
                (Some(journal), records)
            }
            None => (None, Vec::new()),
        };
        let mut rng = settings.seed.map_or_else(Rng::new, Rng::with_seed);
        let bot_id = 1_000_000_000 + rng.i64(0..7_000_000_000);
        let bot = Bot {
            id: bot_id,
            token: format!("{bot_id}:AA{}", letters(&mut rng, 33)),
            first_name: settings.bot_name.clone(),
            username: settings.bot_username.clone(),
        };
        // Ids above 32 bits, as Telegram's are: a bot that cuts them must fail here.
        let person = 5_000_000_001 + rng.i64(0..1_000_000) * 1000;
        let update = 100_000_000 + rng.i64(0..100_000_000);
        let mut world = Self {
            channel: Channel::of(&bot),
            bot: bot.clone(),
            chats: HashMap::new(),
            numbers: BTreeMap::new(),
            queue: Queue::default(),
            callbacks: HashMap::new(),
            callback_order: VecDeque::new(),
            settings: BTreeMap::new(),
            files: HashMap::new(),
            stars: Stars::default(),
            next: Next { message: 1, update, person, stars: 1 },
            version: 1,
            rng,
            observer: settings.observer.clone(),
            history: settings.history_per_chat.max(1),
            journal: None,
        };
        let is_new = records.is_empty();
        let has_channel = records.iter().any(|record| matches!(record, Record::Channel(_)));
        for record in records {
            world.apply(record);
        }
        world.journal = journal;
        if is_new {
            world.commit(Record::Bot(bot));
            world.commit(Record::Next(world.next));
        }
        if !has_channel {
            // Also in a world that was stored before there were channels.
            world.commit(Record::Channel(Channel::of(&world.bot)));
        }
        for _ in 0..settings.people_at_start.saturating_sub(u32::try_from(world.chats.len()).unwrap_or(0)) {
            world.add_person(&PersonSpec::default());
        }
        world.rewrite();
        Ok(world)
    }

    /// Makes a change, and notes it for the next start.
    pub(crate) fn commit(&mut self, record: Record) {
        if let Some(journal) = &mut self.journal {
            journal.note(&record);
        }
        self.apply(record);
    }

    /// Hands what was noted to the system; called once at the end of each operation.
    pub(crate) fn flush(&mut self) {
        let Some(journal) = &mut self.journal else {
            return;
        };
        journal.flush();
        if journal.has_grown() {
            self.rewrite();
        }
    }

    /// Lets go of the file, as a killed process would.
    pub(crate) fn close(&mut self) {
        self.flush();
        self.journal = None;
    }

    fn rewrite(&mut self) {
        let Some(mut journal) = self.journal.take() else {
            return;
        };
        if let Err(error) = journal.rewrite(self.snapshot()) {
            tracing::error!(%error, "the sandbox cannot rewrite its world; the old file stays in use");
        }
        self.journal = Some(journal);
    }

    /// The whole world as records.
    fn snapshot(&self) -> impl Iterator<Item = Record> + '_ {
        let people = self.numbers.values().filter_map(|id| self.chats.get(id));
        let callbacks = self.callback_order.iter().filter_map(|id| self.callbacks.get(id));
        std::iter::once(Record::Bot(self.bot.clone()))
            .chain(people.clone().map(|chat| Record::Person(chat.person.clone())))
            .chain(people.flat_map(|chat| {
                let id = chat.person.id;
                chat.messages.iter().map(move |message| Record::Message { chat: id, message: message.clone() })
            }))
            .chain(std::iter::once(Record::Channel(Channel { messages: VecDeque::new(), ..self.channel.clone() })))
            .chain(self.channel.messages.iter().map(|post| Record::Message { chat: self.channel.id, message: post.clone() }))
            .chain(self.files.iter().map(|(id, body)| Record::File { id: id.clone(), body: body.clone() }))
            .chain(self.settings.iter().map(|(key, value)| Record::Setting { key: key.clone(), value: Some(value.clone()) }))
            .chain(callbacks.map(|callback| Record::Callback(callback.clone())))
            .chain(self.queue.waiting.values().map(|update| Record::Update(update.clone())))
            .chain(self.stars.invoices.values().map(|invoice| Record::Invoice(invoice.clone())))
            .chain(self.stars.checkouts.values().map(|checkout| Record::Checkout(checkout.clone())))
            .chain(self.stars.payments.values().map(|payment| Record::Payment(payment.clone())))
            .chain(self.stars.subscriptions.values().map(|known| Record::Subscription(known.clone())))
            .chain(std::iter::once(Record::Next(self.next)))
    }

    fn apply(&mut self, record: Record) {
        self.version += 1;
        match record {
            Record::Bot(bot) => self.bot = bot,
            Record::Next(next) => {
                self.next.message = self.next.message.max(next.message);
                self.next.update = next.update;
                self.next.person = next.person;
                self.next.stars = self.next.stars.max(next.stars);
            }
            Record::Person(person) => self.apply_person(person),
            Record::Message { chat, message } => self.apply_message(chat, message),
            Record::Channel(channel) => {
                let messages = std::mem::take(&mut self.channel.messages);
                self.channel = Channel { messages, ..channel };
            }
            Record::Gone { chat, id } => {
                if let Some(messages) = self.messages_mut(chat)
                    && let Ok(at) = messages.binary_search_by_key(&id, |message| message.id)
                {
                    messages.remove(at);
                }
            }
            Record::Update(update) => {
                self.next.update = update.id + 1;
                self.queue.insert(update);
            }
            Record::Confirmed { below } => {
                while let Some(first) = self.queue.waiting.first_entry()
                    && *first.key() < below
                {
                    first.remove();
                }
            }
            Record::Done { id } => {
                self.queue.waiting.remove(&id);
            }
            Record::Callback(callback) => self.apply_callback(callback),
            Record::Setting { key, value } => {
                if key == "allowed_updates" {
                    self.queue.allowed = value.clone().and_then(|v| serde_json::from_value(v).ok()).unwrap_or_default();
                }
                match value {
                    Some(value) => self.settings.insert(key, value),
                    None => self.settings.remove(&key),
                };
            }
            Record::File { id, body } => {
                self.files.insert(id, body);
            }
            Record::Invoice(invoice) => {
                self.next.stars = self.next.stars.max(invoice.seq + 1);
                self.stars.invoices.insert(invoice.slug.clone(), invoice);
            }
            Record::Checkout(checkout) => {
                self.next.stars = self.next.stars.max(checkout.seq + 1);
                self.stars.apply_checkout(checkout);
            }
            Record::Payment(payment) => {
                let last = payment.refund.map_or(payment.seq, |refund| refund.seq);
                self.next.stars = self.next.stars.max(last + 1);
                self.stars.apply_payment(payment);
            }
            Record::Subscription(subscription) => {
                self.stars.subscriptions.insert(subscription.id.clone(), subscription);
            }
        }
    }

    fn apply_person(&mut self, person: Person) {
        self.next.person = self.next.person.max(person.id + 1);
        self.numbers.insert(person.number, person.id);
        if let Some(chat) = self.chats.get_mut(&person.id) {
            chat.person = person;
            return;
        }
        let id = person.id;
        let chat = Chat { person, messages: VecDeque::new(), action: None, keyboard: None };
        self.chats.insert(id, chat);
    }

    fn apply_message(&mut self, chat_id: i64, mut message: Message) {
        let next = if chat_id == self.channel.id { &mut self.channel.next } else { &mut self.next.message };
        *next = message.id.saturating_add(1).max(*next);
        message.version = self.version;
        let history = self.history;
        let Some(messages) = self.messages_mut(chat_id) else {
            return;
        };
        let known = messages.binary_search_by_key(&message.id, |old| old.id);
        if let Some(old) = known.ok().and_then(|at| messages.get_mut(at)) {
            *old = message;
            return;
        }
        let (by_bot, markup) = (message.by_bot, message.markup.clone());
        messages.push_back(message);
        if messages.len() > history {
            messages.pop_front();
        }
        if by_bot && let Some(chat) = self.chats.get_mut(&chat_id) {
            chat.action = None;
            if let Some(markup) = markup {
                if markup.get("keyboard").is_some() {
                    chat.keyboard = Some(markup);
                } else if markup.get("remove_keyboard").is_some() {
                    chat.keyboard = None;
                }
            }
        }
    }

    fn apply_callback(&mut self, callback: Callback) {
        if self.callbacks.insert(callback.id.clone(), callback.clone()).is_none() {
            self.callback_order.push_back(callback.id);
            if self.callback_order.len() > CALLBACKS_KEPT
                && let Some(oldest) = self.callback_order.pop_front()
            {
                self.callbacks.remove(&oldest);
            }
        }
    }

    /// Creates a person.
    pub(crate) fn add_person(&mut self, spec: &PersonSpec) -> PersonId {
        let id = self.next.person;
        let number = self.numbers.last_key_value().map_or(1, |(last, _)| last + 1);
        let at = usize::try_from(number).unwrap_or(1).saturating_sub(1);
        let (first_name, last_name) = if spec.first_name.is_empty() {
            let (name, last) = NAMES.get(at % NAMES.len()).copied().unwrap_or(("Mira", ""));
            let round = at / NAMES.len();
            let first = if round == 0 { name.to_owned() } else { format!("{name} {}", round + 1) };
            (first, Some(last.to_owned()))
        } else {
            (spec.first_name.clone(), None)
        };
        let person = Person {
            id,
            number,
            first_name,
            last_name: spec.last_name.clone().or(last_name).filter(|name| !name.is_empty()),
            username: spec.username.clone(),
            language_code: spec.language_code.clone(),
            hides_forwards: spec.hides_forwards,
            is_premium: spec.is_premium,
            stars: spec.stars,
            hue: u16::try_from((u64::from(number) * 137 + 60) % 360).unwrap_or(0),
            standing: if spec.has_started { Standing::Open } else { Standing::New },
        };
        self.commit(Record::Person(person));
        PersonId::from(id)
    }

    /// The last presses, newest first.
    pub(crate) fn last_callbacks(&self, count: usize) -> impl Iterator<Item = &Callback> {
        self.callback_order.iter().rev().take(count).filter_map(|id| self.callbacks.get(id))
    }

    /// A message as the Bot API shows it.
    pub(crate) fn view<'a>(&'a self, room: Room<'a>, message: &'a Message) -> MessageView<'a> {
        let reply = message.reply_to.and_then(|id| room.find(id));
        MessageView { message, room, bot: &self.bot, reply }
    }

    /// Queues an update if the bot wants its kind; returns its id.
    pub(crate) fn push_update(&mut self, now_ms: i64, update: NewUpdate) -> Option<i64> {
        if !self.queue.is_wanted(&update.kind) {
            return None;
        }
        let id = self.next.update;
        self.commit(Record::Update(Pending {
            id,
            kind: update.kind,
            key: update.key,
            payload: update.payload,
            expires_ms: now_ms + update.kept_ms,
        }));
        Some(id)
    }

    /// Queues an update of any kind, even one the bot did not ask for; returns its id.
    pub(crate) fn inject(&mut self, now_ms: i64, update: &Value) -> Result<Option<i64>, SandboxError> {
        let mut fields = update.as_object().into_iter().flatten().filter(|(name, _)| *name != "update_id");
        let (Some((kind, payload)), None) = (fields.next(), fields.next()) else {
            return Err(SandboxError::BadUpdate);
        };
        let key = payload.pointer("/from/id").or_else(|| payload.pointer("/chat/id")).and_then(Value::as_i64);
        let update = NewUpdate {
            kind: Cow::Owned(kind.clone()),
            key: webhook_queue(kind, key.unwrap_or_default()),
            payload: payload.to_string().into(),
            kept_ms: KEPT_MS,
        };
        // An unknown kind is what this is for: it passes no matter what the bot asked for.
        let known = std::mem::replace(&mut self.queue.allowed, vec![kind.clone()]);
        let id = self.push_update(now_ms, update);
        self.queue.allowed = known;
        Ok(id)
    }

    /// Drops updates that nobody came for in time.
    pub(crate) fn expire(&mut self, now_ms: i64) {
        for id in self.queue.list_expired(now_ms) {
            self.commit(Record::Done { id });
        }
    }

    /// Changes a setting of the bot; `None` removes it.
    pub(crate) fn set(&mut self, key: impl Into<String>, value: Option<Value>) {
        self.commit(Record::Setting { key: key.into(), value });
    }
}

/// `length` characters of those that a bot token may hold. Not for secrets: the token opens nothing but this sandbox.
pub(crate) fn letters(rng: &mut Rng, length: usize) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    (0..length).filter_map(|_| rng.choice(ALPHABET)).map(|&letter| char::from(letter)).collect()
}
