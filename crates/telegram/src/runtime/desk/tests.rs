//! The desk: one answer per query, even if it comes twice, and none while the database is unavailable.

use std::sync::Mutex;

use luvhive_core::chat::Undelivered;
use luvhive_core::engine::Loaded;
use luvhive_core::engine::checkout::Invoice;
use luvhive_core::id::{Epoch, PersonId, TelegramId};
use luvhive_core::ports::Delivery;
use luvhive_core::ports::messenger::MockMessenger;
use luvhive_core::premium::Plan;
use luvhive_core::testing::{facts, timestamp};
use serde_json::Value;

use super::*;
use crate::intake::checkout::CheckoutDoor;
use crate::testing::{Answer, FakeMessenger, Sent};

const TOKEN: &str = "7:test";

struct Till {
    answers: Arc<FakeMessenger>,
    health: Arc<Health>,
    term: Arc<LeaseTerm>,
    fenced: watch::Sender<bool>,
    door: CheckoutDoor,
    desk: JoinHandle<()>,
    asks: Asks,
}

impl Till {
    fn open() -> Self {
        let answers = Arc::<FakeMessenger>::default();
        Self { answers: answers.clone(), ..Self::over(answers) }
    }

    /// A desk whose answers go to this messenger.
    fn over(messenger: Arc<dyn Messenger>) -> Self {
        let health = Arc::new(Health::new(Duration::from_secs(3)));
        let (door, queries) = CheckoutDoor::new();
        let (fenced, is_fenced) = watch::channel(false);
        let parts = DeskParts {
            key: BotKey::derive(TOKEN),
            messenger,
            health: health.clone(),
            term: LeaseTerm::of(Duration::from_secs(3)),
            fenced: is_fenced,
        };
        let term = parts.term.clone();
        let (desk, asks) = open(parts, queries);
        Self { answers: Arc::default(), health, term, fenced, door, desk, asks }
    }

    fn query(&self, id: &str) {
        let invoice = Invoice {
            plan: Plan::Week,
            price: Plan::Week.price(),
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
            payload: BotKey::derive(TOKEN).invoices().seal(&invoice).into(),
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
        assert!(self.answers.answered().is_empty(), "no button was pressed");
        let call = |sent: &Sent| match &sent.body {
            OutboxBody::Call(call) => serde_json::from_str(&call.body).unwrap(),
            OutboxBody::Relay(_) | OutboxBody::Edit { .. } => panic!("{sent:?}"),
        };
        self.answers.delivered().iter().map(call).collect()
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
    let answers = Arc::new(FakeMessenger::scripted(1_001, [vec![Answer::NotSent; 3], vec![Answer::Fine]].concat()));
    let mut till = Till { answers: answers.clone(), ..Till::over(answers) };
    till.health.heard();
    till.query("5");
    till.engine().await;
    assert_eq!(till.close().await.len(), 1);
}

/// Asks a desk once whose messenger answers as `answer` says by the number of the try; when each try began.
async fn tries(mut answer: impl FnMut(usize) -> Result<Delivery, MessengerError> + Send + 'static) -> Vec<Duration> {
    let (begun, tries) = (Instant::now(), Arc::new(Mutex::new(Vec::new())));
    let (mut messenger, seen) = (MockMessenger::new(), tries.clone());
    messenger.expect_deliver().returning(move |_, _, _| {
        let mut seen = seen.lock().unwrap();
        seen.push(begun.elapsed());
        answer(seen.len())
    });
    let mut till = Till::over(Arc::new(messenger));
    till.health.heard();
    till.query("5");
    till.engine().await;
    till.close().await;
    std::mem::take(&mut *tries.lock().unwrap())
}

#[tokio::test(start_paused = true)]
async fn a_throttled_answer_waits_as_long_as_telegram_wants() {
    let throttled = |attempt| match attempt {
        1 => Err(MessengerError::RetryAfter(Duration::from_secs(2))),
        _ => Ok(Delivery { message: None, at: None }),
    };
    let waited: Vec<_> = tries(throttled).await.iter().map(Duration::as_secs).collect();
    assert_eq!(waited, [0, 2]);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_telegram_refuses_is_not_given_again() {
    assert_eq!(tries(|_| Err(MessengerError::Rejected { code: 400, why: Undelivered::Unknown })).await.len(), 1);
    assert_eq!(tries(|_| Err(MessengerError::Gone)).await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_answer_of_which_nothing_is_heard_is_tried_as_long_as_telegram_takes_it() {
    let tries = tries(|_| Err(MessengerError::Unknown("cut".into()))).await;
    assert!(tries.len() > 10, "{tries:?}");
    assert!(tries.iter().all(|begun| *begun < Duration::from_secs(10)), "{tries:?}");
}

#[tokio::test(start_paused = true)]
async fn no_try_begins_after_its_time_however_long_the_lease_has_been_over() {
    let (begun, last) = (Instant::now(), Arc::new(Mutex::new(Duration::ZERO)));
    let (mut messenger, seen) = (MockMessenger::new(), last.clone());
    messenger.expect_deliver().returning(move |_, _, _| {
        *seen.lock().unwrap() = begun.elapsed();
        Err(MessengerError::NotSent("no way".into()))
    });
    let mut till = Till::over(Arc::new(messenger));
    till.health.heard();
    till.term.extend(Duration::ZERO);
    till.query("5");
    till.engine().await;
    till.close().await;
    let last = *last.lock().unwrap();
    assert!((Duration::from_secs(8)..ANSWER_LASTS).contains(&last), "{last:?}");
}

#[tokio::test(start_paused = true)]
async fn while_the_database_is_unavailable_payments_are_refused_well_within_a_second() {
    let mut till = Till::open();
    till.health.heard();
    till.health.missed();
    let came = Instant::now();
    till.query("5");
    till.engine().await;
    let answers = till.close().await;
    // What is left of the second goes by before the question is seen: nothing else is taken in meanwhile.
    assert!(came.elapsed() <= Duration::from_millis(300), "{:?}", came.elapsed());
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
    till.term.extend_by(Duration::ZERO);
    till.engine().await;
    sleep(Duration::from_millis(100)).await;
    till.fenced.send_replace(true);
    assert_eq!(till.close().await, Vec::<Value>::new());
}

#[tokio::test(start_paused = true)]
async fn a_database_that_only_hangs_keeps_nobody_waiting() {
    let till = Till::open();
    sleep(Duration::from_secs(10)).await;
    till.term.extend(Duration::ZERO);
    till.query("5");
    let (answers, asked) = (till.answers.clone(), Instant::now());
    while answers.delivered().is_empty() {
        sleep(Duration::from_millis(10)).await;
        assert!(asked.elapsed() < Duration::from_millis(300));
    }
    assert_eq!(till.close().await[0]["params"]["ok"], false);
}

#[tokio::test(start_paused = true)]
async fn a_database_that_comes_back_in_time_saves_the_payment() {
    let mut till = Till::open();
    till.health.missed();
    till.query("5");
    till.engine().await;
    sleep(Duration::from_millis(150)).await;
    till.health.heard();
    assert_eq!(till.close().await[0]["params"]["ok"], true);
}

#[tokio::test(start_paused = true)]
async fn an_engine_that_cannot_answer_is_no_reason_to_keep_anybody_waiting() {
    let till = Till::open();
    till.health.heard();
    till.query("5");
    let (answers, came) = (till.answers.clone(), Instant::now());
    while answers.delivered().is_empty() {
        sleep(Duration::from_millis(10)).await;
        assert!(came.elapsed() < Duration::from_secs(1));
    }
    assert_eq!(till.close().await[0]["params"]["ok"], false);
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_runs_out_while_the_engine_is_asked_leaves_time_for_the_way() {
    let till = Till::open();
    till.health.heard();
    till.query("5");
    let (answers, came) = (till.answers.clone(), Instant::now());
    sleep(Duration::from_millis(10)).await;
    till.term.extend_by(Duration::ZERO);
    while answers.delivered().is_empty() {
        sleep(Duration::from_millis(10)).await;
        assert!(came.elapsed() <= Duration::from_millis(750), "{:?}", came.elapsed());
    }
    assert_eq!(till.close().await[0]["params"]["ok"], false);
}

#[test]
fn a_refusal_at_the_till_says_why() {
    let answer = |refusal| {
        let language = luvhive_core::person::UiLanguage::English;
        serde_json::from_str::<Value>(&reply("9", CheckoutVerdict { refusal, language }).body).unwrap()
    };
    let expected = |params| serde_json::json!({ "method": "answerPreCheckoutQuery", "params": params });
    assert_eq!(answer(None), expected(serde_json::json!({ "pre_checkout_query_id": "9", "ok": true })));
    let refusal = luvhive_core::engine::checkout::CheckoutRefusal::Expired;
    let words = view::refusal(Words::new(luvhive_core::person::UiLanguage::English), refusal);
    let params = serde_json::json!({ "pre_checkout_query_id": "9", "ok": false, "error_message": words });
    assert_eq!(answer(Some(refusal)), expected(params));
}
