//! Stores that do not answer: nothing is decided on half of what there is to know, and Telegram's till is left alone.

use std::sync::Arc;
use std::time::Duration;

use luvhive_core::engine::effect::Task;
use luvhive_core::id::ChatId;
use luvhive_core::person::UiLanguage;
use luvhive_core::ports::StoreError;
use luvhive_core::ports::chats::MockChatStore;
use luvhive_core::ports::friend::MockFriendStore;
use luvhive_core::ports::ledger::MockLedger;
use luvhive_core::ports::people::MockPeopleStore;
use luvhive_core::premium::ChargeId;
use serde_json::{Value, json};

use super::phone::Phone;
use super::town::{ME, MY_PERSON, PARTNER, START};
use crate::callback::{Callback, FriendAction};
use crate::dialog::{Dialogs, Trade};
use crate::handler::{LaneHandler, LaneOutcome, LaneTask};
use crate::locale::Words;

const CHAT: ChatId = ChatId::new(4_294_967_301);

fn unavailable() -> StoreError {
    StoreError::Unavailable("away".into())
}

/// A member whose chat ended an hour ago.
fn member() -> Phone {
    let mut phone = Phone::new(Some("en"));
    phone.register();
    phone.town.register(PARTNER);
    let hour = Duration::from_hours(1);
    phone.town.chat(CHAT, [PARTNER, MY_PERSON], START.minus(2 * hour), Some(START.minus(hour)));
    phone
}

fn task(update: &Value) -> LaneTask {
    LaneTask::Update { payload: update.to_string().into() }
}

#[track_caller]
fn waits(outcome: &Result<LaneOutcome, StoreError>) {
    assert!(matches!(outcome, Err(StoreError::Unavailable(_))), "{outcome:?}");
}

#[test]
fn while_nobody_can_be_read_nothing_is_decided_and_there_are_words_for_it() {
    let phone = member();
    for update in [phone.message("/settings"), phone.query("1c:find", Some(101))] {
        let mut people = MockPeopleStore::new();
        people.expect_get_visitor().once().returning(|_| Err(unavailable()));
        waits(&phone.ask(&Dialogs { people: Arc::new(people), ..phone.dialogs() }, task(&update)));
        let busy = phone.dialogs().say_busy(&phone.work(task(&update))).expect("somebody waits");
        assert!(busy.body.contains(&Words::new(UiLanguage::English).text("busy")), "{}", busy.body);
    }
}

#[test]
fn a_row_that_nobody_can_read_is_not_waited_for() {
    let phone = member();
    let mut people = MockPeopleStore::new();
    people.expect_get_visitor().once().returning(|_| Err(StoreError::Corrupt { what: "gender" }));
    let outcome = phone.ask(&Dialogs { people: Arc::new(people), ..phone.dialogs() }, task(&phone.message("/start")));
    assert!(matches!(outcome, Err(StoreError::Corrupt { what: "gender" })), "{outcome:?}");
}

#[test]
fn nobody_is_blocked_or_reported_in_a_chat_that_cannot_be_read() {
    let phone = member();
    for callback in [Callback::Block { chat: CHAT }, Callback::AskReport { chat: CHAT, message: None }] {
        let mut chats = MockChatStore::new();
        chats.expect_find_chat().once().returning(|_| Err(unavailable()));
        let update = phone.query(&callback.encode(), Some(101));
        waits(&phone.ask(&Dialogs { chats: Arc::new(chats), ..phone.dialogs() }, task(&update)));
    }
}

#[test]
fn nobody_is_asked_to_be_friends_who_may_have_asked_already() {
    let phone = member();
    for update in [phone.message("/friend"), phone.query(&Callback::Friends(FriendAction::Ask(CHAT)).encode(), Some(101))] {
        let mut friends = MockFriendStore::new();
        friends.expect_find_standing().once().returning(|_, _| Err(unavailable()));
        waits(&phone.ask(&Dialogs { friends: Arc::new(friends), ..phone.dialogs() }, task(&update)));
    }
}

#[test]
fn telegram_is_asked_to_give_nothing_back_that_the_ledger_may_have_booked() {
    let phone = member();
    let receipt = json!({
        "currency": "XTR", "total_amount": 5, "invoice_payload": "nonsense", "telegram_payment_charge_id": "c1",
        "provider_payment_charge_id": "x",
    });
    let mut paid = phone.message("");
    paid["message"]["successful_payment"] = receipt;
    let refund = Task::Refund { charge: ChargeId::new("c1").unwrap() };
    for asked in [task(&paid), LaneTask::Task(refund)] {
        let mut ledger = MockLedger::new();
        ledger.expect_find_charge().once().returning(|_| Err(unavailable()));
        let dialogs = phone.dialogs();
        waits(&phone.ask(&Dialogs { trade: Trade { ledger: Arc::new(ledger), ..dialogs.trade }, ..dialogs }, asked));
        assert!(phone.till.asked.lock().unwrap().is_empty());
    }
    // With the ledger back, what cannot be used is given back to the payer.
    phone.ask(&phone.dialogs(), task(&paid)).unwrap();
    assert_eq!(*phone.till.asked.lock().unwrap(), [format!("refund c1 to {ME}")]);
}
