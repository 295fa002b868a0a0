//! Stars: what an invoice may be, who is told of a payment and when, and what a restart keeps.

use std::time::Duration;

use luvhive_sandbox::{CheckoutState, Fault, FaultAction, PersonId, PersonSpec, SandboxError, SandboxSettings};
use serde_json::{Value, json};

use crate::kit::{Bot, SOON, folder, ids};

const MONTH_S: u64 = 2_592_000;

/// The usual invoice, with some fields replaced; null takes one out.
fn terms(changes: &Value) -> Value {
    let mut terms = json!({
        "title": "Premium for a week", "description": "Filters and priority for 7 days.", "payload": "week:1",
        "provider_token": "", "currency": "XTR", "prices": [{"label": "Week", "amount": 100}],
    });
    for (name, value) in changes.as_object().unwrap() {
        terms[name] = value.clone();
    }
    terms
}

impl Bot {
    async fn invoice(&self, to: PersonId, changes: Value) -> Value {
        let mut params = terms(&changes);
        params["chat_id"] = to.get().into();
        self.call("sendInvoice", params).await.result()
    }

    async fn link(&self, changes: Value) -> String {
        self.call("createInvoiceLink", terms(&changes)).await.result().as_str().unwrap().to_owned()
    }

    async fn agree(&self, checkout: &str) {
        self.call("answerPreCheckoutQuery", json!({"pre_checkout_query_id": checkout, "ok": true})).await.result();
    }

    /// Pays and agrees; returns the charge.
    async fn sell(&self, person: PersonId, what: impl Into<luvhive_sandbox::Payable>) -> String {
        let checkout = self.sandbox.pay(person, what).unwrap();
        self.agree(&checkout).await;
        self.charge(&checkout)
    }

    #[track_caller]
    fn charge(&self, checkout: &str) -> String {
        match self.sandbox.checkout(checkout) {
            Some(CheckoutState::Paid { charge }) => charge,
            other => panic!("not paid: {other:?}"),
        }
    }

    /// Everything that waits, then confirmed: kind and what stands in it.
    async fn drain(&self) -> Vec<(String, Value)> {
        let updates = if self.sandbox.pending_updates() == 0 { Vec::new() } else { self.updates(0).await };
        if let Some(last) = ids(&updates).last() {
            self.call("getUpdates", json!({"offset": last + 1})).await.result();
        }
        let field = |update: &Value| {
            let map = update.as_object().unwrap();
            map.iter().find(|(name, _)| *name != "update_id").map(|(name, value)| (name.clone(), value.clone())).unwrap()
        };
        updates.iter().map(field).collect()
    }

    async fn refund(&self, person: i64, charge: &str) -> crate::kit::Answer {
        self.call("refundStarPayment", json!({"user_id": person, "telegram_payment_charge_id": charge})).await
    }
}

#[tokio::test]
async fn invoice_is_paid_by_its_button() {
    let bot = Bot::new().await;
    let asha = bot.person("Asha");
    let sent = bot.invoice(asha, json!({})).await;
    assert_eq!(
        sent["invoice"],
        json!({"title": "Premium for a week", "description": "Filters and priority for 7 days.", "start_parameter": "",
               "currency": "XTR", "total_amount": 100})
    );
    assert_eq!(sent["reply_markup"], json!({"inline_keyboard": [[{"text": "Pay ⭐️100", "pay": true}]]}));
    let seen = &bot.sandbox.invoices(asha)[0];
    assert!(seen.buttons[0][0].is_pay && !seen.invoice.as_ref().unwrap().is_paid);

    let checkout = bot.sandbox.pay_latest(asha).unwrap();
    assert_eq!(bot.sandbox.checkout(&checkout), Some(CheckoutState::Asked));
    let (kind, query) = bot.drain().await.remove(0);
    assert_eq!((kind.as_str(), &query["id"]), ("pre_checkout_query", &json!(checkout)));
    assert_eq!((&query["from"]["id"], &query["currency"]), (&json!(asha.get()), &json!("XTR")));
    assert_eq!((&query["total_amount"], &query["invoice_payload"]), (&json!(100), &json!("week:1")));
    assert_eq!(bot.sandbox.stars(asha), 10_000, "asking is not paying");

    bot.agree(&checkout).await;
    let charge = bot.charge(&checkout);
    let (kind, message) = bot.drain().await.remove(0);
    let paid = &message["successful_payment"];
    assert_eq!((kind.as_str(), &paid["telegram_payment_charge_id"]), ("message", &json!(charge)));
    assert_eq!((&paid["total_amount"], &paid["invoice_payload"]), (&json!(100), &json!("week:1")));
    assert_eq!((&paid["is_recurring"], &message["chat"]["id"]), (&Value::Null, &json!(asha.get())));
    assert!(!charge.contains(':'), "a charge must not look like a token");
    assert_eq!((bot.sandbox.stars(asha), bot.sandbox.bot_stars()), (9_900, 100));
    assert!(bot.sandbox.invoices(asha)[0].invoice.as_ref().unwrap().is_paid);
    assert!(matches!(bot.sandbox.pay(asha, seen.id), Err(SandboxError::NotAllowed(_))), "it is paid");
    for id in [sent["message_id"].clone(), message["message_id"].clone()] {
        let copy = bot.call("copyMessage", json!({"chat_id": asha.get(), "from_chat_id": asha.get(), "message_id": id})).await;
        assert_eq!(copy.refusal().1, "Bad Request: the message can't be copied");
    }
}

#[tokio::test]
async fn one_link_is_paid_by_many_and_more_than_once() {
    let bot = Bot::new().await;
    let (asha, bruno) = (bot.person("Asha"), bot.person("Bruno"));
    let link = bot.link(json!({})).await;
    let charges = [bot.sell(asha, &*link).await, bot.sell(asha, &*link).await, bot.sell(bruno, &*link).await];
    assert!(charges[0] != charges[1] && charges[1] != charges[2]);
    assert_eq!(bot.sandbox.payments(asha).len(), 2);
    assert_eq!((bot.sandbox.stars(asha), bot.sandbox.stars(bruno)), (9_800, 9_900));
    assert!(matches!(bot.sandbox.pay(asha, "https://t.me/$none"), Err(SandboxError::NoInvoice(_))));
    let poor = bot.sandbox.add_person(&PersonSpec { stars: 99, ..PersonSpec::new("Poor", "en") });
    assert!(matches!(bot.sandbox.pay(poor, &*link), Err(SandboxError::NotAllowed(_))));
    bot.sandbox.give_stars(poor, 1).unwrap();
    bot.sell(poor, &*link).await;
    assert_eq!(bot.sandbox.stars(poor), 0);
}

#[tokio::test]
async fn pre_checkout_is_answered_once_and_in_time() {
    let bot = Bot::new().await;
    let asha = bot.person("Asha");
    let late = "Bad Request: query is too old and response timeout expired or query ID is invalid";
    bot.invoice(asha, json!({})).await;
    let answer = |id: &str, rest: Value| {
        let mut params = json!({"pre_checkout_query_id": id});
        params.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        bot.call("answerPreCheckoutQuery", params)
    };
    let first = bot.sandbox.pay_latest(asha).unwrap();
    assert_eq!(answer(&first, json!({})).await.refusal().1, "Bad Request: parameter \"ok\" is required");
    assert_eq!(answer(&first, json!({"ok": false})).await.refusal().1, "Bad Request: parameter \"error_message\" is required");
    answer(&first, json!({"ok": false, "error_message": "Not today"})).await.result();
    assert_eq!(bot.sandbox.checkout(&first), Some(CheckoutState::Refused { message: "Not today".to_owned() }));
    assert_eq!(answer(&first, json!({"ok": true})).await.refusal().1, late);
    assert_eq!(answer("1", json!({"ok": true})).await.refusal().1, late);

    let second = bot.sandbox.pay_latest(asha).unwrap();
    bot.sandbox.advance_clock(Duration::from_secs(11));
    assert_eq!(answer(&second, json!({"ok": true})).await.refusal(), (400, late.to_owned()));
    assert_eq!(bot.sandbox.wait_for_checkout(&second, SOON).await.unwrap(), CheckoutState::TimedOut);
    assert_eq!((bot.sandbox.stars(asha), bot.sandbox.bot_stars()), (10_000, 0));
    bot.sandbox.decline(asha, bot.sandbox.invoices(asha)[0].id).unwrap();
    bot.sandbox.advance_clock(Duration::from_secs(151));
    assert_eq!(bot.sandbox.pending_updates(), 0, "declining tells nothing, and unread queries are dropped");
}

#[tokio::test]
async fn refund_is_given_once_to_who_paid() {
    let bot = Bot::new().await;
    let (asha, bruno) = (bot.person("Asha"), bot.person("Bruno"));
    let link = bot.link(json!({})).await;
    let charge = bot.sell(asha, &*link).await;
    bot.drain().await;
    for (person, charge, why) in [
        (asha.get(), "stxunknown", "CHARGE_ID_INVALID"),
        (asha.get(), "", "CHARGE_ID_EMPTY"),
        (bruno.get(), charge.as_str(), "CHARGE_ID_INVALID"),
        (77, charge.as_str(), "user not found"),
        (-1, charge.as_str(), "invalid user_id specified"),
    ] {
        assert_eq!(bot.refund(person, charge).await.refusal(), (400, format!("Bad Request: {why}")));
    }
    assert_eq!(bot.refund(asha.get(), &charge).await.result(), json!(true));
    assert_eq!(bot.refund(asha.get(), &charge).await.refusal().1, "Bad Request: CHARGE_ALREADY_REFUNDED");
    let updates = bot.drain().await;
    assert_eq!(updates.len(), 1);
    assert_eq!(
        updates[0].1["refunded_payment"],
        json!({"currency": "XTR", "total_amount": 100, "invoice_payload": "week:1", "telegram_payment_charge_id": charge})
    );
    assert_eq!((bot.sandbox.stars(asha), bot.sandbox.bot_stars()), (10_000, 0));
    assert!(bot.sandbox.payments(asha)[0].is_refunded);
}

#[tokio::test]
async fn history_goes_both_ways_and_is_paged() {
    let bot = Bot::new().await;
    let asha = bot.person("Asha");
    let link = bot.link(json!({})).await;
    let first = bot.sell(asha, &*link).await;
    let second = bot.sell(asha, &*link).await;
    bot.refund(asha.get(), &first).await.result();
    let page = async |params: Value| bot.call("getStarTransactions", params).await.result()["transactions"].clone();
    let all = page(json!({})).await;
    let sides: Vec<(String, bool)> = all
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["id"].as_str().unwrap().to_owned(), row.get("receiver").is_some()))
        .collect();
    assert_eq!(sides, [(first.clone(), false), (second, false), (first, true)]);
    assert_eq!((&all[0]["amount"], &all[0]["source"]["type"]), (&json!(100), &json!("user")));
    assert_eq!(all[0]["source"]["transaction_type"], json!("invoice_payment"));
    assert_eq!((&all[0]["source"]["invoice_payload"], &all[2]["receiver"]["user"]["id"]), (&json!("week:1"), &json!(asha.get())));
    assert_eq!(page(json!({"offset": 1, "limit": 1})).await, json!([all[1]]));
    assert_eq!(page(json!({"offset": 3})).await, json!([]));
    for bad in [json!({"limit": 0}), json!({"limit": 101}), json!({"offset": -1})] {
        assert_eq!(bot.call("getStarTransactions", bad).await.status, 400);
    }
    assert_eq!(bot.call("getMyStarBalance", json!({})).await.result(), json!({"amount": 100}));
}

#[tokio::test]
async fn subscription_renews_until_it_is_canceled() {
    let bot = Bot::new().await;
    let asha = bot.person("Asha");
    let link = bot.link(json!({"subscription_period": MONTH_S})).await;
    let first = bot.sell(asha, &*link).await;
    let paid = bot.drain().await.pop().unwrap().1["successful_payment"].clone();
    assert_eq!((&paid["is_recurring"], &paid["is_first_recurring"]), (&json!(true), &json!(true)));
    let until = bot.sandbox.subscriptions(asha)[0].until;
    assert_eq!(paid["subscription_expiration_date"], json!(until));
    assert!(matches!(bot.sandbox.pay(asha, &*link), Err(SandboxError::NotAllowed(_))), "it runs already");

    bot.sandbox.advance_clock(Duration::from_secs(2 * MONTH_S + 5));
    let renewals = bot.drain().await;
    assert_eq!(renewals.len(), 2, "one for each period, and nobody is asked first: {renewals:?}");
    for (count, (_, message)) in (1..).zip(&renewals) {
        let paid = &message["successful_payment"];
        assert_eq!((&paid["is_recurring"], &paid["is_first_recurring"]), (&json!(true), &Value::Null));
        assert_eq!(paid["subscription_expiration_date"], json!(until + count * i64::try_from(MONTH_S).unwrap()));
        assert_ne!(paid["telegram_payment_charge_id"], json!(first));
    }
    assert_eq!(bot.sandbox.stars(asha), 9_700);
    let last = bot.sandbox.payments(asha)[2].clone();
    assert_eq!(last.subscription.as_deref(), Some(first.as_str()));

    bot.sandbox.cancel_subscription(asha, &first).unwrap();
    bot.sandbox.resume_subscription(asha, &first).unwrap();
    bot.sandbox.renew_now(asha, &first).unwrap();
    bot.sandbox.cancel_subscription(asha, &first).unwrap();
    let told = bot.drain().await;
    let state = |at: usize| (told[at].0.as_str(), told[at].1["state"].as_str());
    assert_eq!([state(0), state(1)], [("subscription", Some("canceled")), ("subscription", Some("active"))]);
    assert_eq!(told[0].1["invoice_payload"], json!("week:1"));
    assert!(told[2].1["successful_payment"]["is_recurring"].as_bool().unwrap());
    assert_eq!(state(3), ("subscription", Some("canceled")));
    bot.sandbox.advance_clock(Duration::from_secs(MONTH_S));
    assert!(bot.sandbox.subscriptions(asha)[0].has_ended);
    assert!(bot.drain().await.is_empty(), "a canceled subscription lapses without a word");
    bot.sell(asha, &*link).await;
}

#[tokio::test]
async fn bot_cancels_a_subscription_and_frees_it_again() {
    let bot = Bot::new().await;
    let (asha, bruno) = (bot.person("Asha"), bot.person("Bruno"));
    let link = bot.link(json!({"subscription_period": MONTH_S})).await;
    let first = bot.sell(asha, &*link).await;
    bot.drain().await;
    let edit = async |person: PersonId, charge: &str, is_canceled: bool| {
        let params = json!({"user_id": person.get(), "telegram_payment_charge_id": charge, "is_canceled": is_canceled});
        bot.call("editUserStarSubscription", params).await
    };
    assert_eq!(edit(bruno, &first, true).await.refusal().1, "Bad Request: CHARGE_ID_INVALID");
    edit(asha, &first, true).await.result();
    assert!(bot.sandbox.resume_subscription(asha, &first).is_err(), "the bot forbids it");
    edit(asha, &first, false).await.result();
    assert!(bot.sandbox.subscriptions(asha)[0].is_canceled, "allowed again, but not renewed automatically");
    bot.sandbox.resume_subscription(asha, &first).unwrap();
    assert_eq!(bot.drain().await.len(), 1, "the bot's own doing is not told to it");
    edit(asha, &first, true).await.result();
    bot.sandbox.renew_now(asha, &first).unwrap();
    assert!(bot.sandbox.subscriptions(asha)[0].has_ended);
    assert_eq!(bot.sandbox.payments(asha).len(), 1);
    assert_eq!(edit(asha, &first, true).await.refusal().1, "Bad Request: CHARGE_ID_INVALID", "it has ended");
    let again = bot.sell(asha, &*link).await;
    let refund = json!({"user_id": asha.get(), "telegram_payment_charge_id": again});
    bot.call("refundStarPayment", refund).await.result();
    assert_eq!(edit(asha, &again, true).await.refusal().1, "Bad Request: CHARGE_ID_INVALID", "it was given back");
}

#[tokio::test]
async fn renewal_without_stars_fails() {
    let bot = Bot::new().await;
    let asha = bot.sandbox.add_person(&PersonSpec { stars: 150, has_started: true, ..PersonSpec::new("Asha", "en") });
    let link = bot.link(json!({"subscription_period": MONTH_S})).await;
    let first = bot.sell(asha, &*link).await;
    bot.drain().await;
    bot.sandbox.renew_now(asha, &first).unwrap();
    let told = bot.drain().await;
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].0.as_str(), &told[0].1["state"]), ("subscription", &json!("failed")));
    assert!(bot.sandbox.subscriptions(asha)[0].has_ended);
    assert_eq!(bot.sandbox.stars(asha), 50);
}

#[tokio::test]
async fn payments_go_wrong_on_demand() {
    let bot = Bot::new().await;
    let (asha, bruno) = (bot.person("Asha"), bot.person("Bruno"));
    let link = bot.link(json!({})).await;
    let only = |action: FaultAction| {
        bot.sandbox.clear_faults();
        bot.sandbox.add_fault(Fault::new(action).chat(asha.get()));
    };
    let payments = |updates: &[(String, Value)]| -> Vec<String> {
        let charge =
            |(_, value): &(String, Value)| Some(value.pointer("/successful_payment/telegram_payment_charge_id")?.to_string());
        updates.iter().filter_map(charge).collect()
    };
    only(FaultAction::DuplicatePayments);
    bot.sell(asha, &*link).await;
    let told = payments(&bot.drain().await);
    assert!(told.len() == 2 && told[0] == told[1], "{told:?}");
    bot.sell(bruno, &*link).await;
    assert_eq!(payments(&bot.drain().await).len(), 1, "it goes right for others");

    only(FaultAction::LosePayments);
    let lost = bot.sell(asha, &*link).await;
    assert!(payments(&bot.drain().await).is_empty());
    assert_eq!(bot.sandbox.star_transactions().last().unwrap()["id"], json!(lost), "the history knows it");

    only(FaultAction::HoldPayments);
    let held = bot.sandbox.pay(asha, &*link).unwrap();
    bot.agree(&held).await;
    assert_eq!(bot.sandbox.checkout(&held), Some(CheckoutState::Held));
    bot.drain().await;
    bot.sandbox.advance_clock(Duration::from_hours(30));
    assert_eq!((bot.sandbox.release_payments(), bot.sandbox.release_payments()), (1, 0));
    assert_eq!(payments(&bot.drain().await).len(), 1);

    only(FaultAction::AbandonPayments);
    let left = bot.sandbox.pay(asha, &*link).unwrap();
    bot.agree(&left).await;
    assert_eq!(bot.sandbox.checkout(&left), Some(CheckoutState::Abandoned));

    only(FaultAction::UnansweredPayments);
    bot.drain().await;
    let unanswered = bot.sandbox.pay(asha, &*link).unwrap();
    bot.charge(&unanswered);
    let told = bot.drain().await;
    assert_eq!((told[0].0.as_str(), payments(&told).len()), ("pre_checkout_query", 1));
    let answer = bot.call("answerPreCheckoutQuery", json!({"pre_checkout_query_id": unanswered, "ok": true})).await;
    assert_eq!(answer.status, 400);
    assert_eq!(bot.sandbox.stars(asha), 10_000 - 4 * 100);
}

#[tokio::test]
async fn terms_are_checked() {
    let bot = Bot::new().await;
    let asha = bot.person("Asha");
    let price = |amount: i64| json!({"prices": [{"label": "x", "amount": amount}]});
    let stars = "STARS_INVOICE_INVALID";
    let both = [
        (json!({"title": ""}), "parameter \"title\" is required"),
        (json!({"title": "x".repeat(33)}), "parameter \"title\" is longer than 32 characters"),
        (json!({"description": null}), "parameter \"description\" is required"),
        (json!({"description": "x".repeat(256)}), "parameter \"description\" is longer than 255 characters"),
        (json!({"payload": ""}), "INVOICE_PAYLOAD_INVALID"),
        (json!({"payload": "é".repeat(65)}), "INVOICE_PAYLOAD_INVALID"),
        (json!({"currency": "EUR"}), "PAYMENT_PROVIDER_INVALID"),
        (json!({"provider_token": "x"}), stars),
        (json!({"prices": []}), stars),
        (json!({"prices": [{"label": "x", "amount": 1}, {"label": "y", "amount": 1}]}), stars),
        (json!({"prices": [{"amount": 1}]}), "can't parse prices: Can't find field \"label\""),
        (json!({"prices": [{"label": "x", "amount": "1"}]}), "Field \"amount\" must be of type Number"),
        (price(0), "CURRENCY_TOTAL_AMOUNT_INVALID"),
        (price(-5), "CURRENCY_TOTAL_AMOUNT_INVALID"),
        (price(100_001), "CURRENCY_TOTAL_AMOUNT_INVALID"),
        (json!({"max_tip_amount": 5}), stars),
        (json!({"need_email": true}), stars),
        (json!({"photo_url": "ftp://x"}), "WEBDOCUMENT_URL_INVALID"),
    ];
    let send = |changes: Value| {
        let mut params = terms(&changes);
        params["chat_id"] = asha.get().into();
        bot.call("sendInvoice", params)
    };
    for (changes, why) in both {
        let expected = (400, format!("Bad Request: {why}"));
        assert_eq!(send(changes.clone()).await.refusal(), expected, "{changes}");
        assert_eq!(bot.call("createInvoiceLink", terms(&changes)).await.refusal(), expected, "{changes}");
    }
    let button = |fields: Value| json!({"reply_markup": {"inline_keyboard": [[fields]]}});
    let back = json!({"text": "Back", "callback_data": "b"});
    for (changes, why) in [
        (json!({"subscription_period": MONTH_S}), "unknown field \"subscription_period\" for sendInvoice"),
        (json!({"start_parameter": "a b"}), "START_PARAM_INVALID"),
        (button(back.clone()), "REPLY_MARKUP_BUY_EMPTY"),
        (json!({"reply_markup": {"inline_keyboard": [[back, {"text": "Pay", "pay": true}]]}}), "REPLY_MARKUP_BUY_EMPTY"),
        (
            json!({"reply_markup": {"inline_keyboard": [[{"text": "Pay", "pay": true}, {"text": "Pay", "pay": true}]]}}),
            "BUTTON_TYPE_INVALID",
        ),
        (json!({"reply_markup": {"keyboard": [["x"]]}}), "inline keyboard expected"),
    ] {
        assert_eq!(send(changes.clone()).await.refusal(), (400, format!("Bad Request: {why}")), "{changes}");
    }
    for (changes, why) in [
        (json!({"subscription_period": 60}), "SUBSCRIPTION_PERIOD_INVALID"),
        (json!({"subscription_period": MONTH_S, "prices": [{"label": "x", "amount": 10_001}]}), stars),
        (json!({"chat_id": asha.get()}), "unknown field \"chat_id\" for createInvoiceLink"),
    ] {
        assert_eq!(bot.call("createInvoiceLink", terms(&changes)).await.refusal(), (400, format!("Bad Request: {why}")));
    }
    let elsewhere =
        json!({"chat_id": asha.get(), "text": "x", "reply_markup": {"inline_keyboard": [[{"text": "Pay", "pay": true}]]}});
    assert_eq!(bot.call("sendMessage", elsewhere).await.refusal().1, "Bad Request: BUTTON_TYPE_INVALID");
    assert!(bot.sandbox.messages(asha).is_empty(), "nothing refused may take effect");

    // An edit keeps the Pay button.
    let id = bot.invoice(asha, button(json!({"text": "Buy", "pay": true}))).await["message_id"].clone();
    let edit = |markup: Value| {
        let mut params = json!({"chat_id": asha.get(), "message_id": id});
        params.as_object_mut().unwrap().extend(markup.as_object().unwrap().clone());
        bot.call("editMessageReplyMarkup", params)
    };
    assert_eq!(edit(button(json!({"text": "x", "callback_data": "x"}))).await.refusal().1, "Bad Request: REPLY_MARKUP_BUY_EMPTY");
    assert_eq!(edit(json!({})).await.result()["reply_markup"]["inline_keyboard"][0][0]["text"], json!("Pay ⭐️100"));
}

#[tokio::test]
async fn stars_outlive_a_kill_and_no_charge_comes_twice() {
    let path = folder("stars");
    let settings = || SandboxSettings { seed: Some(3), ..SandboxSettings::stored_in(path.clone()) };
    let bot = Bot::with(settings()).await;
    let asha: PersonId = bot.sandbox.people()[0].id.into();
    bot.sandbox.send_text(asha, "/start", None).unwrap();
    let link = bot.link(json!({"subscription_period": MONTH_S})).await;
    let invoice = bot.invoice(asha, json!({})).await;
    let first = bot.sell(asha, &*link).await;
    bot.sandbox.add_fault(Fault::new(FaultAction::HoldPayments).times(1));
    let held = bot.sandbox.pay_latest(asha).unwrap();
    bot.agree(&held).await;
    let once = bot.link(json!({})).await;
    let returned = bot.sell(asha, &*once).await;
    bot.refund(asha.get(), &returned).await.result();
    let asked = bot.sandbox.pay(asha, &*once).unwrap();
    let before = (bot.sandbox.star_transactions(), bot.sandbox.stars(asha), bot.sandbox.payments(asha));
    drop(bot);

    let bot = Bot::with(settings()).await;
    assert_eq!((bot.sandbox.star_transactions(), bot.sandbox.stars(asha), bot.sandbox.payments(asha)), before);
    assert_eq!(bot.sandbox.checkout(&held), Some(CheckoutState::Held));
    bot.agree(&asked).await;
    let late = bot.charge(&asked);
    assert_eq!(bot.sandbox.release_payments(), 1);
    let mut charges = vec![first.clone(), returned.clone(), late, bot.charge(&held), bot.sell(asha, &*once).await];
    charges.sort();
    charges.dedup();
    assert_eq!(charges.len(), 5);
    assert_ne!(bot.link(json!({})).await, once);
    assert!(
        bot.sandbox
            .invoices(asha)
            .iter()
            .all(|seen| json!(seen.id) == invoice["message_id"] && seen.invoice.as_ref().unwrap().is_paid)
    );
    assert_eq!(bot.refund(asha.get(), &returned).await.refusal().1, "Bad Request: CHARGE_ALREADY_REFUNDED");
    drop(bot);

    // Twice, because the second start reads a rewritten file.
    let bot = Bot::with(settings()).await;
    bot.sandbox.advance_clock(Duration::from_secs(MONTH_S));
    let renewed = bot.sandbox.payments(asha).pop().unwrap();
    assert_eq!(renewed.subscription, Some(first));
    assert!(!charges.contains(&renewed.charge));
}

#[tokio::test]
async fn stars_are_driven_over_http() {
    let bot = Bot::new().await;
    let asha = bot.person("Asha");
    let link = bot.link(json!({"subscription_period": MONTH_S})).await;
    let id = bot.invoice(asha, json!({})).await["message_id"].clone();
    let post = async |path: String, body: Value| {
        let answer = bot.post(&path, "application/json", body.to_string()).await.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()
    };
    let act = |body: Value| post(format!("/control/people/{asha}/act"), body);
    assert_eq!(act(json!({"act": "look", "message_id": id})).await["amount"], json!(100));
    act(json!({"act": "decline", "link": link})).await;
    act(json!({"act": "stars", "add": 5})).await;
    post("/control/faults".to_owned(), json!({"action": {"do": "hold_payments"}, "times": 1})).await;
    let held = act(json!({"act": "pay", "message_id": id})).await["checkout_id"].as_str().unwrap().to_owned();
    bot.agree(&held).await;
    assert_eq!(post("/control/payments/release".to_owned(), json!({})).await, json!({"released": 1}));
    let checkout = act(json!({"act": "pay", "link": link})).await["checkout_id"].as_str().unwrap().to_owned();
    bot.agree(&checkout).await;
    let charge = bot.charge(&checkout);
    act(json!({"act": "renew", "id": charge})).await;
    act(json!({"act": "subscription", "id": charge, "is_canceled": true})).await;
    assert!(bot.sandbox.subscriptions(asha)[0].is_canceled);
    assert_eq!(bot.sandbox.stars(asha), 10_005 - 300);
}
