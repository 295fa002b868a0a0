//! The sandbox's page in a real browser: two phones, a chat by typing and tapping, a third person.

use fantoccini::Client;
use fantoccini::key::Key;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::body::Bytes;
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use luvhive_sandbox::{Sandbox, SandboxSettings};
use luvhive_tests::require_or_skip;
use serde_json::{Value, json};

use super::driver::{Driver, PATIENCE, find, shoot, until};

/// A bot of a few lines.
struct Bot {
    client: legacy::Client<HttpConnector, Full<Bytes>>,
    base: String,
    offset: i64,
}

impl Bot {
    fn new(sandbox: &Sandbox) -> Self {
        let base = format!("{}/bot{}", sandbox.base_url(), sandbox.token());
        Self { client: legacy::Client::builder(TokioExecutor::new()).build_http(), base, offset: 0 }
    }

    async fn call(&self, method: &str, params: Value) -> Value {
        let request = Request::post(format!("{}/{method}", self.base))
            .header("content-type", "application/json")
            .body(Full::new(Bytes::from(params.to_string())))
            .unwrap();
        let body = self.client.request(request).await.unwrap().into_body().collect().await.unwrap().to_bytes();
        let answer: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(answer["ok"], json!(true), "{method}: {answer}");
        answer["result"].clone()
    }

    /// The next update, which must come.
    async fn next(&mut self) -> Value {
        let asked = self.call("getUpdates", json!({"offset": self.offset, "timeout": 20, "limit": 1}));
        let update = tokio::time::timeout(PATIENCE, asked).await.expect("an update")[0].clone();
        self.offset = update["update_id"].as_i64().expect("an update") + 1;
        update
    }
}

#[tokio::test]
async fn two_people_use_the_page() {
    let Some(driver) = require_or_skip("chromium", Driver::start()) else { return };
    let profile = luvhive_tests::TestFolder::new();
    let sandbox = Sandbox::start(SandboxSettings { people_at_start: 2, ..SandboxSettings::default() }).await.unwrap();
    let mut bot = Bot::new(&sandbox);
    bot.call("setMyName", json!({"name": "LuvHive"})).await;
    let browser = driver.open(profile.path()).await;
    let told = walk(&browser, &sandbox, &mut bot).await;
    browser.close().await.unwrap();
    sandbox.stop().await;
    assert!(told > 1_000, "the screenshot holds a page");
}

/// An invoice is paid after a yes in its dialog, and leaves a receipt.
async fn buy(browser: &Client, bot: &mut Bot, chat: &Value) {
    let prices = json!([{"label": "Week", "amount": 100}]);
    let invoice =
        json!({"chat_id": chat, "title": "A week", "description": "7 days", "payload": "w", "currency": "XTR", "prices": prices});
    bot.call("sendInvoice", invoice).await;
    until(browser, "document.querySelector('article:last-of-type .invoice')").await;
    find(browser, "article:last-of-type .keys button").await.click().await.unwrap();
    until(browser, "document.getElementById('pay').open").await;
    find(browser, "#pay-yes").await.click().await.unwrap();
    let query = bot.next().await["pre_checkout_query"].clone();
    assert_eq!(query["total_amount"], json!(100));
    bot.call("answerPreCheckoutQuery", json!({"pre_checkout_query_id": query["id"], "ok": true})).await;
    assert_eq!(bot.next().await["message"]["successful_payment"]["invoice_payload"], json!("w"));
    until(browser, "document.querySelector('article.service').textContent.startsWith('Paid ⭐ 100 for A week')").await;
    until(browser, "document.getElementById('purse').textContent === '⭐ 9,900'").await;
}

/// The whole visit; returns the size of the screenshot.
async fn walk(browser: &Client, sandbox: &Sandbox, bot: &mut Bot) -> usize {
    browser.goto(&sandbox.page_url()).await.unwrap();
    until(browser, "document.querySelectorAll('iframe').length === 2").await;

    // Each phone has an origin of its own, so that storage and frames stay apart.
    browser.enter_frame(1).await.unwrap();
    let origin = browser.execute("return location.origin", Vec::new()).await.unwrap();
    assert_eq!(origin, json!(format!("http://u2.localhost:{}", sandbox.port())));
    browser.enter_parent_frame().await.unwrap();

    // Start is tapped and reaches the bot.
    browser.enter_frame(0).await.unwrap();
    until(browser, "!document.getElementById('start').hidden").await;
    find(browser, "#start button").await.click().await.unwrap();
    let update = bot.next().await;
    assert_eq!(update["message"]["text"], json!("/start"));
    let chat = update["message"]["chat"]["id"].clone();
    assert_eq!(chat, json!(sandbox.people()[0].id));

    // The bot types, answers with a button, and is told of the tap.
    bot.call("sendChatAction", json!({"chat_id": chat, "action": "typing"})).await;
    until(browser, "document.getElementById('doing').textContent.includes('typing')").await;
    let keyboard = json!({"inline_keyboard": [[{"text": "I am an adult and agree", "callback_data": "agree"}]]});
    let text = "<b>Welcome!</b> Do you agree to the <tg-spoiler>terms</tg-spoiler>?";
    let params = json!({"chat_id": chat, "text": text, "parse_mode": "HTML", "reply_markup": keyboard});
    bot.call("sendMessage", params).await;
    find(browser, "article .keys button").await.click().await.unwrap();
    let update = bot.next().await;
    assert_eq!(update["callback_query"]["data"], json!("agree"));
    let answer = json!({"callback_query_id": update["callback_query"]["id"], "text": "Thank you!"});
    bot.call("answerCallbackQuery", answer).await;
    until(browser, "document.getElementById('notice').textContent === 'Thank you!'").await;
    until(browser, "document.querySelector('.e-bold').textContent === 'Welcome!'").await;

    // Typed text is sent by the Enter key, and shown as hers.
    let field = find(browser, "#text").await;
    field.send_keys(&format!("hello <b>& all</b>{}", char::from(Key::Enter))).await.unwrap();
    assert_eq!(bot.next().await["message"]["text"], json!("hello <b>& all</b>"));
    until(browser, "document.querySelector('article.own:last-of-type .text').textContent.startsWith('hello <b>')").await;

    // A reply keyboard works, and menus close by the Escape key and give the focus back.
    let keys = json!({"keyboard": [["Find a partner", "My profile"]], "resize_keyboard": true});
    bot.call("sendMessage", json!({"chat_id": chat, "text": "What now?", "reply_markup": keys})).await;
    find(browser, "#keyboard button").await.click().await.unwrap();
    assert_eq!(bot.next().await["message"]["text"], json!("Find a partner"));
    find(browser, "#attach-button").await.click().await.unwrap();
    until(browser, "document.activeElement.closest('#attach')").await;
    browser.active_element().await.unwrap().send_keys(&char::from(Key::Escape).to_string()).await.unwrap();
    until(browser, "document.getElementById('attach').hidden && document.activeElement.id === 'attach-button'").await;

    reply_by_keys(browser, bot).await;
    buy(browser, bot, &chat).await;
    browser.enter_parent_frame().await.unwrap();

    add_zoya(browser, sandbox).await;

    // A fault is started from its panel.
    find(browser, "#faults-toggle").await.click().await.unwrap();
    find(browser, "#fault-form button[type=submit]").await.click().await.unwrap();
    until(browser, "document.getElementById('faults-toggle').textContent === 'Faults (1)'").await;
    assert_eq!(sandbox.faults().len(), 1);

    shoot(browser, "sandbox-page").await
}

/// Messages are one tab stop: arrows choose one, Enter opens what can be done with it.
async fn reply_by_keys(browser: &Client, bot: &mut Bot) {
    let log = find(browser, "#log").await;
    log.send_keys(&char::from(Key::Up).to_string()).await.unwrap();
    until(browser, "document.activeElement.matches('article.own:last-of-type')").await;
    browser.active_element().await.unwrap().send_keys(&char::from(Key::Enter).to_string()).await.unwrap();
    until(browser, "document.activeElement.closest('[role=menu]')").await;
    let reply = "[...document.querySelectorAll('article .popup button')].find((b) => b.textContent === 'Reply').click()";
    browser.execute(reply, Vec::new()).await.unwrap();
    until(browser, "document.activeElement.id === 'text' && !document.getElementById('reply-bar').hidden").await;
    find(browser, "#text").await.send_keys(&format!("a reply{}", char::from(Key::Enter))).await.unwrap();
    assert_eq!(bot.next().await["message"]["reply_to_message"]["text"], json!("Find a partner"));
}

/// A third person is added, and has a phone.
async fn add_zoya(browser: &Client, sandbox: &Sandbox) {
    find(browser, "#add").await.click().await.unwrap();
    find(browser, "#add-name").await.send_keys("Zoya").await.unwrap();
    find(browser, "#add-form button[type=submit]").await.click().await.unwrap();
    until(browser, "document.querySelectorAll('iframe').length === 3").await;
    assert_eq!(sandbox.people()[2].first_name, "Zoya");
    browser.enter_frame(2).await.unwrap();
    until(browser, "document.getElementById('owner').textContent.startsWith('Zoya')").await;
    browser.enter_parent_frame().await.unwrap();
}
