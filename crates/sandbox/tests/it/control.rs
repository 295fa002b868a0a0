//! The control API, and who may reach it.

use serde_json::{Value, json};

use crate::kit::{Bot, Post, exchange};

async fn control(bot: &Bot, path: &str, body: Value) -> Value {
    let answer = bot.post(path, "application/json", body.to_string()).await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

#[tokio::test]
async fn people_are_driven_over_http() {
    let bot = Bot::new().await;
    let person = control(&bot, "/control/people", json!({"first_name": "Asha", "language_code": "hi"})).await;
    let act = format!("/control/people/{}/act", person["id"]);
    let said = control(&bot, &act, json!({"act": "text", "text": "/start"})).await;
    assert_eq!(said["message_id"], json!(1));
    let keyboard = json!({"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]});
    bot.call("sendMessage", json!({"chat_id": person["id"], "text": "?", "reply_markup": keyboard})).await.result();
    control(&bot, &act, json!({"act": "press", "message_id": 2, "text": "Yes"})).await;
    control(&bot, &act, json!({"act": "media", "media": {"kind": "sticker"}, "options": {"asset": "heart"}})).await;
    control(&bot, &act, json!({"act": "edit", "message_id": 1, "text": "/begin"})).await;
    control(&bot, &act, json!({"act": "stand", "standing": "blocked"})).await;
    let kinds: Vec<String> = bot
        .updates(0)
        .await
        .iter()
        .map(|update| update.as_object().unwrap().keys().find(|key| *key != "update_id").unwrap().clone())
        .collect();
    assert_eq!(kinds, ["message", "callback_query", "message", "edited_message", "my_chat_member"]);
    let wrong = bot.post(&act, "application/json", json!({"act": "fly"}).to_string()).await.unwrap();
    assert_eq!(wrong.status, 400);
    let wild = json!({"action": {"do": "error", "status": 200}}).to_string();
    assert_eq!(bot.post("/control/faults", "application/json", wild).await.unwrap().status, 400);
    let fault = control(&bot, "/control/faults", json!({"action": {"do": "bad_gateway"}, "times": 1})).await;
    assert_eq!(fault["id"], json!(1));
    assert_eq!(bot.call("getMe", json!({})).await.status, 502);
}

#[tokio::test]
async fn foreign_hosts_and_sites_reach_nothing() {
    let bot = Bot::with(luvhive_sandbox::SandboxSettings { people_at_start: 1, ..Default::default() }).await;
    let (port, token) = (bot.sandbox.port(), bot.sandbox.token());
    let (content_type, body) = ("application/json", "{}");
    for host in ["evil.example", "u1.localhost.evil.example", "u01.localhost", "ux.localhost", "127.0.0.1.evil.example"] {
        for path in ["/control/people".to_owned(), "/phone/act".to_owned(), format!("/bot{token}/getMe")] {
            let answer = exchange(port, Post { host, path: &path, content_type, body }).await.unwrap();
            assert_eq!(answer.status, 421, "{host}{path}");
        }
    }
    // A phone acts for its owner alone.
    let say = json!({"act": "text", "text": "hi"}).to_string();
    let acts = |host| Post { host, path: "/phone/act", content_type, body: &say };
    assert_eq!(exchange(port, acts("u1.localhost")).await.unwrap().status, 200);
    assert_eq!(exchange(port, acts("u2.localhost")).await.unwrap().status, 404);
    let adds = Post { host: "u1.localhost", path: "/control/people", content_type, body };
    assert_eq!(exchange(port, adds).await.unwrap().status, 403);
    // What a page of another site can send without asking first.
    assert_eq!(exchange(port, Post { host: "127.0.0.1", content_type: "text/plain", ..adds }).await.unwrap().status, 400);
    assert_eq!(bot.sandbox.people().len(), 1);
}
