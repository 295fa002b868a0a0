//! A phone in front of the dialogs. Every update meets new `Dialogs`, so everything they know they read from the store:
//! each step is a restart.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use luvhive_core::id::{BotId, ChatId};
use luvhive_core::person::{Consent, NewPerson};
use luvhive_core::ports::{Change, StoreError, Visitor};
use luvhive_core::time::Timestamp;
use serde_json::{Value, json};

use super::town::{ME, START, Town};
use crate::callback::Callback;
use crate::dialog::{Contacts, Dialogs, Entry, Privacy, Trade};
use crate::handler::{LaneHandler, LaneOutcome, LaneTask, LaneWork};
use crate::key::BotKey;
use crate::subject::SubjectKey;
use crate::testing::FakeTill;

pub(super) fn key() -> BotKey {
    BotKey::derive("7:test")
}

/// By what former accounts are known.
pub(super) fn subjects() -> SubjectKey {
    SubjectKey::new("a secret of tests", BotId::new(7), &key())
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
    pub(super) town: Town,
    pub(super) till: Arc<FakeTill>,
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
    /// How long leaving can be taken back.
    pub(super) grace: Duration,
    /// What newcomers meet at the door.
    pub(super) entry: Entry,
}

impl Phone {
    pub(super) fn new(tag: Option<&'static str>) -> Self {
        Self {
            town: Town::new(),
            till: Arc::default(),
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
            grace: Duration::ZERO,
            entry: Entry::default(),
        }
    }

    /// A second phone in the same place, in a town of its own.
    pub(super) fn fork(&self) -> Self {
        Self {
            town: self.town.fork(),
            till: self.till.clone(),
            messages: self.messages.clone(),
            menu: self.menu.clone(),
            registered: self.registered.clone(),
            invoices: self.invoices.clone(),
            entry: self.entry.clone(),
            ..*self
        }
    }

    pub(super) fn visitor(&self) -> Visitor {
        self.town.visitor(ME)
    }

    /// Commits changes of my lane that no update caused.
    #[track_caller]
    pub(super) fn bring(&self, changes: &[Change]) {
        self.town.finish(ME, changes);
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
        self.update(&self.message(text))
    }

    /// The update with a text.
    pub(super) fn message(&self, text: &str) -> Value {
        let message =
            json!({"message_id": 5, "date": 1, "chat": {"id": ME.get(), "type": "private"}, "from": self.user(), "text": text});
        json!({"update_id": 1, "message": message})
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
        let outcome = self.update(&self.query(data, message));
        let answer = outcome.answer.as_ref().expect("every button is answered");
        assert_eq!(&*answer.callback, "77");
        assert!(answer.text.as_ref().is_none_or(|text| (1..=200).contains(&text.chars().count())), "{answer:?}");
        outcome
    }

    /// The update of a press.
    pub(super) fn query(&self, data: &str, message: Option<i32>) -> Value {
        let message = message.map(|id| json!({"message_id": id, "date": 1, "chat": {"id": ME.get(), "type": "private"}}));
        let query = json!({"id": "77", "from": self.user(), "chat_instance": "1", "data": data, "message": message});
        json!({"update_id": 1, "callback_query": query})
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
        self.ask(&self.dialogs(), task).unwrap()
    }

    /// What these dialogs say.
    pub(super) fn ask(&self, dialogs: &Dialogs, task: LaneTask) -> Result<LaneOutcome, StoreError> {
        // No store here makes anybody wait.
        dialogs.handle(&self.work(task)).now_or_never().unwrap()
    }

    /// The dialogs over the town's store.
    pub(super) fn dialogs(&self) -> Dialogs {
        let store = Arc::new(self.town.store.clone());
        Dialogs {
            people: store.clone(),
            chats: store.clone(),
            friends: store.clone(),
            trade: Trade { ledger: store.clone(), till: self.till.clone(), trial_days: 3, refund_days: 14 },
            key: key(),
            subjects: subjects(),
            username: "LuvHiveBot".into(),
            contacts: Contacts { support: "@LuvHiveHelp".into(), ..Contacts::default() },
            data: store.clone(),
            privacy: Privacy { grace: self.grace, data_every: Duration::from_hours(24) },
            entry: self.entry.clone(),
        }
    }

    /// The row of a task that came just now.
    pub(super) fn work(&self, task: LaneTask) -> LaneWork {
        let received_at = self.now.minus(self.waited);
        LaneWork { telegram: ME, chat: self.chat, about: self.chat, received_at, now: self.now, task }
    }

    fn take(&mut self, outcome: &LaneOutcome) {
        self.town.finish(ME, &outcome.changes);
        for change in &outcome.changes {
            match change {
                Change::Dialog(Some(dialog)) => assert!(dialog.state.len() <= 4_000),
                Change::Register(person) => {
                    assert!(Consent::is_current(&person.consent()));
                    self.registered = Some((**person).clone());
                }
                _ => {}
            }
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
            "sendMessage" | "sendPhoto" | "sendDocument" => {
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

/// Whether a text holds what Fluent writes for an argument that is not there, `{$name}`; people may write a `{$` of their own.
fn names_an_argument(text: &str) -> bool {
    let mut names = text.split("{$").skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name);
    names.any(|name| !name.is_empty() && name.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-'))
}
