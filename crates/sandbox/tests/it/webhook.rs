//! Webhooks: brought with the secret, in order, again after a failure.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use luvhive_sandbox::SandboxSettings;
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::kit::{Bot, SOON};

/// A bot that is called: it notes kinds, texts and secrets, fails as often as told, and answers the text "hold" only after
/// its release.
#[derive(Default)]
struct Called {
    kinds: Mutex<Vec<String>>,
    release: Notify,
    texts: Mutex<Vec<String>>,
    secrets: Mutex<Vec<String>>,
    failures: Mutex<u32>,
}

impl Called {
    async fn texts(&self, count: usize) -> Vec<String> {
        noted(&self.texts, count).await
    }

    async fn kinds(&self, count: usize) -> Vec<String> {
        noted(&self.kinds, count).await
    }
}

/// A list once it is this long.
async fn noted(list: &Mutex<Vec<String>>, count: usize) -> Vec<String> {
    let wait = async {
        while list.lock().unwrap().len() < count {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(SOON, wait).await.expect("as many calls as expected");
    list.lock().unwrap().clone()
}

async fn take(State(called): State<Arc<Called>>, headers: HeaderMap, body: String) -> StatusCode {
    let update: Value = serde_json::from_str(&body).unwrap();
    if *called.failures.lock().unwrap() > 0 {
        *called.failures.lock().unwrap() -= 1;
        return StatusCode::INTERNAL_SERVER_ERROR;
    }
    let kind = update.as_object().unwrap().keys().find(|key| *key != "update_id").unwrap().clone();
    called.kinds.lock().unwrap().push(kind);
    if update["message"]["text"] == json!("hold") {
        called.release.notified().await;
    }
    let secret = headers.get("x-telegram-bot-api-secret-token").map(|value| value.to_str().unwrap().to_owned());
    called.secrets.lock().unwrap().push(secret.unwrap_or_default());
    called.texts.lock().unwrap().push(update["message"]["text"].as_str().unwrap_or_default().to_owned());
    StatusCode::OK
}

/// Where the bot is called, and what it noted.
async fn listen() -> (String, Arc<Called>) {
    let called = Arc::new(Called::default());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook?x=1", listener.local_addr().unwrap());
    let app = Router::new().route("/hook", post(take)).with_state(Arc::clone(&called));
    // Ends with the test's runtime.
    tokio::spawn(async move { axum::serve(listener, app).await });
    (url, called)
}

async fn bot() -> Bot {
    Bot::with(SandboxSettings { webhook_retry: Duration::from_millis(10), ..SandboxSettings::default() }).await
}

#[tokio::test]
async fn updates_are_brought_in_order_with_the_secret() {
    let bot = bot().await;
    let (url, called) = listen().await;
    let person = bot.person("Asha");
    bot.sandbox.send_text(person, "before", None).unwrap();
    bot.call("setWebhook", json!({"url": url, "secret_token": "s3cret"})).await.result();
    let expected: Vec<String> = (0..30).map(|number| number.to_string()).collect();
    for text in &expected {
        bot.sandbox.send_text(person, text, None).unwrap();
    }
    let texts = called.texts(31).await;
    assert_eq!(texts[0], "before");
    assert_eq!(texts[1..], expected);
    assert!(called.secrets.lock().unwrap().iter().all(|secret| secret == "s3cret"));
    let info = bot.call("getWebhookInfo", json!({})).await.result();
    assert_eq!(info["url"], json!(url));
    let refused = bot.call("getUpdates", json!({})).await;
    assert_eq!(
        refused.refusal(),
        (
            409,
            "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
                .to_owned()
        )
    );
}

#[tokio::test]
async fn press_reaction_checkout_and_block_do_not_wait_for_a_message() {
    let bot = bot().await;
    let (url, called) = listen().await;
    let asha = bot.person("Asha");
    let button = json!({"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]});
    let shown = bot.call("sendMessage", json!({"chat_id": asha.get(), "text": "?", "reply_markup": button})).await.result();
    let price = json!([{"label": "Week", "amount": 1}]);
    let terms = json!({"title": "Week", "description": "A week", "payload": "w", "currency": "XTR", "prices": price});
    let link = bot.call("createInvoiceLink", terms).await.result().as_str().unwrap().to_owned();
    let wanted = ["message", "edited_message", "callback_query", "message_reaction", "pre_checkout_query", "my_chat_member"];
    bot.call("setWebhook", json!({"url": url, "allowed_updates": wanted})).await.result();

    let held = bot.sandbox.send_text(asha, "hold", None).unwrap();
    called.kinds(1).await;
    bot.sandbox.edit_text(asha, held, "edited").unwrap();
    bot.sandbox.send_text(asha, "behind", None).unwrap();
    bot.sandbox.press(asha, shown["message_id"].as_i64().unwrap(), "Yes").unwrap();
    bot.sandbox.react(asha, held, Some("👍")).unwrap();
    bot.sandbox.pay(asha, &*link).unwrap();
    bot.sandbox.block_bot(asha).unwrap();
    let mut beside = called.kinds(5).await;
    beside.sort();
    assert_eq!(beside, ["callback_query", "message", "message_reaction", "my_chat_member", "pre_checkout_query"]);
    // The edit and the next message are in the queue of the chat.
    called.release.notify_one();
    assert_eq!(called.kinds(7).await[5..], ["edited_message", "message"]);
}

#[tokio::test]
async fn failure_is_tried_again_and_holds_up_that_chat_alone() {
    let bot = bot().await;
    let (url, called) = listen().await;
    let (asha, bruno) = (bot.person("Asha"), bot.person("Bruno"));
    *called.failures.lock().unwrap() = 3;
    bot.call("setWebhook", json!({"url": url})).await.result();
    bot.sandbox.send_text(asha, "a1", None).unwrap();
    bot.sandbox.send_text(asha, "a2", None).unwrap();
    bot.sandbox.send_text(bruno, "b1", None).unwrap();
    let texts = called.texts(3).await;
    let place = |text: &str| texts.iter().position(|known| known == text).unwrap();
    assert!(place("a1") < place("a2"), "{texts:?}");
    let info = bot.call("getWebhookInfo", json!({})).await.result();
    assert_eq!(info["last_error_message"], json!("Wrong response from the webhook: 500 Internal Server Error"));
    assert_eq!(*called.failures.lock().unwrap(), 0);
}

#[tokio::test]
async fn deleting_the_webhook_keeps_what_waits_unless_told_to_drop_it() {
    let bot = bot().await;
    let person = bot.person("Asha");
    // Nobody listens there.
    bot.call("setWebhook", json!({"url": "http://127.0.0.1:9/"})).await.result();
    bot.sandbox.send_text(person, "kept", None).unwrap();
    let deleted = bot.call("deleteWebhook", json!({})).await;
    assert_eq!(deleted.body, r#"{"ok":true,"result":true,"description":"Webhook was deleted"}"#);
    assert_eq!(bot.updates(0).await[0]["message"]["text"], json!("kept"));
    bot.call("deleteWebhook", json!({"drop_pending_updates": true})).await.result();
    assert_eq!(bot.sandbox.pending_updates(), 0);
}

#[tokio::test]
async fn setting_a_webhook_ends_the_poller() {
    let bot = bot().await;
    let (url, _called) = listen().await;
    let (polled, ()) = tokio::join!(bot.call("getUpdates", json!({"timeout": 50})), async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        bot.call("setWebhook", json!({"url": url})).await.result();
    });
    assert_eq!(polled.refusal(), (409, "Conflict: terminated by setWebhook request".to_owned()));
}
