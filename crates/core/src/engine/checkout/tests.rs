//! Every reason to refuse a payment, one test a rule.

use super::*;
use crate::engine::Loaded;
use crate::id::Epoch;
use crate::premium::Stars;
use crate::testing::{facts, timestamp};

/// Persons 1, 2 and 5 are registered, 3 is suspended, 5 has a subscription that renews.
fn state() -> State {
    let mut people: Vec<_> = [1, 2, 3, 5].into_iter().map(facts).collect();
    people[3].renews_at = Some(timestamp(30));
    people[2].suspended_until = Some(timestamp(1_000));
    people[0].language = UiLanguage::Hindi;
    State::load(Epoch::new(1), crate::engine::Rules::default(), &Loaded { people, ..Loaded::default() }, timestamp(0))
}

fn checkout(plan: Plan, payer: i64, receiver: i64) -> Checkout {
    Checkout {
        from: TelegramId::new(1_000 + payer),
        language: None,
        currency: STARS.into(),
        amount: i64::from(plan.stars().get()),
        invoice: Some(Invoice {
            plan,
            price: plan.price(),
            payer: PersonId::new(payer),
            receiver: PersonId::new(receiver),
            nonce: 7,
            expires_at: timestamp(60),
        }),
    }
}

#[track_caller]
fn refused(checkout: &Checkout, refusal: CheckoutRefusal) {
    assert_eq!(check(&state(), checkout, timestamp(0)).refusal, Some(refusal));
}

#[test]
fn a_sound_purchase_passes_in_the_payers_language() {
    let passes = CheckoutVerdict { language: UiLanguage::Hindi, refusal: None };
    assert_eq!(check(&state(), &checkout(Plan::Week, 1, 1), timestamp(0)), passes);
    assert_eq!(check(&state(), &checkout(Plan::GiftMonth, 1, 2), timestamp(0)), passes);
}

#[test]
fn an_invoice_that_we_did_not_sign_is_refused() {
    refused(&Checkout { invoice: None, ..checkout(Plan::Week, 1, 1) }, CheckoutRefusal::Forged);
}

#[test]
fn another_price_or_currency_is_refused() {
    for amount in [0, 1, 99, 101, -100, i64::MAX] {
        refused(&Checkout { amount, ..checkout(Plan::Week, 1, 1) }, CheckoutRefusal::Forged);
    }
    refused(&Checkout { currency: "USD".into(), ..checkout(Plan::Week, 1, 1) }, CheckoutRefusal::Forged);
}

#[test]
fn nobody_pays_another_persons_invoice() {
    refused(&Checkout { from: TelegramId::new(1_002), ..checkout(Plan::Week, 1, 1) }, CheckoutRefusal::NotYours);
    refused(&Checkout { from: TelegramId::new(5_555), ..checkout(Plan::Week, 1, 1) }, CheckoutRefusal::NotYours);
}

#[test]
fn an_old_invoice_is_refused() {
    let sold = checkout(Plan::Week, 1, 1);
    assert_eq!(check(&state(), &sold, timestamp(59)).refusal, None);
    assert_eq!(check(&state(), &sold, timestamp(60)).refusal, Some(CheckoutRefusal::Expired));
}

#[test]
fn an_invoice_of_another_price_list_is_too_old() {
    for (stars, days) in [(90, 7), (100, 8)] {
        let mut sold = checkout(Plan::Week, 1, 1);
        let price = Price { stars: Stars::new(stars), days };
        sold.invoice = sold.invoice.map(|invoice| Invoice { price, ..invoice });
        sold.amount = i64::from(stars);
        refused(&sold, CheckoutRefusal::Expired);
    }
}

#[test]
fn a_sanction_stops_payments_until_it_is_over() {
    let expires_at = timestamp(5_000);
    let mut sold = checkout(Plan::Week, 3, 3);
    sold.invoice = sold.invoice.map(|invoice| Invoice { expires_at, ..invoice });
    refused(&sold, CheckoutRefusal::Suspended);
    assert_eq!(check(&state(), &sold, timestamp(1_001)).refusal, None);
}

#[test]
fn a_gift_needs_somebody_who_can_use_it() {
    refused(&checkout(Plan::GiftWeek, 1, 3), CheckoutRefusal::ReceiverGone);
    refused(&checkout(Plan::GiftWeek, 1, 4), CheckoutRefusal::ReceiverGone);
}

#[test]
fn nobody_has_two_subscriptions_at_once() {
    refused(&checkout(Plan::Monthly, 5, 5), CheckoutRefusal::AlreadySubscribed);
    assert_eq!(check(&state(), &checkout(Plan::Monthly, 5, 5), timestamp(30)).refusal, None, "it has lapsed");
    assert_eq!(check(&state(), &checkout(Plan::Month, 5, 5), timestamp(0)).refusal, None, "more days are welcome");
    assert_eq!(check(&state(), &checkout(Plan::Monthly, 1, 1), timestamp(0)).refusal, None);
}

#[test]
fn nobody_buys_or_gets_anything_who_is_about_to_be_erased() {
    let state = |leaver: i64| {
        let facts = |number| {
            let leaves_at = (number == leaver).then(|| timestamp(86_400));
            crate::person::PersonFacts { leaves_at, ..crate::testing::facts(number) }
        };
        let loaded = crate::engine::Loaded { people: vec![facts(1), facts(2)], ..Default::default() };
        State::load(crate::id::Epoch::new(1), crate::engine::Rules::default(), &loaded, timestamp(0))
    };
    let sold = checkout(Plan::GiftWeek, 1, 2);
    assert_eq!(check(&state(1), &sold, timestamp(0)).refusal, Some(CheckoutRefusal::Expired));
    assert_eq!(check(&state(2), &sold, timestamp(0)).refusal, Some(CheckoutRefusal::ReceiverGone));
    assert_eq!(check(&state(3), &sold, timestamp(0)).refusal, None);
}
