//! A phone in front of the dialogs. Every update meets new `Dialogs`, so whatever they know they read from the store:
//! each step is a restart.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt as _;
use luvhive_core::conduct::{Former, Pseudonym, Subject};
use luvhive_core::friend::{Friend, Standing};
use luvhive_core::id::{BotId, ChatId, MessageId, PersonId, TelegramId};
use luvhive_core::person::{City, Consent, NewPerson, OwnCard};
use luvhive_core::ports::{
    Change, ChatRecord, ChatStore, FriendStore, MessagePair, PeopleStore, RegisteredPerson, StoreError, Visitor,
};
use luvhive_core::testing::registered;
use luvhive_core::time::Timestamp;
use serde_json::{Value, json};

use super::cashier::{self, Cashier};
use crate::callback::Callback;

use crate::dialog::{Dialogs, Trade};
use crate::handler::{LaneHandler, LaneOutcome, LaneTask, LaneWork};
use crate::subject::SubjectKey;

/// By what former accounts are known.
pub(super) fn subjects() -> SubjectKey {
    SubjectKey::new("a secret of tests", BotId::new(7), &cashier::key())
}

pub(super) const ME: TelegramId = TelegramId::new(1_001);
pub(super) const MY_PERSON: PersonId = PersonId::new(11);
/// 2026-03-01T12:30:00Z.
pub(super) const START: Timestamp = Timestamp::from_millis(1_772_368_200_000);

/// What the stores hold.
pub(super) struct Store {
    pub(super) visitor: Visitor,
    pub(super) chats: Vec<ChatRecord>,
    pub(super) pairs: Vec<MessagePair>,
    pub(super) cashier: Arc<Cashier>,
    /// Whether one of the two of every chat blocked the other.
    pub(super) is_blocked: bool,
    /// What is known of this account from before.
    pub(super) former: Option<Former>,
    /// How I stand with whomever I met.
    pub(super) standing: Standing,
    pub(super) friends: Vec<Friend>,
}

pub(super) struct Shared(pub(super) Mutex<Store>);

#[async_trait::async_trait]
impl PeopleStore for Shared {
    async fn get_visitor(&self, telegram: TelegramId) -> Result<Visitor, StoreError> {
        assert_eq!(telegram, ME);
        Ok(self.0.lock().unwrap().visitor.clone())
    }

    async fn find_former(&self, _: &Subject) -> Result<Option<Former>, StoreError> {
        Ok(self.0.lock().unwrap().former)
    }

    async fn has_person(&self, person: PersonId) -> Result<bool, StoreError> {
        Ok(self.0.lock().unwrap().chats.iter().any(|chat| chat.people.contains(&person.into())))
    }
}

#[async_trait::async_trait]
impl ChatStore for Shared {
    async fn find_chat(&self, chat: ChatId) -> Result<Option<ChatRecord>, StoreError> {
        Ok(self.0.lock().unwrap().chats.iter().find(|record| record.chat == chat).copied())
    }

    async fn find_last_chat(&self, person: PersonId) -> Result<Option<ChatRecord>, StoreError> {
        let store = self.0.lock().unwrap();
        Ok(store.chats.iter().rfind(|record| record.other_of(person).is_some()).copied())
    }

    async fn find_pair(&self, telegram: TelegramId, message: MessageId) -> Result<Option<MessagePair>, StoreError> {
        let store = self.0.lock().unwrap();
        let mut pairs = store.pairs.iter();
        Ok(pairs.find(|pair| (pair.from == telegram || pair.to == telegram) && pair.on_side_of(telegram) == message).copied())
    }

    async fn has_block(&self, _: PersonId, _: PersonId) -> Result<bool, StoreError> {
        Ok(self.0.lock().unwrap().is_blocked)
    }

    async fn list_last_pairs(&self, chat: ChatId, limit: u16) -> Result<Vec<MessagePair>, StoreError> {
        let store = self.0.lock().unwrap();
        let all: Vec<_> = store.pairs.iter().filter(|pair| pair.chat == chat).copied().collect();
        Ok(all[all.len().saturating_sub(usize::from(limit))..].to_vec())
    }
}

#[async_trait::async_trait]
impl FriendStore for Shared {
    async fn find_standing(&self, me: PersonId, _: PersonId) -> Result<Standing, StoreError> {
        assert_eq!(me, MY_PERSON);
        Ok(self.0.lock().unwrap().standing)
    }

    async fn list_friends(&self, me: PersonId) -> Result<Vec<Friend>, StoreError> {
        let friends = self.0.lock().unwrap().friends.clone();
        if me == MY_PERSON {
            return Ok(friends);
        }
        // A friend knows me by a number four higher than mine for them.
        let mirrored = |friend: Friend| Friend { number: friend.number + 4, ..friend };
        Ok(friends.into_iter().filter(|friend| friend.facts.person == me).map(mirrored).collect())
    }
}

/// A button as the phone shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) message: i32,
    pub(super) text: String,
    pub(super) data: String,
}

/// A phone, its owner and what lies on the screen.
pub(super) struct Phone {
    pub(super) shared: Arc<Shared>,
    pub(super) tag: Option<&'static str>,
    pub(super) chat: Option<ChatId>,
    pub(super) now: Timestamp,
    /// Messages of the bot: id, text, inline buttons, by id.
    pub(super) messages: Vec<(i32, String, Vec<Shown>)>,
    /// The menu's texts.
    pub(super) menu: Vec<String>,
    next_message: i32,
    pub(super) taps: usize,
    /// How long updates wait before a lane takes them up.
    pub(super) waited: Duration,
    pub(super) typed: usize,
    pub(super) registered: Option<NewPerson>,
    /// Invoices that came.
    pub(super) invoices: Vec<Value>,
}

impl Phone {
    pub(super) fn new(tag: Option<&'static str>) -> Self {
        let visitor = Visitor {
            telegram: ME,
            language: None,
            refused_at: None,
            support_code: None,
            dialog: None,
            consent: None,
            person: None,
        };
        Self {
            shared: Arc::new(Shared(Mutex::new(Store {
                visitor,
                chats: Vec::new(),
                pairs: Vec::new(),
                cashier: Arc::default(),
                is_blocked: false,
                former: None,
                standing: Standing::default(),
                friends: Vec::new(),
            }))),
            tag,
            chat: None,
            now: START,
            messages: Vec::new(),
            menu: Vec::new(),
            next_message: 100,
            taps: 0,
            waited: Duration::ZERO,
            typed: 0,
            registered: None,
            invoices: Vec::new(),
        }
    }

    /// A second phone in the same place, with a store of its own.
    pub(super) fn fork(&self) -> Self {
        let store = self.shared.0.lock().unwrap();
        let store = Store {
            visitor: store.visitor.clone(),
            chats: store.chats.clone(),
            pairs: store.pairs.clone(),
            cashier: store.cashier.clone(),
            is_blocked: store.is_blocked,
            former: store.former,
            standing: store.standing,
            friends: store.friends.clone(),
        };
        Self {
            shared: Arc::new(Shared(Mutex::new(store))),
            messages: self.messages.clone(),
            menu: self.menu.clone(),
            registered: self.registered.clone(),
            invoices: self.invoices.clone(),
            ..*self
        }
    }

    pub(super) fn visitor(&self) -> Visitor {
        self.shared.0.lock().unwrap().visitor.clone()
    }

    pub(super) fn cashier(&self) -> Arc<Cashier> {
        self.shared.0.lock().unwrap().cashier.clone()
    }

    pub(super) fn with_store(&self, change: impl FnOnce(&mut Store)) {
        change(&mut self.shared.0.lock().unwrap());
    }

    /// The text of the newest message.
    #[track_caller]
    pub(super) fn screen(&self) -> &str {
        &self.messages.last().expect("nothing was said").1
    }

    /// The buttons of the newest message that has any.
    pub(super) fn buttons(&self) -> Vec<Shown> {
        self.messages
            .iter()
            .rev()
            .find(|(_, _, buttons)| !buttons.is_empty())
            .map(|(_, _, buttons)| buttons.clone())
            .unwrap_or_default()
    }

    /// Every button on the phone, also of old messages.
    pub(super) fn all_buttons(&self) -> Vec<Shown> {
        self.messages.iter().flat_map(|(_, _, buttons)| buttons.clone()).collect()
    }

    #[track_caller]
    pub(super) fn button(&self, data_part: &str) -> Shown {
        let buttons = self.buttons();
        let found = buttons.iter().find(|button| button.data.contains(data_part)).cloned();
        found.unwrap_or_else(|| panic!("no button with {data_part}: {buttons:?}"))
    }

    /// Sends a text.
    pub(super) fn send(&mut self, text: &str) -> LaneOutcome {
        self.typed += 1;
        let message =
            json!({"message_id": 5, "date": 1, "chat": {"id": ME.get(), "type": "private"}, "from": self.user(), "text": text});
        self.update(&json!({"update_id": 1, "message": message}))
    }

    /// Sends a photo in these sizes.
    pub(super) fn send_photo(&mut self, sizes: &[&str]) -> LaneOutcome {
        let sizes: Vec<_> = sizes.iter().map(|id| json!({"file_id": id, "width": 9, "height": 9})).collect();
        let message =
            json!({"message_id": 6, "date": 1, "chat": {"id": ME.get(), "type": "private"}, "from": self.user(), "photo": sizes});
        self.update(&json!({"update_id": 1, "message": message}))
    }

    /// Presses the button of the newest screen whose data holds this.
    #[track_caller]
    pub(super) fn tap(&mut self, data_part: &str) -> LaneOutcome {
        let button = self.button(data_part);
        self.taps += 1;
        self.press(&button)
    }

    pub(super) fn press(&mut self, button: &Shown) -> LaneOutcome {
        self.press_data(&button.data, Some(button.message))
    }

    pub(super) fn press_data(&mut self, data: &str, message: Option<i32>) -> LaneOutcome {
        let message = message.map(|id| json!({"message_id": id, "date": 1, "chat": {"id": ME.get(), "type": "private"}}));
        let query = json!({"id": "77", "from": self.user(), "chat_instance": "1", "data": data, "message": message});
        let outcome = self.update(&json!({"update_id": 1, "callback_query": query}));
        let answer = outcome.answer.as_ref().expect("every button is answered");
        assert_eq!(&*answer.callback, "77");
        assert!(answer.text.as_ref().is_none_or(|text| (1..=200).contains(&text.chars().count())), "{answer:?}");
        outcome
    }

    pub(super) fn user(&self) -> Value {
        match self.tag {
            Some(tag) => json!({"id": ME.get(), "is_bot": false, "first_name": "A", "language_code": tag}),
            None => json!({"id": ME.get(), "is_bot": false, "first_name": "A"}),
        }
    }

    pub(super) fn update(&mut self, update: &Value) -> LaneOutcome {
        let outcome = self.handle(LaneTask::Update { payload: update.to_string().into() });
        self.take(&outcome);
        outcome
    }

    /// What would come of an update, without it coming true.
    pub(super) fn handle(&self, task: LaneTask) -> LaneOutcome {
        let cashier = self.cashier();
        let dialogs = Dialogs {
            people: self.shared.clone(),
            chats: self.shared.clone(),
            friends: self.shared.clone(),
            trade: Trade { ledger: cashier.clone(), till: cashier, trial_days: 3 },
            key: cashier::key(),
            subjects: subjects(),
            username: "LuvHiveBot".into(),
            contact: "@LuvHiveHelp".into(),
        };
        let received_at = self.now.minus(self.waited);
        let work = LaneWork { telegram: ME, chat: self.chat, about: self.chat, received_at, now: self.now, task };
        // These stores never make anybody wait.
        dialogs.handle(&work).now_or_never().unwrap().unwrap()
    }

    fn take(&mut self, outcome: &LaneOutcome) {
        for change in &outcome.changes {
            self.apply(change);
        }
        for call in &outcome.calls {
            assert_eq!(call.version, crate::rendered::VERSION);
            self.show(&serde_json::from_str(&call.body).unwrap());
        }
    }

    fn show(&mut self, call: &Value) {
        let params = &call["params"];
        assert_eq!(params["chat_id"], ME.get());
        if call["method"] == "deleteMessage" {
            let id = params["message_id"].as_i64().unwrap();
            return self.messages.retain(|(of, _, _)| i64::from(*of) != id);
        }
        let text = params["text"].as_str().or(params["caption"].as_str()).unwrap_or("?").to_owned();
        assert!((1..=4096).contains(&text.encode_utf16().count()));
        assert!(!names_an_argument(&text), "an argument is missing: {text}");
        let id = match call["method"].as_str().unwrap() {
            "sendMessage" | "sendPhoto" => {
                self.next_message += 1;
                self.messages.push((self.next_message, String::new(), Vec::new()));
                self.next_message
            }
            "sendInvoice" => {
                self.invoices.push(params.clone());
                return;
            }
            "editMessageText" => i32::try_from(params["message_id"].as_i64().unwrap()).unwrap(),
            other => panic!("{other}"),
        };
        let markup = &params["reply_markup"];
        let rows = markup["inline_keyboard"].as_array().cloned().unwrap_or_default();
        let inline = rows.iter().flat_map(|row| row.as_array().unwrap().clone());
        let buttons = inline.filter(|button| button["url"].is_null()).map(|button| {
            let data = button["callback_data"].as_str().unwrap().to_owned();
            assert!(Callback::parse(&data).is_some(), "{data}");
            Shown { message: id, text: button["text"].as_str().unwrap().to_owned(), data }
        });
        let buttons: Vec<Shown> = buttons.collect();
        if let Some(rows) = markup["keyboard"].as_array() {
            self.menu = rows
                .iter()
                .flat_map(|row| row.as_array().unwrap().clone())
                .map(|button| button["text"].as_str().unwrap().to_owned())
                .collect();
        }
        if markup["remove_keyboard"] == json!(true) {
            self.menu.clear();
        }
        let shown = self.messages.iter_mut().find(|(of, _, _)| *of == id);
        let shown = shown.unwrap_or_else(|| panic!("message {id} is not on the phone"));
        *shown = (id, text, buttons);
    }

    fn apply(&mut self, change: &Change) {
        let mut store = self.shared.0.lock().unwrap();
        let visitor = &mut store.visitor;
        match change {
            Change::SetLanguage(language) => {
                visitor.language = Some(*language);
                if let Some(person) = &mut visitor.person {
                    person.facts.language = *language;
                }
            }
            Change::Consent(consent) => visitor.consent = Some(*consent),
            Change::RefuseMinor { at, code, .. } => {
                visitor.refused_at.get_or_insert(*at);
                visitor.support_code.get_or_insert_with(|| code.clone());
            }
            Change::Dialog(dialog) => {
                assert!(dialog.as_ref().is_none_or(|dialog| dialog.state.len() <= 4_000));
                visitor.dialog = dialog.clone();
            }
            Change::Register(person) => {
                assert!(visitor.person.is_none(), "registered twice");
                visitor.person = Some(member(person));
                self.registered = Some((**person).clone());
            }
            Change::Profile(person, profile) => {
                assert_eq!(*person, MY_PERSON);
                let person = visitor.person.as_mut().unwrap();
                person.profile = (**profile).clone();
                person.facts.card = OwnCard::of(profile);
                person.facts.country = profile.country;
                person.facts.city_mark = profile.city.as_ref().map(City::mark);
            }
            Change::Preferences(person, preferences) => {
                assert_eq!(*person, MY_PERSON);
                visitor.person.as_mut().unwrap().facts.preferences = preferences.clone();
            }
            Change::Erase(_) => {
                visitor.person = None;
                visitor.consent = None;
            }
            Change::AskFriend { at, .. } => store.standing.asked_by_me = Some(*at),
            Change::Befriend { .. } => store.standing = Standing { are_friends: true, mine: 1, theirs: 1, ..Standing::default() },
            Change::Unfriend { friend, .. } => {
                store.standing = Standing::default();
                store.friends.retain(|one| one.facts.person != *friend);
            }
            Change::Rate { .. }
            | Change::Block { .. }
            | Change::BlockAccount { .. }
            | Change::Report(_)
            | Change::Remember { .. }
            | Change::Recall(_)
            | Change::ToEngine(_) => {}
            money => {
                let cashier = store.cashier.clone();
                cashier.apply(money);
                let until = cashier.books.lock().unwrap().book.entitlement(MY_PERSON).until;
                if let Some(person) = &mut store.visitor.person {
                    person.facts.premium_until = until;
                }
            }
        }
    }

    /// Registers by the shortest way: one tap a question, two where something is chosen first.
    pub(super) fn register(&mut self) {
        self.send("/start");
        self.walk(0..WAY.len());
    }

    /// Goes a part of the shortest way.
    pub(super) fn walk(&mut self, part: std::ops::Range<usize>) {
        for data_part in &WAY[part] {
            if *data_part == "1999-04-23" {
                self.send(data_part)
            } else {
                self.tap(data_part)
            };
        }
    }
}

/// The shortest way in, after /start: what the buttons' data hold, and the typed date.
pub(super) const WAY: [&str; 11] = [
    ":agree",
    ":agree",
    "1999-04-23",
    ":born:",
    ":gender:woman",
    ":want:man:1",
    ":go",
    ":country:",
    ":go",
    ":like:music:1",
    ":go",
];

fn member(person: &NewPerson) -> RegisteredPerson {
    let profile = person.profile().clone();
    let facts = registered(MY_PERSON, person);
    assert!(Consent::is_current(&person.consent()));
    RegisteredPerson { facts, profile, pseudonym: Pseudonym::from_random(1), registered_at: START }
}

/// Whether a text holds what Fluent writes for an argument that is not there, `{$name}`; people may write a `{$` of their own.
fn names_an_argument(text: &str) -> bool {
    let mut names = text.split("{$").skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name);
    names.any(|name| !name.is_empty() && name.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-'))
}
