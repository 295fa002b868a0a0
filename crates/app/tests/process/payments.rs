//! Payments and kills: whatever moment the bot dies at, what was paid is given once, and whoever paid hears of it.

use luvhive_sandbox::{Button, CheckoutState, Fault, FaultAction, PersonId, SeenMessage};

use super::kit::{Folder, PATIENCE};
use super::life::{Telegram, ask};

const PAID: &str = "SELECT count(*) FROM payments";

/// Somebody with Stars and an invoice for a week in the chat.
fn invoiced(telegram: &Telegram) -> PersonId {
    let person = telegram.register("Asha", luvhive_core::person::Gender::Woman).person();
    telegram.sandbox.give_stars(person, 1_000).unwrap();
    telegram.sandbox.send_text(person, "/premium", None).unwrap();
    let buys = |message: &SeenMessage| {
        message.buttons.iter().flatten().filter_map(|button| button.data.clone()).find(|data| data.ends_with("v:buy:week"))
    };
    telegram.runtime.block_on(async {
        let offer = telegram.sandbox.wait_for(person, 0, PATIENCE, |message| buys(message).is_some()).await.unwrap();
        telegram.sandbox.press(person, offer.id, Button::Data(buys(&offer).unwrap())).unwrap();
        telegram.sandbox.wait_for(person, 0, PATIENCE, |message| message.invoice.is_some()).await.unwrap();
    });
    person
}

fn pay(telegram: &Telegram, person: PersonId) -> CheckoutState {
    let checkout = telegram.sandbox.pay_latest(person).unwrap();
    telegram.runtime.block_on(telegram.sandbox.wait_for_checkout(&checkout, PATIENCE)).unwrap()
}

fn is_thanks(message: &SeenMessage) -> bool {
    message.text.contains("Thank you")
}

fn thanked(telegram: &Telegram, person: PersonId) {
    telegram.runtime.block_on(telegram.sandbox.wait_for(person, 0, PATIENCE, is_thanks)).unwrap();
}

#[test]
fn a_kill_between_pre_checkout_and_payment_loses_nothing() {
    let telegram = Telegram::start();
    let folder = Folder::new();
    let bot = telegram.run(&folder, &["run"]);
    let person = invoiced(&telegram);
    telegram.sandbox.add_fault(Fault::new(FaultAction::HoldPayments).times(1));
    assert_eq!(pay(&telegram, person), CheckoutState::Held);
    bot.kill();
    assert_eq!(telegram.sandbox.release_payments(), 1);
    let bot = telegram.run(&folder, &["run"]);
    thanked(&telegram, person);
    assert_eq!(ask(&telegram, &folder, PAID), 1);
    assert_eq!(bot.stop(), Some(0));
}

#[test]
fn kills_between_payment_grant_and_notice_give_once_and_tell() {
    for round in 0..4 {
        let telegram = Telegram::start();
        let folder = Folder::new();
        let bot = telegram.run(&folder, &["run"]);
        let person = invoiced(&telegram);
        // The notice cannot leave: the kill comes between the grant and it, or before the grant.
        telegram.sandbox.add_fault(Fault::new(FaultAction::BadGateway).method("sendMessage").times(50));
        telegram.sandbox.add_fault(Fault::new(FaultAction::DuplicatePayments).times(1));
        assert!(matches!(pay(&telegram, person), CheckoutState::Paid { .. }));
        if round % 2 == 1 {
            let is_granted = || ask(&telegram, &folder, PAID) == 1;
            while !is_granted() {
                std::thread::yield_now();
            }
        }
        bot.kill();
        telegram.sandbox.clear_faults();
        let bot = telegram.run(&folder, &["run"]);
        thanked(&telegram, person);
        assert_eq!(ask(&telegram, &folder, PAID), 1, "granted once");
        assert_eq!(ask(&telegram, &folder, "SELECT coalesce(sum(days), 0)::bigint FROM payments"), 7);
        assert_eq!(bot.stop(), Some(0));
        assert_eq!(ask(&telegram, &folder, PAID), 1);
    }
}
