//! Premium as people buy it: what is paid is there once, adds up, can be given and had back, and nothing is lost.

use luvhive_phone::{Answers, Phone};
use luvhive_sandbox::{CheckoutState, Fault, FaultAction, PersonId, PersonSpec, SandboxSettings, SeenMessage};
use luvhive_telegram::callback::{Callback, PremiumAction};
use luvhive_tests::bot::{Bot, PATIENCE, Setup};
use luvhive_tests::eventually;

/// Days of premium that somebody has by the ledger, whole ones.
pub(super) async fn days_left(bot: &Bot, phone: Phone<'_>) -> i64 {
    let query = format!(
        "SELECT coalesce(sum(days), 0)::bigint FROM payments p JOIN people r ON r.bot_id = p.bot_id AND r.id = p.receiver_id \
         WHERE r.telegram_id = {} AND NOT EXISTS (SELECT FROM refunds f WHERE f.bot_id = p.bot_id AND f.telegram_payment_charge_id = p.telegram_payment_charge_id \
         AND f.refunded_at IS NOT NULL)",
        phone.person()
    );
    bot.count(&query).await
}

pub(super) async fn open_premium(bot: &Bot, phone: Phone<'_>) {
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(phone.person(), "/premium", None).unwrap();
    bot.sandbox
        .wait_for(phone.person(), mark, PATIENCE, |message| {
            has_button(message, PremiumAction::Buy(luvhive_core::premium::Plan::Week))
        })
        .await
        .unwrap();
}

fn has_button(message: &SeenMessage, action: PremiumAction) -> bool {
    let data = Callback::Premium(action).encode();
    message.buttons.iter().flatten().any(|button| button.data.as_deref() == Some(&data))
}

pub(super) async fn press(bot: &Bot, phone: Phone<'_>, action: PremiumAction) {
    bot.press(phone, |button| button == Callback::Premium(action)).await;
}

/// Waits for an invoice and pays it.
pub(super) async fn pay_next(bot: &Bot, person: PersonId) -> CheckoutState {
    let is_open = |message: &SeenMessage| message.invoice.as_ref().is_some_and(|invoice| !invoice.is_paid);
    bot.sandbox.wait_for(person, 0, PATIENCE, is_open).await.unwrap();
    let checkout = bot.sandbox.pay_latest(person).unwrap();
    bot.sandbox.wait_for_checkout(&checkout, PATIENCE).await.unwrap()
}

pub(super) async fn buy(bot: &Bot, phone: Phone<'_>, plan: luvhive_core::premium::Plan) {
    open_premium(bot, phone).await;
    press(bot, phone, PremiumAction::Buy(plan)).await;
    let mark = bot.sandbox.mark();
    let paid = pay_next(bot, phone.person()).await;
    assert!(matches!(paid, CheckoutState::Paid { .. }), "{paid:?}");
    bot.sandbox.wait_for(phone.person(), mark, PATIENCE, |message| message.text.contains("Thank you")).await.unwrap();
}

/// Waits until somebody is told after `mark` that an invoice may be missing.
async fn told_of_invoice(bot: &Bot, person: PersonId, mark: u64) {
    let is_told = |message: &SeenMessage| message.text.contains("may not have arrived");
    bot.sandbox.wait_for(person, mark, PATIENCE, is_told).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invoice_of_unknown_outcome_is_not_sent_twice() {
    use luvhive_core::premium::Plan;
    let bot = Bot::start_with_people(1).await;
    let phone = bot.phones()[0];
    bot.sandbox.give_stars(phone.person(), 1_000).unwrap();
    let outcomes = [
        (FaultAction::CutBefore, 0),
        (FaultAction::BadGateway, 0),
        (FaultAction::CutAfter, 1),
        (FaultAction::BadGatewayAfter, 1),
        (FaultAction::TornReply, 1),
    ];
    let mut expected = 0;
    for (action, count) in outcomes {
        let what = format!("{action:?}");
        bot.sandbox.add_fault(Fault::new(action).method("sendInvoice").times(1));
        let mark = bot.sandbox.mark();
        open_premium(&bot, phone).await;
        press(&bot, phone, PremiumAction::Buy(Plan::Week)).await;
        told_of_invoice(&bot, phone.person(), mark).await;
        bot.settle().await;
        expected += count;
        assert_eq!(bot.sandbox.invoices(phone.person()).len(), expected, "{what}");
    }
    // Another one is to be had by the same way.
    buy(&bot, phone, Plan::Week).await;
    bot.settle().await;
    assert_eq!(days_left(&bot, phone).await, 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invoice_that_waited_through_a_restart_is_not_sent_and_its_receiver_is_told() {
    use luvhive_core::premium::Plan;
    let sandbox = SandboxSettings { people_at_start: 1, ..SandboxSettings::default() };
    let settings = vec![("LUVHIVE__ENGINE__DRAIN_MS", "100")];
    let mut bot = Bot::set_up(Setup { sandbox, settings, ..Setup::default() }).await;
    let person = bot.phones()[0].person();
    let throttle = FaultAction::TooManyRequests { retry_after: Some(100_000) };
    bot.sandbox.add_fault(Fault::new(throttle).method("sendInvoice"));
    open_premium(&bot, bot.phone(person)).await;
    press(&bot, bot.phone(person), PremiumAction::Buy(Plan::Week)).await;
    eventually("the invoice is held back", PATIENCE, async || bot.counters().throttled.get() == 1).await;
    bot.halt().await;
    bot.sandbox.clear_faults();
    bot.run().await;
    told_of_invoice(&bot, person, 0).await;
    bot.settle().await;
    assert!(bot.sandbox.invoices(person).is_empty());
}

/// Takes the monthly subscription.
async fn subscribe(bot: &Bot, phone: Phone<'_>) {
    let person = phone.person();
    let mark = bot.sandbox.mark();
    open_premium(bot, phone).await;
    press(bot, phone, PremiumAction::Subscribe).await;
    let has_link = |message: &SeenMessage| message.buttons.iter().flatten().any(|button| button.url.is_some());
    let offer = bot.sandbox.wait_for(person, mark, PATIENCE, has_link).await.unwrap();
    let link = offer.buttons.iter().flatten().find_map(|button| button.url.clone()).unwrap();
    let mark = bot.sandbox.mark();
    let checkout = bot.sandbox.pay(person, link.as_str()).unwrap();
    let paid = bot.sandbox.wait_for_checkout(&checkout, PATIENCE).await.unwrap();
    assert!(matches!(paid, CheckoutState::Paid { .. }), "{paid:?}");
    bot.sandbox.wait_for(person, mark, PATIENCE, |message| message.text.contains("Thank you")).await.unwrap();
}

/// Asks by the buttons for the newest payment back.
async fn refund_newest(bot: &Bot, phone: Phone<'_>) {
    open_shop(bot, phone).await;
    press(bot, phone, PremiumAction::Payments).await;
    bot.press(phone, |button| matches!(button, Callback::Premium(PremiumAction::AskRefund(_)))).await;
    bot.press(phone, |button| matches!(button, Callback::Premium(PremiumAction::Refund(_)))).await;
}

/// Opens the page about premium of somebody who has a payment to give back.
async fn open_shop(bot: &Bot, phone: Phone<'_>) {
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(phone.person(), "/premium", None).unwrap();
    bot.sandbox.wait_for(phone.person(), mark, PATIENCE, |message| has_button(message, PremiumAction::Payments)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_week_another_week_a_gift_and_a_refund_all_stand_in_the_ledger() {
    use luvhive_core::premium::Plan;
    let bot = Bot::start_with_people(2).await;
    let (asha, ravi) = bot.couple().await;
    for phone in [asha, ravi] {
        bot.sandbox.give_stars(phone.person(), 1_000).unwrap();
    }
    let had = bot.sandbox.stars(asha.person());
    buy(&bot, asha, Plan::Week).await;
    assert_eq!(days_left(&bot, asha).await, 7);
    buy(&bot, asha, Plan::Week).await;
    assert_eq!(days_left(&bot, asha).await, 14, "days add up");

    let mark = bot.sandbox.mark();
    open_premium(&bot, asha).await;
    bot.press(asha, |button| matches!(button, Callback::Premium(PremiumAction::Gifts(_)))).await;
    bot.press(asha, |button| matches!(button, Callback::Premium(PremiumAction::Give(Plan::GiftMonth, _)))).await;
    let paid = pay_next(&bot, asha.person()).await;
    assert!(matches!(paid, CheckoutState::Paid { .. }), "{paid:?}");
    bot.sandbox.wait_for(ravi.person(), mark, PATIENCE, |message| message.text.contains("30 days of premium")).await.unwrap();
    assert_eq!(days_left(&bot, ravi).await, 30);

    open_premium(&bot, asha).await;
    press(&bot, asha, PremiumAction::Payments).await;
    let is_refund = |button| matches!(button, Callback::Premium(PremiumAction::AskRefund(_)));
    bot.press(asha, is_refund).await;
    let mark = bot.sandbox.mark();
    bot.press(asha, |button| matches!(button, Callback::Premium(PremiumAction::Refund(_)))).await;
    bot.sandbox.wait_for(asha.person(), mark, PATIENCE, |message| message.text.contains("yours again")).await.unwrap();
    bot.settle().await;
    assert_eq!(bot.count("SELECT count(*) FROM payments").await, 3);
    assert_eq!(bot.count("SELECT count(*) FROM refunds WHERE refunded_at IS NOT NULL").await, 1);
    let refunded = bot.sandbox.payments(asha.person()).into_iter().find(|one| one.is_refunded).unwrap();
    assert_eq!(bot.sandbox.stars(asha.person()), had - 450 + refunded.amount);
    assert_eq!(days_left(&bot, asha).await + days_left(&bot, ravi).await, 44 - if refunded.amount == 250 { 30 } else { 7 });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_told_twice_counts_once_and_a_lost_one_is_found() {
    use luvhive_core::premium::Plan;
    let mut bot = Bot::start_with_people(1).await;
    let person = bot.phones()[0].person();
    bot.sandbox.give_stars(person, 1_000).unwrap();
    bot.sandbox.add_fault(Fault { times: Some(1), ..Fault::new(FaultAction::DuplicatePayments) });
    buy(&bot, bot.phone(person), Plan::Week).await;
    bot.settle().await;
    assert_eq!(days_left(&bot, bot.phone(person)).await, 7);
    let thanks = bot.texts(bot.phone(person), 0).into_iter().filter(|text| text.contains("Thank you")).count();
    assert_eq!(thanks, 1);

    bot.sandbox.add_fault(Fault { times: Some(1), ..Fault::new(FaultAction::LosePayments) });
    open_premium(&bot, bot.phone(person)).await;
    press(&bot, bot.phone(person), PremiumAction::Buy(Plan::Month)).await;
    let paid = pay_next(&bot, person).await;
    assert!(matches!(paid, CheckoutState::Paid { .. }), "{paid:?}");
    bot.settle().await;
    assert_eq!(days_left(&bot, bot.phone(person)).await, 7, "the bot was never told");
    let mark = bot.sandbox.mark();
    bot.restart().await;
    bot.sandbox.wait_for(person, mark, PATIENCE, |message| message.text.contains("Thank you")).await.unwrap();
    assert_eq!(days_left(&bot, bot.phone(person)).await, 37);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_renews_and_ends_when_cancelled() {
    let bot = Bot::start_with_people(1).await;
    let phone = bot.phones()[0];
    let person = phone.person();
    bot.sandbox.give_stars(person, 1_000).unwrap();
    subscribe(&bot, phone).await;
    assert_eq!(days_left(&bot, phone).await, 30);
    let subscription = bot.sandbox.subscriptions(person).remove(0);
    let mark = bot.sandbox.mark();
    bot.sandbox.renew_now(person, &subscription.id).unwrap();
    bot.sandbox.wait_for(person, mark, PATIENCE, |message| message.text.contains("was renewed")).await.unwrap();
    assert_eq!(days_left(&bot, phone).await, 60);
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(person, "/premium", None).unwrap();
    bot.sandbox.wait_for(person, mark, PATIENCE, |message| has_button(message, PremiumAction::AskCancel)).await.unwrap();
    press(&bot, phone, PremiumAction::AskCancel).await;
    press(&bot, phone, PremiumAction::Cancel).await;
    eventually("the subscription is cancelled", PATIENCE, async || bot.sandbox.subscriptions(person)[0].is_canceled).await;
    bot.settle().await;
    assert_eq!(days_left(&bot, phone).await, 60, "what is paid stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gift_for_somebody_who_left_is_given_back() {
    use luvhive_core::premium::Plan;
    let bot = Bot::start_with_people(2).await;
    let (asha, ravi) = bot.couple().await;
    bot.sandbox.give_stars(asha.person(), 1_000).unwrap();
    let had = bot.sandbox.stars(asha.person());
    open_premium(&bot, asha).await;
    bot.press(asha, |button| matches!(button, Callback::Premium(PremiumAction::Gifts(_)))).await;
    bot.press(asha, |button| matches!(button, Callback::Premium(PremiumAction::Give(Plan::GiftWeek, _)))).await;
    bot.sandbox.add_fault(Fault { times: Some(1), ..Fault::new(FaultAction::HoldPayments) });
    let held = pay_next(&bot, asha.person()).await;
    bot.sandbox.send_text(ravi.person(), "/delete_me", None).unwrap();
    bot.press(ravi, |button| matches!(button, Callback::Delete { .. })).await;
    bot.sandbox.wait_for(ravi.person(), 0, PATIENCE, |message| message.text.contains("has been deleted")).await.unwrap();
    let mark = bot.sandbox.mark();
    assert_eq!((held, bot.sandbox.release_payments()), (CheckoutState::Held, 1));
    bot.sandbox.wait_for(asha.person(), mark, PATIENCE, |message| message.text.contains("given your Stars back")).await.unwrap();
    bot.settle().await;
    assert_eq!(bot.sandbox.stars(asha.person()), had);
    assert_eq!(bot.count("SELECT count(*) FROM payments").await, 1, "it is noted");
    assert_eq!(bot.count("SELECT count(*) FROM refunds WHERE refunded_at IS NOT NULL").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_that_telegram_puts_off_holds_nobody_up_and_comes_later() {
    use luvhive_core::premium::Plan;
    let mut bot = Bot::start_with_people(2).await;
    let (buyer, partner) = {
        let (asha, ravi) = bot.couple().await;
        (asha.person(), ravi.person())
    };
    bot.sandbox.give_stars(buyer, 1_000).unwrap();
    let had = bot.sandbox.stars(buyer);
    buy(&bot, bot.phone(buyer), Plan::Week).await;
    let busy = FaultAction::TooManyRequests { retry_after: Some(100) };
    bot.sandbox.add_fault(Fault::new(busy).method("refundStarPayment"));
    refund_newest(&bot, bot.phone(buyer)).await;
    bot.settle().await;
    let mark = bot.sandbox.mark();
    bot.sandbox.send_text(buyer, "still here", None).unwrap();
    bot.phone(partner).wait_for_text(mark, "still here").await.unwrap();
    assert_eq!(bot.sandbox.stars(buyer), had - 100);
    assert_eq!(bot.count("SELECT count(*) FROM refunds WHERE refunded_at IS NULL").await, 1, "it is not forgotten");

    bot.sandbox.clear_faults();
    let mark = bot.sandbox.mark();
    bot.restart().await;
    bot.sandbox.wait_for(buyer, mark, PATIENCE, |message| message.text.contains("yours again")).await.unwrap();
    assert_eq!(bot.sandbox.stars(buyer), had);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refunded_subscription_and_that_of_a_leaver_are_charged_no_more() {
    let bot = Bot::start_with_people(2).await;
    let [asha, ravi] = [bot.phones()[0], bot.phones()[1]];
    let mut left = Vec::new();
    for phone in [asha, ravi] {
        bot.sandbox.give_stars(phone.person(), 1_000).unwrap();
        subscribe(&bot, phone).await;
    }
    refund_newest(&bot, asha).await;
    bot.sandbox.wait_for(asha.person(), 0, PATIENCE, |message| message.text.contains("yours again")).await.unwrap();
    bot.sandbox.send_text(ravi.person(), "/delete_me", None).unwrap();
    bot.press(ravi, |button| matches!(button, Callback::Delete { .. })).await;
    bot.sandbox.wait_for(ravi.person(), 0, PATIENCE, |message| message.text.contains("has been deleted")).await.unwrap();
    bot.settle().await;
    for phone in [asha, ravi] {
        left.push((phone.person(), bot.sandbox.stars(phone.person())));
        assert!(bot.sandbox.subscriptions(phone.person())[0].is_canceled);
    }
    bot.sandbox.advance_clock(std::time::Duration::from_hours(31 * 24));
    for (person, stars) in left {
        assert!(bot.sandbox.subscriptions(person)[0].has_ended);
        assert_eq!(bot.sandbox.stars(person), stars, "nothing is charged");
        assert_eq!(bot.sandbox.payments(person).len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_that_cannot_be_paid_lapses() {
    let bot = Bot::start_with_people(0).await;
    let spec = PersonSpec { stars: 300, ..PersonSpec::new("Asha", "en") };
    let phone = Phone::new(&bot.sandbox, &spec, PATIENCE);
    phone.register(&Answers::of(luvhive_core::person::Gender::Woman)).await.unwrap();
    let person = phone.person();
    subscribe(&bot, phone).await;
    let id = bot.sandbox.subscriptions(person)[0].id.clone();
    bot.sandbox.renew_now(person, &id).unwrap();
    assert!(bot.sandbox.subscriptions(person)[0].has_ended);
    eventually("the end is booked", PATIENCE, async || {
        bot.count("SELECT count(*) FROM payments WHERE plan = 'monthly' AND canceled_at IS NOT NULL").await == 1
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_refund_the_new_subscription_is_cancelled_and_charged_no_more() {
    let bot = Bot::start_with_people(1).await;
    let phone = bot.phones()[0];
    let person = phone.person();
    bot.sandbox.give_stars(person, 1_000).unwrap();
    subscribe(&bot, phone).await;
    refund_newest(&bot, phone).await;
    bot.sandbox.wait_for(person, 0, PATIENCE, |message| message.text.contains("yours again")).await.unwrap();
    subscribe(&bot, phone).await;
    open_premium(&bot, phone).await;
    press(&bot, phone, PremiumAction::AskCancel).await;
    press(&bot, phone, PremiumAction::Cancel).await;
    bot.settle().await;
    assert!(bot.sandbox.subscriptions(person).iter().all(|one| one.is_canceled), "{:?}", bot.sandbox.subscriptions(person));
    bot.sandbox.advance_clock(std::time::Duration::from_hours(31 * 24));
    assert_eq!(bot.sandbox.payments(person).len(), 2, "nothing is charged");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_person_is_charged_no_more_no_matter_when_they_were_suspended() {
    let mut bot = Bot::start_with_people(1).await;
    let person = bot.phones()[0].person();
    bot.sandbox.give_stars(person, 1_000).unwrap();
    subscribe(&bot, bot.phone(person)).await;
    // As a release before this rule left it.
    bot.sql.execute("UPDATE people SET suspended_until = 'infinity'", &[]).await.unwrap();
    let mark = bot.sandbox.mark();
    bot.restart().await;
    bot.sandbox.wait_for(person, mark, PATIENCE, |message| message.text.contains("we have cancelled")).await.unwrap();
    bot.settle().await;
    assert!(bot.sandbox.subscriptions(person)[0].is_canceled);
    assert_eq!(bot.count("SELECT count(*) FROM payments WHERE canceled_at IS NOT NULL").await, 1);
    assert_eq!(bot.count("SELECT count(*) FROM commands").await, 0);
}
