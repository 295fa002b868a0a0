//! Premium by buttons and money by updates: each payment once, each refund once, nothing for forged buttons.

use std::time::Duration;

use luvhive_core::coins::InviteCode;
use luvhive_core::engine::checkout::Invoice;
use luvhive_core::engine::effect::Task;
use luvhive_core::engine::{EngineCommand, News};
use luvhive_core::id::{ChatId, PersonId};
use luvhive_core::ports::Change;
use luvhive_core::premium::{ChargeId, GrantSource, Plan, PremiumNews, RefundCause};
use luvhive_core::time::Timestamp;
use serde_json::{Value, json};

use super::phone::{Phone, key};
use super::town::{ME, MY_PERSON, PARTNER, START, account};
use crate::callback::{Callback, ChargeMark, PremiumAction, Receiver};
use crate::handler::{LaneOutcome, LaneTask};
use crate::key::BotKey;
use crate::locale::Words;
use crate::testing::signed;

const CHAT: ChatId = ChatId::new(4_294_967_301);

pub(super) fn member() -> Phone {
    let mut phone = Phone::new(Some("en"));
    phone.register();
    phone
}

fn with_partner() -> Phone {
    let phone = member();
    phone.town.register(PARTNER);
    phone.town.chat(CHAT, [PARTNER, MY_PERSON], START.minus(Duration::from_hours(1)), Some(START));
    phone
}

/// The payload of an invoice for oneself or the partner.
/// An invoice of mine for an hour, at the price of the list.
pub(super) fn invoice(plan: Plan, receiver: PersonId) -> Invoice {
    let expires_at = START.plus(Duration::from_hours(1));
    Invoice { plan, price: plan.price(), payer: MY_PERSON, receiver, nonce: 1, expires_at }
}

pub(super) fn payload(plan: Plan, receiver: PersonId) -> String {
    key().invoices().seal(&invoice(plan, receiver))
}

/// The key of a token before this one.
pub(super) fn older_key() -> BotKey {
    BotKey::derive("7:older")
}

/// What somebody paid, and for what.
pub(super) struct Bill<'a> {
    pub(super) charge: &'a str,
    pub(super) payload: &'a str,
    pub(super) amount: u32,
}

pub(super) fn pays(phone: &mut Phone, bill: &Bill<'_>, more: &Value) -> LaneOutcome {
    let Bill { charge, payload, amount } = bill;
    let mut receipt = json!({
        "currency": "XTR", "total_amount": amount, "invoice_payload": payload, "telegram_payment_charge_id": charge,
        "provider_payment_charge_id": "x",
    });
    receipt.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let date = phone.now.as_micros() / 1_000_000;
    let message = json!({"message_id": 5, "date": date, "chat": {"id": ME.get(), "type": "private"}, "from": phone.user(), "successful_payment": receipt});
    phone.update(&json!({"update_id": 1, "message": message}))
}

fn buys(phone: &mut Phone, charge: &str, plan: Plan) -> LaneOutcome {
    let receiver = if plan.is_gift() { PARTNER } else { MY_PERSON };
    pays(phone, &Bill { charge, payload: &payload(plan, receiver), amount: plan.stars().get() }, &json!({}))
}

pub(super) fn words(key: &str) -> String {
    Words::new(luvhive_core::person::UiLanguage::English).text(key)
}

pub(super) fn press(phone: &mut Phone, action: PremiumAction) -> LaneOutcome {
    phone.press_data(&Callback::Premium(action).encode(), None)
}

pub(super) fn charge(text: &str) -> ChargeId {
    ChargeId::new(text).unwrap()
}

#[test]
fn an_invoice_is_signed_for_who_pressed_and_the_same_each_time() {
    let mut phone = member();
    phone.send("/premium");
    assert!(phone.screen().contains(&words("premium-free")), "what it changes is seen before buying");
    phone.tap("v:buy:week");
    phone.send("/premium");
    phone.tap("v:buy:week");
    let [one, other] = phone.invoices.as_slice() else { panic!("{:?}", phone.invoices) };
    assert_eq!(one, other, "the same press, worked on twice, makes the same invoice");
    assert_eq!((one["currency"].as_str(), one["prices"][0]["amount"].as_u64()), (Some("XTR"), Some(100)));
    let invoice = key().invoices().open(one["payload"].as_str().unwrap()).unwrap();
    assert_eq!((invoice.plan, invoice.payer, invoice.receiver), (Plan::Week, MY_PERSON, MY_PERSON));
}

#[test]
fn a_payment_is_booked_once_however_often_it_is_told() {
    let mut phone = member();
    let first = buys(&mut phone, "c1", Plan::Week);
    assert!(
        matches!(first.changes.as_slice(), [Change::BookPayment(paid)] if paid.days == 7 && paid.receiver == Some(MY_PERSON))
    );
    assert_eq!(first.calls.len(), 1);
    assert_eq!(buys(&mut phone, "c1", Plan::Week), LaneOutcome::default());
    buys(&mut phone, "c2", Plan::Month);
    let until = phone.town.person(MY_PERSON).facts.premium_until;
    assert_eq!(until, Some(START.plus(Duration::from_hours(37 * 24))), "days add up");
}

#[test]
fn a_gift_is_told_to_whom_it_is_for_and_names_nobody() {
    let mut phone = with_partner();
    phone.send("/premium");
    phone.tap("v:gifts:");
    phone.tap("v:give:gift_month:");
    let outcome = buys(&mut phone, "g1", Plan::GiftMonth);
    let told = outcome.changes.iter().find_map(|change| match change {
        Change::ToEngine(EngineCommand::Tell { person, news: News::Premium { news, .. } }) => Some((*person, news.clone())),
        _ => None,
    });
    assert_eq!(told, Some((PARTNER, PremiumNews::Gift { days: 30 })));
}

#[test]
fn what_cannot_be_given_is_noted_and_given_back() {
    let forged = "1:week:11:11:0000000000000001:9999999999:00000000000000000000000000000000";
    let cases = [
        (payload(Plan::Week, MY_PERSON), 99),
        (forged.to_owned(), 100),
        (payload(Plan::GiftWeek, PersonId::new(77)), 100),
        ("nonsense".to_owned(), 5),
    ];
    for (payload, amount) in cases {
        let mut phone = member();
        let outcome = pays(&mut phone, &Bill { charge: "bad", payload: &payload, amount }, &json!({}));
        let [Change::BookPayment(paid), Change::BookRefund(_)] = outcome.changes.as_slice() else { panic!("{outcome:?}") };
        assert_eq!((paid.days, paid.receiver, paid.stars.get()), (0, None, amount));
        assert_eq!(*phone.till.asked.lock().unwrap(), [format!("refund bad to {ME}")]);
    }
    let mut stranger = Phone::new(Some("hi"));
    let outcome = pays(&mut stranger, &Bill { charge: "bad", payload: &payload(Plan::Week, MY_PERSON), amount: 100 }, &json!({}));
    assert!(matches!(outcome.changes.as_slice(), [Change::BookPayment(paid), Change::BookRefund(_)] if paid.payer.is_none()));
}

#[test]
fn a_renewal_counts_even_if_the_token_was_changed_since() {
    let mut phone = member();
    let foreign = signed(&older_key(), &invoice(Plan::Monthly, MY_PERSON));
    let until = START.as_micros() / 1_000_000 + 2_592_000;
    let renewal = json!({"is_recurring": true, "subscription_expiration_date": until});
    let outcome = pays(&mut phone, &Bill { charge: "r2", payload: &foreign, amount: 225 }, &renewal);
    assert!(matches!(outcome.changes.as_slice(), [Change::BookPayment(paid)] if paid.days == 30 && paid.is_recurring));
    assert!(phone.screen().contains(&words("paid-renewal")));
}

#[test]
fn a_buyer_has_some_days_and_one_refund() {
    let mut phone = member();
    buys(&mut phone, "c1", Plan::Week);
    phone.send("/premium");
    phone.tap("v:payments");
    phone.tap("v:refund?");
    let asked = phone.tap("v:refund:");
    assert!(matches!(
        asked.changes.as_slice(),
        [Change::RequestRefund(request), Change::ToEngine(EngineCommand::Refund { payer: MY_PERSON, .. })]
            if request.cause == RefundCause::Buyer
    ));
    let again = press(&mut phone, PremiumAction::Refund(ChargeMark(key().marks().draw("charge c1"))));
    assert!(again.changes.is_empty() && again.answer.unwrap().text == Some(words("refund-under-way")));
    let task = LaneTask::Task(Task::Refund { charge: charge("c1") });
    let done = phone.handle(task.clone());
    assert!(matches!(done.changes.as_slice(), [Change::BookRefund(refund)] if refund.cause == RefundCause::Buyer));
    // A crash before the commit: the same once more, and Telegram says that it was done.
    assert_eq!(phone.handle(task.clone()), done);
    phone.bring(&done.changes);
    assert_eq!(phone.handle(task), LaneOutcome::default());
    let told = json!({"update_id": 1, "message": {"message_id": 6, "date": 1, "chat": {"id": ME.get(), "type": "private"},
        "refunded_payment": {"currency": "XTR", "total_amount": 100, "invoice_payload": "", "telegram_payment_charge_id": "c1"}}});
    assert_eq!(phone.update(&told), LaneOutcome::default(), "Telegram's own word of it changes nothing more");
}

#[test]
fn late_and_used_payments_stay() {
    let mut phone = member();
    buys(&mut phone, "c1", Plan::Week);
    let mark = key().marks().draw("charge c1");
    phone.now = START.plus(Duration::from_hours(14 * 24 + 1));
    let late = press(&mut phone, PremiumAction::Refund(ChargeMark(mark)));
    let until = Words::new(luvhive_core::person::UiLanguage::English).moment(START.plus(Duration::from_hours(14 * 24)));
    assert!(late.changes.is_empty() && late.answer.unwrap().text.unwrap().contains(&until));
    phone.now = START.plus(Duration::from_hours(1));
    phone.town.use_premium(phone.now);
    let used = press(&mut phone, PremiumAction::Refund(ChargeMark(mark)));
    assert!(used.changes.is_empty() && used.answer.unwrap().text == Some(words("refund-used")));
}

#[test]
fn a_refund_that_telegram_refuses_leaves_everything_as_it_was() {
    let mut phone = member();
    buys(&mut phone, "c1", Plan::Week);
    press(&mut phone, PremiumAction::Refund(ChargeMark(key().marks().draw("charge c1"))));
    phone.till.refuses.lock().unwrap().insert("c1".to_owned());
    let outcome = phone.handle(LaneTask::Task(Task::Refund { charge: charge("c1") }));
    assert_eq!(outcome.changes, [Change::WithdrawRefund(charge("c1"))]);
    assert_eq!(outcome.calls.len(), 1);
}

#[test]
fn a_refund_before_its_payment_gives_nothing() {
    let mut phone = member();
    let told = json!({"update_id": 1, "message": {"message_id": 6, "date": 1, "chat": {"id": ME.get(), "type": "private"},
        "refunded_payment": {"currency": "XTR", "total_amount": 100, "invoice_payload": "", "telegram_payment_charge_id": "c1"}}});
    let outcome = phone.update(&told);
    assert!(matches!(outcome.changes.as_slice(), [Change::BookRefund(_)]) && outcome.calls.is_empty());
    let outcome = buys(&mut phone, "c1", Plan::Week);
    assert!(matches!(outcome.changes.as_slice(), [Change::BookPayment(_)]) && outcome.calls.is_empty());
    assert_eq!(phone.town.person(MY_PERSON).facts.premium_until, None);
}

#[test]
fn a_subscription_is_cancelled_by_its_first_charge() {
    let mut phone = member();
    let until = |days: i64| START.as_micros() / 1_000_000 + days * 86_400;
    let monthly = payload(Plan::Monthly, MY_PERSON);
    let first = json!({"is_recurring": true, "is_first_recurring": true, "subscription_expiration_date": until(30)});
    pays(&mut phone, &Bill { charge: "s1", payload: &monthly, amount: 225 }, &first);
    phone.now = START.plus(Duration::from_hours(30 * 24));
    pays(
        &mut phone,
        &Bill { charge: "s2", payload: &monthly, amount: 225 },
        &json!({"is_recurring": true, "subscription_expiration_date": until(60)}),
    );
    phone.send("/premium");
    phone.tap("v:cancel?");
    let outcome = phone.tap("v:cancel");
    assert_eq!(*phone.till.asked.lock().unwrap(), ["subscription s1 canceled true"]);
    let canceled_at = Some(phone.now);
    assert!(outcome.changes.contains(&Change::CloseSubscription { charge: charge("s2"), canceled_at }));
    let resumed = phone.tap("v:resume");
    assert!(resumed.changes.is_empty(), "only its owner can renew it: Telegram tells when they have");
    assert_eq!(resumed.answer.unwrap().text, Some(words("premium-resumable")));
    let active = json!({"update_id": 1, "subscription": {"user": phone.user(), "invoice_payload": monthly, "state": "active"}});
    let outcome = phone.update(&active);
    assert_eq!(outcome.changes, [Change::CloseSubscription { charge: charge("s2"), canceled_at: None }]);
}

#[test]
fn stale_and_forged_buttons_change_nothing() {
    let mut phone = member();
    for action in [
        PremiumAction::Buy(Plan::GiftWeek),
        PremiumAction::Buy(Plan::Monthly),
        PremiumAction::Give(Plan::GiftWeek, Receiver::Partner(CHAT)),
        PremiumAction::Give(Plan::Week, Receiver::Partner(CHAT)),
        PremiumAction::Gifts(Receiver::Partner(CHAT)),
        PremiumAction::Give(Plan::GiftWeek, Receiver::Friend(CHAT)),
        PremiumAction::Gifts(Receiver::Friend(CHAT)),
        PremiumAction::AskCancel,
        PremiumAction::Cancel,
        PremiumAction::Resume,
        PremiumAction::AskRefund(ChargeMark(5)),
        PremiumAction::Refund(ChargeMark(5)),
    ] {
        let outcome = press(&mut phone, action);
        assert!(outcome.changes.is_empty() && outcome.calls.is_empty(), "{action:?}: {outcome:?}");
        assert!(outcome.answer.unwrap().text.is_some(), "{action:?} is answered");
    }
    assert!(phone.invoices.is_empty());
}

#[test]
fn the_first_chat_brings_a_trial_once() {
    let phone = member();
    let task = LaneTask::Task(Task::FirstChat { person: MY_PERSON });
    let outcome = phone.handle(task.clone());
    let [Change::Grant(grant), Change::ToEngine(EngineCommand::Tell { news: News::Premium { .. }, .. })] =
        outcome.changes.as_slice()
    else {
        panic!("{outcome:?}")
    };
    assert_eq!((grant.days, grant.source), (3, GrantSource::Trial));
    phone.bring(&outcome.changes[..1]);
    assert!(phone.handle(task).changes.is_empty());
}

#[test]
fn everybody_is_told_where_help_is() {
    let mut stranger = Phone::new(Some("en"));
    for (command, key) in [("/paysupport", "paysupport-title"), ("/support", "support-title"), ("/terms", "terms-title")] {
        stranger.send(command);
        assert!(stranger.screen().contains(&words(key)), "{command}");
    }
}

#[test]
fn what_only_telegrams_list_knows_is_noted_and_never_given_back() {
    let foreign = older_key().invoices().seal(&invoice(Plan::Week, MY_PERSON));
    let another = PersonId::new(99);
    let of_another = key().invoices().seal(&Invoice { payer: another, ..invoice(Plan::Week, another) });
    let found = json!({crate::payments::FOUND: true});
    for payload in [foreign, of_another, "nonsense".to_owned()] {
        for mut phone in [member(), Phone::new(None)] {
            let outcome = pays(&mut phone, &Bill { charge: "old", payload: &payload, amount: 100 }, &found);
            assert!(
                matches!(outcome.changes.as_slice(), [Change::BookPayment(paid)] if paid.days == 0 && paid.receiver.is_none())
            );
            assert!(outcome.calls.is_empty() && phone.till.asked.lock().unwrap().is_empty());
        }
    }
    let mut phone = member();
    let outcome = pays(&mut phone, &Bill { charge: "late", payload: &payload(Plan::Week, MY_PERSON), amount: 100 }, &found);
    assert!(matches!(outcome.changes.as_slice(), [Change::BookPayment(paid)] if paid.days == 7), "what is ours is booked");
}

#[test]
fn a_refund_waits_for_telegram_without_holding_anybody_up() {
    let mut phone = member();
    buys(&mut phone, "c1", Plan::Week);
    press(&mut phone, PremiumAction::Refund(ChargeMark(key().marks().draw("charge c1"))));
    phone.till.is_away.store(true, std::sync::atomic::Ordering::SeqCst);
    let task = LaneTask::Task(Task::Refund { charge: charge("c1") });
    assert_eq!(phone.handle(task.clone()), LaneOutcome::default(), "the lane ends, and the request stays");
    phone.till.is_away.store(false, std::sync::atomic::Ordering::SeqCst);
    assert!(matches!(phone.handle(task).changes.as_slice(), [Change::BookRefund(_)]));
    phone.till.is_away.store(true, std::sync::atomic::Ordering::SeqCst);
    let outcome = pays(&mut phone, &Bill { charge: "bad", payload: "nonsense", amount: 5 }, &json!({}));
    assert!(matches!(outcome.changes.as_slice(), [Change::BookPayment(_), Change::RequestRefund(_)]), "{outcome:?}");
}

#[test]
fn a_refunded_subscription_is_ended_first() {
    let mut phone = member();
    let until = START.as_micros() / 1_000_000 + 30 * 86_400;
    let first = json!({"is_recurring": true, "is_first_recurring": true, "subscription_expiration_date": until});
    pays(&mut phone, &Bill { charge: "s1", payload: &payload(Plan::Monthly, MY_PERSON), amount: 225 }, &first);
    press(&mut phone, PremiumAction::Refund(ChargeMark(key().marks().draw("charge s1"))));
    let outcome = phone.handle(LaneTask::Task(Task::Refund { charge: charge("s1") }));
    let asked = ["subscription s1 canceled true".to_owned(), format!("refund s1 to {ME}")];
    assert_eq!(*phone.till.asked.lock().unwrap(), asked);
    assert!(matches!(outcome.changes.as_slice(), [Change::CloseSubscription { .. }, Change::BookRefund(_)]));
}

#[test]
fn whoever_leaves_is_charged_no_more_and_gets_what_was_promised() {
    let mut phone = member();
    let until = START.as_micros() / 1_000_000 + 30 * 86_400;
    let first = json!({"is_recurring": true, "is_first_recurring": true, "subscription_expiration_date": until});
    pays(&mut phone, &Bill { charge: "s1", payload: &payload(Plan::Monthly, MY_PERSON), amount: 225 }, &first);
    buys(&mut phone, "c1", Plan::Week);
    press(&mut phone, PremiumAction::Refund(ChargeMark(key().marks().draw("charge c1"))));
    let outcome = phone.handle(LaneTask::Erase { person: MY_PERSON });
    let asked = ["subscription s1 canceled true".to_owned(), format!("refund c1 to {ME}")];
    assert_eq!(*phone.till.asked.lock().unwrap(), asked);
    assert!(matches!(outcome.changes.as_slice(), [Change::BookRefund(_), .., Change::Erase(MY_PERSON)]), "{outcome:?}");
}

#[test]
fn nothing_is_given_by_the_suspended_or_after_a_block() {
    let actions = [PremiumAction::Gifts(Receiver::Partner(CHAT)), PremiumAction::Give(Plan::GiftWeek, Receiver::Partner(CHAT))];
    for action in actions {
        let mut phone = with_partner();
        phone.town.block(MY_PERSON, PARTNER, CHAT);
        let outcome = press(&mut phone, action);
        assert!(outcome.changes.is_empty() && outcome.calls.is_empty());
        assert_eq!(outcome.answer.unwrap().text, Some(words("gifts-blocked")), "{action:?}");
        let mut phone = with_partner();
        phone.town.suspend(ME, Timestamp::MAX);
        let outcome = press(&mut phone, action);
        assert_eq!(outcome.answer.unwrap().text, Some(words("gifts-suspended")), "{action:?}");
    }
}

#[test]
fn a_reset_of_no_ratings_is_not_sold() {
    let mut phone = with_partner();
    let outcome = press(&mut phone, PremiumAction::Buy(Plan::RatingReset));
    assert!(outcome.calls.is_empty() && outcome.answer.unwrap().text == Some(words("old-button")));
    let bad = Change::Rate { chat: CHAT, rater: PARTNER, rated: MY_PERSON, is_good: false, at: START };
    phone.town.finish(account(PARTNER), &[bad]);
    press(&mut phone, PremiumAction::Buy(Plan::RatingReset));
    assert_eq!(phone.invoices.len(), 1);
}

#[test]
fn a_referral_takes_the_lower_account_first_whoever_invited() {
    for inviter in [PersonId::new(5), PersonId::new(99)] {
        let mut phone = Phone::new(Some("en"));
        phone.town.register(inviter);
        let code = InviteCode::new("abcdefghjk").unwrap();
        phone.town.finish(account(inviter), &[Change::OpenInvites { person: inviter, code }]);
        phone.send("/start ref_abcdefghjk");
        phone.register();
        let outcome = phone.handle(LaneTask::Task(Task::FirstChat { person: MY_PERSON }));
        let paid: Vec<_> = outcome
            .changes
            .iter()
            .filter_map(|change| match change {
                Change::MoveCoins(movement) => Some(movement.credit),
                _ => None,
            })
            .collect();
        let account = luvhive_core::coins::CoinAccount::Person;
        assert_eq!(paid, [account(inviter.min(MY_PERSON)), account(inviter.max(MY_PERSON))]);
    }
}
