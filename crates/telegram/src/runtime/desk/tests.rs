//! The desk: one answer a query, whatever comes twice, and none while the database is away.

use std::sync::Mutex;

use luvhive_core::engine::Loaded;
use luvhive_core::engine::checkout::Invoice;
use luvhive_core::id::{Epoch, MessageId, PersonId, TelegramId};
use luvhive_core::ports::Delivery;
use luvhive_core::premium::Plan;
use luvhive_core::testing::{facts, timestamp};
use serde_json::Value;

use super::*;
use crate::intake::checkout::CheckoutDoor;

const TOKEN: &str = "7:test";

/// Writes answers down; the first `failures` do not get through.
#[derive(Default)]
struct Answers {
    given: Mutex<Vec<Value>>,
    failures: Mutex<u32>,
}

#[async_trait::async_trait]
impl Messenger for Answers {
    async fn deliver(&self, _: TelegramId, body: &OutboxBody, _: Option<MessageId>) -> Result<Delivery, MessengerError> {
        let mut failures = self.failures.lock().unwrap();
        if let Some(left) = failures.checked_sub(1) {
            *failures = left;
            return Err(MessengerError::NotSent("cable".into()));
        }
        let OutboxBody::Call(call) = body else { panic!("{body:?}") };
        self.given.lock().unwrap().push(serde_json::from_str(&call.body).unwrap());
        Ok(Delivery { message: None, at: None })
    }

    async fn answer(&self, _: &str) -> Result<(), MessengerError> {
        panic!("no button was pressed")
    }
}

struct Till {
    answers: Arc<Answers>,
    health: Arc<Health>,
    term: Arc<LeaseTerm>,
    fenced: watch::Sender<bool>,
    door: CheckoutDoor,
    desk: JoinHandle<()>,
    asks: Asks,
}

impl Till {
    fn open() -> Self {
        let (answers, health) = (Arc::<Answers>::default(), Arc::new(Health::new(Duration::from_secs(3))));
        let (door, queries) = CheckoutDoor::new();
        let (fenced, is_fenced) = watch::channel(false);
        let parts = DeskParts {
            key: BotKey::derive(TOKEN),
            messenger: answers.clone(),
            health: health.clone(),
            term: LeaseTerm::of(Duration::from_secs(3)),
            fenced: is_fenced,
        };
        let term = parts.term.clone();
        let (desk, asks) = open(parts, queries);
        Self { answers, health, term, fenced, door, desk, asks }
    }

    fn query(&self, id: &str) {
        let invoice = Invoice {
            plan: Plan::Week,
            payer: PersonId::new(1),
            receiver: PersonId::new(1),
            nonce: 1,
            expires_at: timestamp(60),
        };
        let query = CheckoutQuery {
            id: id.into(),
            from: TelegramId::new(1_001),
            language: Some("hi".into()),
            currency: "XTR".into(),
            amount: 100,
            payload: BotKey::derive(TOKEN).invoices().sign(&invoice).into(),
        };
        self.door.ask(query);
    }

    async fn engine(&mut self) {
        let loaded = Loaded { people: vec![facts(1)], ..Loaded::default() };
        let state = State::load(Epoch::new(1), luvhive_core::engine::Rules::default(), &loaded, timestamp(0));
        self.asks.recv().await.unwrap().answer(&state, timestamp(0));
    }

    /// Closes the desk; what it answered.
    async fn close(self) -> Vec<Value> {
        drop((self.door, self.asks));
        self.desk.await.unwrap();
        std::mem::take(&mut *self.answers.given.lock().unwrap())
    }
}

#[tokio::test(start_paused = true)]
async fn a_sound_payment_is_let_through_at_once_and_answered_once() {
    let mut till = Till::open();
    till.health.heard();
    let came = Instant::now();
    till.query("5");
    till.query("5");
    till.engine().await;
    let answers = till.close().await;
    assert!(came.elapsed() < Duration::from_millis(10));
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert_eq!(answers[0]["method"], "answerPreCheckoutQuery");
    assert_eq!(answers[0]["params"], serde_json::json!({"pre_checkout_query_id": "5", "ok": true}));
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_does_not_get_through_is_given_again() {
    let mut till = Till::open();
    till.health.heard();
    *till.answers.failures.lock().unwrap() = 3;
    till.query("5");
    till.engine().await;
    assert_eq!(till.close().await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn while_the_database_is_away_payments_are_refused_within_three_seconds() {
    let mut till = Till::open();
    till.health.heard();
    till.health.missed();
    let came = Instant::now();
    till.query("5");
    till.engine().await;
    let answers = till.close().await;
    assert!(came.elapsed() < Duration::from_secs(3), "{:?}", came.elapsed());
    assert_eq!(answers[0]["params"]["ok"], false);
    let message = answers[0]["params"]["error_message"].as_str().unwrap();
    assert_eq!(message, Words::new(UiLanguage::Hindi).text("checkout-try-later"));
}

#[tokio::test(start_paused = true)]
async fn whoever_lost_the_shard_while_frozen_leaves_the_answer_to_the_new_owner() {
    let mut till = Till::open();
    till.health.heard();
    till.query("5");
    // Frozen between question and answer; the first heartbeat after it says what happened meanwhile.
    till.term.extend(Instant::now());
    till.engine().await;
    sleep(Duration::from_millis(100)).await;
    till.fenced.send_replace(true);
    assert_eq!(till.close().await, Vec::<Value>::new());
}

#[tokio::test(start_paused = true)]
async fn a_database_that_only_hangs_keeps_nobody_waiting() {
    let till = Till::open();
    let came = Instant::now();
    sleep(Duration::from_secs(10)).await;
    till.term.extend(came);
    till.query("5");
    let (answers, asked) = (till.answers.clone(), Instant::now());
    while answers.given.lock().unwrap().is_empty() {
        sleep(Duration::from_millis(10)).await;
        assert!(asked.elapsed() < Duration::from_secs(3));
    }
    assert_eq!(till.close().await[0]["params"]["ok"], false);
}

#[tokio::test(start_paused = true)]
async fn a_database_that_comes_back_in_time_saves_the_payment() {
    let mut till = Till::open();
    till.health.missed();
    till.query("5");
    till.engine().await;
    sleep(Duration::from_secs(1)).await;
    till.health.heard();
    assert_eq!(till.close().await[0]["params"]["ok"], true);
}

#[tokio::test(start_paused = true)]
async fn an_engine_that_cannot_answer_is_no_reason_to_keep_anybody_waiting() {
    let till = Till::open();
    till.health.heard();
    till.query("5");
    let (answers, came) = (till.answers.clone(), Instant::now());
    while answers.given.lock().unwrap().is_empty() {
        sleep(Duration::from_millis(10)).await;
        assert!(came.elapsed() < Duration::from_secs(6));
    }
    assert_eq!(till.close().await[0]["params"]["ok"], false);
}
