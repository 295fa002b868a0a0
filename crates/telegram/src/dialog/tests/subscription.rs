//! Subscriptions and receipts: what was sold stays sold, what ends ends for good, and no receipt is lost.

use std::time::Duration;

use luvhive_core::engine::checkout::Invoice;
use luvhive_core::engine::effect::Task;
use luvhive_core::ports::Change;
use luvhive_core::premium::{Plan, Price, Stars};
use luvhive_core::time::Timestamp;
use serde_json::{Value, json};

use super::phone::{Phone, key};
use super::premium::{Bill, charge, invoice, member, older_key, payload, pays, press, words};
use super::town::{ME, MY_PERSON, START};
use crate::callback::{ChargeMark, PremiumAction};
use crate::handler::{LaneOutcome, LaneTask};
use crate::testing::signed;

const DAY: Duration = Duration::from_hours(24);

fn day(number: u32) -> Timestamp {
    START.plus(DAY * number)
}

/// A charge for the subscription, `on` so many days after the start.
fn charged(phone: &mut Phone, name: &str, on: u32, is_first: bool) -> LaneOutcome {
    phone.now = day(on);
    let until = day(on + 30).as_micros() / 1_000_000;
    let more = json!({"is_recurring": true, "is_first_recurring": is_first, "subscription_expiration_date": until});
    pays(phone, &Bill { charge: name, payload: &payload(Plan::Monthly, MY_PERSON), amount: 225 }, &more)
}

fn asked(phone: &Phone) -> Vec<String> {
    std::mem::take(&mut *phone.till.asked.lock().unwrap())
}

fn work(phone: &mut Phone, task: Task) -> LaneOutcome {
    let outcome = phone.handle(LaneTask::Task(task));
    phone.bring(&outcome.changes);
    outcome
}

fn refund(phone: &mut Phone, name: &str) {
    press(phone, PremiumAction::Refund(ChargeMark(key().marks().draw(&format!("charge {name}")))));
    let outcome = work(phone, Task::Refund { charge: charge(name) });
    assert!(outcome.changes.iter().any(|change| matches!(change, Change::BookRefund(_))), "{outcome:?}");
}

fn cancel(phone: &mut Phone) {
    phone.send("/premium");
    phone.tap("v:cancel?");
    phone.tap("v:cancel");
}

fn fit(phone: &mut Phone) -> LaneOutcome {
    work(phone, Task::Subscription { person: MY_PERSON })
}

#[test]
fn after_a_refund_the_new_subscription_is_the_one_that_ends() {
    let mut phone = member();
    charged(&mut phone, "s1", 0, true);
    refund(&mut phone, "s1");
    charged(&mut phone, "s2", 1, true);
    assert_eq!(asked(&phone), ["subscription s1 canceled true".to_owned(), format!("refund s1 to {ME}")]);
    cancel(&mut phone);
    assert_eq!(asked(&phone), ["subscription s2 canceled true"]);
}

#[test]
fn of_two_links_each_is_a_subscription_of_its_own() {
    let mut phone = member();
    charged(&mut phone, "s1", 0, true);
    cancel(&mut phone);
    charged(&mut phone, "s2", 1, true);
    asked(&phone);
    cancel(&mut phone);
    assert_eq!(asked(&phone), ["subscription s2 canceled true"]);
    phone.handle(LaneTask::Erase { person: MY_PERSON });
    assert_eq!(asked(&phone), ["subscription s1 canceled true", "subscription s2 canceled true"], "neither can be resumed");
}

#[test]
fn a_renewal_stays_sold_at_its_price() {
    for amount in [224, 1_000] {
        let mut phone = member();
        charged(&mut phone, "s1", 0, true);
        phone.now = day(30);
        let more = json!({"is_recurring": true, "subscription_expiration_date": day(60).as_micros() / 1_000_000});
        let outcome = pays(&mut phone, &Bill { charge: "s2", payload: &payload(Plan::Monthly, MY_PERSON), amount }, &more);
        assert!(
            matches!(outcome.changes.as_slice(), [Change::BookPayment(paid)] if paid.days == 30 && paid.stars.get() == amount),
            "{outcome:?}"
        );
        assert!(asked(&phone).is_empty(), "neither given back nor ended");
    }
}

#[test]
fn a_found_payment_brings_what_was_sold() {
    let sold = Invoice { price: Price { stars: Stars::new(80), days: 9 }, ..invoice(Plan::Week, MY_PERSON) };
    let found = json!({crate::payments::FOUND: true});
    for (payload, days) in [(key().invoices().seal(&sold), 9), (signed(&key(), &sold), 7)] {
        let mut phone = member();
        let outcome = pays(&mut phone, &Bill { charge: "late", payload: &payload, amount: 80 }, &found);
        assert!(matches!(outcome.changes.as_slice(), [Change::BookPayment(paid)] if paid.days == days), "{outcome:?}");
    }
}

#[test]
fn a_renewal_under_an_older_token_goes_on_with_what_was_booked() {
    let foreign = older_key().invoices().seal(&invoice(Plan::Monthly, MY_PERSON));
    let mut phone = member();
    let renewal = json!({"is_recurring": true, "subscription_expiration_date": day(60).as_micros() / 1_000_000});
    let bill = Bill { charge: "r1", payload: &foreign, amount: 225 };
    let outcome = pays(&mut phone, &bill, &renewal);
    assert!(matches!(outcome.changes.as_slice(), [Change::BookPayment(paid), Change::BookRefund(_)] if paid.days == 0));
    let mut phone = member();
    charged(&mut phone, "s1", 0, true);
    phone.now = day(30);
    let outcome = pays(&mut phone, &bill, &renewal);
    assert!(matches!(outcome.changes.as_slice(), [Change::BookPayment(paid)] if paid.days == 30), "{outcome:?}");
}

#[test]
fn a_suspension_past_the_renewal_ends_the_subscription() {
    let mut phone = member();
    charged(&mut phone, "s1", 0, true);
    phone.town.suspend(ME, day(29));
    assert_eq!(fit(&mut phone), LaneOutcome::default(), "it is over before the next charge");
    phone.town.suspend(ME, Timestamp::MAX);
    let outcome = fit(&mut phone);
    assert_eq!(asked(&phone), ["subscription s1 canceled true"]);
    assert_eq!(outcome.changes, [Change::CloseSubscription { charge: charge("s1"), canceled_at: Some(phone.now) }]);
    assert_eq!(outcome.calls.len(), 1, "they hear of it");
    assert_eq!(fit(&mut phone), LaneOutcome::default(), "once");
}

#[test]
fn a_suspension_waits_for_telegram_without_holding_anybody_up() {
    let mut phone = member();
    charged(&mut phone, "s1", 0, true);
    phone.town.suspend(ME, Timestamp::MAX);
    phone.till.is_away.store(true, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(fit(&mut phone), LaneOutcome::default(), "the lane ends, and the subscription is looked for again");
    phone.till.is_away.store(false, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(fit(&mut phone).changes.len(), 1);
}

#[test]
fn an_overturned_ban_says_how_to_renew() {
    for (lifted, says, called) in [(10, "premium-resumable", 1), (40, "premium-subscribe-again", 0)] {
        let mut phone = member();
        charged(&mut phone, "s1", 0, true);
        phone.town.suspend(ME, Timestamp::MAX);
        fit(&mut phone);
        asked(&phone);
        phone.now = day(lifted);
        phone.town.suspend(ME, START);
        let outcome = fit(&mut phone);
        let [told] = outcome.calls.as_slice() else { panic!("{outcome:?}") };
        assert!(outcome.changes.is_empty() && told.body.contains(&words(says)), "{outcome:?}");
        assert_eq!(asked(&phone), vec!["subscription s1 canceled false"; called]);
    }
    let mut phone = member();
    assert_eq!(fit(&mut phone), LaneOutcome::default(), "there was none");
    charged(&mut phone, "s1", 0, true);
    assert_eq!(fit(&mut phone), LaneOutcome::default(), "it goes on");
}

#[test]
fn a_lift_says_nothing_of_a_subscription_that_was_over_before() {
    for is_refunded in [false, true] {
        let mut phone = member();
        charged(&mut phone, "s1", 0, true);
        if is_refunded {
            refund(&mut phone, "s1");
        } else {
            cancel(&mut phone);
        }
        asked(&phone);
        phone.now = day(2);
        phone.town.suspend_at(ME, Timestamp::MAX, day(2));
        assert_eq!(fit(&mut phone), LaneOutcome::default(), "nothing is left to end");
        phone.now = day(10);
        phone.town.suspend_at(ME, START, day(10));
        assert_eq!(fit(&mut phone), LaneOutcome::default(), "refunded: {is_refunded}");
        assert!(asked(&phone).is_empty(), "{is_refunded}");
    }
}

#[test]
fn a_receipt_is_never_talk() {
    let receipt = |charge: &Value| {
        let mut receipt = json!({"currency": "XTR", "total_amount": 100, "invoice_payload": "p"});
        if !charge.is_null() {
            receipt["telegram_payment_charge_id"] = charge.clone();
        }
        receipt
    };
    for charge in [json!("x".repeat(256)), json!(""), json!(5), Value::Null] {
        for (kind, says) in [("successful_payment", "paid-unreadable"), ("refunded_payment", "refund-unreadable")] {
            let mut phone = member();
            let message = json!({"message_id": 5, "date": 1, "chat": {"id": ME.get(), "type": "private"}, "from": phone.user(), kind: receipt(&charge)});
            let outcome = phone.update(&json!({"update_id": 1, "message": message}));
            assert!(outcome.changes.is_empty(), "{outcome:?}");
            assert_eq!(phone.screen(), words(says), "{kind} {charge}");
        }
    }
}
